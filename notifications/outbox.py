"""
The life of a delivery: enqueue, claim, attempt, settle, sweep. The row is the queue entry; the database decides who works.

Three transactions per try: the claim, the intent (before a byte leaves) and the result. Whatever dies in between leaves an
open attempt behind, which ``sweep`` finds when the lease is over.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction

from invoices.models import ElectronicDocument, StoredFile
from notifications import breaker, channel_registry, mime, refold, settle, verp, wakeup
from notifications.channels import Channel
from notifications.lives import DeliveryState, Queue
from notifications.models import Attachment, Attempt, Delivery, Notification
from notifications.provider_api import Parts, send_by_api
from notifications.tracking import Outcome
from notifications.transport import Handover, hang_up, smtp

LEASE = timedelta(minutes=20)
BATCH = 20
# Of a server that a company named: so many conversations of three minutes end before the lease does.
OUTSIDE_BATCH = 5
logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one address, rendered; ``verdict`` holds it back: blocked or suppressed, with its reason."""

    address: str
    source: Delivery.Source
    sender: str
    subject: str
    text: str
    html: str = ""
    reply_to: str = ""
    id: UUID | None = None
    verdict: DeliveryState | None = None
    reason: str = ""


def enqueue(
    *,
    notification: Notification,
    messages: Sequence[Message],
    channel: str,
    now: datetime,
    document: ElectronicDocument | None = None,
    attachments: Sequence[tuple[str, StoredFile]] = (),
) -> list[Delivery]:
    """
    Owe one message to each address, in the caller's transaction; workers are woken when it commits.

    :raises ValueError: a header would hold a line break.
    """
    deliveries = [_delivery(notification, message, channel, now, document) for message in messages]
    Delivery.across.bulk_create(deliveries)
    Attachment.across.bulk_create(
        Attachment(company_id=notification.company_id, notification=notification, file=file, name=name) for name, file in attachments
    )
    transaction.on_commit(wakeup.wake)
    return deliveries


def _delivery(notification: Notification, message: Message, channel: str, now: datetime, document: ElectronicDocument | None) -> Delivery:
    token = uuid4().hex
    delivery = Delivery(
        **({"id": message.id} if message.id else {}),
        company_id=notification.company_id,
        notification=notification,
        document=document,
        address=message.address,
        address_key=message.address.lower(),
        source=message.source,
        channel=channel,
        from_address=message.sender,
        reply_to=message.reply_to,
        subject=message.subject,
        text_body=message.text,
        html_body=message.html,
        message_id=f"<{token}@{settings.EHLO_NAME}>",
        token=token,
        queue=Queue.DONE if message.verdict else Queue.READY,
        state=message.verdict or DeliveryState.QUEUED,
        reason=message.reason,
        verdict=message.verdict or "",
        settled_at=now if message.verdict else None,
        next_at=now,
        created_at=now,
    )
    _headers(delivery)  # refuses now what could not be sent later
    return delivery


def drain(*, clock: Clock) -> int:
    """Send whatever is due, until nothing is; how many tries were made. Any number of callers may run at once."""
    sweep(now=clock())
    tries, more = 0, True
    try:
        while more:
            more = False
            for name in channel_registry.names():  # claimed right before they are tried: a slow channel must not outlast the others' leases
                claimed = claim_due(name, now=clock())
                tries += sum(attempt(claim, clock=clock) for claim in claimed)
                more |= bool(claimed)
    finally:
        hang_up()
    return tries


@dataclass(frozen=True, slots=True)
class Claim:
    """One leased row."""

    delivery_id: UUID
    company_id: UUID | None
    lease: UUID


# Materialized: as a plain subquery it may run once for each row that it is compared with, and lease more than the limit.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM notifications_delivery WHERE queue = 'ready' AND next_at <= %(now)s AND channel = %(channel)s
    ORDER BY next_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE notifications_delivery SET queue = 'leased', state = 'sending', lease = gen_random_uuid(), lease_until = %(until)s
FROM due WHERE notifications_delivery.id = due.id RETURNING notifications_delivery.id, company_id, lease
"""


def claim_due(channel: str, *, now: datetime) -> list[Claim]:
    """Lease due rows of one channel; none while its breaker is open, a single one to try it after that."""
    limit = breaker.allowance(channel, now=now, most=OUTSIDE_BATCH if channel_registry.is_outside(channel) else BATCH)
    if not limit:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "until": now + LEASE, "channel": channel, "limit": limit})
        return [Claim(*row) for row in cursor.fetchall()]


def attempt(claim: Claim, *, clock: Clock) -> bool:
    """One try: intent, wire, result. False when the lease was lost before a byte left."""
    with settle.row_scope(claim.company_id):
        prepared = intent(claim, now=clock())
    if prepared is None:
        return False
    delivery, try_ = prepared
    handover = _hand_over(delivery, try_)
    with settle.row_scope(claim.company_id):
        settle.result(delivery_id=delivery.pk, attempt_id=try_.pk, lease=claim.lease, handover=handover, now=clock())
    return True


def intent(claim: Claim, *, now: datetime) -> tuple[Delivery, Attempt] | None:
    """Fence by the lease, renew it, and write the attempt: committed before a byte leaves."""
    delivery = (
        Delivery.across.select_for_update(of=("self",))
        .select_related("notification")
        .filter(pk=claim.delivery_id, queue=Queue.LEASED, lease=claim.lease, lease_until__gt=now)
        .first()
    )
    if delivery is None:
        return None
    if not breaker.allowance(delivery.channel, now=now, most=1):
        told = refold.folded(delivery, Queue.READY)
        delivery.move_to(Queue.READY, lease=None, lease_until=None, next_at=now, **refold.columns(told))
        return None
    delivery.lease_until, delivery.attempts = now + LEASE, delivery.attempts + 1
    delivery.save(update_fields=["lease_until", "attempts"])
    number = Attempt.across.filter(delivery=delivery).count() + 1
    return delivery, Attempt.across.create(company_id=delivery.company_id, delivery=delivery, number=number, started_at=now)


def _headers(delivery: Delivery) -> list[tuple[str, str]]:
    return mime.message_headers(
        sender=delivery.from_address,
        recipient=delivery.address,
        reply_to=delivery.reply_to,
        subject=delivery.subject,
        message_id=delivery.message_id,
        token=delivery.token,
        at=delivery.created_at,
    )


def message_bytes(delivery: Delivery) -> bytes:
    """The MIME bytes, the same at every call."""
    files = Attachment.across.filter(notification=delivery.notification).select_related("file").order_by("pk")
    return mime.build(
        headers=_headers(delivery),
        boundary=f"=_{delivery.token}",
        text=delivery.text_body,
        html=delivery.html_body,
        attachments=[_part(item.name, item.file.path) for item in files],
    )


@lru_cache(maxsize=8)
def _part(name: str, path: str) -> bytes:
    """A stored file never changes, so its MIME part is made once and serves every address."""
    with default_storage.open(path, "rb") as file:
        return mime.attachment_part(name, file.read())


def _hand_over(delivery: Delivery, try_: Attempt) -> Handover:
    """Prepare and send. An error of ours is kept on its row, so that one bad message never stops the others."""
    try:
        channel = channel_registry.get(delivery.channel)
        prepared = message_bytes(delivery) if channel.backend == "smtp" else _parts(delivery)
    except Exception as exc:
        logger.exception("could not prepare delivery %s", delivery.pk)
        return Handover(Outcome.TEMPORARY, "prepare", reply=f"No se pudo preparar el mensaje ({type(exc).__name__}).")
    try:
        return _wire(channel, delivery, try_, prepared)
    except Exception as exc:
        logger.exception("delivery %s ended in an error of ours", delivery.pk)
        return Handover(Outcome.UNKNOWN, "wire", reply=f"Error inesperado al enviar ({type(exc).__name__}).")


def _wire(channel: Channel, delivery: Delivery, try_: Attempt, prepared: bytes | Parts) -> Handover:
    if isinstance(prepared, Parts):
        return send_by_api(channel, prepared)
    settle.remember_bytes(try_, prepared)
    return_path = verp.return_path(delivery.token, channel.bounces) if channel.bounces else channel.sender or settings.DEFAULT_FROM_EMAIL
    return smtp(channel).send(sender=return_path, recipient=delivery.address, message=prepared, envid=delivery.token)


def _parts(delivery: Delivery) -> Parts:
    files = Attachment.across.filter(notification=delivery.notification).select_related("file").order_by("pk")
    return Parts(
        sender=delivery.from_address,
        recipient=delivery.address,
        reply_to=delivery.reply_to,
        subject=delivery.subject,
        text=delivery.text_body,
        html=delivery.html_body,
        headers={"Message-ID": delivery.message_id, "X-Token": delivery.token, "Auto-Submitted": "auto-generated"},
        metadata={"delivery": str(delivery.pk)},
        attachments=tuple((item.name, item.file.read(), mime.content_type(item.name)) for item in files),
    )


def sweep(*, now: datetime) -> int:
    """Take up what a dead worker left, and send again what no evidence came for; how many rows moved."""
    moved = 0
    for delivery_id, company_id in _stranded(now):
        with settle.row_scope(company_id):
            moved += settle.stranded(delivery_id=delivery_id, now=now)
    return moved


def _stranded(now: datetime) -> list[tuple[UUID, UUID | None]]:
    rows = Delivery.across.filter(queue=Queue.LEASED, lease_until__lt=now) | Delivery.across.filter(queue=Queue.WAITING, next_at__lte=now)
    return list(rows.order_by("next_at").values_list("pk", "company_id")[:500])
