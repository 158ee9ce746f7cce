"""What follows a try: its outcome, the fold, the roll-up, the buyer's state and the history, in one transaction."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from invoices import history
from invoices.models import ElectronicDocument
from invoices.scope import company_scope
from invoices.services import lock_document
from notifications import breaker, refold, retry, summaries, suppressions
from notifications.causes import NO_ROUTE, enhanced
from notifications.lives import Queue
from notifications.models import Attempt, Delivery, Notification
from notifications.tracking import Outcome
from notifications.transport import Handover

logger = logging.getLogger(__name__)
Event = history.Event
EVIDENCE_WAIT = timedelta(minutes=10)
MAX_CRASHES = 3
FREE = {"lease": None, "lease_until": None}


@contextmanager
def row_scope(company_id: UUID | None) -> Iterator[None]:
    """The transaction for one row: its company's scope, or a plain one for mails of an account."""
    if company_id is None:
        with transaction.atomic():
            yield
    else:
        with company_scope(company_id):
            yield


def remember_bytes(try_: Attempt, message: bytes) -> None:
    """Keep the digest of the bytes that are about to leave: every retry must send the same."""
    Attempt.across.filter(pk=try_.pk).update(sha256=hashlib.sha256(message).hexdigest())


def result(*, delivery_id: UUID, attempt_id: UUID, lease: UUID, handover: Handover, now: datetime) -> None:
    """
    Record how a try ended.

    A late acceptance wins even over a lost lease; any other late outcome is kept on its attempt and changes nothing else.
    """
    document, delivery = locked(delivery_id)
    if enhanced(handover.reply) == NO_ROUTE:  # DNS mends itself
        handover = replace(handover, outcome=Outcome.TEMPORARY)
    _close_attempt(attempt_id, handover, now)
    held = delivery.queue == Queue.LEASED and delivery.lease == lease
    delivery.last_reply = f"{handover.code or ''} {handover.reply}".strip()
    if handover.outcome == Outcome.ACCEPTED:
        _accepted(delivery, document, handover, now, held=held)
    elif held:
        SETTLERS[handover.outcome](delivery, document, handover, now)
    else:
        return
    _after(delivery, document, now)


def locked(delivery_id: UUID) -> tuple[ElectronicDocument | None, Delivery]:
    """The document first, then the delivery: whatever settles on one document does so one after the other."""
    document_id = Delivery.across.values_list("document_id", flat=True).get(pk=delivery_id)
    document = lock_document(document_id) if document_id else None
    delivery = Delivery.across.select_for_update(of=("self",)).select_related("notification").get(pk=delivery_id)
    return document, delivery


def _close_attempt(attempt_id: UUID, handover: Handover, now: datetime) -> None:
    Attempt.across.filter(pk=attempt_id).update(
        outcome=handover.outcome,
        phase=handover.phase,
        code=handover.code,
        reply=handover.reply,
        host=handover.host,
        tls=handover.tls,
        provider_id=handover.provider_id,
        finished_at=now,
    )


def _accepted(delivery: Delivery, document: ElectronicDocument | None, handover: Handover, now: datetime, *, held: bool) -> None:
    breaker.close(delivery.channel)
    twice = Attempt.across.filter(delivery=delivery, outcome=Outcome.ACCEPTED).count() > 1
    if delivery.queue == Queue.DONE:
        _fold_again(delivery, sent_at=delivery.sent_at or now)
    else:
        _move(delivery, Queue.DONE, now, sent_at=delivery.sent_at or now, settled_at=now, **FREE)
    if twice:
        _tell(document, Event.DUPLICATE, delivery, now, why="accepted_twice")
        return
    late = {} if held else {"late": True}
    _tell(
        document,
        Event.SENT,
        delivery,
        now,
        reply=delivery.last_reply,
        host=handover.host,
        tls=handover.tls,
        attempt=delivery.attempts,
        **late,
    )


def _temporary(delivery: Delivery, document: ElectronicDocument | None, handover: Handover, now: datetime) -> None:
    wait = retry.next_wait(delivery.attempts)
    if wait is None:
        _give_up(delivery, document, now)
        return
    if not _move(delivery, Queue.READY, now, next_at=now + wait, **FREE):
        return
    _tell(
        document,
        Event.DEFERRED,
        delivery,
        now,
        reply=delivery.last_reply,
        host=handover.host,
        attempt=delivery.attempts,
        next_at=delivery.next_at.isoformat(),
    )


def _permanent(delivery: Delivery, document: ElectronicDocument | None, handover: Handover, now: datetime) -> None:
    _move(delivery, Queue.DONE, now, settled_at=now, **FREE)
    suppressions.suppress_after(delivery=delivery, detail=delivery.last_reply, at=now)
    _tell(
        document,
        Event(delivery.state),
        delivery,
        now,
        reason=delivery.reason,
        reply=delivery.last_reply,
        host=handover.host,
        tls=handover.tls,
    )


def _channel(delivery: Delivery, document: ElectronicDocument | None, handover: Handover, now: datetime) -> None:
    """The channel's fault: the try does not count, the row waits with the channel, and the buyer's history says nothing."""
    until = breaker.trip(delivery.channel, error=delivery.last_reply, now=now)
    _move(delivery, Queue.READY, now, next_at=until, attempts=max(delivery.attempts - 1, 0), **FREE)


def _unknown(delivery: Delivery, document: ElectronicDocument | None, handover: Handover, now: datetime) -> None:
    _wait_for_evidence(delivery, document, now, why="lost_after_dot")


SETTLERS = {
    Outcome.TEMPORARY: _temporary,
    Outcome.PERMANENT: _permanent,
    Outcome.CHANNEL: _channel,
    Outcome.UNKNOWN: _unknown,
}


def stranded(*, delivery_id: UUID, now: datetime) -> bool:
    """Take up one row that a dead worker left, or whose wait for evidence is over; whether it moved."""
    document, delivery = locked(delivery_id)
    if delivery.queue == Queue.LEASED and delivery.lease_until is not None and delivery.lease_until < now:
        _lease_over(delivery, document, now)
    elif delivery.queue == Queue.WAITING and delivery.next_at <= now:
        _send_again(delivery, document, now)
    else:
        return False
    _after(delivery, document, now)
    return True


def _lease_over(delivery: Delivery, document: ElectronicDocument | None, now: datetime) -> None:
    still_open = Attempt.across.filter(delivery=delivery, outcome=None)
    if not still_open.update(outcome=Outcome.UNKNOWN, finished_at=now, reply="el proceso que enviaba se interrumpió"):
        _move(delivery, Queue.READY, now, next_at=now, **FREE)  # claimed, never tried
        return
    delivery.crashes += 1
    delivery.save(update_fields=["crashes"])
    if delivery.crashes >= MAX_CRASHES:
        _give_up(delivery, document, now)
    else:
        _wait_for_evidence(delivery, document, now, why="worker_died")


def _wait_for_evidence(delivery: Delivery, document: ElectronicDocument | None, now: datetime, *, why: str) -> None:
    if not _move(delivery, Queue.WAITING, now, next_at=now + EVIDENCE_WAIT, uncertain=True, **FREE):
        return
    _tell(document, Event.UNCERTAIN, delivery, now, why=why, next_at=delivery.next_at.isoformat())


def _send_again(delivery: Delivery, document: ElectronicDocument | None, now: datetime) -> None:
    if retry.next_wait(delivery.attempts) is None:
        _give_up(delivery, document, now)
        return
    if _move(delivery, Queue.READY, now, next_at=now):
        _tell(document, Event.DUPLICATE, delivery, now, why="no_evidence")


def _give_up(delivery: Delivery, document: ElectronicDocument | None, now: datetime) -> None:
    if not _move(delivery, Queue.DEAD, now, settled_at=now, **FREE):
        return
    logger.error("delivery %s is dead: %s", delivery.pk, delivery.reason)
    _tell(document, Event(delivery.state), delivery, now, reason=delivery.reason, reply=delivery.last_reply, attempt=delivery.attempts)


def _move(delivery: Delivery, queue: Queue, now: datetime, **changes: Any) -> bool:
    """
    Fold and move. A fact from outside that came while we still tried is the evidence that the message is out: then the row is done,
    and the answer is False; what it is was told when the fact came.
    """
    told = refold.folded(delivery, queue)
    out = queue != Queue.DONE and told.decided_by.startswith("event:")
    if out:
        changes["settled_at"] = delivery.settled_at or now
    delivery.move_to(Queue.DONE if out else queue, last_reply=delivery.last_reply, **refold.columns(told), **changes)
    return not out


def _fold_again(delivery: Delivery, **changes: Any) -> None:
    """A late answer of our own to a row that has ended."""
    changes |= refold.columns(refold.folded(delivery, delivery.queue))
    for name, value in changes.items():
        setattr(delivery, name, value)
    delivery.save(update_fields=["last_reply", *changes])


def _tell(document: ElectronicDocument | None, event: history.Event, delivery: Delivery, now: datetime, **data: Any) -> None:
    if document is not None:
        known = {key: value for key, value in data.items() if value not in ("", None)}
        history.append(document=document, event=event, at=now, address=delivery.address, data={"delivery": str(delivery.pk), **known})


def _after(delivery: Delivery, document: ElectronicDocument | None, now: datetime) -> None:
    """The document's summaries, or the end of a mail that belongs to a person."""
    if document is not None:
        summaries.refresh(document=document, now=now)
    else:
        forget_body(delivery)


def forget_body(delivery: Delivery) -> None:
    """The text of a mail of an account, once it has ended: it may hold a link that sets a password."""
    if delivery.queue in {Queue.DONE, Queue.DEAD} and delivery.notification.kind == Notification.Kind.ACCOUNT:
        Delivery.across.filter(pk=delivery.pk).update(text_body="", html_body="")
