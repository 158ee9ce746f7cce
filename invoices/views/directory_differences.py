"""*Correos de recepción que difieren*: what DIAN's list gives and the customer's own addresses lack, and what to do with it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_POST

from invoices import directory, directory_decisions, directory_differences, selectors, tables
from invoices.access import WRITERS, CompanyRequest, company_view
from invoices.directory_decisions import Choice
from invoices.forms import read_cursor, write_cursor
from invoices.invalid import Invalid
from invoices.models import Customer, DirectoryDecision
from invoices.selectors import BY_NAME, Cursor
from invoices.views.exports import download

DECIDED = "decididos"


@require_GET
@company_view()
def directory_differences_page(request: CompanyRequest) -> HttpResponse:
    """Those that wait, by name; with ``ver=decididos`` those of which somebody decided."""
    decided = request.GET.get("ver") == DECIDED
    rows = directory_differences.differing(decided=decided)
    page = selectors.page(rows, order=BY_NAME, cursor=read_cursor(request.GET.get("pagina", ""), BY_NAME))
    context = {
        "decided": decided,
        "page": page,
        "lines": directory_differences.lines(page.rows),
        "total": selectors.count(rows),
        "newer": _page_address(page.newer, decided=decided),
        "older": _page_address(page.older, decided=decided),
        "query": f"?ver={DECIDED}" if decided else "",
        "seen": directory.seen_on(),
    }
    partial = request.headers.get("HX-Request") == "true"
    response = render(request, f"invoices/{'_' if partial else ''}directory_differences.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page_address(cursor: Cursor | None, *, decided: bool) -> str:
    """The page's own address with a neighbour's cursor, or nothing where there is no neighbour."""
    query = {"ver": DECIDED} if decided else {}
    return "?" + urlencode({**query, "pagina": write_cursor(cursor)}) if cursor else ""


class Which(forms.Form):
    """Which of the two lists is taken away."""

    ver = forms.ChoiceField(label="Ver", required=False, choices=[("", "Por decidir"), (DECIDED, "Decididos")])


@require_GET
@company_view()
def directory_differences_export(request: CompanyRequest, extension: str) -> HttpResponseBase:
    """The list as a file."""
    rows = directory_differences.exported(decided=request.GET.get("ver") == DECIDED)
    return download(request, extension, table=tables.DIFFERENCES, rows=rows.order_by(*BY_NAME.fields()), form=Which(request.GET))


@require_POST
@company_view(roles=WRITERS)
def directory_decide(request: CompanyRequest, customer_id: UUID) -> HttpResponse:
    """*Usar*, *Ignorar* or *Deshacer*, of the address that the form names."""
    customer = get_object_or_404(Customer.objects.all(), pk=customer_id)
    act, address = request.POST.get("decision", ""), request.POST.get("correo", "")
    given: dict[str, Any] = {"customer": customer, "address": address, "by": request.user, "at": timezone.now()}
    if act not in {*Choice.values, directory_decisions.UNDONE} or "\x00" in address:
        raise BadRequest("No se entiende qué hacer con el correo.")
    try:
        if act == directory_decisions.UNDONE:
            directory_decisions.undo(**given)
        else:
            directory_decisions.decide(**given, choice=DirectoryDecision.Choice(act))
    except Invalid as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, WORDS[act].format(address=address, name=customer.name))
    back = f"?ver={DECIDED}" if act == directory_decisions.UNDONE else ""
    return redirect(reverse("directory_differences", args=[request.company.nit]) + back)


WORDS = {
    Choice.USE.value: "{address} quedó entre los correos de {name}.",
    Choice.IGNORE.value: "A {address} no se le envían los documentos de {name}. Lo puedes deshacer en Decididos.",
    directory_decisions.UNDONE: "Se deshizo: {address} vuelve a estar por decidir.",
}
