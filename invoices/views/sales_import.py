"""*Cargar ventas*: a file, which column is what, and a result for each row."""

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from invoices import sales_csv, sales_import
from invoices.access import WRITERS, CompanyRequest, company_view
from invoices.downloads import attachment
from invoices.exports import csv_file
from invoices.invalid import Invalid
from invoices.models import StoredFile
from invoices.sales_columns import FIELDS, MARK, propose
from invoices.scope import company_scope
from invoices.services import store_file

MOST_SHOWN = 1000


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS, scope=False)
def sales_import_file(request: CompanyRequest) -> HttpResponse:
    """The file; kept as it came, so that nothing is lost between the steps."""
    error = ""
    if request.method == "POST":
        try:
            return redirect("sales_columns", request.company.nit, _receive(request).pk)
        except Invalid as exc:
            error = str(exc)
    context = {"error": error, "fields": FIELDS, "most_rows": sales_csv.MAX_ROWS}
    return render(request, "invoices/sales_import.html", context, status=422 if error else 200)


def _receive(request: CompanyRequest) -> StoredFile:
    file: UploadedFile[Any] | None = request.FILES.get("archivo")
    if file is None:
        raise Invalid("Elige un archivo CSV.")
    if (file.size or 0) > sales_csv.MAX_BYTES:
        raise sales_csv.too_big(file.size or 0)
    data = file.read()
    sales_csv.read(data)
    with company_scope(request.company.pk):
        return store_file(company_id=request.company.pk, name=file.name or "ventas.csv", data=data, kind=StoredFile.Kind.RECEIVED)


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS, scope=False)
def sales_columns(request: CompanyRequest, file_id: UUID) -> HttpResponse:
    """Which column is what, and the first rows as they would be read; *Cargar* takes them all in."""
    file, sheet = _kept(request, file_id)
    now, taking = timezone.now(), "cargar" in request.POST
    mapping = _chosen(request) if request.method == "POST" else propose(sheet.headers, request.company.sales_columns)
    context: dict[str, Any] = {"file": file, "sheet": sheet, "mapping": mapping, "mark": mapping.get(MARK, "")}
    try:
        if taking:
            result_id, _ = sales_import.run(company=request.company, name=file.name, sheet=sheet, mapping=mapping, by=request.user, at=now)
            return redirect("sales_result", request.company.nit, result_id)
        context["preview"] = sales_import.preview(sales_import.Reading(sheet, mapping, timezone.localdate(now)))
    except Invalid as exc:
        context |= {"error": str(exc), "wrong": exc.field}
    context["columns"] = [(field, mapping.get(field.name, "")) for field in FIELDS]
    return render(request, "invoices/sales_columns.html", context, status=422 if taking else 200)


def _kept(request: CompanyRequest, file_id: UUID) -> tuple[StoredFile, sales_csv.Sheet]:
    with company_scope(request.company.pk):
        file = StoredFile.objects.filter(pk=file_id, kind=StoredFile.Kind.RECEIVED, size__lte=sales_csv.MAX_BYTES).first()
    try:
        if file:
            return file, sales_csv.read(file.read())
    except Invalid:
        pass  # an invoice, or anything else that came in by another door
    raise Http404


def _chosen(request: CompanyRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in (*(field.name for field in FIELDS), MARK)}


@require_GET
@company_view(roles=WRITERS)
def sales_result(request: CompanyRequest, file_id: UUID) -> HttpResponse:
    """What became of each row, what needs a person first."""
    result = _result(file_id)
    counts = [(outcome.name, sales_import.counted(outcome, count)) for outcome, count in result.counts.items() if count]
    context = {"result": result, "file_id": file_id, "lines": result.lines[:MOST_SHOWN], "counts": counts}
    return render(request, "invoices/sales_result.html", context)


@require_GET
@company_view(roles=WRITERS)
def sales_result_file(request: CompanyRequest, file_id: UUID) -> HttpResponse:
    """All the rows of a result, as CSV."""
    return attachment("resultado-ventas.csv", csv_file(sales_import.RESULTS, _result(file_id).lines))


def _result(file_id: UUID) -> sales_import.Result:
    found = sales_import.result(file_id)
    if found is None:
        raise Http404
    return found
