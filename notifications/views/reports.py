"""*Enviar Detalle Historial* for one document or the ticked ones, and *Mis informes*."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from invoices.access import WRITERS, CompanyRequest, company_view
from invoices.downloads import attachment, safe
from invoices.models import ElectronicDocument, HistoryHead
from invoices.policies import why_no_report
from notifications import reports as services
from notifications import selectors
from notifications.forms import MAX_SELECTED, ReportForm, selected_ids
from notifications.models import HistoryReport
from notifications.views.sheets import document_of, sheet

TITLE = "Enviar Detalle Historial"


@require_http_methods(["GET", "POST"])
@company_view()
def history_report(request: CompanyRequest, document_id: UUID) -> HttpResponse:
    """Confirm the address, Aceptar, and say where it goes; an auditor gets the link to the same report instead."""
    found = document_of(document_id)
    if "pedido" in request.GET:
        return _done(request, UUID_or_404(request.GET["pedido"]))
    reason = why_no_report(found, timezone.now())
    form = _report_form(request)
    if request.method == "POST" and request.membership.writes and not reason and form.is_valid():
        return _request(request, [found], form, reverse("history_report", args=[request.company.nit, found.pk]))
    lines = HistoryHead.objects.filter(document_id=found.pk).values_list("seq", flat=True).first()
    context = {"document": found, "documents": [found], "lines": lines, "form": form, "reason": reason, "title": TITLE, "small": True}
    return sheet(request, "history_report", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS)
def history_report_selected(request: CompanyRequest) -> HttpResponse:
    """The same for the documents ticked in the list, in one report."""
    if request.method == "GET":
        return _done(request, UUID_or_404(request.GET.get("pedido", "")))
    chosen = selected_ids(request.POST.getlist("doc"))
    now = timezone.now()
    documents = list(ElectronicDocument.objects.filter(pk__in=chosen[: MAX_SELECTED + 1]).select_related("customer").order_by("pk"))
    if not 1 <= len(documents) <= MAX_SELECTED:
        messages.error(request, f"Elige entre 1 y {MAX_SELECTED} documentos.")
        return redirect("documents", request.company.nit)
    ready = [item for item in documents if not why_no_report(item, now)]
    confirming = "confirmar" in request.POST
    form = _report_form(request, bound=confirming)
    if confirming and ready and form.is_valid():
        return _request(request, ready, form, reverse("history_report_selected", args=[request.company.nit]))
    context = {"documents": ready, "left_out": len(documents) - len(ready), "form": form, "title": TITLE, "small": True}
    return sheet(request, "history_report", context, status=422 if confirming else 200)


def _report_form(request: CompanyRequest, *, bound: bool = True) -> ReportForm:
    data = request.POST if bound and request.method == "POST" else None
    return ReportForm(data, own=request.user.email, may_choose=request.membership.writes)


def _request(request: CompanyRequest, documents: Sequence[ElectronicDocument], form: ReportForm, url: str) -> HttpResponse:
    report = services.request(documents=documents, address=form.cleaned_data["address"], by=request.user, now=timezone.now())
    return redirect(f"{url}?pedido={report.pk}")


def _done(request: CompanyRequest, report_id: UUID) -> HttpResponse:
    report = _report_or_404(request, report_id)
    documents = list(report.documents.select_related("customer").order_by("pk"))
    lines = sum(HistoryHead.objects.filter(document_id__in=[item.pk for item in documents]).values_list("seq", flat=True))
    return sheet(request, "history_report_done", {"report": report, "documents": documents, "lines": lines, "title": TITLE, "small": True})


def UUID_or_404(text: str) -> UUID:  # noqa: N802 - reads as the type it gives
    """The id in a query."""
    try:
        return UUID(text)
    except ValueError as exc:
        raise Http404 from exc


def _report_or_404(request: CompanyRequest, report_id: UUID) -> HistoryReport:
    report = selectors.report(request.membership, report_id)
    if report is None:
        raise Http404
    return report


@require_GET
@company_view()
def history_report_now(request: CompanyRequest, document_id: UUID) -> HttpResponse:
    """The report of one document, made at once, recorded, and mailed to nobody."""
    found = document_of(document_id)
    pdf = services.make_now(document=found, by=request.user, now=timezone.now())
    return attachment(f"historial-{safe(found.number)}.pdf", pdf)


@require_GET
@company_view()
def reports(request: CompanyRequest) -> HttpResponse:
    """The histories that the user asked for, each with its state and its file."""
    rows = selectors.reports(request.membership)
    states = HistoryReport.Status
    context: dict[str, Any] = {"reports": rows, "waiting": any(row.status in {states.REQUESTED, states.RUNNING} for row in rows)}
    return render(request, "notifications/reports.html", context)


@require_GET
@company_view()
def report_file(request: CompanyRequest, report_id: UUID, kind: str) -> HttpResponse:
    """The report as PDF, or its rows as a workbook, for thirty days."""
    report = _report_or_404(request, report_id)
    file = {"pdf": report.pdf, "xlsx": report.workbook}.get(kind)
    if file is None or report.status != HistoryReport.Status.READY:
        raise Http404
    return attachment(file.name, file.read())
