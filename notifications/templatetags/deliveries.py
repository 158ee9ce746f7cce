"""Filters that tell one delivery, or the age of something, in words."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from invoices.templatetags.traza import STATE_LOOK, icon
from notifications import presenters
from notifications.models import Delivery
from notifications.presenters import Flag

register = template.Library()


@register.filter
def since(delivery: Delivery) -> datetime:
    """When the delivery came into its state, as far as is known."""
    return presenters.since(delivery)


@register.simple_tag
def state_dot(state: str) -> SafeString:
    """The icon of a state in a circle of its tone; the words beside it say the same."""
    tone, name, _ = STATE_LOOK[state]
    return format_html('<span class="dot {}">{}</span>', tone, icon(name))


@register.filter
def why(delivery: Delivery) -> str:
    """Why it failed or waits, in a sentence, or nothing."""
    return presenters.why(delivery)


@register.filter
def flags(delivery: Delivery) -> list[Flag]:
    """What the facts say beside the state."""
    return presenters.flags(delivery)


@register.filter
def engagement(delivery: Delivery) -> str:
    """What was seen in the mailbox, in words that claim no reading, or nothing."""
    return presenters.engagement(delivery)


@register.filter
def ago(moment: datetime, now: datetime) -> str:
    """``hoy``, ``ayer``, ``hace 3 días``: by the days of America/Bogota."""
    return presenters.ago(moment, now)
