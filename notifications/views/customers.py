"""*Clientes*: the list, one customer, and one address of it with everything that happened to it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Prefetch
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from invoices import selectors, tables
from invoices.access import ADMINISTRATORS, CompanyRequest, company_view
from invoices.forms import read_cursor, write_cursor
from invoices.models import Customer, RecipientEmail
from invoices.selectors import BY_NAME, Cursor
from invoices.views.exports import download
from notifications import customer_selectors, evidence
from notifications.customer_forms import CustomerSearch


@require_GET
@company_view()
def customers(request: CompanyRequest) -> HttpResponse:
    """The company's customers, by name."""
    form = CustomerSearch(request.GET)
    text = form.text()
    rows = customer_selectors.customers(text)
    page = selectors.page(rows, order=BY_NAME, cursor=read_cursor(request.GET.get("pagina", ""), BY_NAME))
    context = {
        "text": text,
        "form": form,
        "page": page,
        "lines": customer_selectors.lines(page.rows),
        "total": selectors.count(rows),
        "newer": _page_address(page.newer, q=text),
        "older": _page_address(page.older, q=text),
        "query": f"?{urlencode({'q': text})}" if text else "",
    }
    return _list(request, "customers", context)


@require_GET
@company_view()
def customers_export(request: CompanyRequest, extension: str) -> HttpResponseBase:
    """The customers as they are searched, with their addresses, as a file."""
    form = CustomerSearch(request.GET)
    found = customer_selectors.customers(form.text()).prefetch_related(Prefetch("emails", RecipientEmail.objects.order_by("pk")))
    return download(request, extension, table=tables.CUSTOMERS, rows=found.order_by(*BY_NAME.fields()), form=form)


@require_GET
@company_view()
def customer(request: CompanyRequest, customer_id: UUID) -> HttpResponse:
    """One customer: its addresses and how they fare, its latest documents."""
    found = customer_of(customer_id)
    context = {
        "customer": found,
        "cards": [] if found.is_final_consumer else customer_selectors.address_cards(found),
        "demands": list(found.demands.select_related("created_by").order_by("demand")),
        "administers": request.membership.role in ADMINISTRATORS,
        "documents": customer_selectors.latest_documents(found),
        "most": customer_selectors.MOST_DOCUMENTS,
        "search": urlencode({"q": customer_selectors.search_text(found)}),
    }
    return render(request, "notifications/customer.html", context)


@require_GET
@company_view()
def customer_address(request: CompanyRequest, customer_id: UUID) -> HttpResponse:
    """*Historial del correo*: the messages that were sent to it, and what people did with it."""
    found = customer_of(customer_id)
    address = request.GET.get("correo", "").strip().lower()
    card = customer_selectors.address_card(found, address) if "\x00" not in address else None
    if card is None:
        raise Http404
    order = customer_selectors.NEWEST
    rows = customer_selectors.messages(found, address).select_related("notification__requested_by", "notification__requested_key")
    page = selectors.page(rows, order=order, cursor=read_cursor(request.GET.get("pagina", ""), order))
    evidence.date(page.rows)
    context = {
        "customer": found,
        "card": card,
        "changes": customer_selectors.changes(found, address),
        "page": page,
        "total": selectors.count(rows),
        "newer": _page_address(page.newer, correo=address),
        "older": _page_address(page.older, correo=address),
    }
    return _list(request, "customer_address", context)


def customer_of(customer_id: UUID) -> Customer:
    """
    The customer of the company in scope.

    :raises Http404: there is none.
    """
    return get_object_or_404(Customer.objects.all(), pk=customer_id)


def _page_address(cursor: Cursor | None, **query: str) -> str:
    """The page's own address with a neighbour's cursor, or nothing where there is no neighbour."""
    return "?" + urlencode({**{name: value for name, value in query.items() if value}, "pagina": write_cursor(cursor)}) if cursor else ""


def _list(request: CompanyRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    partial = request.headers.get("HX-Request") == "true"
    response = render(request, f"notifications/_{name}.html" if partial else f"notifications/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
