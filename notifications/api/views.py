"""Documents in, and what became of telling their buyers: each endpoint maps one call to HTTP."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from invoices import history
from invoices.addresses import one_address
from invoices.api import serializers as document_shapes
from invoices.api.base import CompanyAPI, in_scope
from invoices.api.idempotency import Repeatable, idempotent
from invoices.api.pages import beside, page_of, read
from invoices.api.problems import Conflict, Gone
from invoices.api.views import document_of, document_page
from invoices.downloads import attachment
from invoices.identifiers import uuid7_floor
from invoices.models import HistoryEntry
from invoices.services import Outcome
from notifications import intake, reports, selectors, services
from notifications.api import serializers as shapes
from notifications.api.uploads import PARSERS, files_of
from notifications.models import CustomerAnswer, Delivery, HistoryReport, Notification

BINARY = {"application/xml": OpenApiTypes.BINARY, "application/zip": OpenApiTypes.BINARY}
MAX_NOTIFICATIONS = 100


class DocumentsAPI(CompanyAPI):
    """Documents."""

    parser_classes = PARSERS

    @extend_schema(
        operation_id="documents", parameters=[document_shapes.DocumentQuery], responses=page_of(document_shapes.Document, "Document")
    )
    @in_scope
    def get(self, request: Request) -> Response:
        """Documents, newest first, under the filters of *Facturación Electrónica*."""
        return document_page(request)

    @extend_schema(
        operation_id="push_documents",
        parameters=[shapes.UploadQuery],
        request={"multipart/form-data": shapes.Files} | BINARY,
        responses={200: shapes.Uploaded, 201: shapes.Uploaded, 422: shapes.Uploaded},
    )
    @idempotent(scope=False)
    def post(self, request: Request) -> Response:
        """
        Take in UBL documents, containers, ZIPs, DIAN's answers and buyers' events: up to 50 files of 20 MB, or one as the body.

        201 when at least one document is new, 200 when none is, 422 when everything was refused. A bad file undoes no other.
        """
        query = read(shapes.UploadQuery, request.query_params)
        lines = list(
            intake.receive(
                files_of(request),
                companies={self.company.nit: self.company},
                by=self.key,
                notify=query["notify"],
                now=timezone.now(),
            )
        )
        answer = Repeatable if any(line.ours for line in lines) else Response
        return answer({"results": shapes.UploadLine(lines, many=True).data}, status=_status(lines))


def _status(lines: list[intake.Line]) -> int:
    outcomes = {line.outcome for line in lines}
    if any(line.outcome == Outcome.NEW and line.document for line in lines):
        return 201
    return 422 if outcomes <= {Outcome.REFUSED} else 200


class AcknowledgementsAPI(CompanyAPI):
    """*Ver Acuses de Recibo Cliente*."""

    @extend_schema(operation_id="acknowledgements", responses=shapes.Acknowledgements)
    @in_scope
    def get(self, request: Request, document_id: UUID) -> Response:
        """Each address with its latest message, what the buyer said, and the buyer's events at DIAN."""
        document = document_of(document_id)
        events, more = document_shapes.events_of(document)
        found = {
            "status": document.customer_status,
            "label": document.get_customer_status_display(),
            "auto_confirm_at": document.auto_confirm_at,
            "auto_confirmed_at": document.auto_confirmed_at,
            "recipients": selectors.recipient_cards(document),
            "answer": CustomerAnswer.latest(document),
            "events": events,
            "more_events": more,
        }
        return Response(shapes.Acknowledgements(found).data)


class HistoryAPI(CompanyAPI):
    """*Ver Detalle Historial*."""

    @extend_schema(operation_id="history", parameters=[document_shapes.HistoryQuery], responses=shapes.HistoryPage)
    @in_scope
    def get(self, request: Request, document_id: UUID) -> Response:
        """
        The movements, newest first: of the current and the previous month, or of the days from `from` to `to`.

        `next` leads on; `cursor` is the `seq` before which a page begins.
        """
        query = read(document_shapes.HistoryQuery, request.query_params)
        document = document_of(document_id)
        since, entries = _part(document.pk, query)
        if query.get("cursor"):
            entries = entries.filter(seq__lt=_seq(query["cursor"]))
        found = list(entries[: query["limit"] + 1])
        more, found = len(found) > query["limit"], found[: query["limit"]]
        following = beside(request, str(found[-1].seq)) if more else None
        return Response({"since": since, "results": shapes.Movement(found, many=True).data, "next": following})


def _seq(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise ValidationError({"cursor": ["No es un cursor de este historial: empieza sin él."]})
    return int(cursor)


def _part(document_id: UUID, query: dict[str, Any]) -> tuple[datetime | None, QuerySet[HistoryEntry]]:
    """Where the part begins, and its movements: the identifier carries the recording time, so the months are pruned by it."""
    entries = HistoryEntry.objects.filter(document_id=document_id).order_by("-seq")
    first, last = query.get("from"), query.get("to")
    since = _midnight(first) if first else None if last else history.window_start(timezone.now())
    if since:
        entries = entries.filter(pk__gte=uuid7_floor(since))
    if last and last < date.max:
        entries = entries.filter(pk__lt=uuid7_floor(_midnight(last + timedelta(days=1))))
    return since, entries


def _midnight(day: date) -> datetime:
    """00:00 of a day in America/Bogota; nothing was recorded before 2000."""
    return datetime.combine(max(day, date(2000, 1, 1)), time.min, tzinfo=history.BOGOTA)


class NotificationsAPI(CompanyAPI):
    """*Reenviar Notificación*."""

    @extend_schema(operation_id="notifications", responses=shapes.Notifications)
    @in_scope
    def get(self, request: Request, document_id: UUID) -> Response:
        """Every act of telling about the document, the last one first (at most 100), each with its messages."""
        document = document_of(document_id)
        found = _notifications().filter(document=document).order_by("-created_at", "-pk")[:MAX_NOTIFICATIONS]
        return Response({"results": shapes.NotificationOut(found, many=True).data})

    @extend_schema(operation_id="resend", request=shapes.ResendIn, responses={202: shapes.NotificationOut})
    @idempotent()
    def post(self, request: Request, document_id: UUID) -> Response:
        """Send the document again, to the same or to other addresses; one message each. 409 when it may not be notified."""
        given = read(shapes.ResendIn, request.data)
        document = document_of(document_id)
        try:
            notification = services.resend(
                document=document,
                targets=_targets(given["addresses"]),
                note=given["note"],
                by=self.key,
                now=timezone.now(),
                origin=Notification.Origin.API,
            )
        except services.NotNotifiable as exc:
            raise Conflict(str(exc)) from exc
        return Response(shapes.NotificationOut(_notifications().get(pk=notification.pk)).data, status=202)


def _notifications() -> QuerySet[Notification]:
    deliveries = Prefetch("deliveries", Delivery.objects.order_by("address_key"))
    return Notification.objects.select_related("requested_by", "requested_key").prefetch_related(deliveries)


def _targets(given: list[dict[str, Any]]) -> list[services.Target]:
    """Checked addresses, none twice. :raises ValidationError: one that cannot receive mail."""
    found: dict[str, services.Target] = {}
    errors: dict[str, Any] = {}
    for index, item in enumerate(given):
        address, error = one_address(item["address"])
        if error:
            errors[str(index)] = {"address": [error]}
        found.setdefault(address, services.Target(address, corrects=item["corrects"].strip().lower(), save=item["save"]))
    if errors:
        raise ValidationError({"addresses": errors})
    return list(found.values())


class DocumentReportsAPI(CompanyAPI):
    """*Enviar Detalle Historial*."""

    @extend_schema(operation_id="request_history_report", request=shapes.ReportIn, responses={202: shapes.ReportOut})
    @idempotent()
    def post(self, request: Request, document_id: UUID) -> Response:
        """Ask for the whole history of the document by mail; a worker makes it, and it stays for download for thirty days."""
        address, error = one_address(read(shapes.ReportIn, request.data)["email"])
        if error:
            raise ValidationError({"email": [error]})
        report = reports.request(documents=[document_of(document_id)], address=address, by=self.key, now=timezone.now())
        return Response(shapes.ReportOut(report).data, status=202)


def report_of(report_id: UUID) -> HistoryReport:
    """The report of the company in scope. :raises Http404: there is none."""
    rows = HistoryReport.objects.select_related("requested_by", "requested_key", "pdf", "workbook", "notification")
    return get_object_or_404(rows, pk=report_id)


class ReportAPI(CompanyAPI):
    """One report."""

    @extend_schema(operation_id="history_report", responses=shapes.ReportOut)
    @in_scope
    def get(self, request: Request, report_id: UUID) -> Response:
        """Whether it is ready, and how its mail fares."""
        return Response(shapes.ReportOut(report_of(report_id)).data)


class ReportFileAPI(CompanyAPI):
    """The file of one report."""

    @extend_schema(
        operation_id="history_report_file",
        parameters=[shapes.FileQuery],
        responses={
            (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY),
            (200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"): OpenApiResponse(OpenApiTypes.BINARY),
        },
    )
    @in_scope
    def get(self, request: Request, report_id: UUID) -> HttpResponse:
        """The PDF, or the workbook of a long report; 409 while it is being made, 410 when its thirty days are over."""
        kind = read(shapes.FileQuery, request.query_params)["kind"]
        report = report_of(report_id)
        if report.status == HistoryReport.Status.EXPIRED:
            raise Gone("El informe venció: pídelo de nuevo.")
        if report.status != HistoryReport.Status.READY:
            raise Conflict(report.error or "El informe se está haciendo: vuelve en unos segundos.")
        file = {"pdf": report.pdf, "xlsx": report.workbook}[kind]
        if file is None:
            raise Http404
        return attachment(file.name, file.read())
