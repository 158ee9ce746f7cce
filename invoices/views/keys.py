"""*Llaves de la API*: the programs' ways in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_http_methods

from invoices import api_keys as services
from invoices.access import ADMINISTRATORS, CompanyRequest, company_view
from invoices.invalid import Invalid
from invoices.models import ApiKey
from invoices.settings_forms import ApiKeyForm
from invoices.views.dialogs import settings_sheet

SCOPES = {
    ApiKey.Scope.READ: "Lista documentos, historiales y clientes.",
    ApiKey.Scope.WRITE: "Además carga documentos, reenvía notificaciones y pide informes.",
}
MOST_REVOKED = 50


@require_GET
@company_view(roles=ADMINISTRATORS)
def api_keys(request: CompanyRequest) -> HttpResponse:
    """The live keys, and those revoked last."""
    rows = ApiKey.objects.select_related("created_by", "revoked_by")
    live = list(rows.filter(revoked_at=None).order_by("-created_at")[: services.MOST_KEYS])
    revoked = list(rows.exclude(revoked_at=None).order_by("-revoked_at")[:MOST_REVOKED])
    return render(request, "invoices/company/keys.html", {"keys": live, "revoked": revoked})


@require_http_methods(["GET", "POST"])
@company_view(roles=ADMINISTRATORS)
def api_key_create(request: CompanyRequest) -> HttpResponse:
    """Make a key; the page that answers is the only place where it ever stands."""
    form = ApiKeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            key, text = services.issue(company=request.company, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as exc:
            form.refuse(exc)
        else:
            response = render(request, "invoices/company/key_created.html", {"key": key, "text": text})
            add_never_cache_headers(response)
            return response
    return _sheet(request, "key_create", {"form": form, "means": SCOPES, "title": "Crear una llave"})


@require_http_methods(["GET", "POST"])
@company_view(roles=ADMINISTRATORS)
def api_key_revoke(request: CompanyRequest, key_id: UUID) -> HttpResponse:
    """Make a key useless, after asking."""
    key = get_object_or_404(ApiKey.objects.all(), pk=key_id)
    if request.method == "GET":
        return _sheet(request, "key_revoke", {"key": key, "title": "Anular la llave"})
    services.revoke(key=key, by=request.user, at=timezone.now())
    messages.success(request, f"La llave «{key.name}» quedó anulada.")
    return redirect("api_keys", request.company.nit)


def _sheet(request: CompanyRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    context |= {"tab": "keys", "back": reverse("api_keys", args=[request.company.nit])}
    return settings_sheet(request, name, context, status=422 if request.method == "POST" else 200)
