"""*Reintentar ahora* and *Cancelar envío*, on the card of one address."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from invoices.access import WRITERS, CompanyRequest, company_view
from invoices.invalid import Invalid
from invoices.templatetags.traza import moment
from notifications import steering
from notifications.models import Delivery
from notifications.views.sheets import document_of, sheet


@require_POST
@company_view(roles=WRITERS)
def retry(request: CompanyRequest, document_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Try it now; while its channel rests, as soon as that works again."""
    delivery, now = _delivery(document_id, delivery_id), timezone.now()
    try:
        steering.retry_now(delivery=delivery, by=request.user, now=now)
    except Invalid as exc:
        messages.error(request, str(exc))
    else:
        rest = steering.rests_until(delivery, now=now)
        when = f"sale cuando el canal vuelva a funcionar; lo probamos el {moment(rest)}." if rest else "sale en unos segundos."
        messages.success(request, f"{delivery.address}: {when}")
    return redirect("document", request.company.nit, document_id)


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS)
def cancel(request: CompanyRequest, document_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Do not send it, after asking."""
    delivery = _delivery(document_id, delivery_id)
    if request.method == "GET":
        return sheet(
            request, "delivery_cancel", {"document": delivery.document, "delivery": delivery, "title": "Cancelar el envío", "small": True}
        )
    try:
        steering.cancel(delivery=delivery, by=request.user, now=timezone.now())
    except Invalid as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, f"El envío a {delivery.address} quedó cancelado.")
    return redirect("document", request.company.nit, document_id)


def _delivery(document_id: UUID, delivery_id: UUID) -> Delivery:
    return get_object_or_404(Delivery.objects.select_related("document"), pk=delivery_id, document=document_of(document_id))
