"""The two lists of *Relación Transacciones de Venta*."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from invoices import selectors
from invoices.access import CompanyRequest, company_view
from invoices.actions import best_action, row_actions
from invoices.forms import ORDERS, DocumentFilter, SalesFilter, in_force, order_of, read_cursor, write_cursor
from invoices.models import ElectronicDocument, Membership

LAST_COMPANY = "last_company"


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The company of the last visit, or the first; a page that says what to do where there is none."""
    last = last_membership(request)
    if last is None:
        return render(request, "invoices/no_company.html")
    return redirect("documents", last.company.nit)


def last_membership(request: HttpRequest) -> Membership | None:
    """The user's membership in the company of the last visit, or the first by name, or none."""
    memberships = Membership.objects.filter(user=request.user.pk).select_related("company").order_by("company__name")
    return memberships.filter(company__nit=request.session.get(LAST_COMPANY, "")).first() or memberships.first()


@company_view()
@require_GET
def documents(request: CompanyRequest) -> HttpResponse:
    """Facturación Electrónica."""
    form, now = DocumentFilter(request.GET), timezone.now()
    filters = form.filters(today=timezone.localdate(now))
    context = _listing(request, form, selectors.documents(filters), filters)
    actions = {document: row_actions(document, request.membership, now) for document in context["page"].rows}
    context["rows"] = [(document, entries, best_action(document, entries)) for document, entries in actions.items()]
    context["current"] = _current(context["overview"].views, form)
    if request.session.get(LAST_COMPANY) != request.company.nit:
        request.session[LAST_COMPANY] = request.company.nit
    return _list_page(request, "documents", context)


@company_view()
@require_GET
def sales(request: CompanyRequest) -> HttpResponse:
    """Transacciones."""
    form = SalesFilter(request.GET)
    filters = form.filters(today=timezone.localdate())
    return _list_page(request, "sales", _listing(request, form, selectors.sales(filters), filters))


def _listing(request: HttpRequest, form: DocumentFilter, rows: QuerySet[Any], filters: selectors.Filters) -> dict[str, Any]:
    of_documents = rows.model is ElectronicDocument
    name = request.GET.get("orden", "") if of_documents else ""
    order = order_of(name, filters)
    page: selectors.Page[models.Model] = selectors.page(rows, order=order, cursor=read_cursor(request.GET.get("pagina", ""), order))
    overview = selectors.overview(rows, views_on=filters.today if of_documents else None)
    return {
        "filters": filters,
        "form": form,
        "page": page,
        "overview": overview,
        "total": overview.shown,
        "order": name if name in ORDERS else "",
        "newer": page.newer and _address(request.GET, pagina=write_cursor(page.newer)),
        "older": page.older and _address(request.GET, pagina=write_cursor(page.older)),
        "by_date": _address(request.GET, orden=""),
        "by_movement": _address(request.GET, orden="movimiento"),
        "pills": _pills(request.GET, form),
        "query": _address(request.GET),
    }


def _list_page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    partial = request.headers.get("HX-Request") == "true"
    response = render(request, f"invoices/_{name}.html" if partial else f"invoices/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _address(query: QueryDict, **changes: str) -> str:
    """The address of the list with some arguments changed, back on the first page unless a page is named."""
    changed = {name: str(value) for name, value in query.items() if name != "pagina"} | changes
    kept = QueryDict(mutable=True)
    kept.update({name: value for name, value in changed.items() if value})
    return f"?{kept.urlencode()}"


def _current(views: Sequence[selectors.View], form: DocumentFilter) -> selectors.View | None:
    """The view that the filters in force are, if they are one."""
    active = [(name, value) for name, value in form.cleaned_data.items() if value]
    return next((view for view in views if active == ([(view.name, view.value)] if view.name else [])), None)


def _pills(query: QueryDict, form: DocumentFilter) -> list[tuple[str, str]]:
    """Each filter in force, in words, with the address that removes it."""
    return [(words, _address(query, **{name: ""})) for name, words in in_force(form)]
