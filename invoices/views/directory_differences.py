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
from invoices.templatetags.traza import moment
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
    if act not in {*Choice.values, directory_decisions.UNDONE} or "\x00" in address:
        raise BadRequest("No se entiende qué hacer con el correo.")
    given: dict[str, Any] = {"customer": customer, "address": address, "by": request.user, "at": timezone.now()}
    try:
        if act == directory_decisions.UNDONE:
            _undo(request, given)
        else:
            _decide(request, given, Choice(act))
    except Invalid as exc:
        messages.error(request, str(exc))
    back = f"?ver={DECIDED}" if act == directory_decisions.UNDONE else ""
    return redirect(reverse("directory_differences", args=[request.company.nit]) + back)


def _decide(request: CompanyRequest, given: dict[str, Any], choice: Choice) -> None:
    decision, new = directory_decisions.decide(**given, choice=choice)
    if new:
        messages.success(request, _done(decision, given["customer"]))
    else:
        who = f"{decision.decided_by} ya decidió" if decision.decided_by else "Ya se decidió"
        what = f"{decision.get_choice_display().lower()} {decision.address_key} el {moment(decision.decided_at)}"
        messages.warning(request, f"{who} {what}. Lo puedes deshacer en Decididos.")


def _done(decision: DirectoryDecision, customer: Customer) -> str:
    address = decision.address_key
    if decision.choice == Choice.IGNORE:
        return (
            f"A {address} ya no se le envía por estar en la lista de la DIAN; si un documento de {customer.name} lo trae, sí le llega. "
            "Lo puedes deshacer en Decididos."
        )
    if decision.added_id:
        return f"{address} quedó entre los correos de {customer.name}."
    return f"{address} ya estaba entre los correos de {customer.name}, y así se queda."


def _undo(request: CompanyRequest, given: dict[str, Any]) -> None:
    address, customer = given["address"], given["customer"]
    if not directory_decisions.undo(**given):
        messages.warning(request, f"No había nada que deshacer: nadie ha decidido sobre {address}.")
    elif customer.emails.filter(address_key=address).exists():
        kept = f"{address} sigue entre los correos de {customer.name}: alguien lo guardó antes o lo cambió después."
        messages.success(request, f"Se deshizo la decisión, pero {kept}")
    else:
        messages.success(request, f"Se deshizo: {address} vuelve a estar por decidir.")
