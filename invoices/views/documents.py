"""DIAN's answer and the downloads of one document, or of the ticked ones."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_POST

from invoices import downloads, selectors
from invoices.access import CompanyRequest, company_view
from invoices.models import ElectronicDocument, TitleEvent

MOST_SELECTED = 200


@company_view()
@require_GET
def dian_response(request: CompanyRequest, document_id: UUID) -> HttpResponse:
    """Ver Acuse de Recibo DIAN: notices or errors, as a dialog or a page."""
    document = get_object_or_404(selectors.documents(selectors.Filters()), pk=document_id)
    dialog = request.headers.get("HX-Request") == "true"
    template = "invoices/_dian_response.html" if dialog else "invoices/dian_response.html"
    response = render(request, template, {"document": document, "dialog": dialog, "response": downloads.has_response(document)})
    patch_vary_headers(response, ["HX-Request"])
    return response


@company_view()
@require_GET
def document_file(request: CompanyRequest, document_id: UUID, part: str) -> HttpResponse:
    """The XML, the PDF, DIAN's answer or the ZIP of one document."""
    document = get_object_or_404(ElectronicDocument.objects.all(), pk=document_id)
    found = downloads.part(document, part)
    if found is None:
        raise Http404("El documento no trae esa parte.")
    return downloads.attachment(*found)


@company_view()
@require_GET
def event_file(request: CompanyRequest, document_id: UUID, event_id: UUID) -> HttpResponse:
    """The XML of an event, as it came."""
    events = TitleEvent.objects.select_related("document", "file")
    return downloads.attachment(*downloads.event_file(get_object_or_404(events, document=document_id, pk=event_id)))


@company_view()
@require_POST
def documents_zip(request: CompanyRequest) -> FileResponse:
    """The files of the selected documents in one ZIP."""
    chosen = list(ElectronicDocument.objects.filter(pk__in=selected(request)).order_by("number_key", "pk"))
    if not chosen:
        raise BadRequest("Selecciona al menos un documento.")
    return FileResponse(downloads.bundle(chosen), as_attachment=True, filename=f"documentos-{request.company.nit}.zip")


def selected(request: HttpRequest) -> list[UUID]:
    """
    The documents that a form selected, at most ``MOST_SELECTED``.

    :raises BadRequest: more, or something that is no identifier.
    """
    texts = request.POST.getlist("doc")
    if len(texts) > MOST_SELECTED:
        raise BadRequest(f"Selecciona hasta {MOST_SELECTED} documentos.")
    try:
        return [UUID(text) for text in texts]
    except ValueError as exc:
        raise BadRequest("La selección no es válida.") from exc
