"""
The first notification of what comes in: at once, or by a worker where the PDF must be made first.

Printing takes half a second and an upload may bring hundreds. The row is the work: whoever holds it sends and removes it in
one transaction, so what dies in between leaves it waiting and nothing sent.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from invoices.models import Actor, ElectronicDocument
from invoices.scope import company_scope
from invoices.services import lock_document
from notifications import graphic_files, outbox, services, summaries
from notifications.models import Notification, OwedNotification, asked_by
from notifications.outbox import Clock
from notifications.wakeup import Bell

logger = logging.getLogger(__name__)
_bell = Bell("notifications.tasks.send_first_notices")
# Between two slices the messages are handed over and the next company has its turn.
SLICE = 5
# How long a document rests after an error of ours.
REST = timedelta(minutes=5)


def send(*, document: ElectronicDocument, now: datetime, by: Actor | None = None) -> None:
    """Notify the document for the first time, or leave it to a worker; nothing where nobody is to be told. In the company's scope."""
    if not graphic_files.is_missing(document) or not services.is_due(document):
        services.notify(document=document, now=now, by=by)
        return
    owed = {"company_id": document.company_id, "due_at": now, **asked_by(by)}
    _, created = OwedNotification.objects.get_or_create(document=document, defaults=owed)
    if created:
        summaries.mark_owed(document=document)
        transaction.on_commit(_bell.ring)


def work(*, clock: Clock) -> int:
    """Send what is owed, each company in its turn, and hand it over; how many documents. Any number of callers may run at once."""
    settled = 0
    while taken := sum(send_owed(company_id, clock=clock) for company_id in _companies(now=clock())):
        settled += taken
        outbox.drain(clock=clock)
    return settled


def _companies(*, now: datetime) -> list[UUID]:
    rows = OwedNotification.across.filter(due_at__lte=now).order_by("company_id").distinct()
    return list(rows.values_list("company_id", flat=True)[:100])


def send_owed(company_id: UUID, *, clock: Clock) -> int:
    """At most a slice of what one company owes, each document in its own transaction; how many. The messages wait in the outbox."""
    for taken in range(SLICE):
        with company_scope(company_id):
            if not _take(now=clock()):
                return taken
    return SLICE


def _take(*, now: datetime) -> bool:
    """Send the next one that nobody else has in hand; False when there is none. After an error of ours it is tried again later."""
    rows = OwedNotification.objects.select_for_update(skip_locked=True, of=("self",)).filter(due_at__lte=now)
    owed = rows.select_related("requested_by", "requested_key").order_by("due_at", "pk").first()
    if owed is None:
        return False
    try:
        with transaction.atomic():
            _send(owed, now=now)
    except Exception:
        logger.exception("document %s could not be notified; it is tried again in %s", owed.document_id, REST)
        OwedNotification.objects.filter(pk=owed.pk).update(due_at=now + REST)
    return True


def _send(owed: OwedNotification, *, now: datetime) -> None:
    """Whoever notified the document meanwhile has told its buyer: nobody is told twice."""
    document = lock_document(owed.document_id)
    OwedNotification.objects.filter(pk=owed.pk).delete()  # not by the object, which would forget its id
    if Notification.objects.filter(document=document).exists():
        return
    if services.notify(document=document, now=now, by=owed.requester) is None:
        document.refresh_from_db(fields=["delivery_status"])
        if document.delivery_status == ElectronicDocument.Delivery.IN_PROGRESS:
            summaries.refresh(document=document, now=now)
