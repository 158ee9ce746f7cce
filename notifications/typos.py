"""
What somebody probably meant to type after the ``@``: gmial.com → gmail.com. Pure; a hint for a person, never a correction by itself.

Only a mistyped copy of a domain that very many people use is told: of a domain that is merely unknown nothing is said.
"""

import re

# Where very many mailboxes of Colombia are: a mistyped copy of one of these is told.
COMMON = (
    "gmail.com",
    "hotmail.com",
    "hotmail.es",
    "outlook.com",
    "outlook.es",
    "yahoo.com",
    "yahoo.es",
    "yahoo.com.co",
    "icloud.com",
    "misena.edu.co",
)
# Nothing is ever said of these: they exist, though some are one letter away from a common one.
OTHERS = frozenset(
    {
        *("mail.com", "email.com", "ymail.com", "rocketmail.com", "googlemail.com", "protonmail.com", "proton.me", "zohomail.com"),
        *("zoho.com", "live.com", "live.com.co", "msn.com", "me.com", "mac.com", "aol.com", "gmx.com", "gmx.es", "latinmail.com"),
        *("outlook.com.br", "outlook.fr", "hotmail.fr", "hotmail.it", "yahoo.ca", "yahoo.fr", "yahoo.it", "yahoo.com.mx", "yahoo.com.ar"),
        *("une.net.co", "etb.net.co", "epm.net.co", "emcali.net.co", "cable.net.co", "telecom.com.co", "telmex.net.co"),
        *("claro.com.co", "movistar.com.co", "sena.edu.co", "soy.sena.edu.co", "dian.gov.co", "unal.edu.co", "colombia.com"),
    }
)
KNOWN = OTHERS.union(COMMON)
# Ends that no domain has (IANA, Root Zone Database), as fingers write them; these are told of any domain.
ENDS = (
    (re.compile(r"\.(?:con|cmo|ocm|comm|coom|cpm|cim|clm|xom|vom|dcom|con\.com|com\.com)$"), ".com"),
    (re.compile(r"[.,](?:com\.c|com\.cp|com\.ci|com\.vo|con\.co|comco|cm\.co|om\.co|cmo\.co|ocm\.co|com\.coo|com\.con)$"), ".com.co"),
    (re.compile(r"\.(net|org|edu|gov)\.c$"), r".\1.co"),
    (re.compile(r"\.(?:nte|ner|bet)\.co$"), ".net.co"),
    (re.compile(r"\.(?:eud|edi)\.co$"), ".edu.co"),
    (re.compile(r"\.(?:gob|gv|giv)\.co$"), ".gov.co"),
)


def suggest(address: str) -> str:
    """
    The address that was probably meant, or nothing.

    :param address: as it was typed; what has no ``@`` gives nothing.
    """
    local, _, domain = address.strip().lower().rpartition("@")
    meant = _meant(domain) if local and domain else ""
    return f"{local}@{meant}" if meant else ""


def _meant(domain: str) -> str:
    """The domain that was probably meant, or nothing when the one there is known or resembles none."""
    if domain in KNOWN:
        return ""
    ended = _with_an_end(domain)
    if ended in KNOWN:
        return ended
    near = next((common for common in COMMON if is_one_slip_away(ended, common)), "")
    return near or (ended if ended != domain else "")


def _with_an_end(domain: str) -> str:
    """The domain with an end that exists: a mistyped one mended, a missing one added where only one is known."""
    for pattern, end in ENDS:
        if pattern.search(domain):
            domain = pattern.sub(end, domain)
            break
    if domain in KNOWN:
        return domain
    if domain.removesuffix(".co") in COMMON:  # gmail.com.co
        return domain.removesuffix(".co")
    if "." not in domain:  # hotmail
        return next((common for common in COMMON if common.startswith(f"{domain}.")), domain)
    candidates = (f"{domain}.co", f"{domain.removesuffix('.co')}.com.co", f"{domain.removesuffix('.com')}.com.co")
    return next((known for known in candidates if known in KNOWN), domain)


def is_one_slip_away(typed: str, meant: str) -> bool:
    """
    Whether one letter too many, missing, wrong, or two neighbours swapped make the one of the other.

    That is a distance of one in optimal string alignment (Damerau).
    """
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = next((place for place, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    rest, wanted = typed[start:], meant[start:]
    swapped = len(rest) > 1 and rest[1::-1] + rest[2:] == wanted
    return swapped or rest[1:] == wanted or rest == wanted[1:] or rest[1:] == wanted[1:]
