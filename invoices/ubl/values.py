"""Dates, times, amounts and parties as real files write them."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from invoices.ubl.types import Party
from invoices.ubl.xml import Element, find, find_all, text

BOGOTA = ZoneInfo("America/Bogota")
YEARS = range(2000, 2101)
ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:Z|T.*|[+-]\d{2}:?\d{2})?", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
TIME = re.compile(r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?\s*(Z|([+-])(\d{1,2}):?(\d{2}))?", re.ASCII)
# Fifteen digits before the point: a thousand such amounts still add up to what fits a column of 18 + 6 digits.
AMOUNT = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,6}(\d{1,20})?)?", re.ASCII)
SIX_DECIMALS = Decimal("0.000001")
NIT = "31"
FINAL_CONSUMER = "222222222222"
# Anexo Técnico 1.9, FAJ21 and FAK21: names of at most 450 characters.
MAX_NAME, MAX_IDENTIFICATION = 450, 40
NOBODY = Party("", "", "", "", "")


def read_date(written: str) -> date | None:
    """``yyyy-mm-dd``, with a zone or a time behind it, or ``dd/mm/yyyy``; nothing for anything else or outside 2000 to 2100."""
    iso, day_first = ISO_DATE.fullmatch(written), DAY_FIRST.fullmatch(written)
    if iso:
        year, month, day = int(iso[1]), int(iso[2]), int(iso[3])
    elif day_first:
        year, month, day = int(day_first[3]), int(day_first[2]), int(day_first[1])
    else:
        return None
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


def read_moment(day: date, written: str) -> datetime | None:
    """
    A day and ``hh:mm:ss``, with up to nanoseconds and a zone, as an aware moment.

    The offset is the one printed, America/Bogota where there is none; a blank time is midnight; nothing for anything else.
    """
    if not written:
        return datetime.combine(day, time(), BOGOTA)
    match = TIME.fullmatch(written)
    if not match:
        return None
    microsecond = int((match[4] or "")[:6].ljust(6, "0"))
    try:
        return datetime.combine(day, time(int(match[1]), int(match[2]), int(match[3]), microsecond), _zone(match))
    except ValueError:
        return None


def _zone(match: re.Match[str]) -> tzinfo:
    if not match[5]:
        return BOGOTA
    if match[5] == "Z":
        return UTC
    offset = timedelta(hours=int(match[7]), minutes=int(match[8]))
    return timezone(-offset if match[6] == "-" else offset)


def read_amount(written: str) -> Decimal | None:
    """A decimal with a point, decimals after the sixth cut off; nothing for anything else."""
    match = AMOUNT.fullmatch(written)
    if not match:
        return None
    return Decimal(written).quantize(SIX_DECIMALS, rounding=ROUND_DOWN) if match[1] else Decimal(written)


def read_party(element: Element | None) -> Party:
    """
    Who a party is, from ``PartyTaxScheme``, else ``PartyLegalEntity``, else ``PartyIdentification``.

    :param element: holds these elements; without it, or where it names nobody, all fields are empty.
    """
    if element is None:
        return NOBODY
    kind, identification, check_digit = _identification(element)
    name = _name(element) or ("Consumidor final" if identification == FINAL_CONSUMER else "")
    return Party(kind, identification, check_digit, name, text(element, "cac:PartyName/cbc:Name")[:MAX_NAME])


def _identification(element: Element) -> tuple[str, str, str]:
    for path in ("cac:PartyTaxScheme/cbc:CompanyID", "cac:PartyLegalEntity/cbc:CompanyID", "cac:PartyIdentification/cbc:ID"):
        for found in find_all(element, path):
            kind = found.get("schemeName", "").strip()[:3]
            number, digit = _number(text(found, "."), kind)
            if number:
                return kind, number, digit or (_printed_digit(found) if kind == NIT else "")
    return "", "", ""


def _number(written: str, kind: str) -> tuple[str, str]:
    """``800.197.268-4`` → number and check digit; the hyphen of a passport is part of it."""
    number = re.sub(r"[.\s]", "", written)[:MAX_IDENTIFICATION]
    nit = re.fullmatch(r"(\d+)-(\d)", number, re.ASCII) if kind == NIT else None
    return (nit[1], nit[2]) if nit else (number, "")


def _printed_digit(company_id: Element) -> str:
    digit = company_id.get("schemeID", "").strip()
    return digit if re.fullmatch(r"\d", digit, re.ASCII) else ""


def _name(element: Element) -> str:
    paths = ("cac:PartyTaxScheme/cbc:RegistrationName", "cac:PartyLegalEntity/cbc:RegistrationName", "cac:PartyName/cbc:Name")
    found = next((name for path in paths if (name := text(element, path))), "") or _person(element)
    return found[:MAX_NAME]


def _person(element: Element) -> str:
    person = find(element, "cac:Person")
    if person is None:
        return ""
    parts = (text(person, f"cbc:{part}") for part in ("FirstName", "MiddleName", "FamilyName"))
    return " ".join(part for part in parts if part)
