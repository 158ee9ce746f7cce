"""An endpoint inside one company."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.http import HttpResponseBase
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.request import Request
from rest_framework.views import APIView

from invoices.api.keys import KeyAuthentication
from invoices.models import ApiKey, Company
from invoices.scope import company_scope

P = ParamSpec("P")
V = TypeVar("V", bound="CompanyAPI")
R = TypeVar("R", bound=HttpResponseBase)


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of the key."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token (OpenAPI 3.0, Security Scheme Object)."""
        return {"type": "http", "scheme": "bearer", "description": "A key of one company, made in Configuración → Llaves de la API."}


class CompanyAPI(APIView):
    """An endpoint inside the company of the key."""

    @property
    def key(self) -> ApiKey:
        """The key that called."""
        assert isinstance(self.request.auth, ApiKey)
        return self.request.auth

    @property
    def company(self) -> Company:
        """The company that the key belongs to."""
        return self.key.company


def in_scope(handler: Callable[Concatenate[V, Request, P], R]) -> Callable[Concatenate[V, Request, P], R]:
    """Run the handler in the company's scope: one transaction, undone when it raises."""

    @wraps(handler)
    def wrapper(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with company_scope(view.company.pk):
            return handler(view, request, *args, **kwargs)

    return wrapper
