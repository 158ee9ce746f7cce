"""*Anular enlace*: the personal links that one address received answer for their document no longer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from invoices.access import WRITERS, CompanyRequest, company_view
from notifications import buyer_links
from notifications.models import Delivery
from notifications.views.sheets import document_of, sheet


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS)
def link_revoke(request: CompanyRequest, document_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Ask first; pressing again changes nothing."""
    document, now = document_of(document_id), timezone.now()
    delivery = get_object_or_404(Delivery.objects.all(), pk=delivery_id, document=document)
    if request.method == "POST":
        buyer_links.revoke(delivery=delivery, by=request.user, now=now)
        messages.success(request, f"El enlace de {delivery.address} quedó anulado.")
        return redirect("document", request.company.nit, document_id)
    context = {"document": document, "delivery": delivery, "until": buyer_links.until(delivery), "title": "Anular el enlace", "small": True}
    return sheet(request, "link_revoke", context)
