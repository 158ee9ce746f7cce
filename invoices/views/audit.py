"""*Registro*: what people and programs did to the company, newest first."""

from datetime import datetime
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from invoices import selectors, tables
from invoices.access import ADMINISTRATORS, CompanyRequest, company_view
from invoices.audit_lines import details
from invoices.forms import read_cursor, write_cursor
from invoices.models import AuditEntry
from invoices.selectors import Cursor, Order
from invoices.settings_forms import AuditFilter
from invoices.views.exports import download

NEWEST = Order("recorded_at", datetime.fromisoformat)


@require_GET
@company_view(roles=ADMINISTRATORS)
def audit_trail(request: CompanyRequest) -> HttpResponse:
    """One page of the trail, narrowed to one action if the address says so."""
    form = AuditFilter(request.GET)
    action = form.action()
    rows = _lines(action)
    page = selectors.page(rows, order=NEWEST, cursor=read_cursor(request.GET.get("pagina", ""), NEWEST))
    context = {
        "form": form,
        "action": action,
        "page": page,
        "lines": [(entry, details(entry)) for entry in page.rows],
        "total": selectors.count(rows),
        "newer": page.newer and _address(action, page.newer),
        "query": f"?{urlencode({'accion': action})}" if action else "",
        "older": page.older and _address(action, page.older),
    }
    partial = request.headers.get("HX-Request") == "true"
    response = render(request, "invoices/company/_audit.html" if partial else "invoices/company/audit.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
@company_view(roles=ADMINISTRATORS)
def audit_export(request: CompanyRequest, extension: str) -> HttpResponseBase:
    """The trail as it is filtered, as a file."""
    form = AuditFilter(request.GET)
    return download(request, extension, table=tables.AUDIT, rows=_lines(form.action()).order_by(*NEWEST.fields()), form=form)


def _lines(action: str) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(action=action) if action else AuditEntry.objects.all()


def _address(action: str, cursor: Cursor) -> str:
    return "?" + urlencode({"accion": action, "pagina": write_cursor(cursor)} if action else {"pagina": write_cursor(cursor)})
