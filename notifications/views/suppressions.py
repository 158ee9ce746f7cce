"""*Correos suprimidos*: to whom the company sends nothing for now, why, and who let an address go again."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_http_methods

from invoices import selectors
from invoices.access import WRITERS, CompanyRequest, company_view
from invoices.forms import read_cursor, write_cursor
from invoices.invalid import Invalid
from invoices.models import ElectronicDocument
from invoices.selectors import Cursor
from notifications import suppression_selectors, suppressions
from notifications.customer_forms import CustomerSearch, ReleaseForm, SuppressForm
from notifications.models import Suppression
from notifications.suppression_selectors import LAST_RELEASED, NEWEST
from notifications.views.sheets import sheet


@require_GET
@company_view()
def suppressed(request: CompanyRequest) -> HttpResponse:
    """Held back now, the newest first; with ``ver=reactivados`` those of before."""
    form = CustomerSearch(request.GET)
    text, released = form.text(), request.GET.get("ver") == "reactivados"
    order = LAST_RELEASED if released else NEWEST
    rows = suppression_selectors.rows(text, released=released)
    page = selectors.page(rows, order=order, cursor=read_cursor(request.GET.get("pagina", ""), order))
    context = {
        "text": text,
        "released": released,
        "page": page,
        "lines": suppression_selectors.lines(page.rows),
        "total": selectors.count(rows),
        "newer": _page_address(page.newer, text, released=released),
        "older": _page_address(page.older, text, released=released),
    }
    partial = request.headers.get("HX-Request") == "true"
    response = render(request, f"notifications/{'_' if partial else ''}suppressed.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page_address(cursor: Cursor | None, text: str, *, released: bool) -> str:
    """The page's own address with a neighbour's cursor, or nothing where there is no neighbour."""
    query = {"q": text, "ver": "reactivados" if released else ""}
    return "?" + urlencode({**{name: value for name, value in query.items() if value}, "pagina": write_cursor(cursor)}) if cursor else ""


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS)
def suppression_add(request: CompanyRequest) -> HttpResponse:
    """*Suprimir un correo*, by hand."""
    form = SuppressForm(request.POST if request.method == "POST" else None, initial={"address": request.GET.get("correo", "")})
    if request.method == "POST" and form.is_valid():
        try:
            row, created = suppressions.suppress(company=request.company, **form.cleaned_data, by=request.user, at=timezone.now())
        except Invalid as exc:
            form.refuse(exc)
        else:
            messages.success(request, f"{row.address_key} {'queda suprimido: no se le envía nada' if created else 'ya estaba suprimido'}.")
            return redirect("suppressed", request.company.nit)
    context = {"form": form, "title": "Suprimir un correo", "back": reverse("suppressed", args=[request.company.nit]), "small": True}
    return sheet(request, "suppression_add", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS)
def suppression_release(request: CompanyRequest, suppression_id: UUID) -> HttpResponse:
    """*Reactivar*, with a note; nothing is sent by it. ``?de=`` is the document that it was asked from."""
    row = get_object_or_404(Suppression.objects.select_related("released_by"), pk=suppression_id)
    back = _back(request)
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            suppressions.release(suppression_id=row.pk, **form.cleaned_data, by=request.user, at=timezone.now())
        except Invalid as exc:
            form.refuse(exc)
        else:
            messages.success(request, f"{row.address_key} vuelve a recibir los documentos. No se reenvió nada de lo anterior.")
            return redirect(back)
    context = {"row": row, "why": suppressions.why(row), "form": form, "title": "Reactivar correo", "back": back, "small": True}
    return sheet(request, "suppression_release", context, status=422 if request.method == "POST" else 200)


def _back(request: CompanyRequest) -> str:
    """Where it was asked from: a document of this company, or the list."""
    try:
        asked_from = UUID(request.GET.get("de", ""))
    except ValueError:
        return reverse("suppressed", args=[request.company.nit])
    get_object_or_404(ElectronicDocument.objects.all(), pk=asked_from)
    return reverse("document", args=[request.company.nit, asked_from])
