"""Filters that tell one delivery, or the age of something, in words."""

from datetime import datetime

from django import template

from notifications import presenters
from notifications.models import Delivery

register = template.Library()


@register.filter
def since(delivery: Delivery) -> datetime:
    """When the delivery came into its state, as far as is known."""
    return presenters.since(delivery)


@register.filter
def why(delivery: Delivery) -> str:
    """Why it failed or waits, in a sentence, or nothing."""
    return presenters.why(delivery)


@register.filter
def ago(moment: datetime, now: datetime) -> str:
    """``hoy``, ``ayer``, ``hace 3 días``: by the days of America/Bogota."""
    return presenters.ago(moment, now)
