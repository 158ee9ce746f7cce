"""Mail addresses as people and billing software write them into one field."""

import re
from collections.abc import Iterator

from invoices.ubl.types import EmailList

WRAPPERS = "<>\"'()[]«»“”\u2018\u2019\u200b\ufeff"
ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL = re.compile(rf"{ATOM}(\.{ATOM})*")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
MAX_ADDRESS, MAX_LOCAL = 254, 64


def split_addresses(text: str) -> EmailList:
    """
    Read ``A@X;b@y , c@z / d@w``: in lower case, order kept, none twice. Never raises.

    Deliverable is what plain SMTP carries: an ASCII dot-atom of at most 64 octets (RFC 5321), a domain with a dot whose
    labels are letters, digits and hyphens, converted to punycode where it has other letters (RFC 3490), 254 octets in all.
    """
    deliverable: dict[str, None] = {}
    undeliverable: dict[str, None] = {}
    for written in _candidates(text):
        address = _deliverable(written)
        if address:
            deliverable[address] = None
        else:
            undeliverable[written] = None
    return EmailList(tuple(deliverable), tuple(undeliverable))


def _candidates(text: str) -> Iterator[str]:
    """Addresses; words beside an address are a display name, words alone are what stands in the place of one."""
    for chunk in re.split(r"[;,\r\n]", text.lower()):
        words = [clean for word in chunk.split() for part in _at_slashes(word) if (clean := _unwrapped(part))]
        addresses = [word for word in words if "@" in word]
        if addresses:
            yield from addresses
        elif any(character.isalnum() for character in chunk):
            yield " ".join(words)


def _at_slashes(word: str) -> list[str]:
    """A slash may be part of an address; it separates only where both sides are addresses."""
    parts = word.split("/")
    return parts if len(parts) > 1 and all("@" in part for part in parts) else [word]


def _unwrapped(word: str) -> str:
    return word.lstrip(WRAPPERS).rstrip(WRAPPERS + ".")


def _deliverable(address: str) -> str:
    """The address as it can be mailed, or nothing."""
    local, _, domain = address.rpartition("@")
    if len(address) > MAX_ADDRESS or len(local) > MAX_LOCAL or not LOCAL.fullmatch(local):
        return ""
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    labels = ascii_domain.split(".")
    valid = len(labels) > 1 and all(LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
    mailed = f"{local}@{ascii_domain}"
    return mailed if valid and len(mailed) <= MAX_ADDRESS else ""
