"""
CUFE, CUDE and CUDS: the SHA-384 that identifies a document (Anexo Técnico 1.9, section 11.2).

A third party cannot recompute them: technical key and PIN are the issuer's secrets. Amounts enter with two decimals,
truncated; dates as ``yyyy-mm-dd``, times as ``hh:mm:ss-05:00``, both as printed in the document.
"""

import hashlib
import re
from decimal import ROUND_DOWN, Decimal

KEY = re.compile(r"[0-9a-f]{96}")
CENT = Decimal("0.01")


def normalise_key(text: str) -> str:
    """A key as it is compared: without blanks around it, in lower case."""
    return text.strip().lower()


def is_key(text: str) -> bool:
    """Whether a text, once normalised, has the shape of a key: 96 hexadecimal digits."""
    return KEY.fullmatch(normalise_key(text)) is not None


def cufe(
    *,
    number: str,
    date: str,
    time: str,
    subtotal: Decimal,
    iva: Decimal,
    inc: Decimal,
    ica: Decimal,
    total: Decimal,
    issuer: str,
    customer: str,
    technical_key: str,
    environment: str,
) -> str:
    """The key of an invoice of type 01, 02 or 04."""
    taxes = ["01", _two_decimals(iva), "04", _two_decimals(inc), "03", _two_decimals(ica)]
    return _sha384(number, date, time, _two_decimals(subtotal), *taxes, _two_decimals(total), issuer, customer, technical_key, environment)


def cude(
    *,
    number: str,
    date: str,
    time: str,
    subtotal: Decimal,
    iva: Decimal,
    inc: Decimal,
    ica: Decimal,
    total: Decimal,
    issuer: str,
    customer: str,
    pin: str,
    environment: str,
) -> str:
    """The key of notes, equivalent documents and type 03: as the CUFE, with the software's PIN for the technical key."""
    return cufe(
        number=number,
        date=date,
        time=time,
        subtotal=subtotal,
        iva=iva,
        inc=inc,
        ica=ica,
        total=total,
        issuer=issuer,
        customer=customer,
        technical_key=pin,
        environment=environment,
    )


def cuds(
    *,
    number: str,
    date: str,
    time: str,
    subtotal: Decimal,
    iva: Decimal,
    total: Decimal,
    seller: str,
    buyer: str,
    pin: str,
    environment: str,
) -> str:
    """The key of a support document (05) and its adjustment note (95)."""
    return _sha384(
        number, date, time, _two_decimals(subtotal), "01", _two_decimals(iva), _two_decimals(total), seller, buyer, pin, environment
    )


def event_cude(
    *,
    number: str,
    date: str,
    time: str,
    sender: str,
    receiver: str,
    response_code: str,
    document_number: str,
    document_type: str,
    pin: str,
) -> str:
    """The key of an event or any other ``ApplicationResponse``; the environment is not part of it."""
    return _sha384(number, date, time, sender, receiver, response_code, document_number, document_type, pin)


def _two_decimals(amount: Decimal) -> str:
    return str(amount.quantize(CENT, rounding=ROUND_DOWN))


def _sha384(*parts: str) -> str:
    return hashlib.sha384("".join(parts).encode()).hexdigest()
