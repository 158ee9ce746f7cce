"""
Errors as problem details (RFC 9457): ``title`` names the kind in English, for programs and their authors; ``detail`` is a
sentence in Spanish that may be shown to a user; ``errors`` names the field of each mistake.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from invoices.invalid import Invalid

MEDIA_TYPE = "application/problem+json"


class Conflict(APIException):
    """What was asked for does not fit the state that things are in."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class InFlight(Conflict):
    """Its twin is still running; ``wait`` becomes Retry-After, in seconds."""

    wait = 1


class Unprocessable(APIException):
    """Understood, and still not possible."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "unprocessable"


class Gone(APIException):
    """There was such a thing, and it is over."""

    status_code = status.HTTP_410_GONE
    default_code = "gone"


class TooLarge(APIException):
    """More bytes than are taken."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into a problem; what is no error of the caller's stays an exception and becomes a 500 with a trace in the log."""
    if isinstance(exc, Invalid):
        exc = ValidationError({exc.field or "non_field_errors": [str(exc)]})
    elif isinstance(exc, RequestDataTooBig):
        exc = TooLarge("Lo enviado es demasiado grande: los documentos van como archivos, de uno en uno o en ZIP.")
    elif isinstance(exc, TooManyFilesSent | TooManyFieldsSent):
        exc = ParseError("El formulario trae demasiados campos o archivos.")
    response = exception_handler(exc, context)
    if response is None:
        return None
    response.content_type = MEDIA_TYPE
    response.data = body(response.status_code, _sentence(exc, response.status_code), list(_errors(exc)))
    return response


def body(status_code: int, detail: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """One problem, as JSON."""
    found = {"type": "about:blank", "title": HTTPStatus(status_code).phrase, "status": status_code, "detail": detail}
    return found | ({"errors": errors} if errors else {})


def _sentence(exc: Exception, status_code: int) -> str:
    if isinstance(exc, ValidationError):
        return "Lo enviado no es válido: errors dice qué corregir."
    if isinstance(exc, Http404) or status_code == status.HTTP_404_NOT_FOUND:
        return "No existe, o no es de la empresa de esta llave. Las direcciones terminan en /."
    if isinstance(exc, PermissionDenied):
        return "Esta llave no lo permite."
    return str(getattr(exc, "detail", exc))


def _errors(exc: Exception) -> Iterator[dict[str, str]]:
    if isinstance(exc, ValidationError):
        yield from _flat(exc.detail, "")


def _flat(detail: Any, field: str) -> Iterator[dict[str, str]]:
    """``{"addresses": [{"address": ["…"]}]}`` → ``addresses.0.address``."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flat(inner, field if name == "non_field_errors" else f"{field}.{name}".lstrip("."))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            yield from _flat(inner, f"{field}.{index}".lstrip(".") if isinstance(inner, dict | list) else field)
    else:
        yield {"field": field, "detail": str(detail)}
