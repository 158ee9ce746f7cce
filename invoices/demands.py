"""What one buyer's robot asks beyond the annex; each change by an administrator leaves a line in the audit trail."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import prefetch_related_objects

from invoices import audit
from invoices.addresses import one_address
from invoices.audit import Action
from invoices.invalid import Invalid
from invoices.models import BuyerDemand, Customer, User
from invoices.written import one_line

Demand = BuyerDemand.Demand
MOST_DIGITS = 20
MAX_LINE = 60


def clean_value(demand: str, text: str) -> str:
    """
    The value as the kind of demand wants it: digits of a purchase order, a line of business, an address, or nothing.

    :raises Invalid: the kind is unknown, or the value is none of that kind.
    """
    text = one_line(text)
    if demand == Demand.ORDER_NUMBER:
        return _digits(text)
    if demand == Demand.BUSINESS_LINE:
        return _line(text)
    if demand == Demand.SECOND_MAILBOX:
        address, error = one_address(text)
        if error:
            raise Invalid(error, field="value")
        return address
    if demand not in Demand.values:
        raise Invalid("Elige qué pide este comprador.", field="demand")
    if text:
        raise Invalid("Esta exigencia no lleva valor: déjalo vacío.", field="value")
    return ""


def _digits(text: str) -> str:
    if not (text.isascii() and text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= MOST_DIGITS):
        raise Invalid(f"Escribe cuántos números puede tener la orden de compra: de 1 a {MOST_DIGITS}.", field="value")
    return str(int(text))


def _line(text: str) -> str:
    if not text:
        raise Invalid("Escribe la línea de negocio que va en el asunto.", field="value")
    if ";" in text:
        raise Invalid("No puede llevar punto y coma: en el asunto separa los campos.", field="value")
    if len(text) > MAX_LINE:
        raise Invalid(f"La línea de negocio tiene {len(text)} letras y caben {MAX_LINE}.", field="value")
    return text


def keep(*, customer: Customer, demand: str, value: str, prevents: bool, by: User, at: datetime) -> BuyerDemand:
    """
    Keep what the buyer asks; one of each kind, so that a second one takes the place of the first.

    :param prevents: a miss stops the send instead of warning; nothing for a second mailbox, which is met by sending.
    :raises Invalid: the value does not hold, or the buyer does not identify himself.
    """
    if customer.is_final_consumer:
        raise Invalid("El consumidor final no se identifica: no pide nada.")
    wanted = {"value": clean_value(demand, value), "prevents": prevents and demand != Demand.SECOND_MAILBOX}
    known = BuyerDemand.objects.filter(customer=customer, demand=demand).first()
    if known and (known.value, known.prevents) == (wanted["value"], wanted["prevents"]):
        return known
    kept, _ = BuyerDemand.objects.update_or_create(
        customer=customer,
        demand=demand,
        defaults=wanted,
        create_defaults={**wanted, "company_id": customer.company_id, "created_at": at, "created_by": by},
    )
    _log(kept, customer, "keep", by, at)
    return kept


def remove(*, demand: BuyerDemand, by: User, at: datetime) -> None:
    """The buyer no longer asks it."""
    _log(demand, demand.customer, "remove", by, at)
    demand.delete()


def of(customers: Iterable[Customer], kind: BuyerDemand.Demand) -> dict[object, str]:
    """The value of one kind of demand, by the customer's id; one question for all of them, none for those already asked about."""
    rows = [row for row in customers if not row._state.adding]  # noqa: SLF001 - documented; an example on a page is not kept
    prefetch_related_objects(rows, "demands")
    return {row.pk: demand.value for row in rows for demand in row.demands.all() if demand.demand == kind}


def _log(demand: BuyerDemand, customer: Customer, decision: str, by: User, at: datetime) -> None:
    data = {"customer": customer.name, "decision": decision, "demand": demand.demand, "value": demand.value, "prevents": demand.prevents}
    audit.record(company_id=customer.company_id, action=Action.DEMAND_CHANGED, by=by, at=at, subject_id=customer.pk, data=data)
