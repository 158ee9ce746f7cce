"""*Reenviar Notificación*: one document, with every address in sight."""

from uuid import UUID

from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from invoices.access import WRITERS, CompanyRequest, company_view
from invoices.models import ElectronicDocument
from invoices.policies import why_not_notified
from notifications import resending, selectors, services
from notifications.forms import read_ticket, ticket
from notifications.presenters import count
from notifications.resend_form import ResendForm
from notifications.views.sheets import document_of, sheet


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS)
def resend(request: CompanyRequest, document_id: UUID) -> HttpResponse:
    """A row per known address, each correctable in place; pressing twice sends once."""
    found = document_of(document_id)
    rows = selectors.resend_rows(found)
    if request.method == "GET":
        chosen, instead = request.GET.get("correo", ""), request.GET.get("por", "")
        return _form(request, found, ResendForm.fresh(rows, ticket=_ticket(found), chosen=chosen, instead=instead))
    form = ResendForm.posted(request.POST, rows)
    if form.replaced:
        return _form(request, found, form)
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
