"""How the printed report and its mail show an address, a time, a state."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from invoices.models import ElectronicDocument
from invoices.templatetags.traza import CUSTOMER_LOOK, DELIVERY_LOOK, DIAN_LOOK, STATE_LOOK
from notifications import presenters
from notifications.models import Delivery

register = template.Library()


@register.filter
def breakable(address: str) -> SafeString:
    """The address, which a line may break before its ``@`` rather than inside a word."""
    name, at, domain = address.rpartition("@")
    return format_html("{}<wbr>{}{}", name, at, domain)


@register.filter
def clock(moment: datetime) -> str:
    """``10:33:08`` in America/Bogota."""
    return f"{presenters.local(moment):%H:%M:%S}"


@register.filter
def dian_tone(document: ElectronicDocument) -> str:
    """The tone of *Notificación DIAN*: ok, warn, bad, info or mute; the next three say the same of theirs."""
    return DIAN_LOOK[ElectronicDocument.Dian(document.dian_status)][0]


@register.filter
def delivery_tone(document: ElectronicDocument) -> str:
    """The tone of *Entrega*."""
    return DELIVERY_LOOK.get(ElectronicDocument.Delivery(document.delivery_status), ("mute",))[0]


@register.filter
def customer_tone(document: ElectronicDocument) -> str:
    """The tone of *Notificación Cliente*."""
    return CUSTOMER_LOOK[ElectronicDocument.CustomerStatus(document.customer_status)][0]


@register.filter
def state_tone(delivery: Delivery) -> str:
    """The tone of one delivery."""
    return STATE_LOOK[delivery.state][0]
