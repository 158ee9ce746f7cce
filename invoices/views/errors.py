"""What Django's own error pages leave out."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.defaults import server_error as page

from invoices.api.problems import MEDIA_TYPE, body


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what was wrong, where we know it: Django's own answer keeps every reason to itself."""
    reason = str(exception) if isinstance(exception, BadRequest) else ""
    if request.path.startswith("/api/"):
        return JsonResponse(body(400, reason or "El pedido no es válido."), status=400, content_type=MEDIA_TYPE)
    return render(request, "400.html", {"reason": reason}, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """An error of ours: a page for people, a problem for programs."""
    if request.path.startswith("/api/"):
        sentence = "Falló algo nuestro y quedó registrado. Repite el pedido con la misma Idempotency-Key."
        return JsonResponse(body(500, sentence), status=500, content_type=MEDIA_TYPE)
    return page(request)
