"""*Lo que pide este comprador*, on the customer's page: an administrator adds, changes and removes; everybody else reads."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from invoices import demands
from invoices.access import ADMINISTRATORS, CompanyRequest, company_view
from invoices.invalid import Invalid
from invoices.models import BuyerDemand
from notifications.customer_forms import DemandForm
from notifications.views.customers import customer_of
from notifications.views.sheets import sheet


@require_http_methods(["GET", "POST"])
@company_view(roles=ADMINISTRATORS)
def customer_demand_add(request: CompanyRequest, customer_id: UUID) -> HttpResponse:
    """*Agregar exigencia*; one of the same kind is replaced."""
    found = customer_of(customer_id)
    form = DemandForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        try:
            kept = demands.keep(customer=found, **given, by=request.user, at=timezone.now())
        except Invalid as exc:
            form.refuse(exc)
        else:
            messages.success(request, f"Quedó guardado: {kept.get_demand_display()}.")
            return redirect("customer", request.company.nit, found.pk)
    back = reverse("customer", args=[request.company.nit, found.pk])
    context = {"customer": found, "form": form, "title": "Lo que pide este comprador", "back": back, "small": True}
    return sheet(request, "customer_demand_add", context, status=422 if request.method == "POST" else 200)


@require_POST
@company_view(roles=ADMINISTRATORS)
def customer_demand_remove(request: CompanyRequest, customer_id: UUID, demand_id: UUID) -> HttpResponse:
    """*Quitar*."""
    rows = BuyerDemand.objects.select_related("customer")
    demand = get_object_or_404(rows, pk=demand_id, customer_id=customer_id)
    demands.remove(demand=demand, by=request.user, at=timezone.now())
    messages.success(request, f"Ya no se exige: {demand.get_demand_display()}.")
    return redirect("customer", request.company.nit, customer_id)
