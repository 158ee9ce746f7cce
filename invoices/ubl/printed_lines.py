"""Lines, taxes, discounts and charges of a document, as they are printed."""

from collections.abc import Iterator
from decimal import Decimal

from invoices.ubl.printed_codes import TAXES, UNITS
from invoices.ubl.printed_types import Adjustment, PrintedLine, Tax
from invoices.ubl.refusal import Refused
from invoices.ubl.types import Root
from invoices.ubl.values import read_amount
from invoices.ubl.xml import Element, find, find_all, text, texts

LINES: dict[Root, str] = {"Invoice": "cac:InvoiceLine", "CreditNote": "cac:CreditNoteLine", "DebitNote": "cac:DebitNoteLine"}
QUANTITIES: dict[Root, str] = {"Invoice": "cbc:InvoicedQuantity", "CreditNote": "cbc:CreditedQuantity", "DebitNote": "cbc:DebitedQuantity"}
# Laying out a thousand rows takes some ten seconds; who sells more at once has a program that prints it.
MAX_LINES = 1000
# Of one line or of the whole document; DIAN knows some twenty taxes.
MAX_TAXES, MAX_ADJUSTMENTS = 40, 20
MAX_TEXT, MAX_DETAIL, MAX_DETAILS = 600, 200, 6
NAMELESS = "Impuesto"
ZERO = Decimal(0)


def read_lines(element: Element, root: Root) -> tuple[PrintedLine, ...]:
    """
    The lines in their order.

    :raises Refused: more than ``MAX_LINES``, or an amount that is none.
    """
    found = find_all(element, LINES[root])
    if len(found) > MAX_LINES:
        raise Refused("too_many_lines", "El documento tiene más de 1.000 líneas: no se puede imprimir.")
    return tuple(_line(line, root) for line in found)


def read_taxes(element: Element, name: str) -> tuple[Tax, ...]:
    """
    The taxes of a document or a line, one for each code and rate.

    :param name: ``TaxTotal`` or ``WithholdingTaxTotal``.
    :raises Refused: more than ``MAX_TAXES``, or an amount that is none.
    """
    together: dict[tuple[str, str, Decimal | None, Decimal | None], Tax] = {}
    for tax in _taxes(element, name):
        key = (tax.code, tax.name, tax.rate, tax.per_unit)
        together[key] = _sum(together[key], tax) if key in together else tax
    if len(together) > MAX_TAXES:
        raise Refused("too_many_taxes", "El documento tiene más de 40 impuestos distintos: no se puede imprimir.")
    return tuple(together.values())


def read_adjustments(element: Element) -> tuple[Adjustment, ...]:
    """
    Discounts and charges of a document or a line; those of nothing are left out.

    :raises Refused: more than ``MAX_ADJUSTMENTS``, or an amount that is none.
    """
    read = (_adjustment(found) for found in find_all(element, "cac:AllowanceCharge"))
    adjustments = tuple(item for item in read if item.amount)
    if len(adjustments) > MAX_ADJUSTMENTS:
        raise Refused("too_many_adjustments", "El documento tiene más de 20 descuentos o cargos juntos: no se puede imprimir.")
    return adjustments


def amount(element: Element, path: str) -> Decimal | None:
    """
    The amount at a path; nothing where it is not written.

    :raises Refused: what is written is no amount: a wrong figure is worse on paper than none.
    """
    written = text(element, path)
    value = read_amount(written)
    if written and value is None:
        raise Refused("amount", f"Un valor del documento no se puede leer: «{written[:40]}».")
    return value


def short(written: str, limit: int) -> str:
    """At most ``limit`` characters; what is cut off shows as an ellipsis."""
    return written if len(written) <= limit else f"{written[: limit - 1].rstrip()}…"


def _line(line: Element, root: Root) -> PrintedLine:
    quantity = find(line, QUANTITIES[root])
    unit = "" if quantity is None else quantity.get("unitCode", "").strip()
    return PrintedLine(
        number=text(line, "cbc:ID")[:10],
        code=short(_code(line), 40),
        description=short(" ".join(texts(line, "cac:Item/cbc:Description")), MAX_TEXT),
        details=tuple(short(detail, MAX_DETAIL) for detail in _details(line))[:MAX_DETAILS],
        quantity=amount(line, QUANTITIES[root]),
        unit=UNITS.get(unit.upper(), unit[:20]),
        price=amount(line, "cac:Price/cbc:PriceAmount"),
        reference_price=amount(line, "cac:PricingReference/cac:AlternativeConditionPrice/cbc:PriceAmount"),
        adjustments=read_adjustments(line),
        taxes=read_taxes(line, "TaxTotal"),
        total=amount(line, "cbc:LineExtensionAmount") or ZERO,
    )


def _code(line: Element) -> str:
    """The seller's own code, else the standard one."""
    paths = ("cac:Item/cac:SellersItemIdentification/cbc:ID", "cac:Item/cac:StandardItemIdentification/cbc:ID")
    return next((code for path in paths if (code := text(line, path))), "")


def _details(line: Element) -> Iterator[str]:
    labels = (
        ("Marca", "cac:Item/cbc:BrandName"),
        ("Modelo", "cac:Item/cbc:ModelName"),
        ("Lote", "cac:Item/cac:ItemInstance/cac:LotIdentification/cbc:LotNumberID"),
        ("Serie", "cac:Item/cac:ItemInstance/cbc:SerialID"),
    )
    yield from (f"{label} {written}" for label, path in labels if (written := text(line, path)))
    yield from _properties(line)
    yield from texts(line, "cbc:Note")
    yield from _principal(line)


def _properties(line: Element) -> Iterator[str]:
    """Properties with a name for people; a number for a name is a code between machines (freight, health)."""
    for item in find_all(line, "cac:Item/cac:AdditionalItemProperty"):
        name, value = text(item, "cbc:Name"), text(item, "cbc:Value")
        if name and value and not name.isdigit():
            yield f"{name}: {value}"


def _principal(line: Element) -> Iterator[str]:
    """On whose account a mandatary sells."""
    for agent in find_all(line, "cac:Item/cac:InformationContentProviderParty/cac:PowerOfAttorney/cac:AgentParty"):
        named = (text(agent, "cac:PartyName/cbc:Name"), text(agent, "cac:PartyIdentification/cbc:ID"))
        written = " · ".join(part for part in named if part)
        if written:
            yield f"Por cuenta de {written}"


def _taxes(element: Element, name: str) -> Iterator[Tax]:
    for total in find_all(element, f"cac:{name}"):
        subtotals = find_all(total, "cac:TaxSubtotal")
        yield from (_tax(subtotal) for subtotal in subtotals)
        if not subtotals and (whole := amount(total, "cbc:TaxAmount")):
            yield Tax("", NAMELESS, None, None, None, whole)


def _tax(subtotal: Element) -> Tax:
    code = text(subtotal, "cac:TaxCategory/cac:TaxScheme/cbc:ID")[:10]
    rate = amount(subtotal, "cac:TaxCategory/cbc:Percent")
    rate = amount(subtotal, "cbc:Percent") if rate is None else rate
    per_unit = amount(subtotal, "cbc:PerUnitAmount")
    printed = text(subtotal, "cac:TaxCategory/cac:TaxScheme/cbc:Name")
    return Tax(
        code=code,
        name=TAXES.get(code) or short(printed, 30) or code or NAMELESS,
        rate=rate.normalize() if rate is not None else None,
        per_unit=per_unit.normalize() if per_unit else None,
        base=amount(subtotal, "cbc:TaxableAmount"),
        amount=amount(subtotal, "cbc:TaxAmount") or ZERO,
    )


def _sum(one: Tax, other: Tax) -> Tax:
    bases = [base for base in (one.base, other.base) if base is not None]
    return Tax(one.code, one.name, one.rate, one.per_unit, sum(bases, ZERO) if bases else None, one.amount + other.amount)


def _adjustment(found: Element) -> Adjustment:
    return Adjustment(
        is_charge=text(found, "cbc:ChargeIndicator").lower() in ("true", "1"),
        reason=short(text(found, "cbc:AllowanceChargeReason"), MAX_DETAIL),
        rate=amount(found, "cbc:MultiplierFactorNumeric"),
        amount=amount(found, "cbc:Amount") or ZERO,
    )
