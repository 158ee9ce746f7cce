"""
The emailed history: asked for by a person, made by a worker, mailed, and kept for thirty days.

The row is the work: whoever claims it makes it, and a report that a dead worker left behind is taken up again.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from celery import current_app
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from kombu.exceptions import OperationalError

from invoices import history
from invoices.downloads import safe
from invoices.models import Actor, ElectronicDocument, StoredFile
from invoices.scope import company_scope
from invoices.services import store_file
from notifications import outbox, report_content, report_mail, report_pdf, report_xlsx
from notifications.models import Delivery, HistoryReport, Notification, asked_by
from notifications.outbox import Clock
from notifications.presenters import local
from notifications.report_content import Content

logger = logging.getLogger(__name__)
Event = history.Event
Status = HistoryReport.Status
TASK = "notifications.tasks.make_reports"
MAX_DOCUMENTS = 200
KEPT = timedelta(days=30)
# Longer than the longest report takes; after that its worker is taken for dead.
PATIENCE = timedelta(minutes=15)
FAILED = "No se pudo hacer el informe. El historial está completo: pídelo de nuevo y, si vuelve a pasar, avisa al administrador."


@transaction.atomic
def request(*, documents: Sequence[ElectronicDocument], address: str, by: Actor, now: datetime) -> HistoryReport:
    """
    Ask for one report, log it in every document's history, and wake a worker when it commits; or do none of the three.

    :param documents: of the company in scope, none twice. :param address: checked; where the report is mailed.
    :raises ValueError: none, or more than 200.
    """
    if not 1 <= len(documents) <= MAX_DOCUMENTS:
        raise ValueError(f"a report tells of 1 to {MAX_DOCUMENTS} documents, not of {len(documents)}")
    report = HistoryReport.objects.create(company_id=documents[0].company_id, **asked_by(by), address=address, requested_at=now)
    report.documents.set(documents)
    for document in sorted(documents, key=lambda item: item.pk):
        history.append(document=document, event=Event.REPORT_REQUESTED, at=now, by=by, address=address, data={"report": str(report.pk)})
    transaction.on_commit(_wake)
    return report


def _wake() -> None:
    """A wake-up that is lost costs seconds: the poller makes reports too."""
    try:
        current_app.send_task(TASK, retry=False, ignore_result=True)
    except (OperationalError, OSError) as exc:
        logger.warning("no wake-up: %s; the poller will find the report", exc)


def make_due(*, clock: Clock) -> int:
    """Make whatever was asked for, one after the other; how many were taken up. Any number of callers may run at once."""
    taken = 0
    while claim := _claim(now=clock()):
        taken += 1
        _make(claim, clock=clock)
    return taken


@dataclass(frozen=True, slots=True)
class Claim:
    """One report that is ours until somebody takes us for dead."""

    report_id: UUID
    company_id: UUID
    since: datetime


@transaction.atomic
def _claim(*, now: datetime) -> Claim | None:
    due = Q(status=Status.REQUESTED) | Q(status=Status.RUNNING, running_since__lt=now - PATIENCE)
    report = HistoryReport.across.select_for_update(skip_locked=True, of=("self",)).filter(due).order_by("requested_at").first()
    if report is None:
        return None
    if report.status == Status.RUNNING:
        report.move_to(Status.REQUESTED)
    report.move_to(Status.RUNNING, running_since=now)
    return Claim(report.pk, report.company_id, now)


def _make(claim: Claim, *, clock: Clock) -> None:
    """Read, print and hand over: the long part, printing, holds no transaction. What fails is said and can be asked for again."""
    try:
        with company_scope(claim.company_id):
            content = _read(claim)
            workbook = report_xlsx.render(content) if content.summarised else None
        printed = report_pdf.render(content)
        with company_scope(claim.company_id):
            _hand_over(claim, content, printed, workbook, now=clock())
    except Exception:
        logger.exception("report %s could not be made", claim.report_id)
        with company_scope(claim.company_id):
            report = _ours(claim)
            if report:
                report.move_to(Status.FAILED, finished_at=clock(), error=FAILED)


def _read(claim: Claim) -> Content:
    report = HistoryReport.objects.select_related("company", "requested_by", "requested_key").get(pk=claim.report_id)
    return report_content.gather(
        company=report.company,
        documents=list(report.documents.select_related("customer", "company").order_by("issue_date", "number_key", "pk")),
        by=report.requester,
        asked_at=report.requested_at,
        made_at=claim.since,
        report_id=report.pk,
    )


def _ours(claim: Claim) -> HistoryReport | None:
    """The report, locked, unless somebody took it from us meanwhile."""
    rows = HistoryReport.objects.select_for_update(of=("self",)).select_related("company", "requested_by", "requested_key")
    return rows.filter(pk=claim.report_id, status=Status.RUNNING, running_since=claim.since).first()


def _hand_over(claim: Claim, content: Content, printed: report_pdf.Printed, workbook: bytes | None, *, now: datetime) -> None:
    report = _ours(claim)
    if report is None:
        return
    pdf = _store(content, "pdf", printed.data)
    rows = _store(content, "xlsx", workbook) if workbook else None
    notification = _mail(report, content, [pdf, rows] if rows else [pdf], now)
    for section in sorted(content.sections, key=lambda item: item.document.pk):
        data = {"report": str(report.pk), "sha256": pdf.sha256}
        history.append(document=section.document, event=Event.REPORT_SENT, at=now, address=report.address, data=data)
    report.move_to(
        Status.READY,
        finished_at=now,
        expires_at=now + KEPT,
        movements=content.movements,
        pages=printed.pages,
        pdf=pdf,
        workbook=rows,
        notification=notification,
    )


def _store(content: Content, extension: str, data: bytes) -> StoredFile:
    name = f"historial-{safe(content.title).replace('_', '-')}-{local(content.made_at):%Y%m%d}.{extension}"
    return store_file(company_id=content.company.pk, name=name, data=data, kind=StoredFile.Kind.REPORT)


def _mail(report: HistoryReport, content: Content, files: Sequence[StoredFile], now: datetime) -> Notification:
    notification = Notification.objects.create(
        company_id=report.company_id,
        kind=Notification.Kind.REPORT,
        origin=Notification.Origin.INITIAL,
        **asked_by(report.requester),
        created_at=now,
    )
    attached = report_mail.attachable(files)
    mail = report_mail.report_mail(report=report, content=content, files=files, attached=attached, until=now + KEPT)
    message = outbox.Message(
        address=report.address, source=Delivery.Source.USER, sender=mail.sender, subject=mail.subject, text=mail.text, html=mail.html
    )
    outbox.enqueue(
        notification=notification,
        messages=[message],
        channel=content.company.channel,
        now=now,
        attachments=[(file.name, file) for file in attached],
    )
    return notification


def make_now(*, document: ElectronicDocument, by: Actor, now: datetime) -> bytes:
    """
    The same PDF at once, recorded in the history and mailed to nobody; summarised above ``MAX_ROWS`` movements.

    :param document: with its customer, of the company in scope.
    """
    history.append(document=document, event=Event.REPORT_READ, at=now, by=by)
    content = report_content.gather(company=document.company, documents=[document], by=by, asked_at=now, made_at=now)
    return report_pdf.render(content).data


def expire(*, now: datetime) -> int:
    """Delete the files of reports past their thirty days; how many reports."""
    due = HistoryReport.across.filter(status=Status.READY, expires_at__lte=now).order_by("expires_at").values_list("pk", "company_id")
    return sum(_expire(report_id, company_id) for report_id, company_id in list(due[:1000]))


def _expire(report_id: UUID, company_id: UUID) -> bool:
    with company_scope(company_id):
        rows = HistoryReport.objects.select_for_update(of=("self",)).select_related("pdf", "workbook")
        report = rows.filter(pk=report_id, status=Status.READY).first()
        if report is None:
            return False
        report.move_to(Status.EXPIRED)
        for file in filter(None, (report.pdf, report.workbook)):
            if not HistoryReport.objects.filter(Q(pdf=file) | Q(workbook=file), status=Status.READY).exists():
                transaction.on_commit(partial(default_storage.delete, file.path))
    return True
