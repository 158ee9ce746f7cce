"""Totals, taxes and withholdings of the document as rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from invoices.ubl.printed_types import Adjustment, Printed, Tax
from notifications.graphic_figures import figure, money, percent, tax_label, total_by_name, withholding_label

IVA = "01"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sum:
    """One row of the totals; ``kind`` is its class: empty, ``line``, ``grand`` or ``aside``."""

    label: str
    figure: str
    kind: str = ""


def sums_of(printed: Printed) -> Iterator[Sum]:
    """From the lines to the total, then the withholdings, which change nothing."""
    totals, currency = printed.totals, printed.document.currency
    in_lines = sum((line.discount for line in printed.lines), ZERO)
    if in_lines:
        yield Sum("Valor bruto", figure(totals.subtotal + in_lines))
        yield Sum("Descuentos en líneas" if in_lines > 0 else "Cargos en líneas", figure(-in_lines))
    yield Sum("Subtotal", figure(totals.subtotal), "line" if in_lines else "")
    yield from _adjustments(printed)
    for name, amount in total_by_name(printed.taxes).items():
        yield Sum(name, figure(amount))
    if totals.prepaid:
        if totals.with_taxes is not None:
            yield Sum("Total con impuestos", figure(totals.with_taxes), "line")
        yield Sum("Anticipos", figure(-totals.prepaid))
    if totals.rounding:
        yield Sum("Redondeo", figure(totals.rounding))
    yield Sum("Total a pagar" if printed.document.root == "Invoice" else "Total de la nota", money(totals.payable, currency), "grand")
    yield from _withholdings(printed)


def _adjustments(printed: Printed) -> Iterator[Sum]:
    """One by one where the XML lists them, else as their total."""
    totals = printed.totals
    items = printed.adjustments or tuple(
        Adjustment(is_charge, "", None, amount) for is_charge, amount in ((False, totals.discounts), (True, totals.charges)) if amount
    )
    for item in items:
        label = item.reason or ("Cargos" if item.is_charge else "Descuentos")
        yield Sum(f"{label} {percent(item.rate)}" if item.rate else label, figure(item.amount if item.is_charge else -item.amount))


def _withholdings(printed: Printed) -> Iterator[Sum]:
    withheld = [tax for tax in printed.withholdings if tax.amount]
    for tax in withheld:
        yield Sum(withholding_label(tax), figure(-tax.amount), "aside")
    if withheld:
        net = printed.totals.payable - sum((tax.amount for tax in withheld), ZERO)
        yield Sum("Neto si el comprador retiene", figure(net), "aside")


def taxes_of(printed: Printed) -> Iterator[tuple[str, str, str]]:
    """Label, base and amount; what is neither charged nor has a base is no row. Lines without IVA beside others with it are told."""
    for tax in printed.taxes:
        if tax.amount or tax.base:
            yield tax_label(tax), "" if tax.base is None else figure(tax.base), figure(tax.amount)
    bare = [line for line in printed.lines if not _has_iva(line.taxes)]
    if len(bare) < len(printed.lines) and (base := sum((line.total for line in bare), ZERO)):
        yield "Sin IVA", figure(base), "no aplica"


def _has_iva(taxes: tuple[Tax, ...]) -> bool:
    return any(tax.code == IVA for tax in taxes)
