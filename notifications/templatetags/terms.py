"""How the legal term of a document looks: its chip in the list and on its page."""

from datetime import date

from django import template
from django.utils.safestring import SafeString

from invoices.templatetags.traza import chip
from notifications.terms import Panel, left, running_look

register = template.Library()


@register.simple_tag
def term_left(last_day: date, today: date) -> SafeString:
    """How much of a running term remains: ``Faltan 2 días hábiles``."""
    return chip(running_look(last_day, today), left(last_day, today))


@register.simple_tag
def term_state(panel: Panel) -> SafeString:
    """How the term of one document stands."""
    return chip(panel.look, panel.title)
