"""
What comes in about our mails: kept raw, once, before anybody reads it; read afterwards, by whoever has time.

A door calls ``store`` and answers. ``process_waiting`` hands each message to its reader: what providers post to
``notifications.hooks.processing``, mails to ``notifications.inbound_mail``; and what answers bring to ``notifications.replies``.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction
from django.utils.module_loading import import_string

from invoices.identifiers import uuid7
from notifications import facts, replies
from notifications.inbound_mail import Reading
from notifications.models import InboundMessage

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
Kind, Status = InboundMessage.Kind, InboundMessage.Status
# Many at once, because each document is folded once for all its facts in a batch; few bodies in memory, because a mail may be large.
BATCH = 10_000
FEW = 10
LEASE = timedelta(minutes=20)
MAX_TRIES = 3
RETRY = timedelta(minutes=1)
INSERT = """
INSERT INTO notifications_inboundmessage
    (id, company_id, channel, provider, kind, content_type, headers, body, sha256, status, tries, next_at, error, received_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', 0, %s, '', %s) ON CONFLICT DO NOTHING
"""
# Materialized: a plan that runs a bare subquery twice would claim more than the limit.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM notifications_inboundmessage WHERE status = 'waiting' AND next_at <= %(now)s AND (tries > 0) = %(again)s
    ORDER BY next_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE notifications_inboundmessage claimed SET next_at = %(until)s, tries = tries + 1 FROM due WHERE claimed.id = due.id
RETURNING claimed.id
"""


class Reader(Protocol):
    """Turns one stored message into facts; changes nothing."""

    def __call__(self, message: InboundMessage, *, now: datetime) -> Reading: ...


READERS = {
    Kind.TRACKING: "notifications.hooks.processing.read_stored",
    Kind.INBOUND: "notifications.hooks.processing.read_stored",
    Kind.MAILBOX: "notifications.inbound_mail.read_stored",
    Kind.UPLOAD: "notifications.inbound_mail.read_stored",
}


def store(
    *,
    channel: str,
    provider: str,
    kind: InboundMessage.Kind,
    content_type: str,
    headers: dict[str, Any],
    body: bytes,
    now: datetime,
    company_id: UUID | None = None,
) -> InboundMessage | None:
    """
    Keep one message as it came: a single INSERT, nothing is read before it.

    :param headers: what is needed to read the body again, without secrets. :param body: bounded by the caller.
    :param company_id: of the person who handed it in; a message that came by itself may speak of several companies.
    :returns: None when the same bytes came in by the same way before; then nothing changes.
    """
    row = InboundMessage(
        id=uuid7(now),
        company_id=company_id,
        channel=channel,
        provider=provider,
        kind=kind,
        content_type=content_type[:255],
        headers=headers,
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
        next_at=now,
        received_at=now,
    )
    with connection.cursor() as cursor:
        values = [row.id, company_id, channel, provider, kind, row.content_type, json.dumps(headers), body, row.sha256, now, now]
        cursor.execute(INSERT, values)
        return row if cursor.rowcount else None


def process_waiting(*, clock: Clock) -> int:
    """
    Read what waits, until nothing does; how many messages were read. Any number of callers may run at once.

    Messages are claimed for twenty minutes, up to ten thousand at a time, so that facts of one document are kept together. A claim
    counts as a try, and what was tried before is claimed alone: so a message that kills its reader ends as broken, and takes no other
    with it.
    Reading a message again is harmless, because every fact is kept once.
    """
    done = 0
    while claimed := _claim(clock(), again=False, limit=BATCH) or _claim(clock(), again=True, limit=1):
        done += _process(claimed, clock)
    return done


def process_now(message: InboundMessage, *, clock: Clock) -> bool:
    """Read one message that was just stored; whether it could be read."""
    return _process([message.pk], clock) == 1


def read_again(message: InboundMessage, *, now: datetime) -> None:
    """Let a message be read once more, whatever became of it."""
    InboundMessage.across.filter(pk=message.pk).update(status=Status.WAITING, tries=0, next_at=now, error="", processed_at=None)


def _claim(now: datetime, *, again: bool, limit: int) -> list[UUID]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "until": now + LEASE, "limit": limit, "again": again})
        return [row[0] for row in cursor.fetchall()]


Pair = tuple[InboundMessage, Reading]


def _process(keys: Sequence[UUID], clock: Clock) -> int:
    """
    Read each of them, then keep the facts of all; only where that fails, message by message. What is attached is taken in afterwards.
    """
    rows = InboundMessage.across.filter(pk__in=keys).order_by("received_at", "pk").iterator(chunk_size=FEW)
    pairs = [pair for row in rows if (pair := _read(row, clock)) is not None]
    try:
        facts.record_all([(fact, message) for message, reading in pairs for fact in reading.facts], now=clock())
    except Exception:
        logger.exception("facts could not be kept together; trying each message alone")
        pairs = [pair for pair in pairs if _keep_alone(pair, clock)]
    return _close(pairs, clock)


def _read(message: InboundMessage, clock: Clock) -> Pair | None:
    """One message and what it says; whatever its reader raises counts against this message alone. Its body is let go of."""
    try:
        reading = _reader(message.kind)(message, now=clock())
    except Exception as exc:
        _failed(message, exc, clock())
        return None
    message.body = b""
    return message, reading


def _reader(kind: str) -> Reader:
    """Named where they store through this module themselves."""
    reader: Reader = import_string(READERS[Kind(kind)])
    return reader


def _keep_alone(pair: Pair, clock: Clock) -> bool:
    message, reading = pair
    try:
        facts.record_all([(fact, message) for fact in reading.facts], now=clock())
    except Exception as exc:
        _failed(message, exc, clock())
        return False
    return True


def _close(pairs: Sequence[Pair], clock: Clock) -> int:
    """Those that are only facts at once; answers one by one, each with what it brought."""
    plain = [message.pk for message, reading in pairs if not reading.answers]
    InboundMessage.across.filter(pk__in=plain).update(status=Status.DONE, processed_at=clock(), error="")
    for message, reading in pairs:
        if reading.note and not reading.answers:
            InboundMessage.across.filter(pk=message.pk).update(error=reading.note[:300])
    return len(plain) + sum(_take_in(pair, clock) for pair in pairs if pair[1].answers)


def _take_in(pair: Pair, clock: Clock) -> bool:
    """What a mail brings; what it says of itself stands where it brought nothing."""
    message, reading = pair
    row = InboundMessage.across.filter(pk=message.pk)
    try:
        note = replies.take_in(row.get(), now=clock()) or reading.note
    except Exception as exc:
        _failed(message, exc, clock())
        return False
    row.update(status=Status.DONE, processed_at=clock(), error=note[:300])
    return True


def _failed(message: InboundMessage, exc: Exception, now: datetime) -> None:
    logger.error("inbound message %s could not be read", message.pk, exc_info=exc)
    broken = message.tries >= MAX_TRIES
    InboundMessage.across.filter(pk=message.pk, status=Status.WAITING).update(
        status=Status.BROKEN if broken else Status.WAITING,
        next_at=now + RETRY * message.tries,
        error=f"{type(exc).__name__}: {exc}"[:300],
        processed_at=now if broken else None,
    )
