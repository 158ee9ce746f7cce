"""How people come in: by invitation, with the e-mail address as login name."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up alone: an administrator makes the user."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed."""
        return False
