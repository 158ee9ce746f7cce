"""*Correos devueltos*: a person hands in a bounce that came to their own mailbox; and what has no owner, for the superuser."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from invoices import selectors
from invoices.access import CompanyRequest, company_view
from invoices.forms import read_cursor, write_cursor
from invoices.invalid import Invalid
from invoices.scope import company_scope
from invoices.selectors import Cursor, Order
from notifications import causes, orphans, returned_uploads
from notifications.models import DeliveryEvent, InboundMessage

NEWEST = Order("received_at", datetime.fromisoformat)
TABS = ("hechos", "mensajes")


@require_http_methods(["GET", "POST"])
@company_view(scope=False)
def returned_mails(request: CompanyRequest) -> HttpResponse:
    """The mails that the company handed in, each with what came of it; and the form to hand in one more."""
    error = ""
    if request.method == "POST":
        if not request.membership.writes:
            raise PermissionDenied("Tu rol en esta empresa no permite esta acción.")
        try:
            return _take_in(request)
        except Invalid as exc:
            error = str(exc)
    with company_scope(request.company.pk):
        return render(request, "notifications/returned.html", _handed_in(request) | {"error": error}, status=422 if error else 200)


def _take_in(request: CompanyRequest) -> HttpResponse:
    file = request.FILES.get("correo")
    if file is None:
        raise Invalid("Elige el correo devuelto, en formato .eml.", field="correo")
    if (file.size or 0) > returned_uploads.MAX_BYTES:
        raise Invalid("El correo pesa más de 10 MB.", field="correo")
    message = returned_uploads.take_in(
        company=request.company, name=file.name or "correo.eml", data=file.read(), by=request.user, clock=timezone.now
    )
    if message is None:
        messages.info(request, "Ese correo ya se había cargado: abajo está lo que dice.")
    else:
        messages.success(request, "Correo leído: abajo está lo que dice.")
    return redirect("returned_mails", request.company.nit)


def _handed_in(request: CompanyRequest) -> dict[str, Any]:
    facts = DeliveryEvent.objects.select_related("delivery__document").order_by("pk")
    rows = InboundMessage.objects.filter(kind=InboundMessage.Kind.UPLOAD).defer("body").prefetch_related(Prefetch("events", facts))
    page = selectors.page(rows, order=NEWEST, cursor=read_cursor(request.GET.get("pagina", ""), NEWEST))
    lines = [(row, [(event, causes.sentence(event.reason)) for event in row.events.all()]) for row in page.rows]
    return {"lines": lines, "page": page, "total": selectors.count(rows), **_neighbours(page, {})}


def _neighbours(page: selectors.Page[Any], query: dict[str, str]) -> dict[str, str]:
    return {
        "newer": _address(page.newer, query) if page.newer else "",
        "older": _address(page.older, query) if page.older else "",
    }


def _address(cursor: Cursor, query: dict[str, str]) -> str:
    return "?" + urlencode(query | {"pagina": write_cursor(cursor)})


def superuser_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the installation, not of a company: for everybody else it is not there."""

    @login_required
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapper


@require_GET
@superuser_view
def orphan_box(request: HttpRequest) -> HttpResponse:
    """Facts that name nobody of ours, or messages that said nothing, newest first."""
    tab = request.GET.get("ver", "")
    tab = tab if tab in TABS else TABS[0]
    cursor = read_cursor(request.GET.get("pagina", ""), orphans.NEWEST)
    facts, unread = orphans.orphan_facts(), orphans.unread_messages()
    totals = {"hechos": selectors.count(facts), "mensajes": selectors.count(unread)}
    context: dict[str, Any] = {"tab": tab, "totals": totals, "total": totals[tab]}
    if tab == "hechos":
        page: selectors.Page[Any] = selectors.page(facts, order=orphans.NEWEST, cursor=cursor)
        context["lines"] = [(event, causes.sentence(event.reason)) for event in page.rows]
    else:
        page = selectors.page(unread, order=orphans.NEWEST, cursor=cursor)
        context["lines"] = [(message, orphans.beginning(message)) for message in page.rows]
    return render(request, "notifications/orphans.html", context | {"page": page} | _neighbours(page, {"ver": tab}))


@require_POST
@superuser_view
def orphan_match(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Look again for the message that a fact names."""
    try:
        found = orphans.match_again(event_id, now=timezone.now())
    except ObjectDoesNotExist as exc:
        raise Http404 from exc
    if found:
        messages.success(request, "Encontró su envío: ya está en el historial del documento.")
    else:
        messages.warning(request, "Sigue sin dueño: no nombra ningún envío que exista.")
    return redirect("orphans")


@require_POST
@superuser_view
def orphan_read(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Read a message again."""
    try:
        message = orphans.read_again(message_id, clock=timezone.now)
    except ObjectDoesNotExist as exc:
        raise Http404 from exc
    if message.error:
        messages.warning(request, f"Se leyó otra vez: {message.error}")
    else:
        messages.success(request, "Se leyó bien.")
    return redirect(f"{reverse('orphans')}?ver=mensajes")
