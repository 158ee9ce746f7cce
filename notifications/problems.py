"""Problems of delivery: which are open, and what closes them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from invoices import history
from invoices.invalid import Invalid
from invoices.models import ElectronicDocument, User
from invoices.services import lock_document
from invoices.written import one_line
from notifications import channel_registry
from notifications.lives import FAILURES, REACHED, DeliveryState
from notifications.models import Delivery

Event = history.Event
ARRIVED = frozenset({DeliveryState.DELIVERED, DeliveryState.RELAYED})
MAX_NOTE = 300
ASKS = "Escribe una nota"


def close_resolved(*, document: ElectronicDocument, deliveries: Sequence[Delivery], now: datetime) -> None:
    """
    Mark the failures that a later message to another address made good, and take the mark back when that one failed too.

    :param deliveries: all of the document, oldest first; the document is locked.

    Only a later message to an address that nobody had been told at before counts: what went to the other recipients of the
    same notification repairs nothing. On a channel that reports no deliveries, having been sent is all there is to know.
    """
    for failed in deliveries:
        if failed.state not in FAILURES or failed.replaced_by_id or failed.reason == "switched_off":
            continue
        by = next((item for item in deliveries if _makes_good(item, failed, deliveries)), None)
        if failed.resolved_by_id == (by.pk if by else None):
            continue
        failed.resolved_by = by
        failed.save(update_fields=["resolved_by"])
        if by:
            data = {"delivery": str(failed.pk), "by": str(by.pk), "by_address": by.address}
            history.append(document=document, event=Event.RESOLVED, at=now, address=failed.address, data=data)


def _makes_good(item: Delivery, failed: Delivery, deliveries: Sequence[Delivery]) -> bool:
    if item.created_at <= failed.created_at or item.notification_id == failed.notification_id or not _arrived(item):
        return False
    told_before = any(other.address_key == item.address_key and other.created_at < item.created_at for other in deliveries)
    stands_for_another = any(other.replaced_by_id == item.pk for other in deliveries)
    return not told_before and not stands_for_another


def _arrived(item: Delivery) -> bool:
    if item.state in ARRIVED:
        return True
    return item.state in REACHED and channel_registry.is_blind(item.channel)


def checked_note(text: str, asks: str) -> str:
    """
    The note on one line.

    :raises Invalid: there is none, or it is too long; the sentence begins with what ``asks`` for it.
    """
    note = one_line(text)
    if not note or len(note) > MAX_NOTE:
        raise Invalid(f"{asks} (hasta {MAX_NOTE} letras): quien lo vea después la necesita.", field="note")
    return note


def review(*, delivery_id: UUID, note: str, by: User, now: datetime) -> bool:
    """
    *Marcar revisado*: a person looked at it and leaves it so; whether it was still open.

    :raises Invalid: nobody said why.
    """
    note = checked_note(note, ASKS)
    document_id = Delivery.objects.filter(Delivery.OPEN_PROBLEM, pk=delivery_id).values_list("document_id", flat=True).first()
    if document_id is None:
        return False
    document = lock_document(document_id)
    changed = Delivery.objects.filter(Delivery.OPEN_PROBLEM, pk=delivery_id).update(reviewed_at=now, reviewed_by=by, reviewed_note=note)
    if not changed:
        return False
    address = Delivery.objects.values_list("address", flat=True).get(pk=delivery_id)
    history.append(
        document=document, event=Event.REVIEWED, at=now, by=by, address=address, data={"delivery": str(delivery_id), "note": note}
    )
    return True
