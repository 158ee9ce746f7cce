"""
What came in about a message: kept once as it was said, matched to its delivery, folded, told in the history.

Whoever reads webhooks or returned mails makes ``NewFact``s and hands them over here; nothing else writes ``DeliveryEvent``.
"""

import hashlib
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from invoices import history
from invoices.models import ElectronicDocument
from notifications import channel_registry, refold, security, settle, summaries, suppressions
from notifications.lives import REACHED, DeliveryState, Queue, ReportKind
from notifications.models import Attempt, Delivery, DeliveryEvent, InboundMessage

logger = logging.getLogger(__name__)
K = ReportKind
# Facts that carry their own proof (a signed return path), or that are ours: by whichever door they come in.
OWN_PROOF = frozenset({"dsn", "arf", "mail", "buyer", "clock"})
SILENCE_AFTER = timedelta(hours=72)
# When an orphan is looked at again; after that it only stays in sight.
RETRIES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))
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


@dataclass(frozen=True, slots=True)
class NewFact:
    """
    One fact as a door read it.

    ``occurred_at`` is aware. ``token``, ``delivery_id`` and ``message_id`` name the message, whichever the fact knows; ``text`` is
    what the server said; ``raw`` is the provider's event as JSON, without secrets.
    """

    kind: ReportKind
    provider: str
    occurred_at: datetime
    channel: str = ""
    token: str = ""
    delivery_id: UUID | None = None
    message_id: str = ""
    recipient: str = ""
    event_id: str = ""
    reason: str = ""
    status: str = ""
    text: str = ""
    host: str = ""
    click_url: str = ""
    human: bool | None = None
    judged: tuple[str, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """The delivery that a fact speaks of, or why there is none."""

    delivery_id: UUID | None = None
    company_id: UUID | None = None
    why_not: str = ""


def record(fact: NewFact, *, inbound: InboundMessage | None, now: datetime) -> DeliveryEvent | None:
    """
    Keep one fact, and everything that follows from it, in one transaction of its own; None when it is known already.

    A fact that names no message of ours is kept as an orphan.
    """
    match = _match(fact, now)
    if match.delivery_id is None:
        with transaction.atomic():
            return _keep(fact, inbound, now, orphan_reason=match.why_not, retry_at=now + RETRIES[0])
    with settle.row_scope(match.company_id):
        document, delivery = settle.locked(match.delivery_id)
        event = _keep(fact, inbound, now, delivery_id=delivery.pk, company_id=delivery.company_id)
        if event is not None:
            _follow(event, delivery, document, now)
    return event


def _match(fact: NewFact | DeliveryEvent, now: datetime) -> Match:
    """By our own token first, then by the identifiers that a provider or a server gave the message."""
    named = fact.delivery_id if isinstance(fact, NewFact) else fact.named_delivery
    found = _named(fact.token, named) or _by_message_id(fact.message_id, fact.channel)
    if found is None:
        return Match(why_not="No nombra ningún envío nuestro." if not (fact.token or named) else "El envío que nombra no existe.")
    delivery_id, company_id, channel = found
    if fact.provider not in OWN_PROOF and channel != fact.channel:
        security.note(
            kind=security.Kind.WRONG_CHANNEL, channel=fact.channel, provider=fact.provider, now=now, detail=f"delivery {delivery_id}"
        )
        return Match(why_not="Habla de un envío que salió por otro canal.")
    return Match(delivery_id, company_id)


Found = tuple[UUID, UUID | None, str]


def _named(token: str, delivery_id: UUID | None) -> Found | None:
    rows = Delivery.across.filter(token=token) if token else Delivery.across.filter(pk=delivery_id) if delivery_id else None
    return rows.values_list("pk", "company_id", "channel").first() if rows is not None else None


def _by_message_id(message_id: str, channel: str) -> Found | None:
    if not message_id:
        return None
    ours = Delivery.across.filter(message_id=f"<{message_id.strip('<>')}>").values_list("pk", "company_id", "channel").first()
    tries = Attempt.across.filter(provider_id__in={message_id, message_id.strip("<>"), f"<{message_id.strip('<>')}>"})
    if channel:
        tries = tries.filter(delivery__channel=channel)
    return ours or tries.values_list("delivery_id", "delivery__company_id", "delivery__channel").first()


def dedupe_key(fact: NewFact) -> str:
    """
    What makes two reports one fact: the provider's identifier of the event with its day (Mailgun's repeat after a day), else what it says.

    One identifier may carry several recipients (Amazon SES), so kind and recipient always count.
    """
    which = [fact.event_id, f"{fact.occurred_at:%Y%m%d}"] if fact.event_id else [fact.message_id, fact.occurred_at.isoformat()]
    named = fact.token or str(fact.delivery_id or "")
    parts = [fact.channel, fact.provider, fact.kind, named, fact.recipient.lower(), fact.click_url, *which]
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


def _keep(fact: NewFact, inbound: InboundMessage | None, now: datetime, **more: Any) -> DeliveryEvent | None:
    key = dedupe_key(fact)
    if DeliveryEvent.across.filter(dedupe_key=key).exists():
        return None
    event = DeliveryEvent(
        inbound=inbound,
        kind=fact.kind,
        provider=fact.provider,
        channel=fact.channel,
        occurred_at=fact.occurred_at,
        recorded_at=now,
        token=fact.token[:32],
        named_delivery=fact.delivery_id,
        message_id=fact.message_id[:255],
        recipient=fact.recipient[:320],
        event_id=fact.event_id[:255],
        reason=fact.reason,
        status=fact.status[:12],
        text=fact.text[:4000],
        host=fact.host[:255],
        click_url=fact.click_url[:2000],
        human=fact.human,
        judged=list(fact.judged),
        raw=fact.raw,
        dedupe_key=key,
        **more,
    )
    rows = DeliveryEvent.across.bulk_create([event], ignore_conflicts=True)
    # Another worker may have kept the same fact between the two statements; its row is then the one that counts.
    return rows[0] if DeliveryEvent.across.filter(pk=event.pk).exists() else None


def _follow(event: DeliveryEvent, delivery: Delivery, document: ElectronicDocument | None, now: datetime) -> None:
    """Fold, free the outbox of what is known now, hold the address back if need be, tell it."""
    before = (delivery.state, delivery.engagement)
    told = refold.folded(delivery, delivery.queue)
    changes = refold.columns(told)
    if told.state in REACHED and delivery.sent_at is None:
        changes["sent_at"] = event.occurred_at
    if _settles(event, delivery, told.state):
        delivery.move_to(Queue.DONE, settled_at=delivery.settled_at or now, **changes)
    else:
        for name, value in changes.items():
            setattr(delivery, name, value)
        delivery.save(update_fields=list(changes))
    suppressions.suppress_after(delivery=delivery, detail=event.text, at=now)
    if document is not None:
        _tell(event, delivery, document, before, now)
        summaries.refresh(document=document, now=now)


def _settles(event: DeliveryEvent, delivery: Delivery, state: DeliveryState) -> bool:
    """Whether the fact is the evidence that the outbox waits for: somebody has the message, so it is not sent again."""
    if event.kind == K.SILENCE:
        return False
    if delivery.queue in {Queue.WAITING, Queue.HOLD}:
        return True
    return (delivery.queue == Queue.READY and delivery.attempts > 0) or (delivery.queue == Queue.DEAD and state in REACHED)


def _tell(event: DeliveryEvent, delivery: Delivery, document: ElectronicDocument, before: tuple[str, str], now: datetime) -> None:
    """One line, for what an accountant would ask about: a machine's opening, or a second one, is not worth a line."""
    if event.kind not in EVENTS:
        return
    if event.kind in {K.OPENED, K.CLICKED} and (not event.human or delivery.engagement == before[1]):
        return
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
    history.append(
        document=document,
        event=EVENTS[ReportKind(event.kind)],
        at=now,
        occurred_at=event.occurred_at,
        address=delivery.address,
        data={key: value for key, value in said.items() if value},
    )


def match_orphans(*, now: datetime) -> int:
    """Look again for the delivery of each orphan whose time has come; how many found theirs."""
    due = DeliveryEvent.across.filter(delivery=None, retry_at__lte=now).order_by("retry_at")[:500]
    return sum(rematch(event, now=now) for event in due)


def rematch(event: DeliveryEvent, *, now: datetime) -> bool:
    """Look again for the delivery of one orphan; whether it was found."""
    match = _match(event, now)
    if match.delivery_id is None:
        later = RETRIES[event.retries + 1] if event.retries + 1 < len(RETRIES) else None
        DeliveryEvent.across.filter(pk=event.pk, delivery=None).update(
            retries=min(event.retries + 1, 30000), retry_at=now + later if later else None, orphan_reason=match.why_not
        )
        return False
    with settle.row_scope(match.company_id):
        document, delivery = settle.locked(match.delivery_id)
        found = {"delivery_id": delivery.pk, "company_id": delivery.company_id, "orphan_reason": "", "retry_at": None}
        if not DeliveryEvent.across.filter(pk=event.pk, delivery=None).update(**found):
            return False
        event.delivery_id = delivery.pk
        _follow(event, delivery, document, now)
    return True


def fall_silent(*, now: datetime) -> int:
    """Note, on channels that report, what nobody confirmed within 72 hours; how many."""
    telling = [name for name in channel_registry.names() if not channel_registry.is_blind(name)]
    quiet = Delivery.across.filter(
        channel__in=telling, queue=Queue.DONE, state__in=["deferred", "sent"], sent_at__lt=now - SILENCE_AFTER
    ).order_by("sent_at")
    facts = [
        NewFact(kind=K.SILENCE, provider="clock", occurred_at=now, delivery_id=pk, event_id="silence")
        for pk in quiet.values_list("pk", flat=True)[:2000]
    ]
    return sum(record(fact, inbound=None, now=now) is not None for fact in facts)
