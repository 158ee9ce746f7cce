"""What every page needs: the companies of the user."""

from typing import Any

from django.http import HttpRequest

from invoices.models import Membership


def companies(request: HttpRequest) -> dict[str, Any]:
    """The user's memberships, for the company switcher; asked for only when a template reads them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"memberships": Membership.objects.filter(user=user).select_related("company").order_by("company__name")}
