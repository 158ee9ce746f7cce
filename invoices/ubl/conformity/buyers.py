"""What one buyer's robot asks beyond the annex. The demands are data: an administrator of the company edits them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from invoices.ubl.attached import nested_document
from invoices.ubl.conformity.findings import Finding, Grade
from invoices.ubl.conformity.parcel import Parcel
from invoices.ubl.xml import Element, parse_root, text


class Demand(StrEnum):
    """The kinds of demands that are known."""

    NIT_WITHOUT_CHECK_DIGIT = "nit_without_check_digit"
    ORDER_NUMBER = "order_number"
    BUSINESS_LINE = "business_line"
    PDF = "pdf"
    SECOND_MAILBOX = "second_mailbox"


@dataclass(frozen=True, slots=True)
class Requirement:
    """
    One demand of one buyer.

    ``value`` is how many digits the purchase order may have, the line of business that the subject must carry, or the second
    mailbox; ``prevents`` makes a miss stop the send instead of warning.
    """

    demand: Demand
    value: str = ""
    prevents: bool = False


Said = tuple[bool, str]


def check_requirement(requirement: Requirement, parcel: Parcel, *, subject: str) -> Finding | None:
    """Whether the parcel and its subject meet one demand; None for one that is met by sending, not by the package."""
    check = CHECKS.get(requirement.demand)
    if check is None or parcel.document is None:
        return None
    met, sentence = check(requirement, parcel, subject)
    grade = Grade.COMPLIES if met else Grade.PREVENTS if requirement.prevents else Grade.WARNS
    return Finding(f"comprador-{requirement.demand}", grade, sentence, "Exigencia del comprador")


def _inside(parcel: Parcel) -> Element:
    return parse_root(nested_document(parcel.xml) or parcel.xml)


def _nit(_: Requirement, parcel: Parcel, __: str) -> Said:
    printed = text(_inside(parcel), "cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID")
    if printed.isdecimal():
        return True, "El NIT del comprador va sin dígito de verificación."
    return False, f"Este comprador pide su NIT solo con números, y va «{printed[:30]}»."


def _order(requirement: Requirement, parcel: Parcel, _: str) -> Said:
    most = int(requirement.value) if requirement.value.isdecimal() else 10
    order = text(_inside(parcel), "cac:OrderReference/cbc:ID")
    if not order:
        return False, "Este comprador pide la orden de compra, y el documento no la trae."
    met = re.fullmatch(rf"[0-9]{{1,{most}}}", order) is not None
    wanted = f"Este comprador pide la orden de compra con hasta {most} números, y va «{order[:30]}»."
    return met, f"Trae la orden de compra {order[:30]}." if met else wanted


def _line(requirement: Requirement, _: Parcel, subject: str) -> Said:
    fields = subject.split(";")
    met = len(fields) > 5 and fields[5].strip() == requirement.value
    wanted = f"Este comprador pide la línea de negocio «{requirement.value[:60]}» en el asunto."
    return met, "El asunto lleva la línea de negocio que pide el comprador." if met else wanted


def _pdf(_: Requirement, parcel: Parcel, __: str) -> Said:
    met = bool(parcel.upload.pdfs)
    return met, "Lleva el PDF que pide el comprador." if met else "Este comprador pide el PDF, y el paquete no lo trae."


CHECKS: dict[Demand, Callable[[Requirement, Parcel, str], Said]] = {
    Demand.NIT_WITHOUT_CHECK_DIGIT: _nit,
    Demand.ORDER_NUMBER: _order,
    Demand.BUSINESS_LINE: _line,
    Demand.PDF: _pdf,
}
