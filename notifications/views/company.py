"""*Empresa*: what the company says of itself in its mails, shown as the buyer will see it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from invoices import company as services
from invoices import logos
from invoices.access import ADMINISTRATORS, CompanyRequest, company_view
from invoices.company import Settings
from invoices.invalid import Invalid
from invoices.models import ElectronicDocument
from invoices.settings_forms import CompanyForm
from notifications.messages import reply_address, sender, subject

EXAMPLE = {"number": "FE-1234", "type_code": "01"}


@require_http_methods(["GET", "POST"])
@company_view()
def company_settings(request: CompanyRequest) -> HttpResponse:
    """Every member reads them, administrators change them."""
    if request.method == "GET":
        return _page(request, _form(request))
    if not request.membership.administers:
        raise PermissionDenied("Solo un Administrador cambia la configuración de la empresa.")
    form = CompanyForm(request.POST)
    if form.is_valid():
        try:
            given = Settings(**form.cleaned_data)
            changed = services.change_settings(company=request.company, given=given, by=request.user, at=timezone.now())
        except Invalid as exc:
            form.refuse(exc)
        else:
            messages.success(request, "Los cambios quedaron guardados." if changed else "No había nada que cambiar.")
            return redirect("company_settings", request.company.nit)
    return _page(request, form, status=422)


@require_POST
@company_view(roles=ADMINISTRATORS)
def company_logo(request: CompanyRequest) -> HttpResponse:
    """Take a logo in, or away."""
    file = request.FILES.get("logo")
    try:
        if "quitar" in request.POST:
            services.remove_logo(company=request.company, by=request.user, at=timezone.now())
        else:
            data = file.read(logos.MAX_BYTES + 1) if file else b""  # no more than tells that it is too much
            services.change_logo(company=request.company, data=data, by=request.user, at=timezone.now())
    except Invalid as exc:
        return _page(request, _form(request), status=422, logo_error=str(exc))
    messages.success(request, "La empresa quedó sin logo." if "quitar" in request.POST else "El logo quedó guardado.")
    return redirect("company_settings", request.company.nit)


def _form(request: CompanyRequest) -> CompanyForm:
    return CompanyForm(initial={name: getattr(request.company, name) for name in CompanyForm.base_fields})


def _page(request: CompanyRequest, form: CompanyForm, *, status: int = 200, **more: Any) -> HttpResponse:
    company = request.company
    context = {
        "form": form,
        "may_change": request.membership.administers,
        "logo": logos.inline(company),
        "mail_from": sender(company),
        "mail_reply_to": reply_address(company),
        "mail_subject": subject(ElectronicDocument(company=company, **EXAMPLE)),
        "most_days": services.MOST_DAYS,
    }
    return render(request, "notifications/company.html", context | more, status=status)
