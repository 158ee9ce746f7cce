"""
What DNS says of a mail domain: does it take mail, and what proves that a mail is its own. It may not answer: nothing here raises.

Sources: RFC 5321, section 5.1 (MX, else the address); RFC 7505 (null MX); RFC 7208 (SPF); RFC 6376 (DKIM); RFC 7489 (DMARC).
"""

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import dns.exception
import dns.name
import dns.resolver

BUDGET_SECONDS = 2.0
# Selectors of those who sign for many: Google Workspace, Microsoft 365, SendGrid, Mailchimp, Amazon and others.
SELECTORS = ("google", "selector1", "selector2", "default", "s1", "s2", "k1", "dkim", "mail")


class Answer(StrEnum):
    """What was learnt: yes, no, or nothing, because DNS did not answer in time."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Lookups:
    """Questions to DNS that take ``BUDGET_SECONDS`` together, however many there are."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None) -> None:
        self.resolver = resolver or _system_resolver()
        self.deadline = time.monotonic() + BUDGET_SECONDS

    def ask(self, name: str, kind: str) -> tuple[Answer, list[Any]]:
        """The records; ``NO`` where the name or the kind is not there."""
        left = self.deadline - time.monotonic()
        if self.resolver is None or left <= 0:
            return Answer.UNKNOWN, []
        try:
            records = list(self.resolver.resolve(name, kind, lifetime=left, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return Answer.NO, []
        except (dns.exception.DNSException, OSError, UnicodeError, ValueError):
            return Answer.UNKNOWN, []
        return Answer.YES, records

    def text(self, name: str, begins: str) -> tuple[Answer, str]:
        """The TXT record that begins so."""
        answer, records = self.ask(name, "TXT")
        texts = [b"".join(record.strings).decode("utf-8", "replace") for record in records]
        found = next((text for text in texts if text.lower().startswith(begins)), "")
        return (Answer.YES if found else Answer.NO if answer == Answer.YES else answer), found


def _system_resolver() -> dns.resolver.Resolver | None:
    try:
        return dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError):  # a machine without a name server
        return None


def mail_hosts(domain: str, *, resolver: dns.resolver.Resolver | None = None) -> Answer:
    """
    Whether the domain takes mail, within two seconds.

    :param domain: what follows the ``@``; may be international. :param resolver: instead of the system's.
    """
    lookups = Lookups(resolver)
    answer, records = lookups.ask(domain, "MX")
    if answer == Answer.YES:
        return Answer.NO if all(record.exchange == dns.name.root for record in records) else Answer.YES
    if answer == Answer.UNKNOWN:
        return answer
    found = [lookups.ask(domain, kind)[0] for kind in ("A", "AAAA")]
    return next((wanted for wanted in (Answer.YES, Answer.UNKNOWN) if wanted in found), Answer.NO)


@dataclass(frozen=True, slots=True)
class Check:
    """One proof of origin: what was found, in words for the administrator, and what to do where it is missing."""

    name: str
    answer: Answer
    record: str
    says: str
    advice: str = ""


UNKNOWN_SAYS = "El DNS no respondió: vuelve a probar en unos minutos."


def sender_checks(domain: str, *, selector: str = "", resolver: dns.resolver.Resolver | None = None) -> list[Check]:
    """
    SPF, DKIM and DMARC of a sender's domain, within two seconds in total.

    :param selector: under which name the key of DKIM lies; without it the usual ones are tried, and none of them proves nothing.
    """
    lookups = Lookups(resolver)
    return [_spf(lookups, domain), _dmarc(lookups, domain), _dkim(lookups, domain, selector)]


def _spf(lookups: Lookups, domain: str) -> Check:
    answer, record = lookups.text(domain, "v=spf1")
    if answer == Answer.YES:
        open_to_all = record.lower().split()[-1:] in (["+all"], ["all"])
        advice = "Termina en «+all»: cualquiera puede enviar en tu nombre. Cámbialo por «~all» o «-all»." if open_to_all else ""
        return Check("SPF", answer, record, "El dominio dice qué servidores pueden enviar en su nombre.", advice)
    missing = "El dominio no dice qué servidores pueden enviar en su nombre."
    return _absent("SPF", answer, missing, f"Crea en {domain} un registro TXT que empiece por «v=spf1» con los servidores de este canal.")


def _dmarc(lookups: Lookups, domain: str) -> Check:
    answer, record = lookups.text(f"_dmarc.{domain}", "v=dmarc1")
    parent = domain.partition(".")[2]
    if answer == Answer.NO and "." in parent:  # RFC 7489, section 6.6.3: else the organization's
        answer, record = lookups.text(f"_dmarc.{parent}", "v=dmarc1")
    if answer == Answer.YES:
        return Check("DMARC", answer, record, "El dominio dice qué hacer con los correos que no pasan SPF ni DKIM.")
    missing = "El dominio no dice qué hacer con los correos falsos."
    return _absent("DMARC", answer, missing, f"Crea en _dmarc.{domain} un registro TXT; para empezar basta «v=DMARC1; p=none».")


def _dkim(lookups: Lookups, domain: str, selector: str) -> Check:
    answers = []
    for name in [selector] if selector else SELECTORS:
        answer, records = lookups.ask(f"{name}._domainkey.{domain}", "TXT")
        if answer == Answer.YES:
            record = b"".join(records[0].strings).decode("utf-8", "replace")
            return Check("DKIM", answer, f"{name}: {record}", f"El dominio publica una clave con el selector «{name}».")
        answers.append(answer)
    if selector and answers == [Answer.NO]:
        return _absent("DKIM", Answer.NO, f"No hay una clave con el selector «{selector}».", "Copia el registro que te da el proveedor.")
    says = UNKNOWN_SAYS if Answer.UNKNOWN in answers else "No está con los selectores más usados; puede estar con otro."
    return Check("DKIM", Answer.UNKNOWN, "", says, "Mira en tu proveedor de correo si la firma DKIM está activa para este dominio.")


def _absent(name: str, answer: Answer, missing: str, advice: str) -> Check:
    return Check(name, answer, "", missing, advice) if answer == Answer.NO else Check(name, answer, "", UNKNOWN_SAYS)
