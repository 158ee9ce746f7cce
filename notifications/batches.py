"""
Bulk resend (*lotes*): made as a draft that says what would happen, confirmed by a person or a program, sent by a worker.

An item is the work: whoever holds its row resends its document and says so in the same transaction. What dies in between
leaves the item waiting and nothing sent.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from invoices.invalid import Invalid
from invoices.models import Actor, ElectronicDocument
from invoices.scope import company_scope
from invoices.services import lock_document
from invoices.templatetags.traza import thousands
from notifications import batch_selectors, outbox, resending, services, wakeup
from notifications.batch_sorting import ALREADY, Sorted, sort
from notifications.models import Notification, ResendBatch, ResendBatchItem, asked_by
from notifications.moments import local
from notifications.outbox import Clock

logger = logging.getLogger(__name__)
Group, Status, Item = ResendBatchItem.Group, ResendBatch.Status, ResendBatchItem.Status
MAX_DOCUMENTS = 10_000
MAX_NOTE = 500
# More documents than this are confirmed by typing their number.
TYPED_ABOVE = 100
CHUNK = 2_000
# What the dry run looks at of a document.
NEEDED = ("company", "customer__identification", "customer__identification_type", "type_code", "dian_status")
# Between two slices the messages are handed over, so that nobody's mail waits for the end of somebody's batch.
SLICE = 20
OURS = "No se pudo por un error nuestro. No salió nada: reinténtalo y, si vuelve a pasar, avisa al administrador."
CHANGED = "Los números cambiaron mientras mirabas: revisa y confirma otra vez."


def make(*, documents: QuerySet[ElectronicDocument], chosen: str, by: Actor, now: datetime) -> ResendBatch:
    """
    Sort the documents into a draft; nothing is sent. In the company's scope, in the caller's transaction.

    :param documents: in their order; the first ``MAX_DOCUMENTS`` are taken, and ``chosen`` says so where there are more.
    :param chosen: how they were chosen, in words.
    :raises Invalid: there is none.
    """
    ids = list(documents.values_list("pk", flat=True)[: MAX_DOCUMENTS + 1])
    if not ids:
        raise Invalid("Elige al menos un documento.")
    if len(ids) > MAX_DOCUMENTS:
        ids, chosen = ids[:MAX_DOCUMENTS], f"Los primeros {thousands(MAX_DOCUMENTS)} de: {chosen}"
    company_id = ElectronicDocument.objects.values_list("company_id", flat=True).get(pk=ids[0])
    batch = ResendBatch.objects.create(company_id=company_id, **asked_by(by), chosen=chosen[:300], total=len(ids), created_at=now)
    _fill(batch, ids)
    return batch


def sort_again(*, batch_id: UUID) -> None:
    """*Revisar de nuevo*: the same documents, judged as things stand now; nothing where it is no draft any more."""
    batch = ResendBatch.objects.select_for_update().filter(pk=batch_id, status=Status.DRAFT).first()
    if batch:
        ids = list(batch.items.order_by("position").values_list("document_id", flat=True))
        batch.items.all().delete()
        _fill(batch, ids)


def _fill(batch: ResendBatch, ids: Sequence[UUID]) -> None:
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        found = ElectronicDocument.objects.select_related("customer").only(*NEEDED).in_bulk(part)
        documents = [found[document_id] for document_id in part]
        rows = enumerate(zip(documents, sort(documents), strict=True), start=start + 1)
        ResendBatchItem.objects.bulk_create([_item(batch, position, document, how) for position, (document, how) in rows])


def _item(batch: ResendBatch, position: int, document: ElectronicDocument, how: Sorted) -> ResendBatchItem:
    may_go = how.group in {Group.SEND, Group.ALREADY}
    addresses = [{"address": address, "reached": False} for address in how.missing]
    addresses += [{"address": address, "reached": True} for address in how.reached]
    return ResendBatchItem(
        company_id=batch.company_id,
        batch=batch,
        document=document,
        position=position,
        group=how.group,
        status=Item.WAITING if may_go else Item.SKIPPED,
        reason="" if may_go else how.reason[:300],
        addresses=addresses,
        seen=how.seen,
    )


def confirm(*, batch_id: UUID, again: bool, note: str, expected: int, by: Actor, now: datetime) -> None:
    """
    Start sending; a draft that somebody confirmed or discarded already stays as it is, so that a second press changes nothing.

    :param again: also to the addresses that have it. :param expected: how many documents the person was shown.
    :raises Invalid: nothing to send, or another number than was shown.
    """
    batch = ResendBatch.objects.select_for_update().get(pk=batch_id)
    if batch.status != Status.DRAFT:
        return
    documents = batch_selectors.tally(batch).documents(again=again)
    if len(note) > MAX_NOTE:
        raise Invalid(f"La nota tiene {len(note)} letras y caben {MAX_NOTE}.", field="note")
    if not documents:
        raise Invalid("No hay documentos por reenviar.")
    if documents != expected:
        raise Invalid(CHANGED)
    if not again:
        batch.items.filter(group=Group.ALREADY).update(status=Item.SKIPPED, reason=ALREADY)
    batch.move_to(Status.RUNNING, confirmed_at=now, again=again, note=note, **asked_by(by))
    transaction.on_commit(wakeup.wake)


def cancel(*, batch_id: UUID, now: datetime) -> int:
    """Send nothing more of it; how many documents were left. What is being sent at this moment is sent."""
    batch = ResendBatch.objects.select_for_update().get(pk=batch_id)
    if batch.status not in {Status.DRAFT, Status.RUNNING}:
        return 0
    batch.move_to(Status.CANCELED, finished_at=now)
    return batch.items.filter(status=Item.WAITING).update(status=Item.CANCELED, settled_at=now)


def retry(*, batch_id: UUID, now: datetime) -> int:
    """Try again what failed and may go well now; how many documents. Nothing while the batch runs, or when it was canceled."""
    batch = ResendBatch.objects.select_for_update().get(pk=batch_id)
    if batch.status != Status.DONE:
        return 0
    sent = list(batch_selectors.retryable(batch).values_list("pk", flat=True).distinct())
    batch.items.filter(pk__in=sent).update(seen=F("notification"))
    again = batch.items.filter(Q(pk__in=sent) | Q(status=Item.FAILED)).update(status=Item.WAITING, reason="", settled_at=None)
    if again:
        batch.move_to(Status.RUNNING, finished_at=None)
        transaction.on_commit(wakeup.wake)
    return again


def work(*, clock: Clock) -> int:
    """Resend what running batches still owe, and hand it over; how many documents. Any number of callers may run at once."""
    settled = 0
    while taken := sum(_some(batch_id, company_id, clock=clock) for batch_id, company_id in _running()):
        settled += taken
        outbox.drain(clock=clock)
    return settled


def _running() -> list[tuple[UUID, UUID]]:
    rows = ResendBatch.across.filter(status=Status.RUNNING).order_by("confirmed_at", "pk")
    return list(rows.values_list("pk", "company_id")[:100])


def _some(batch_id: UUID, company_id: UUID, *, clock: Clock) -> int:
    """At most a slice of one batch, each document in its own transaction; how many."""
    for taken in range(SLICE):
        with company_scope(company_id):
            if not _take(batch_id, now=clock()):
                _finish(batch_id, now=clock())
                return taken
    return SLICE


def _take(batch_id: UUID, *, now: datetime) -> bool:
    """Resend the next document that nobody else has in hand; False when there is none. An error of ours ends on its item."""
    waiting = ResendBatchItem.objects.select_for_update(skip_locked=True, of=("self",)).filter(status=Item.WAITING)
    item = waiting.filter(batch=batch_id, batch__status=Status.RUNNING).order_by("position").first()
    if item is None:
        return False
    try:
        with transaction.atomic():
            _resend(item, now=now)
    except services.NotNotifiable as exc:
        _settle(item, Item.SKIPPED, str(exc), now=now)
    except Exception:
        logger.exception("document %s of batch %s could not be resent", item.document_id, batch_id)
        _settle(item, Item.FAILED, OURS, now=now)
    return True


def _resend(item: ResendBatchItem, *, now: datetime) -> None:
    """
    Judge the document as it stands now, and resend it.

    :raises NotNotifiable: there is nothing to send, or somebody notified it since the dry run.
    """
    batch = ResendBatch.objects.select_related("requested_by", "requested_key").get(pk=item.batch_id)
    document = lock_document(item.document_id)
    if other := resending.notified_since(document.pk, item.seen):
        who = other.requester or "El sistema"
        raise services.NotNotifiable(f"{who} lo notificó el {local(other.created_at):%d/%m/%Y %H:%M}, después de la revisión.")
    found = sort([document])[0]
    # A document that this batch sent already goes again only to those whom it did not reach.
    addresses = found.addresses(again=batch.again and item.notification_id is None)
    if not addresses:
        raise services.NotNotifiable(found.reason or ALREADY)
    most = services.MAX_RESEND_ADDRESSES
    notification = services.resend(
        document=document,
        targets=[services.Target(address) for address in addresses[:most]],
        note=batch.note,
        by=batch.requester,
        now=now,
        origin=Notification.Origin.BULK,
    )
    left_out = f"Se envió a los primeros {most} de {len(addresses)} correos." if len(addresses) > most else ""
    _settle(item, Item.SENT, left_out, now=now, notification=notification)


def _settle(item: ResendBatchItem, status: ResendBatchItem.Status, reason: str, *, now: datetime, **columns: Notification) -> None:
    ResendBatchItem.objects.filter(pk=item.pk).update(status=status, reason=reason[:300], settled_at=now, **columns)


def _finish(batch_id: UUID, *, now: datetime) -> None:
    """Close the batch when nothing of it waits, not even in somebody else's hands."""
    batch = ResendBatch.objects.select_for_update().filter(pk=batch_id, status=Status.RUNNING).first()
    if batch and not batch.items.filter(status=Item.WAITING).exists():
        batch.move_to(Status.DONE, finished_at=now)


def forget_drafts(*, before: datetime) -> int:
    """Remove drafts that nobody confirmed; how many."""
    rows = list(ResendBatch.across.filter(status=Status.DRAFT, created_at__lt=before).values_list("pk", "company_id")[:1000])
    for batch_id, company_id in rows:
        with company_scope(company_id):
            ResendBatch.objects.filter(pk=batch_id, status=Status.DRAFT).delete()
    return len(rows)
