"""A dialog that is also a page: the same sheet, bare for HTMX, inside the layout for everybody else."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers

from invoices.models import ElectronicDocument
from invoices.selectors import Filters, documents


def document_of(document_id: UUID) -> ElectronicDocument:
    """
    The document, if it is of the company in scope, with what ``row_actions`` needs.

    :raises Http404: it is not, or there is none.
    """
    return get_object_or_404(documents(Filters()).select_related("company"), pk=document_id)


def sheet(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Answer with ``notifications/_NAME.html``, inside ``sheet.html`` unless HTMX asked for a dialog."""
    partial = f"notifications/_{name}.html"
    dialog = request.headers.get("HX-Request") == "true"
    template = partial if dialog else "notifications/sheet.html"
    response = render(request, template, {**context, "partial": partial, "dialog": dialog}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
