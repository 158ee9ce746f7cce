"""Figures and taxes as an invoice prints them."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from invoices.ubl.nit import check_digit
from invoices.ubl.printed_types import PrintedParty, Tax
from invoices.ubl.values import NIT

CENT = Decimal("0.01")
COLOMBIAN = str.maketrans(",.", ".,")
SYMBOLS = {"COP": "$", "USD": "US$"}
MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"
WITHHOLDINGS = {"05": "Retención de IVA", "06": "Retención en la fuente", "07": "Retención de ICA"}
ICA = ("03", "07")


def figure(amount: Decimal) -> str:
    """``1.785.000,00``: two decimals, half up."""
    return _written(amount.quantize(CENT, rounding=ROUND_HALF_UP))


def money(amount: Decimal, currency: str) -> str:
    """``$ 1.785.000,00``, ``US$ 1.200,00``, ``EUR 1.200,00``."""
    sign, text = (MINUS, figure(-amount)) if amount < 0 else ("", figure(amount))
    return f"{sign}{SYMBOLS.get(currency, currency)}{SPACE}{text}"


def price(amount: Decimal) -> str:
    """A figure with all the decimals that it has, at least two: ``12.500,505``."""
    exact = amount.normalize()
    return figure(amount) if _decimals(exact) <= 2 else _written(exact)


def quantity(amount: Decimal) -> str:
    """``4``, ``1,5``, ``10.000``: no decimals that say nothing."""
    exact = amount.normalize()
    return _written(exact if _decimals(exact) > 0 else exact.quantize(Decimal(1)))


def percent(rate: Decimal) -> str:
    """``19 %``, ``1,5 %``."""
    return f"{quantity(rate)}{SPACE}%"


def rate(tax: Tax) -> str:
    """``19 %``, ``11,04 por mil``, ``18,00 por unidad``; empty where the XML says none."""
    if tax.rate is None:
        return f"{price(tax.per_unit)} por unidad" if tax.per_unit else ""
    return f"{quantity(tax.rate)} por mil" if _is_per_mille(tax, tax.rate) else percent(tax.rate)


def tax_label(tax: Tax) -> str:
    """``IVA 19 %``."""
    return f"{tax.name} {rate(tax)}".strip()


def withholding_label(tax: Tax) -> str:
    """``Retención en la fuente 2,5 %``."""
    return f"{WITHHOLDINGS.get(tax.code, tax.name)} {rate(tax)}".strip()


def total_by_name(taxes: Iterable[Tax]) -> dict[str, Decimal]:
    """What is paid of each tax, in its order; those of nothing are left out."""
    totals: dict[str, Decimal] = {}
    for tax in taxes:
        totals[tax.name] = totals.get(tax.name, Decimal(0)) + tax.amount
    return {name: total for name, total in totals.items() if total}


def identification(party: PrintedParty, labels: dict[str, str]) -> str:
    """``NIT 909.214.587-8``, ``C.C. 1.020.304.050``: the check digit as printed in the XML, computed where it is not."""
    who = party.who
    label = labels.get(who.identification_type, "Id.")
    digit = (who.check_digit or party.computed_digit) if who.identification_type == NIT else ""
    return f"{label}{SPACE}{dotted(who.identification)}{f'-{digit}' if digit else ''}"


def nit(number: str, digit: str) -> str:
    """``907.415.263-2``; the check digit as printed, computed where it is not."""
    if not (number.isascii() and number.isdigit()):
        return number
    return f"{dotted(number)}-{digit or check_digit(number)}"


def dotted(number: str) -> str:
    """``909.214.587``; what has more than digits, or a zero before them, stays as it is."""
    plain = number.isascii() and number.isdigit() and not number.startswith("0")
    return f"{int(number):,}".replace(",", ".") if plain else number


def _written(amount: Decimal) -> str:
    text = f"{abs(amount):,f}".translate(COLOMBIAN)
    return f"{MINUS}{text}" if amount < 0 else text


def _decimals(amount: Decimal) -> int:
    return -int(amount.as_tuple().exponent)


def _is_per_mille(tax: Tax, printed: Decimal) -> bool:
    """ICA is charged per thousand, and many write it so: the figures tell which of the two it is."""
    if tax.code not in ICA or not tax.base or not tax.amount:
        return False
    product = tax.base * printed
    return abs(product / 1000 - tax.amount) < abs(product / 100 - tax.amount)
