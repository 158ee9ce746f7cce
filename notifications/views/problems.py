"""*Problemas de entrega*: of one company, by cause and customer; and of all companies of the user."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from invoices.access import CompanyRequest, company_view
from invoices.models import Customer, User
from invoices.views.exports import download
from notifications import problem_companies, problem_kinds, problem_selectors
from notifications.problem_repairs import Wrong
from notifications.problem_table import PROBLEMS, EveryProblem
from notifications.views.customers import customer_of


@require_GET
@company_view()
def problems(request: CompanyRequest) -> HttpResponse:
    """Every cause with its worst rows, or, with ``?causa=``, one cause with all of them, a page at a time."""
    now, cause = timezone.now(), request.GET.get("causa", "")
    if not cause:
        found = problem_selectors.overview(request.company, today=timezone.localdate(now))
        context = {"overview": found, "groups": found.groups, "open_problems": found.numbers.open}
        return render(request, "notifications/problems.html", {**context, "now": now, "until": now.isoformat()})
    page = _page(request)
    group = problem_selectors.page_of(cause, page=page)
    if group is None:
        return redirect("problems", request.company.nit)
    last = -(-group.size // problem_selectors.PAGE_SIZE)
    context = {"group": group, "page": page, "last": last, "newer": _turn(cause, page - 1, last), "older": _turn(cause, page + 1, last)}
    return render(request, "notifications/problems_cause.html", {**context, "now": now, "until": now.isoformat()})


def _page(request: HttpRequest) -> int:
    text = request.GET.get("pagina", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _turn(cause: str, page: int, last: int) -> str:
    return f"?{urlencode({'causa': cause, 'pagina': page})}" if 1 <= page <= last else ""


@require_GET
@company_view()
def problem_row(request: CompanyRequest, customer_id: UUID) -> HttpResponse:
    """One customer's address: each document that failed, with what the server said, and every remedy."""
    customer, now = customer_of(customer_id), timezone.now()
    wrong = wrong_of(request, customer)
    row = problem_selectors.row_of(customer=customer, address=wrong.address, cause=wrong.cause)
    if row is None:
        return redirect("problems", request.company.nit)
    context = {"row": row, "lines": problem_selectors.lines(row), "most": problem_selectors.MOST_LISTED}
    return render(request, "notifications/problem_row.html", {**context, "now": now, "until": now.isoformat()})


def wrong_of(request: HttpRequest, customer: Customer) -> Wrong:
    """
    What the address names: ``?correo=&causa=``, as it was seen at ``hasta``, which a form brings; now, without one.

    :raises Http404: no address holds that. :raises BadRequest: ``hasta`` is no moment.
    """
    address, cause = request.GET.get("correo", "").strip().lower(), request.GET.get("causa", "")
    if "\x00" in address + cause or (not address and cause != problem_kinds.NO_ADDRESS):
        raise Http404
    return Wrong(customer.pk, address, _until(request), cause)


def _until(request: HttpRequest) -> datetime:
    if request.method != "POST":
        return timezone.now()
    try:
        found = parse_datetime(request.POST.get("hasta", ""))
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        raise BadRequest("El formulario no dice qué estabas viendo: vuelve a abrir la página.")
    return found


@require_GET
@company_view()
def problems_export(request: CompanyRequest, extension: str) -> HttpResponseBase:
    """The open problems as a file."""
    rows = problem_selectors.detailed().order_by("cause", "document__customer", "-created_at", "-pk")
    return download(request, extension, table=PROBLEMS, rows=rows, form=EveryProblem({}))


@login_required
@require_GET
def all_problems(request: HttpRequest) -> HttpResponse:
    """One line per company of the user, each read in its own scope."""
    assert isinstance(request.user, User)
    now = timezone.now()
    companies = problem_companies.of(request.user, today=timezone.localdate(now))
    context: dict[str, Any] = {"companies": companies, "now": now, "most": problem_companies.MOST}
    return render(request, "notifications/problems_all.html", context)
