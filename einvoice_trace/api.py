"""The REST API, version 1: its addresses, its schema, and the pages that show it."""

from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import Http404
from django.urls import include, path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.views import APIView

from invoices.api.problems import MEDIA_TYPE

# Both pages style themselves; Redoc works in a thread of its own and draws its own logo.
LOOKS = {"style-src": [SELF, UNSAFE_INLINE], "img-src": ["data:"], "worker-src": [SELF, "blob:"]}


@extend_schema(exclude=True)
class UnknownAPI(APIView):
    """An address that is none: a problem, as for everything else here, never a page for people."""

    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whatever the method."""
        raise Http404


urlpatterns = [
    path("", include("invoices.api.urls")),
    path("", include("notifications.api.urls")),
    path("schema/", SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]), name="api_schema"),
    path(
        "docs/",
        csp_update(LOOKS)(SpectacularSwaggerSplitView.as_view(url_name="api_schema", authentication_classes=[], permission_classes=[])),
        name="api_docs",
    ),
    path(
        "redoc/",
        csp_update(LOOKS)(SpectacularRedocView.as_view(url_name="api_schema", authentication_classes=[], permission_classes=[])),
        name="api_redoc",
    ),
    re_path("", UnknownAPI.as_view(), name="api_unknown"),
]

# What any call may be answered, and what only a call that sends something may.
ALWAYS = {
    "400": "Something in the address, the query or the body does not hold.",
    "401": "No key, or one that does not exist or was revoked.",
    "403": "The key only reads.",
    "429": "Too many calls: Retry-After says when to come back.",
}
SENDING = {
    "409": "It does not fit the state that things are in, or the same Idempotency-Key is in flight.",
    "413": "More bytes than are taken.",
    "415": "A media type that is not taken.",
    "422": "The Idempotency-Key came with another request before.",
}
TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "description": "Why a request failed (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": TEXT | {"description": "about:blank: the status says what kind of problem it is."},
        "title": TEXT | {"description": "The kind of problem, in English."},
        "status": {"type": "integer"},
        "detail": TEXT | {"description": "What happened, in Spanish, for a user."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {
                    "field": TEXT | {"description": "With dots and positions for nested ones; empty for the whole."},
                    "detail": TEXT | {"description": "What is wrong with it, in Spanish."},
                },
            },
        },
    },
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
    "description": "The same key with the same request within 24 hours is answered as the first time, and done once.",
}


def describe_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say in the schema what every endpoint shares: a summary, the problems, and Idempotency-Key."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for address, operations in result["paths"].items():
        for method, operation in operations.items():
            operation["summary"] = operation["description"].partition("\n")[0].rstrip(".")
            found = ALWAYS | (SENDING if method in {"post", "patch"} else {}) | _by_address(address)
            for status, why in found.items():
                answer = operation["responses"].setdefault(status, {"description": why, "content": {}})
                answer["content"][MEDIA_TYPE] = {"schema": {"$ref": "#/components/schemas/Problem"}}
            if method == "post":
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    return result


def _by_address(address: str) -> dict[str, str]:
    found = {"404": "There is no such thing in the key's company."} if "{" in address else {}
    if address.endswith("/file/"):
        found |= {"409": "It is being made.", "410": "Its thirty days are over."}
    return found
