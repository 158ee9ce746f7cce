"""Alarm clocks: a task carries nothing, calls one function, and may run twice or never."""

import time
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from invoices.api import idempotency
from invoices.partitions import ensure_partitions as make_months
from notifications import acknowledgements, beats, facts, outbox, reports

# A commit whose wake-up was held back is at most this much younger than the one that rang.
SECOND_LOOK_SECONDS = 1.1


@shared_task(ignore_result=True)
def wake(**_: Any) -> None:
    """Rows that are due are the work; the claim inside ``outbox.drain`` has one winner per row."""
    outbox.drain(clock=timezone.now)
    time.sleep(SECOND_LOOK_SECONDS)
    outbox.drain(clock=timezone.now)


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
def ensure_partitions(**_: Any) -> None:
    """Make the months of the history that lie ahead, and forget old slots and answers of the API."""
    now = timezone.now()
    if beats.wins("partitions", beats.day(now)):
        today = timezone.localdate(now)
        make_months(since=today, until=today)
        beats.forget_before(now - timedelta(days=7))
        idempotency.forget_before(now - idempotency.KEPT)


@shared_task(ignore_result=True)
def expire_reports(**_: Any) -> None:
    """Remove the files of reports older than thirty days."""
    if beats.wins("expire-reports", beats.day(timezone.now())):
        reports.expire(now=timezone.now())
