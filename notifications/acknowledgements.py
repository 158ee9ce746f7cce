"""What the buyer's side says: the button, and the automatic confirmation when nobody presses it."""

from datetime import datetime
from uuid import UUID

from django.core import signing

from invoices import history
from invoices.models import ElectronicDocument
from invoices.scope import company_scope
from invoices.services import lock_document
from notifications import facts
from notifications.lives import ReportKind
from notifications.models import CustomerAnswer, Delivery

Event = history.Event
Status = ElectronicDocument.CustomerStatus
LINK_SALT = "buyer"
MAX_MESSAGE = 1000


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
    seen = facts.NewFact(kind=ReportKind.CONFIRMED, provider="buyer", occurred_at=now, delivery_id=delivery.pk)
    facts.record(seen, inbound=None, now=now)
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
