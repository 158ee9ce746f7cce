"""How people come in: by invitation, with the e-mail address as login name; and what they set for themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from invoices.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up alone: an administrator makes the user."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed."""
        return False


def set_daily_digest(*, user: User, wanted: bool) -> None:
    """Whether the user receives the daily summary of the problems of delivery."""
    user.daily_digest = wanted
    user.save(update_fields=["daily_digest"])
