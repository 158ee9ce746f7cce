"""*Correo de recepción DIAN*: what DIAN's public list says of a NIT, and the upload of the list."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from invoices import directory
from invoices.access import CompanyRequest, company_view
from invoices.customers import NIT
from invoices.invalid import Invalid
from invoices.models import Customer, RecipientEmail
from invoices.templatetags.traza import thousands


@require_http_methods(["GET", "POST"])
@company_view()
def reception_directory(request: CompanyRequest) -> HttpResponse:
    """Type a NIT, see its addresses; whoever administers the platform uploads the list, which all companies share."""
    if request.method == "GET":
        return _page(request, _found(request.GET.get("nit", "")))
    if not _may_upload(request):
        raise PermissionDenied("La lista es de todas las empresas: solo la carga quien administra la plataforma.")
    try:
        merged = _take_in(request)
    except Invalid as exc:
        return _page(request, {"upload_error": str(exc)}, status=422)
    words = f"Lista cargada: {thousands(merged.read)} filas leídas; {thousands(merged.skipped)} sin NIT o sin correo."
    messages.success(request, words)
    return redirect("reception_directory", request.company.nit)


def _may_upload(request: CompanyRequest) -> bool:
    return request.user.is_staff and request.membership.writes


def _take_in(request: CompanyRequest) -> directory.Merged:
    file = request.FILES.get("lista")
    if file is None or file.file is None:
        raise Invalid("Elige el archivo CSV de la lista.", field="file")
    return directory.take_in(
        company=request.company, name=file.name or "", size=file.size or 0, source=file.file, by=request.user, at=timezone.now()
    )


def _found(text: str) -> dict[str, Any]:
    """What the list says of what was typed, whose customer that is, and which of the addresses that customer has."""
    if not text.strip():
        return {}
    try:
        nit = directory.clean_nit(text)
    except Invalid as exc:
        return {"text": text, "error": str(exc)}
    rows = [(row, directory.mailable(row)) for row in directory.listed(nit)]
    customer = Customer.objects.filter(identification_type=NIT, identification=nit).first()
    addresses = [mail or row.address_key for row, mail in rows]
    kept = {email.address_key: email for email in RecipientEmail.objects.filter(customer=customer, address_key__in=addresses)}
    told = [(row, mail, kept.get(mail or row.address_key)) for row, mail in rows]
    return {"text": text, "nit": nit, "customer": customer, "rows": told}


def _page(request: CompanyRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    more = {"copy": directory.our_copy(), "may_upload": _may_upload(request), "most_mb": directory.MAX_BYTES // 1_048_576}
    return render(request, "invoices/reception_directory.html", {**context, **more}, status=status)
