"""Who calls: a program with a key, and what its key lets it do."""

from typing import TYPE_CHECKING

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from invoices import api_keys
from invoices.models import ApiKey

if TYPE_CHECKING:  # the framework reads this module while it is still importing its own views
    from rest_framework.views import APIView


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer traza_…`` (RFC 6750); nothing else, and never a cookie, so that no browser can be tricked into a call."""

    def authenticate(self, request: Request) -> tuple[ApiKey, ApiKey] | None:
        """The key, as who calls and by what right; None when nobody said who calls."""
        words = get_authorization_header(request).split()
        if not words:
            return None
        if len(words) != 2 or words[0].lower() != b"bearer":
            raise AuthenticationFailed("Escribe la llave así: Authorization: Bearer LLAVE.")
        key = api_keys.find(words[1].decode("latin-1"), now=timezone.now())
        if key is None:
            raise AuthenticationFailed("La llave no existe o fue anulada.")
        return key, key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="api"'


class KeyPermission(BasePermission):
    """A key that only reads changes nothing."""

    message = "Esta llave es de solo consulta."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Reading is open to every key."""
        return isinstance(request.auth, ApiKey) and (request.method in SAFE_METHODS or request.auth.writes)
