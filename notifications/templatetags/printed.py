"""How a value looks on paper and in a mail: states as shape, word and colour; times to the second; digests in groups."""

from datetime import datetime

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from invoices.models import ElectronicDocument
from invoices.templatetags.traza import CUSTOMER_LOOK, DELIVERY_LOOK, DIAN_LOOK, STATE_LOOK
from notifications.models import Delivery
from notifications.presenters import local

register = template.Library()
SHAPES = {"ok": "✓", "warn": "▲", "bad": "✕"}


def state(tone: str, word: str) -> SafeString:
    """A drawn shape and the word, in the tone."""
    return render_to_string("pdf/_state.html", {"tone": tone, "word": word})


@register.simple_tag
def dian_state(document: ElectronicDocument) -> SafeString:
    """*Notificación DIAN*."""
    return state(DIAN_LOOK[ElectronicDocument.Dian(document.dian_status)][0], document.get_dian_status_display())


@register.simple_tag
def delivery_state(document: ElectronicDocument) -> SafeString:
    """*Entrega*, with how many addresses were reached."""
    status = ElectronicDocument.Delivery(document.delivery_status)
    count = f" {document.deliveries_reached}/{document.deliveries_total}" if document.deliveries_total else ""
    return state(DELIVERY_LOOK.get(status, ("mute",))[0], f"{status.label}{count}")


@register.simple_tag
def customer_state(document: ElectronicDocument) -> SafeString:
    """*Notificación Cliente*."""
    return state(CUSTOMER_LOOK[ElectronicDocument.CustomerStatus(document.customer_status)][0], document.get_customer_status_display())


@register.simple_tag
def recipient_state(delivery: Delivery) -> SafeString:
    """How the message to one address fares."""
    return state(STATE_LOOK[delivery.state][0], delivery.get_state_display())


@register.filter
def tone(delivery: Delivery) -> str:
    """The tone of its state: ok, warn, bad, info or mute."""
    return STATE_LOOK[delivery.state][0]


@register.filter
def shape(tone: str) -> str:
    """A character for the tone, where nothing can be drawn; nothing for a neutral one."""
    return SHAPES.get(tone, "")


@register.filter
def exactly(moment: datetime) -> str:
    """``19/03/2026 10:41:07`` in America/Bogota."""
    return f"{local(moment):%d/%m/%Y %H:%M:%S}"


@register.filter
def clock(moment: datetime) -> str:
    """``10:41:07`` in America/Bogota."""
    return f"{local(moment):%H:%M:%S}"


@register.filter
def iso(moment: datetime) -> str:
    """ISO 8601 to the second with the offset of America/Bogota: what a PDF's dates are made of."""
    return local(moment).isoformat(timespec="seconds")


@register.filter
def grouped(digest: str) -> str:
    """A digest in groups of sixteen characters."""
    return " ".join(digest[start : start + 16] for start in range(0, len(digest), 16))


@register.filter
def breakable(address: str) -> str:
    """An address that may break before its ``@``."""
    name, at, domain = address.rpartition("@")
    return format_html("{}<wbr>{}{}", name, at, domain) if at else domain
