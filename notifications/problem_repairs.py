"""
What repairs a customer's failed address, for all its documents at once: another address, the same again, released, or reviewed.

Each document is repaired in a transaction of its own, and only if it is still open once it is locked: pressing twice sends once.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from invoices import directory, history
from invoices.addresses import one_address
from invoices.invalid import Invalid
from invoices.models import Company, Customer, ElectronicDocument, RecipientEmail, User
from invoices.scope import company_scope
from invoices.services import lock_document, save_address
from notifications import problems, services, summaries, suppressions
from notifications.lives import FAILURES, DeliveryState
from notifications.models import Delivery
from notifications.problem_kinds import NO_ADDRESS, lacking_address, open_problems

# More are repaired by pressing again.
MOST = 200
NOT_UNDERWAY = FAILURES | {DeliveryState.CANCELED}


@dataclass(frozen=True, slots=True)
class Wrong:
    """
    What is to be repaired: the documents of a customer whose address failed, or that have none (``address`` empty).

    :ivar cause: only those that failed for it; empty: for any cause.
    :ivar until: aware; what the person saw. What failed in a message that is newer is another problem.
    """

    customer_id: UUID
    address: str
    until: datetime
    cause: str = ""


@dataclass(slots=True)
class Repaired:
    """
    What became of it, as numbers of documents: sent, found to be on their way to that address already, left with the reason.

    ``more`` says that there were more than ``MOST``.
    """

    sent: list[str] = field(default_factory=list)
    underway: list[str] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    more: bool = False


def documents_of(wrong: Wrong, *, only: UUID | None = None) -> list[ElectronicDocument]:
    """
    The documents that are still open, oldest first, at most one more than ``MOST``; in the company's scope.

    :param only: the message that is asked about, of all that failed.
    """
    rows = ElectronicDocument.objects.filter(customer=wrong.customer_id)
    if wrong.address:
        failed = _failed(wrong).filter(pk=only) if only else _failed(wrong)
        rows = rows.filter(pk__in=failed.values("document_id"))
    else:
        rows = rows.filter(lacking_address(), created_at__lte=wrong.until)
    return list(rows.order_by("pk")[: MOST + 1])


def _failed(wrong: Wrong) -> QuerySet[Delivery]:
    rows = open_problems().filter(document__customer=wrong.customer_id, address_key=wrong.address, created_at__lte=wrong.until)
    return rows.filter(cause=wrong.cause) if wrong.cause and wrong.cause != NO_ADDRESS else rows


def correct(*, company: Company, wrong: Wrong, address: str, save: bool, by: User, now: datetime) -> Repaired:
    """
    *Corregir y reenviar*: every document of the wrong address goes to another one, which may be kept for the customer.

    :raises Invalid: mail cannot be sent to the new address, it is the same, or it is held back.
    """
    new, error = one_address(address)
    if error:
        raise Invalid(error, field="address")
    if new == wrong.address:
        raise Invalid("Es el mismo correo que falló: escribe otro.", field="address")
    with company_scope(company.pk):
        held = suppressions.held([new])
        keeps = save and not Customer.objects.get(pk=wrong.customer_id).is_final_consumer
    if held:
        raise Invalid(suppressions.refusal(held[new]), field="address")
    return _each(company, wrong, services.Target(new, corrects=wrong.address, save=keeps), by, now)


def use_reception_address(*, company: Company, wrong: Wrong, by: User, now: datetime) -> tuple[str, Repaired]:
    """
    *Usar el correo de recepción DIAN*; which one that is.

    :raises Invalid: the list has no other address, or it is held back.
    """
    with company_scope(company.pk):
        address = directory.told(Customer.objects.filter(pk=wrong.customer_id)).get(wrong.customer_id, "")
    if not address:
        raise Invalid("La lista de la DIAN no tiene un correo de este cliente.")
    return address, correct(company=company, wrong=wrong, address=address, save=False, by=by, now=now)


def retry(*, company: Company, wrong: Wrong, by: User, now: datetime) -> Repaired:
    """*Reintentar*: the same address again."""
    return _each(company, wrong, services.Target(wrong.address), by, now)


def release(*, company: Company, wrong: Wrong, note: str, by: User, now: datetime) -> Repaired:
    """
    *Reactivar y reenviar*: the address is told again from now on, and of these documents at once.

    :raises Invalid: nobody said why.
    """
    note = problems.checked_note(note, "Escribe por qué lo reactivas")
    return _each(company, wrong, services.Target(wrong.address, release_note=note), by, now)


def review(*, company: Company, wrong: Wrong, note: str, by: User, now: datetime, delivery_id: UUID | None = None) -> int:
    """
    *Marcar revisado*, all of them or one; how many were open, at most ``MOST`` at a time.

    :raises Invalid: nobody said why.
    """
    note = problems.checked_note(note, problems.ASKS)
    with company_scope(company.pk):
        rows = _failed(wrong).filter(pk=delivery_id) if delivery_id else _failed(wrong)
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:MOST])
    return sum(_review(company, key, note, by, now) for key in keys)


def _review(company: Company, key: UUID, note: str, by: User, now: datetime) -> bool:
    with company_scope(company.pk):
        return problems.review(delivery_id=key, note=note, by=by, now=now)


def _each(company: Company, wrong: Wrong, target: services.Target, by: User, now: datetime) -> Repaired:
    with company_scope(company.pk):
        found = documents_of(wrong)
    repaired = Repaired(more=len(found) > MOST)
    for document in found[:MOST]:
        try:
            with company_scope(company.pk):
                _one(document.pk, wrong, target, repaired, by, now)
        except services.NotNotifiable as exc:
            repaired.left[str(exc)].append(document.number)
    return repaired


def _one(document_id: UUID, wrong: Wrong, target: services.Target, repaired: Repaired, by: User, now: datetime) -> None:
    """Repair one document, unless somebody did meanwhile; a message to that address that has not failed stands in without another."""
    document = lock_document(document_id)
    failed = list(_failed(wrong).filter(document=document)) if wrong.address else []
    if not failed and (wrong.address or document.delivery_status != ElectronicDocument.Delivery.NO_ADDRESS):
        return
    to_it = Delivery.objects.filter(document=document, address_key=target.address, replaced_by=None)
    standing = to_it.exclude(state__in=NOT_UNDERWAY).first()
    if standing is None:
        services.resend(document=document, targets=[target], note="", by=by, now=now)
        repaired.sent.append(document.number)
        return
    _stand_in(document, failed, standing, now)
    if target.save:
        save_address(customer=document.customer, address=target.address, source=RecipientEmail.Source.RESEND)
    repaired.underway.append(document.number)


def _stand_in(document: ElectronicDocument, failed: Sequence[Delivery], standing: Delivery, now: datetime) -> None:
    for delivery in failed:
        delivery.replaced_by = standing
        delivery.save(update_fields=["replaced_by"])
        data = {"delivery": str(delivery.pk), "by": str(standing.pk), "by_address": standing.address}
        history.append(document=document, event=history.Event.RESOLVED, at=now, address=delivery.address, data=data)
    summaries.refresh(document=document, now=now)
