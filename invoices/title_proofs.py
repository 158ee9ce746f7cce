"""
What proves that an event happened, and whether two identifications are the same party. Pure.

Anybody can write an XML in a buyer's name and mail it. An intact signature in which the sender is named is a proof, and so is
DIAN's answer; that an event came at all is none. Who issued the certificate is not looked at, so a proof is as good as that.
"""

import re
from enum import IntEnum

from invoices.ubl.nit import check_digit

# Between what a certificate says of its subject, as ``signatures`` writes it down; the number stands last.
NUMBER_AFTER = " · "
# Certificates write it bare, with its check digit, or after ``NIT`` or ``VATCO-``.
NUMBER = re.compile(r"[0-9][0-9.\-]*")


class Proof(IntEnum):
    """How sure it is that the sender sent the event: what is more goes first."""

    NONE = 0
    SIGNED = 1
    VALIDATED = 2


def signed_by(signer: str, sender: str) -> bool:
    """
    Whether the signer's certificate names the sender.

    Many buyers have a provider sign for them; that proves nothing about the sender, and then DIAN's answer is the proof.

    :param signer: the subject as ``Signature.signer`` holds it.
    """
    number = signer.rpartition(NUMBER_AFTER)[2]
    return any(same_party(written, sender) for written in (number, *NUMBER.findall(number)))


def same_party(one: str, other: str) -> bool:
    """Whether two identifications are the same, whoever wrote dots, zeros before it or the check digit."""
    one, other = (re.sub(r"[\W_]", "", written).upper().lstrip("0") for written in (one, other))
    return bool(one and other) and (one == other or _with_digit(one) == other or _with_digit(other) == one)


def _with_digit(identification: str) -> str:
    return identification + check_digit(identification) if identification.isascii() and identification.isdigit() else ""
