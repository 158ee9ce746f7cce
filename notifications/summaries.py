"""What the list shows of a document, computed from its deliveries: the roll-up, and the customer's state that follows from them."""

from collections.abc import Sequence
from datetime import datetime

from invoices import history
from invoices.models import ElectronicDocument
from invoices.services import record_delivery
from notifications import problems
from notifications.calendars import term_end
from notifications.lives import REACHED, DeliveryState
from notifications.models import Delivery
from notifications.tracking import Active, RollUp, roll_up

Event = history.Event
Status = ElectronicDocument.CustomerStatus


def refresh(*, document: ElectronicDocument, now: datetime) -> None:
    """Recompute what the list shows of the document's deliveries, and move the customer's state along; the document is locked."""
    deliveries = list(Delivery.objects.filter(document=document).order_by("created_at", "pk"))
    problems.close_resolved(document=document, deliveries=deliveries, now=now)
    active = [item for item in deliveries if item.replaced_by_id is None and item.resolved_by_id is None]
    chip, reached, total = roll_up([Active(DeliveryState(item.state), item.reason == "switched_off") for item in active])
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


def mark_owed(*, document: ElectronicDocument) -> None:
    """The document will be notified as soon as its PDF is made."""
    record_delivery(document=document, status=RollUp.IN_PROGRESS, reached=0, total=0, auto_confirm_at=None)


def mark_without_address(*, document: ElectronicDocument) -> None:
    """The document should be notified and nobody gave an address."""
    record_delivery(document=document, status=RollUp.NO_ADDRESS, reached=0, total=0, auto_confirm_at=None)
