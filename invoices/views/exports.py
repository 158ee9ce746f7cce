"""*Exportar*: the list as it is filtered, as CSV or as a workbook."""

from typing import TypeVar

from django import forms
from django.core.exceptions import BadRequest
from django.db import models
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from invoices import exports, selectors, tables
from invoices.access import CompanyRequest, company_view
from invoices.forms import DocumentFilter, SalesFilter, in_force, order_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
N = TypeVar("N", bound=models.Model)


@company_view()
@require_GET
def documents_export(request: CompanyRequest, extension: str) -> HttpResponseBase:
    """Facturación Electrónica, in the order of the screen."""
    form = DocumentFilter(request.GET)
    filters = form.filters(today=timezone.localdate())
    rows = selectors.matching_documents(filters).order_by(*order_of(request.GET.get("orden", ""), filters).fields())
    return download(request, extension, table=tables.DOCUMENTS, rows=rows, form=form)


@company_view()
@require_GET
def sales_export(request: CompanyRequest, extension: str) -> HttpResponseBase:
    """Transacciones."""
    form = SalesFilter(request.GET)
    rows = selectors.sales(form.filters(today=timezone.localdate())).order_by(*selectors.BY_DATE.fields())
    return download(request, extension, table=tables.SALES, rows=rows, form=form)


def download(request: CompanyRequest, extension: str, *, table: exports.Table[N], rows: QuerySet[N], form: forms.Form) -> HttpResponseBase:
    """
    The rows as a file, written down in the audit trail before the first byte leaves.

    :param extension: ``csv`` or ``xlsx``, as the address says. :param rows: in their order. :param form: the filters, validated.
    :raises BadRequest: a filter is not valid: the file would hold more than was asked for.
    """
    if extension not in {"csv", "xlsx"}:
        raise Http404
    for name, errors in form.errors.items():
        raise BadRequest(f"{form.fields[name].label}: {errors[0]}")
    now = timezone.now()
    kind: exports.Kind = "csv" if extension == "csv" else "xlsx"
    filters = [words for _, words in in_force(form)]
    export = exports.begin(table=table, kind=kind, company=request.company, rows=rows, filters=filters, by=request.user, at=now)
    name = f"{table.name}-{request.company.nit}-{timezone.localdate(now)}.{kind}"
    if kind == "xlsx":
        return FileResponse(exports.xlsx_file(export), as_attachment=True, filename=name, content_type=XLSX)
    response = StreamingHttpResponse(exports.csv_chunks(export), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
