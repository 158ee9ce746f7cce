"""What the buyer's side says: the button, and the automatic confirmation when nobody presses it."""

from datetime import datetime, timedelta
from uuid import UUID

from invoices import history
from invoices.models import ElectronicDocument
from invoices.scope import company_scope
from invoices.services import lock_document
from notifications import facts, services
from notifications.lives import ReportKind
from notifications.models import CustomerAnswer, Delivery
from notifications.recipients import no_longer_told

Event = history.Event
Status = ElectronicDocument.CustomerStatus
NEW_LINK_EVERY = timedelta(days=1)
MAX_MESSAGE = 1000


def confirm(*, delivery: Delivery, name: str, message: str, now: datetime) -> CustomerAnswer:
    """
    The buyer pressed *Confirmo que recibí este documento*; pressing again, or after a claim, changes nothing.

    A buyer who confirms has the document, whatever the mail servers said: the document passes through *pending*.
    """
    document = lock_document(_document_id(delivery))
    known = CustomerAnswer.latest(document)
    if known is not None:
        return known
    _see(delivery, ReportKind.CONFIRMED, now)
    answer = _answer(document, delivery, Status.CONFIRMED, name, message, now)
    data = {"message": answer.message}
    history.append(document=document, event=Event.CONFIRMED, at=now, by=name or delivery.address, address=delivery.address, data=data)
    return answer


def claim(*, delivery: Delivery, code: str, name: str, message: str, now: datetime) -> CustomerAnswer:
    """
    The buyer sent *Tengo un reclamo*: an answer to the seller, not the event 031.

    It may follow a confirmation; a second one changes nothing.

    :param code: one of ``CustomerAnswer.Claim``.
    """
    document = lock_document(_document_id(delivery))
    known = CustomerAnswer.objects.filter(document=document, status=Status.REJECTED).select_related("delivery").first()
    if known is not None:
        return known
    _see(delivery, ReportKind.REPLIED, now)
    answer = _answer(document, delivery, Status.REJECTED, name, message, now, claim_code=code)
    data = {"message": answer.message, "claim_code": code}
    by = name or delivery.address
    history.append(document=document, event=Event.REJECTED_BY_CUSTOMER, at=now, by=by, address=delivery.address, data=data)
    return answer


def _document_id(delivery: Delivery) -> UUID:
    assert delivery.document_id is not None
    return delivery.document_id


def _see(delivery: Delivery, kind: ReportKind, now: datetime) -> None:
    """Who answers has the message: a fact, like those from outside."""
    facts.record(facts.NewFact(kind=kind, provider="buyer", occurred_at=now, delivery_id=delivery.pk), inbound=None, now=now)


def _answer(
    document: ElectronicDocument, delivery: Delivery, status: str, name: str, message: str, now: datetime, *, claim_code: str = ""
) -> CustomerAnswer:
    document.refresh_from_db(fields=["customer_status"])
    if document.customer_status in {Status.NOT_SENT, Status.INVALID_ADDRESS}:
        document.move_to(Status.PENDING)
    document.move_to(status)
    return CustomerAnswer.objects.create(
        company_id=document.company_id,
        document=document,
        delivery=delivery,
        status=status,
        name=name[:150],
        message=message[:MAX_MESSAGE],
        claim_code=claim_code,
        answered_at=now,
    )


def send_new_link(*, delivery: Delivery, now: datetime) -> bool:
    """
    Mail the document again to the address that the old link went to, and to no other; at most once a day. Whether it goes out.

    What the company decided holds: nothing follows a link that it revoked, and nothing goes to an address that it no longer tells.
    """
    document = lock_document(_document_id(delivery))
    delivery.refresh_from_db(fields=["link_revoked_at"])
    if delivery.link_revoked_at or no_longer_told(document, delivery.address_key):
        return False
    sent_lately = Delivery.objects.filter(document=document, address_key=delivery.address_key, created_at__gt=now - NEW_LINK_EVERY).exists()
    if sent_lately:
        return False
    targets = [services.Target(delivery.address_key)]
    try:
        services.resend(document=document, targets=targets, note="El cliente pidió un enlace nuevo.", by=None, now=now)
    except services.NotNotifiable:
        return False
    return True


def auto_confirm_due(*, now: datetime) -> int:
    """Confirm automatically whatever waited out its term; how many."""
    due = ElectronicDocument.across.filter(customer_status=Status.PENDING, auto_confirm_at__lt=now).order_by("auto_confirm_at")
    return sum(_auto_confirm(company_id, document_id, now) for company_id, document_id in due.values_list("company_id", "pk")[:5000])


def _auto_confirm(company_id: UUID, document_id: UUID, now: datetime) -> bool:
    with company_scope(company_id):
        document = lock_document(document_id)
        if document.customer_status != Status.PENDING or document.auto_confirm_at is None or document.auto_confirm_at >= now:
            return False
        document.move_to(Status.AUTO_CONFIRMED, auto_confirmed_at=now)
        history.append(document=document, event=Event.AUTO_CONFIRMED, at=now)
        return True
