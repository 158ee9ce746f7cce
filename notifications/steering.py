"""A person takes the wheel of one message: try it now, or do not send it at all."""

from datetime import datetime
from typing import Any

from django.db import transaction

from invoices import history
from invoices.invalid import Invalid
from invoices.models import Actor, ElectronicDocument
from invoices.services import lock_document
from notifications import refold, summaries, suppressions, wakeup
from notifications.lives import DeliveryState, Queue
from notifications.models import ChannelHealth, Delivery

Event = history.Event
# Where a message has not left and nothing is on its way; one that may have left waits for evidence first.
WAITING_FOR_A_TURN = frozenset({Queue.READY, Queue.HOLD, Queue.DEAD})
WHY_NOT = {
    Queue.LEASED: "Ya estaba saliendo: mira en un momento cómo quedó.",
    Queue.WAITING: "Puede haber salido: espera unos minutos a que se sepa.",
}


def may_steer(delivery: Delivery) -> bool:
    """Whether a person may try it now, or cancel it."""
    return delivery.queue in WAITING_FOR_A_TURN and delivery.replaced_by_id is None


@transaction.atomic
def retry_now(*, delivery: Delivery, by: Actor, now: datetime) -> Delivery:
    """
    Try it as soon as a worker is free; one that was given up gets all its tries again. In the company's scope.

    :raises Invalid: it is leaving at this moment, has ended, or the address is held back.
    """
    document, locked = _locked(delivery, "Ya no se puede reintentar: reenvía la notificación.")
    if held := suppressions.held([locked.address_key]).get(locked.address_key):
        raise Invalid(suppressions.refusal(held))
    began_anew = {"attempts": 0, "crashes": 0, "settled_at": None} if locked.queue == Queue.DEAD else {}
    _move(locked, Queue.READY, next_at=now, **began_anew)
    _tell(document, locked, Event.RETRIED, by, now)
    transaction.on_commit(wakeup.wake)
    return locked


@transaction.atomic
def cancel(*, delivery: Delivery, by: Actor, now: datetime) -> Delivery:
    """
    Do not send it, ever. In the company's scope.

    :raises Invalid: it is leaving at this moment, or has ended.
    """
    document, locked = _locked(delivery, "Ya no se puede cancelar.")
    locked.verdict, locked.reason = DeliveryState.CANCELED, ""
    _move(locked, Queue.DONE, verdict=DeliveryState.CANCELED, settled_at=now)
    _tell(document, locked, Event.CANCELED, by, now)
    return locked


def rests_until(delivery: Delivery, *, now: datetime) -> datetime | None:
    """Until when its channel rests: a retry waits for that."""
    health = ChannelHealth.objects.filter(name=delivery.channel, open_until__gt=now).first()
    return health.open_until if health else None


def _locked(delivery: Delivery, over: str) -> tuple[ElectronicDocument, Delivery]:
    """The document first, as whoever settles does."""
    assert delivery.document_id is not None
    document = lock_document(delivery.document_id)
    locked = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if locked.queue in WHY_NOT:
        raise Invalid(WHY_NOT[Queue(locked.queue)])
    if locked.queue not in WAITING_FOR_A_TURN or locked.replaced_by_id:
        raise Invalid(over)
    return document, locked


def _move(delivery: Delivery, queue: Queue, **changes: Any) -> None:
    """The row is locked, so that no worker claims it in between."""
    changes |= refold.columns(refold.folded(delivery, queue))
    if delivery.queue == queue:  # a move from a place to itself is none
        Delivery.objects.filter(pk=delivery.pk).update(**changes)
    else:
        delivery.move_to(queue, **changes)


def _tell(document: ElectronicDocument, delivery: Delivery, event: history.Event, by: Actor, now: datetime) -> None:
    history.append(document=document, event=event, at=now, by=by, address=delivery.address, data={"delivery": str(delivery.pk)})
    summaries.refresh(document=document, now=now)
