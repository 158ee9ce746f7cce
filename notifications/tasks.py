"""Alarm clocks: a task carries nothing, calls one function, and may run twice or never."""

import time
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from invoices.api import idempotency
from invoices.partitions import ensure_partitions as make_months
from notifications import acknowledgements, alerts, batches, beats, digest, facts, first_notices, inbound, outbox, reports

# A commit whose wake-up was held back is at most this much younger than the one that rang.
SECOND_LOOK_SECONDS = 1.1


@shared_task(ignore_result=True)
def wake(**_: Any) -> None:
    """Rows that are due are the work, and each claim has one winner per row: what must leave, then what came in."""
    _look()
    time.sleep(SECOND_LOOK_SECONDS)
    _look()


def _look() -> None:
    outbox.drain(clock=timezone.now)
    batches.work(clock=timezone.now)
    inbound.process_waiting(clock=timezone.now)
    facts.match_orphans(now=timezone.now())


@shared_task(ignore_result=True)
def send_first_notices(**_: Any) -> None:
    """Make the PDFs of what came without one, and tell the buyers."""
    first_notices.work(clock=timezone.now)


@shared_task(ignore_result=True)
def make_reports(**_: Any) -> None:
    """Make the reports that were asked for."""
    reports.make_due(clock=timezone.now)


@shared_task(ignore_result=True)
def auto_confirm(**_: Any) -> None:
    """Confirm automatically what waited out its term."""
    if beats.wins("auto-confirm", beats.minute(timezone.now(), every=10)):
        acknowledgements.auto_confirm_due(now=timezone.now())


@shared_task(ignore_result=True)
def fall_silent(**_: Any) -> None:
    """Note what nobody confirmed within its term."""
    if beats.wins("fall-silent", beats.minute(timezone.now(), every=10)):
        facts.fall_silent(now=timezone.now())


@shared_task(ignore_result=True)
def raise_alerts(**_: Any) -> None:
    """Tell administrators what was given up, and which channel of theirs stopped."""
    if beats.wins("alerts", beats.minute(timezone.now())):
        alerts.raise_due(now=timezone.now())


@shared_task(ignore_result=True)
def send_digests(**_: Any) -> None:
    """Owe this morning's digest to whoever has not had it; it comes again until eight, for a worker that slept at seven."""
    digest.send_due(now=timezone.now())


@shared_task(ignore_result=True)
def ensure_partitions(**_: Any) -> None:
    """Make the months of the history that lie ahead, and forget old slots, answers of the API and drafts of batches."""
    now = timezone.now()
    if beats.wins("partitions", beats.day(now)):
        today = timezone.localdate(now)
        make_months(since=today, until=today)
        beats.forget_before(now - timedelta(days=7))
        idempotency.forget_before(now - idempotency.KEPT)
        batches.forget_drafts(before=now - timedelta(days=7))


@shared_task(ignore_result=True)
def expire_reports(**_: Any) -> None:
    """Remove the files of reports older than thirty days."""
    if beats.wins("expire-reports", beats.day(timezone.now())):
        reports.expire(now=timezone.now())
