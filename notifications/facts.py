"""
What came in about a message: kept once as it was said, matched to its delivery, folded, told in the history.

Whoever reads webhooks or returned mails makes ``NewFact``s and hands them over here; nothing else writes ``DeliveryEvent``.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from invoices.services import lock_document
from notifications import channel_registry, settle
from notifications.engagement import Sign, judge
from notifications.following import follow, locked
from notifications.lives import Queue, ReportKind
from notifications.matching import Match, match_all
from notifications.models import Delivery, DeliveryEvent, InboundMessage

logger = logging.getLogger(__name__)
K = ReportKind
SILENCE_AFTER = timedelta(hours=72)
# When an orphan is looked at again; after that it only stays in sight.
RETRIES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))


@dataclass(frozen=True, slots=True)
class NewFact:
    """
    One fact as a door read it.

    ``occurred_at`` is aware. ``token``, ``delivery_id`` and ``message_id`` name the message, whichever the fact knows; ``text`` is
    what the server said; ``raw`` is the provider's event as JSON, without secrets. ``sign``: what an opening or a click is judged by,
    once it is known when its message left. ``unread``: why it could not be read; it is kept as an orphan that is not matched again.
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
    sign: Sign | None = None
    unread: str = ""

    @property
    def named_delivery(self) -> UUID | None:
        """The delivery that the fact names, as the stored fact calls it."""
        return self.delivery_id


Given = tuple[NewFact, InboundMessage | None]


def record(fact: NewFact, *, inbound: InboundMessage | None, now: datetime) -> DeliveryEvent | None:
    """
    Keep one fact, and everything that follows from it, in one transaction of its own; None when it is known already.

    A fact that names no message of ours is kept as an orphan.
    """
    return next(iter(record_all([(fact, inbound)], now=now)), None)


def record_all(given: Sequence[Given], *, now: datetime) -> list[DeliveryEvent]:
    """
    Keep many facts; those that were new. What speaks of the same document is kept in one transaction, each fact once.

    :raises ExceptionGroup: facts of some documents could not be kept; those of all others were.
    """
    matches = match_all([fact for fact, _ in given], now=now)
    given = [(_judged(fact, match), inbound) for (fact, inbound), match in zip(given, matches, strict=True)]
    orphans = [(pair, match) for pair, match in zip(given, matches, strict=True) if match.delivery_id is None]
    groups: dict[UUID | None, list[tuple[Given, Match]]] = defaultdict(list)
    for pair, match in zip(given, matches, strict=True):
        if match.delivery_id is not None:
            groups[match.document_id or match.delivery_id].append((pair, match))
    kept, errors = _keep_orphans(orphans, now), list[Exception]()
    for group in groups.values():
        try:
            kept += _keep_together(group, now)
        except Exception as exc:
            errors.append(exc)
    if errors:
        raise ExceptionGroup("facts that could not be kept", errors)
    return kept


def _judged(fact: NewFact, match: Match) -> NewFact:
    """
    The fact with the verdict on who opened or clicked.

    A message that has not left, as far as we know, was opened at once: its acceptance is still on its way to us.
    """
    if fact.sign is None:
        return fact
    since = (fact.occurred_at - match.sent_at).total_seconds() if match.sent_at else 0.0
    verdict = judge(replace(fact.sign, seconds=since if match.delivery_id else None))
    return replace(fact, human=verdict.human, judged=(*verdict.reasons, f"puntos: {verdict.score}"))


def _keep_orphans(orphans: Sequence[tuple[Given, Match]], now: datetime) -> list[DeliveryEvent]:
    if not orphans:
        return []
    with transaction.atomic():
        return _insert([_orphan(pair, match, now) for pair, match in orphans])


def _orphan(given: Given, match: Match, now: datetime) -> DeliveryEvent:
    unread = given[0].unread[:200]
    return _event(given, now, orphan_reason=unread or match.why_not, retry_at=None if unread else now + RETRIES[0])


def _keep_together(group: Sequence[tuple[Given, Match]], now: datetime) -> list[DeliveryEvent]:
    """The facts of one document, or of one mail that has none: locked, inserted, folded and told in one transaction."""
    first = group[0][1]
    with settle.row_scope(first.company_id):
        document = lock_document(first.document_id) if first.document_id else None
        deliveries = locked({match.delivery_id for _, match in group})
        events = _insert([_event(pair, now, delivery_id=match.delivery_id, company_id=first.company_id) for pair, match in group])
        follow(events, deliveries, document, now)
    return events


def dedupe_key(fact: NewFact) -> str:
    """
    What makes two reports one fact: the provider's identifier of the event with its day (Mailgun's repeat after a day), else what it says.

    One identifier may carry several recipients (Amazon SES), so kind and recipient always count.
    """
    which = [fact.event_id, f"{fact.occurred_at:%Y%m%d}"] if fact.event_id else [fact.message_id, fact.occurred_at.isoformat()]
    named = fact.token or str(fact.delivery_id or "")
    parts = [fact.channel, fact.provider, fact.kind, named, fact.recipient.lower(), fact.click_url, *which]
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


def _event(given: Given, now: datetime, **more: Any) -> DeliveryEvent:
    fact, inbound = given
    return DeliveryEvent(
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
        dedupe_key=dedupe_key(fact),
        **more,
    )


def _insert(events: Sequence[DeliveryEvent]) -> list[DeliveryEvent]:
    """Insert those that are new, each once; another worker's same facts wait for the lock of the document, or are ignored."""
    once = {event.dedupe_key: event for event in reversed(events)}
    known = set(DeliveryEvent.across.filter(dedupe_key__in=list(once)).values_list("dedupe_key", flat=True))
    new = [event for key, event in reversed(once.items()) if key not in known]
    DeliveryEvent.across.bulk_create(new, ignore_conflicts=True)
    return new


def match_orphans(*, now: datetime) -> int:
    """Look again for the delivery of each orphan whose time has come; how many found theirs."""
    due = list(DeliveryEvent.across.filter(delivery=None, retry_at__lte=now).order_by("retry_at")[:500])
    matches = match_all(due, now=now)
    return sum(_adopted(event, match, now) for event, match in zip(due, matches, strict=True))


def _adopted(event: DeliveryEvent, match: Match, now: datetime) -> bool:
    """One orphan that cannot be adopted for an error of ours keeps no other waiting."""
    try:
        return _adopt(event, match, now)
    except Exception:
        logger.exception("orphan %s could not be adopted", event.pk)
        return _adopt(event, replace(match, delivery_id=None, why_not=event.orphan_reason), now)


def rematch(event: DeliveryEvent, *, now: datetime) -> bool:
    """Look again for the delivery of one orphan; whether it was found."""
    [match] = match_all([event], now=now)
    return _adopt(event, match, now)


def _adopt(event: DeliveryEvent, match: Match, now: datetime) -> bool:
    orphan = DeliveryEvent.across.filter(pk=event.pk, delivery=None)
    if match.delivery_id is None:
        tried = min(event.retries + 1, len(RETRIES))
        again = now + RETRIES[tried] if tried < len(RETRIES) else None
        orphan.update(retries=tried, retry_at=again, orphan_reason=match.why_not)
        return False
    with settle.row_scope(match.company_id):
        document = lock_document(match.document_id) if match.document_id else None
        deliveries = locked([match.delivery_id])
        if not orphan.update(delivery=match.delivery_id, company=match.company_id, orphan_reason="", retry_at=None):
            return False
        event.delivery_id = match.delivery_id
        follow([event], deliveries, document, now)
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
    return len(record_all([(fact, None) for fact in facts], now=now))
