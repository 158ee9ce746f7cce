"""*Revisión de conformidad* on screen: of a document's package again, and of any file, of which nothing is kept."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from invoices.access import WRITERS, CompanyRequest, company_view
from invoices.ubl.conformity import check
from notifications import conformity, selectors
from notifications.forms import MAX_FILE_BYTES
from notifications.models import Package
from notifications.views.sheets import document_of


@require_POST
@company_view(roles=WRITERS)
def package_review(request: CompanyRequest, document_id: UUID) -> HttpResponse:
    """*Revisar otra vez*: the last package, by the rules and demands of today. The review with which it went stays as it was."""
    document = document_of(document_id)
    package = selectors.latest_package(document)
    if package is None:
        raise Http404("no package was made yet")
    stays = conformity.went(package)
    conformity.review(package)
    if not stays:
        package.save(update_fields=["grade", "review"])
    messages.success(request, _answer(package, stays=stays))
    return redirect("document", request.company.nit, document_id)


def _answer(package: Package, *, stays: bool) -> str:
    today = package.grade or "no se puede leer"
    kept = " La revisión con la que salió queda como estaba." if stays else ""
    return f"Se revisó el paquete {package.name} con las reglas de hoy: {today}.{kept}"


@require_http_methods(["GET", "POST"])
@company_view()
def check_file(request: CompanyRequest) -> HttpResponse:
    """*Revisar un paquete*: a ZIP or an XML, one's own or one that came; the answer is all that is left of it."""
    context: dict[str, Any] = {}
    if request.method == "POST":
        file = request.FILES.get("archivo")
        error = _refusal(file)
        if file and not error:
            review = check(file.name or "archivo", file.read())
            context = {"review": review, "findings": conformity.sort(review.findings), "now": timezone.now()}
        context["error"] = error
    return render(request, "notifications/check_file.html", context, status=422 if context.get("error") else 200)


def _refusal(file: "UploadedFile[Any] | None") -> str:
    if file is None:
        return "Elige un archivo ZIP o XML."
    if (file.size or 0) > MAX_FILE_BYTES:
        return "El archivo pasa de 20 MB."
    return ""
