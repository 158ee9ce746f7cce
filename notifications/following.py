"""What follows from new facts: the fold, the outbox, the address held back, the lines of the history, the document's summary."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from invoices import history
from invoices.models import ElectronicDocument
from notifications import refold, settle, summaries, suppressions
from notifications.lives import REACHED, DeliveryState, Engagement, Queue, ReportKind
from notifications.models import Delivery, DeliveryEvent

K = ReportKind
LADDER = list(Engagement)
# It left our hands: reached somebody, or the provider goes on trying.
OUT = REACHED | {DeliveryState.DEFERRED}
EVENTS = {
    K.RELAYED: history.Event.RELAYED,
    K.DEFERRED: history.Event.DEFERRED,
    K.DELIVERED: history.Event.DELIVERED,
    K.FAILED: history.Event.FAILED,
    K.SOFT_BOUNCED: history.Event.SOFT_BOUNCED,
    K.SUPPRESSED: history.Event.SUPPRESSED,
    K.REJECTED: history.Event.REJECTED,
    K.BOUNCED: history.Event.BOUNCED,
    K.COMPLAINED: history.Event.COMPLAINED,
    K.UNSUBSCRIBED: history.Event.UNSUBSCRIBED,
    K.AUTORESPONDED: history.Event.AUTORESPONDED,
    K.OPENED: history.Event.OPENED,
    K.CLICKED: history.Event.CLICKED,
    K.REPLIED: history.Event.REPLIED,
    K.SILENCE: history.Event.UNCONFIRMED,
}


def locked(keys: Iterable[UUID | None]) -> dict[UUID, Delivery]:
    """The deliveries, locked in the order of their keys; the document that they belong to is locked before."""
    return {row.pk: row for row in Delivery.across.select_for_update(of=("self",)).filter(pk__in=list(keys)).order_by("pk")}


def follow(events: Sequence[DeliveryEvent], deliveries: dict[UUID, Delivery], document: ElectronicDocument | None, now: datetime) -> None:
    """Fold each delivery once with all its facts, then tell them; the document's summary is made anew once."""
    about: dict[UUID, list[DeliveryEvent]] = defaultdict(list)
    for event in events:
        assert event.delivery_id is not None
        about[event.delivery_id].append(event)
    facts = refold.stored(list(about))
    lines = list[history.Line]()
    for key, news in about.items():
        delivery = deliveries[key]
        seen = Engagement(delivery.engagement)
        _refold(delivery, news, facts[key], now)
        lines += _told(delivery, news, seen)
        if document is None:
            settle.forget_body(delivery)
    if document is not None and about:
        history.append_all(document=document, lines=lines, at=now)
        summaries.refresh(document=document, now=now)


def _refold(delivery: Delivery, news: Sequence[DeliveryEvent], facts: refold.Facts, now: datetime) -> None:
    """Write what the fold says, free the outbox of what is known now, and hold the address back if need be."""
    told = refold.folded(delivery, delivery.queue, facts)
    changes = refold.columns(told)
    if told.state in OUT and delivery.sent_at is None:  # another machine's clock may be years off
        changes["sent_at"] = min(max(min(event.occurred_at for event in news), delivery.created_at), now)
    if any(_settles(event, delivery, told.state, tried=bool(facts[0])) for event in news):
        delivery.move_to(Queue.DONE, settled_at=delivery.settled_at or now, **changes)
    else:
        for name, value in changes.items():
            setattr(delivery, name, value)
        delivery.save(update_fields=list(changes))
    said = next((event.text for event in news if event.text and f"event:{event.pk}" == delivery.decided_by), news[-1].text)
    suppressions.suppress_after(delivery=delivery, detail=said, at=now)


def _settles(event: DeliveryEvent, delivery: Delivery, state: DeliveryState, *, tried: bool) -> bool:
    """
    Whether the fact is the evidence that the outbox waits for: somebody has the message, so it is not sent again.

    What a machine opened is none: it changes nothing. A row that is being sent at this moment is ended by whoever sends it.
    """
    if event.kind == K.SILENCE or (event.kind in {K.OPENED, K.CLICKED} and not event.human):
        return False
    if delivery.queue in {Queue.WAITING, Queue.HOLD}:
        return True
    return (delivery.queue == Queue.READY and tried) or (delivery.queue == Queue.DEAD and state in REACHED)


def _told(delivery: Delivery, news: Sequence[DeliveryEvent], seen: Engagement) -> Iterator[history.Line]:
    """One line for each fact that an accountant would ask about: a machine's opening, or a second one, is not worth a line."""
    for event in news:
        kind = ReportKind(event.kind)
        if kind in {K.OPENED, K.CLICKED}:
            engagement = Engagement(event.kind)
            if not event.human or LADDER.index(engagement) <= LADDER.index(seen):
                continue
            seen = engagement
        if kind in EVENTS:
            yield _line(event, delivery)


def _line(event: DeliveryEvent, delivery: Delivery) -> history.Line:
    said = {
        "delivery": str(delivery.pk),
        "event": str(event.pk),
        "provider": event.provider,
        "reason": event.reason,
        "reply": event.text[:2000],
        "host": event.host,
        "status": event.status,
        "inferred": delivery.inferred,
        "conflict": delivery.conflict,
        "returned": delivery.returned,
    }
    data = {key: value for key, value in said.items() if value}
    return history.Line(EVENTS[ReportKind(event.kind)], occurred_at=event.occurred_at, address=delivery.address, data=data)
