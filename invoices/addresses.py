"""One mail address as a person or a program gives it."""

import re

from invoices.ubl.addresses import split_addresses

# Ends of domains that no public mail server has: RFC 6761, RFC 6762, RFC 7686, RFC 8375, and ICANN's .internal (2024).
NOWHERE = frozenset({"test", "invalid", "localhost", "local", "onion", "internal", "home.arpa"})
# ``Ana Gil <ana@cliente.com>``, as mail programs copy it; any other blank is a slip.
NAMED = re.compile(r"[^<>@]*<([^<>]*)>")


def one_address(text: str) -> tuple[str, str]:
    """One deliverable address in lower case and no error, or nothing and why, in Spanish."""
    text = text.strip()
    named = NAMED.fullmatch(text)
    typed = named.group(1).strip() if named else text
    read = split_addresses(typed)
    if len(read.deliverable) > 1:
        return "", "Escribe un solo correo aquí."
    if not any(character.isalnum() for character in typed):
        return "", "Escribe un correo."
    if _has_blank(typed) or not read.deliverable:
        return "", refusal(" ".join(typed.lower().split()) if _has_blank(typed) else read.undeliverable[0])
    address = read.deliverable[0]
    return ("", refusal(address)) if _goes_nowhere(address) else (address, "")


def refusal(address: str) -> str:
    """Why mail cannot be sent to it, in a sentence that says what to mend."""
    return f"«{address}» no puede recibir correo: {_fault(address)}"


def _fault(address: str) -> str:
    """The first thing that is wrong with it."""
    local, at, domain = address.rpartition("@")
    faults = (
        (not at, "le falta la @."),
        (_has_blank(address), "tiene un espacio."),
        ("@" in local, "tiene dos @."),
        (not local, "le falta lo que va antes de la @."),
        (not domain, "le falta lo que va después de la @."),
        (".." in address, "tiene dos puntos seguidos."),
        (not local.isascii(), "antes de la @ no puede llevar tildes ni eñes."),
        (local.startswith(".") or local.endswith("."), "tiene un punto que sobra junto a la @ o al comienzo."),
        ('"' in local or "\\" in local, "no puede llevar comillas."),
        ("." not in domain, "al dominio le falta el final, como .com o .com.co."),
        (_goes_nowhere(address), f"«.{_end(domain)}» no existe en internet."),
        (len(local) > 64 or len(address) > 254, "es demasiado largo."),
    )
    return next((says for wrong, says in faults if wrong), "revisa tildes, espacios y el dominio.")


def _has_blank(text: str) -> bool:
    return any(character.isspace() for character in text)


def _goes_nowhere(address: str) -> bool:
    return _end(address.rpartition("@")[2]) in NOWHERE


def _end(domain: str) -> str:
    last = domain.rpartition(".")[2]
    return "home.arpa" if domain.endswith(".home.arpa") else last
