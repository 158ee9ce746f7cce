"""The dialogs of *Configuración*: each is a sheet, bare for HTMX and inside the layout for everybody else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def settings_sheet(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """
    Answer with ``invoices/company/_NAME.html``.

    :param context: ``title`` of the sheet, ``tab`` and ``back``, the address of the page from which it is opened.
    """
    partial = f"invoices/company/_{name}.html"
    dialog = request.headers.get("HX-Request") == "true"
    template = partial if dialog else "invoices/company/sheet.html"
    response = render(request, template, {**context, "partial": partial, "dialog": dialog}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
