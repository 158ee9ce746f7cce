"""*Reenviar Notificación*: one document, with every address in sight, and the documents ticked in the list."""

from uuid import UUID

from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from invoices.access import WRITERS, CompanyRequest, company_view
from invoices.models import ElectronicDocument
from invoices.policies import why_not_notified
from invoices.scope import company_scope
from notifications import resending, selectors, services
from notifications.forms import MAX_SELECTED, ResendForm, read_ticket, selected_ids, ticket
from notifications.presenters import count
from notifications.views.sheets import document_of, sheet


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS)
def resend(request: CompanyRequest, document_id: UUID) -> HttpResponse:
    """A row per known address, each correctable in place; pressing twice sends once."""
    found = document_of(document_id)
    rows = selectors.resend_rows(found)
    if request.method == "GET":
        return _form(request, found, ResendForm.fresh(rows, ticket=_ticket(found), chosen=request.GET.get("correo", "")))
    form = ResendForm.posted(request.POST, rows)
    if not (form.is_valid() and _resend(request, found, form)):
        return _form(request, found, form, status=422)
    return redirect("document", request.company.nit, found.pk)


def _ticket(found: ElectronicDocument) -> str:
    last = resending.last_notification(found.pk)
    return ticket(found.pk, last.pk if last else None)


def _resend(request: CompanyRequest, found: ElectronicDocument, form: ResendForm) -> bool:
    try:
        _, seen = read_ticket(form.ticket, of=found.pk)
        sent = resending.resend_once(document=found, targets=form.targets, note=form.note, by=request.user, now=timezone.now(), seen=seen)
    except BadSignature:
        form.errors["form"] = "Este formulario ya no sirve: revisa los correos y reenvía otra vez."
    except services.NotNotifiable as exc:
        form.errors["form"] = str(exc)
    else:
        addresses = sorted(sent.deliveries.values_list("address", flat=True))
        messages.success(request, f"{found.number} se reenvía a {count(len(addresses), 'correo', 'correos')}: {' · '.join(addresses)}")
        return True
    form.ticket = _ticket(found)
    return False


def _form(request: CompanyRequest, found: ElectronicDocument, form: ResendForm, *, status: int = 200) -> HttpResponse:
    context = {
        "document": found,
        "form": form,
        "reason": why_not_notified(found),
        "package": selectors.latest_package(found),
        "now": timezone.now(),
        "title": "Reenviar Notificación",
    }
    return sheet(request, "resend", context, status=status)


@require_POST
@company_view(roles=WRITERS, scope=False)
def resend_selected(request: CompanyRequest) -> HttpResponse:
    """First what would happen, then a result per document; each document in its own transaction."""
    if "confirmar" in request.POST:
        return _resend_all(request)
    chosen = selected_ids(request.POST.getlist("doc"))
    if not chosen or len(chosen) > MAX_SELECTED:
        messages.error(request, f"Elige entre 1 y {MAX_SELECTED} documentos.")
        return redirect("documents", request.company.nit)
    with company_scope(request.company.pk):
        plan = resending.plan(chosen)
    context = {"plan": plan, "tickets": [ticket(row.document.pk, row.seen) for row in plan.sendable], "title": "Reenviar Notificación"}
    return render(request, "notifications/resend_selected.html", context)


def _resend_all(request: CompanyRequest) -> HttpResponse:
    results, now = [], timezone.now()
    for text in request.POST.getlist("ficha")[:MAX_SELECTED]:
        try:
            document_id, seen = read_ticket(text)
        except BadSignature:
            continue
        with company_scope(request.company.pk):
            results += resending.resend_one(document_id=document_id, seen=seen, again="tambien" in request.POST, by=request.user, now=now)
    if not results:
        messages.error(request, "No quedaba ningún documento por reenviar.")
        return redirect("documents", request.company.nit)
    context = {"results": results, "sent": sum(not row.reason for row in results), "back": reverse("documents", args=[request.company.nit])}
    return render(request, "notifications/resend_selected_done.html", context)
