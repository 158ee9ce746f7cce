"""What writers do with customers and their addresses: add, switch off with a reason, switch on, mark *siempre*."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from invoices import customers as services
from invoices.access import WRITERS, CompanyRequest, company_view
from invoices.invalid import Invalid
from invoices.models import Customer, RecipientEmail
from notifications.customer_forms import AddressForm, CustomerForm, ReasonForm
from notifications.views.customers import customer_of
from notifications.views.sheets import sheet


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS)
def customer_add(request: CompanyRequest) -> HttpResponse:
    """*Agregar cliente*; one that was there is shown as it is."""
    form = CustomerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepts():
        try:
            added, created = services.register(company=request.company, **form.cleaned_data, by=request.user, at=timezone.now())
        except Invalid as exc:
            form.refuse(exc)
        else:
            messages.success(request, f"{added.name} {'quedó' if created else 'ya estaba'} entre tus clientes.")
            return redirect("customer", request.company.nit, added.pk)
    context = {"form": form, "title": "Agregar cliente", "back": reverse("customers", args=[request.company.nit])}
    return _sheet(request, "customer_add", context)


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS)
def customer_address_add(request: CompanyRequest, customer_id: UUID) -> HttpResponse:
    """*Agregar correo*; ``?correo=`` is what the field begins with."""
    found = customer_of(customer_id)
    form = AddressForm(request.POST if request.method == "POST" else None, initial={"address": request.GET.get("correo", "")})
    if request.method == "POST" and form.accepts():
        try:
            email, created = services.add_address(customer=found, **form.cleaned_data, by=request.user, at=timezone.now())
        except Invalid as exc:
            form.refuse(exc)
        else:
            _say_added(request, email, created=created)
            return _back(request, email)
    return _sheet(request, "customer_address_add", _context(request, found, "Agregar correo", form))


def _say_added(request: CompanyRequest, email: RecipientEmail, *, created: bool) -> None:
    if created:
        messages.success(request, f"Se agregó {email.address_key}.")
    elif email.active:
        messages.success(request, f"{email.address_key} ya estaba entre sus correos: no cambió nada.")
    else:
        messages.warning(request, f"{email.address_key} ya estaba, desactivado: actívalo si debe recibir los documentos.")


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS)
def customer_address_off(request: CompanyRequest, customer_id: UUID, email_id: UUID) -> HttpResponse:
    """*Desactivar correo*, with the reason."""
    email = _email(customer_id, email_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.switch_off(email=email, **form.cleaned_data, by=request.user, at=timezone.now())
        except Invalid as exc:
            form.refuse(exc)
        else:
            messages.success(request, f"{email.address_key} ya no recibe los documentos de este cliente.")
            return _back(request, email)
    return _sheet(request, "customer_address_off", {**_context(request, email.customer, "Desactivar correo", form), "email": email})


@require_POST
@company_view(roles=WRITERS)
def customer_address_on(request: CompanyRequest, customer_id: UUID, email_id: UUID) -> HttpResponse:
    """*Activar*."""
    email = _email(customer_id, email_id)
    services.switch_on(email=email, by=request.user, at=timezone.now())
    messages.success(request, f"{email.address_key} vuelve a recibir los documentos.")
    return _back(request, email)


@require_POST
@company_view(roles=WRITERS)
def customer_address_always(request: CompanyRequest, customer_id: UUID, email_id: UUID) -> HttpResponse:
    """*Siempre*, or no longer: the form says which, so that pressing twice does it once."""
    email = _email(customer_id, email_id)
    always = request.POST.get("siempre") == "1"
    services.set_always(email=email, always=always, by=request.user, at=timezone.now())
    words = "recibe siempre, aunque el documento traiga otros correos" if always else "ya no está marcado Siempre"
    messages.success(request, f"{email.address_key} {words}.")
    return _back(request, email)


def _email(customer_id: UUID, email_id: UUID) -> RecipientEmail:
    return get_object_or_404(RecipientEmail.objects.select_related("customer"), pk=email_id, customer_id=customer_id)


def _back(request: CompanyRequest, email: RecipientEmail) -> HttpResponse:
    return redirect("customer", request.company.nit, email.customer_id)


def _context(request: CompanyRequest, customer: Customer, title: str, form: object) -> dict[str, Any]:
    return {"customer": customer, "form": form, "title": title, "back": reverse("customer", args=[request.company.nit, customer.pk])}


def _sheet(request: CompanyRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    return sheet(request, name, {**context, "small": True}, status=422 if request.method == "POST" else 200)
