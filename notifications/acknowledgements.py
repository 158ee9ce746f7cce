"""What the buyer's side says: the roll-up of the deliveries, the customer's state, the button, the automatic confirmation."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core import signing

from invoices import history
from invoices.models import ElectronicDocument
from invoices.scope import company_scope
from invoices.services import lock_document, record_delivery
from notifications.calendars import term_end
from notifications.lives import REACHED, DeliveryState
from notifications.models import CustomerAnswer, Delivery
from notifications.tracking import RollUp, roll_up

Event = history.Event
Status = ElectronicDocument.CustomerStatus
LINK_SALT = "buyer"
MAX_MESSAGE = 1000


def refresh(*, document: ElectronicDocument, now: datetime) -> None:
    """Recompute what the list shows of the document's deliveries, and move the customer's state along; the document is locked."""
    deliveries = list(Delivery.objects.filter(document=document))
    active = [DeliveryState(item.state) for item in deliveries if item.replaced_by_id is None]
    chip, reached, total = roll_up(active)
    record_delivery(document=document, status=chip, reached=reached, total=total, auto_confirm_at=_auto_confirm_at(document, deliveries))
    _move_customer_status(document, deliveries, now)


def _auto_confirm_at(document: ElectronicDocument, deliveries: Sequence[Delivery]) -> datetime | None:
    """The end of the term, from the first delivery that was sent and has not failed; a resend restarts nothing."""
    sent = [item.sent_at for item in deliveries if item.sent_at and item.state in REACHED]
    return term_end(min(sent), days=document.company.auto_confirm_days, calendar=document.company.auto_confirm_calendar) if sent else None


def _move_customer_status(document: ElectronicDocument, deliveries: Sequence[Delivery], now: datetime) -> None:
    states = [item.state for item in deliveries if item.state not in {DeliveryState.CANCELED, DeliveryState.SUPPRESSED}]
    if any(state in REACHED for state in states):
        if document.customer_status in {Status.NOT_SENT, Status.INVALID_ADDRESS}:
            document.move_to(Status.PENDING)
        return
    may_become = document.customer_status in {Status.NOT_SENT, Status.PENDING, Status.AUTO_CONFIRMED}
    if may_become and states and all(state == DeliveryState.BOUNCED for state in states):
        document.move_to(Status.INVALID_ADDRESS)
        history.append(document=document, event=Event.INVALID_ADDRESS, at=now)


def mark_without_address(*, document: ElectronicDocument) -> None:
    """The document should be notified and nobody gave an address."""
    record_delivery(document=document, status=RollUp.NO_ADDRESS, reached=0, total=0, auto_confirm_at=None)


def buyer_token(*, company_id: UUID, delivery_id: UUID) -> str:
    """The token of the link in one mail: it names company and delivery, and is signed."""
    return signing.dumps([company_id.hex, delivery_id.hex], salt=LINK_SALT)


def read_buyer_token(token: str) -> tuple[UUID, UUID]:
    """
    Company and delivery of a link; whether they exist is for the caller to see.

    :raises django.core.signing.BadSignature: the token is not ours.
    """
    company, delivery = signing.loads(token, salt=LINK_SALT)
    return UUID(company), UUID(delivery)


def confirm(*, delivery: Delivery, name: str, message: str, now: datetime) -> CustomerAnswer:
    """
    The buyer pressed *Confirmo que recibí este documento*; pressing again changes nothing.

    A buyer who confirms has the document, whatever the mail servers said: the document passes through *pending*.
    """
    assert delivery.document_id is not None
    document = lock_document(delivery.document_id)
    answer = CustomerAnswer.objects.filter(document=document).first()
    if answer is not None:
        return answer
    if document.customer_status in {Status.NOT_SENT, Status.INVALID_ADDRESS}:
        document.move_to(Status.PENDING)
    document.move_to(Status.CONFIRMED)
    answer = CustomerAnswer.objects.create(
        company_id=document.company_id,
        document=document,
        delivery=delivery,
        status=Status.CONFIRMED,
        name=name[:150],
        message=message[:MAX_MESSAGE],
        answered_at=now,
    )
    who = name or delivery.address
    history.append(document=document, event=Event.CONFIRMED, at=now, by=who, address=delivery.address, data={"message": answer.message})
    return answer


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
