"""How a value looks on screen: icons, chips, amounts, moments."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from invoices.models import ElectronicDocument, TitleEvent
from invoices.models.documents import TYPE_LABELS
from invoices.models.sales import IDENTIFICATION_LABELS
from invoices.selectors import MOST_COUNTED
from invoices.title_events import INVOICE
from invoices.ubl.nit import format_nit

register = template.Library()
BOGOTA = ZoneInfo("America/Bogota")
Dian, Delivery, Customer = ElectronicDocument.Dian, ElectronicDocument.Delivery, ElectronicDocument.CustomerStatus
Title, Verdict, Signature = ElectronicDocument.TitleStatus, TitleEvent.Verdict, TitleEvent.Signature

# value → tone, icon, and whether the chip is filled: only when somebody must act.
DIAN_LOOK = {
    Dian.NOT_SENT: ("mute", "dash", False),
    Dian.IN_VALIDATION: ("info", "wait", False),
    Dian.ACCEPTED: ("ok", "ok", False),
    Dian.ACCEPTED_WITH_NOTICES: ("ok", "note", False),
    Dian.REJECTED: ("bad", "octagon", True),
}
DELIVERY_LOOK = {
    Delivery.IN_PROGRESS: ("info", "clock", False),
    Delivery.SENT: ("mute", "check", False),
    Delivery.DELIVERED: ("ok", "check2", False),
    Delivery.PARTIAL: ("warn", "half", True),
    Delivery.PROBLEM: ("bad", "alert", True),
    Delivery.NO_ADDRESS: ("bad", "mail-off", True),
}
CUSTOMER_LOOK = {
    Customer.NOT_SENT: ("mute", "dash", False),
    Customer.PENDING: ("mute", "wait", False),
    Customer.CONFIRMED: ("ok", "user-ok", False),
    Customer.AUTO_CONFIRMED: ("mute", "auto", False),
    Customer.REJECTED: ("bad", "user-x", True),
    Customer.INVALID_ADDRESS: ("bad", "mail-x", True),
}
TITLE_LOOK = {
    Title.ACKNOWLEDGED: ("info", "receipt", False),
    Title.GOODS_RECEIVED: ("info", "box", False),
    Title.CLAIMED: ("bad", "user-x", True),
    Title.ACCEPTED: ("ok", "user-ok", False),
    Title.TACIT: ("ok", "ok", False),
}
VERDICT_LOOK = {
    Verdict.ACCEPTED: ("ok", "ok", False),
    Verdict.WARNED: ("warn", "alert", False),
    Verdict.REFUSED: ("mute", "ban", False),
    Verdict.ORPHAN: ("mute", "ask", False),
}
SIGNATURE_LOOK = {
    Signature.INTACT: ("ok", "shield", False),
    Signature.ALTERED: ("bad", "shield-x", True),
    Signature.ABSENT: ("mute", "dash", False),
    Signature.UNVERIFIABLE: ("mute", "ask", False),
}
STATE_LOOK = {
    "queued": ("info", "wait", False),
    "sending": ("info", "send", False),
    "sent": ("mute", "check", False),
    "relayed": ("mute", "check", False),
    "unconfirmed": ("mute", "ask", False),
    "delivered": ("ok", "check2", False),
    "canceled": ("mute", "ban", False),
    "deferred": ("warn", "clock", False),
    "soft_bounced": ("warn", "back", True),
    "blocked": ("bad", "alert", True),
    "failed": ("bad", "alert", True),
    "bounced": ("bad", "mail-x", True),
    "rejected": ("bad", "shield-x", True),
    "suppressed": ("mute", "ban", False),
}
SYMBOLS = {"COP": "$", "USD": "US$"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """One icon of the sprite; decoration only, the word beside it says the same."""
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#i-{}"/></svg>', static("app/icons.svg"), name)


def chip(look: tuple[str, str, bool], word: str, count: str = "") -> SafeString:
    """Icon, word and tone; ``count`` is ``2/3``."""
    tone, name, filled = look
    number = format_html(" <b>{}</b>", count) if count else ""
    return format_html('<span class="chip {}{}">{}<span>{}{}</span></span>', tone, " act" if filled else "", icon(name), word, number)


@register.simple_tag
def dian_chip(document: ElectronicDocument) -> SafeString:
    """*Notificación DIAN*."""
    return chip(DIAN_LOOK[Dian(document.dian_status)], document.get_dian_status_display())


@register.simple_tag
def delivery_chip(document: ElectronicDocument) -> SafeString:
    """*Entrega*, with how many addresses were reached. A final consumer without address is no problem."""
    status = Delivery(document.delivery_status)
    if status == Delivery.NONE or (status == Delivery.NO_ADDRESS and document.customer.is_final_consumer):
        return format_html('<span class="mut">{}</span>', status.label)
    count = f"{document.deliveries_reached}/{document.deliveries_total}" if document.deliveries_total else ""
    return chip(DELIVERY_LOOK[status], status.label, count)


@register.simple_tag
def customer_chip(document: ElectronicDocument) -> SafeString:
    """*Notificación Cliente*."""
    return chip(CUSTOMER_LOOK[Customer(document.customer_status)], document.get_customer_status_display())


@register.simple_tag
def title_chip(document: ElectronicDocument) -> SafeString:
    """*Eventos de Título Valor*; only invoices have them."""
    status = Title(document.title_status)
    if status == Title.NONE:
        return format_html('<span class="mut">{}</span>', status.label if document.type_code == INVOICE else "No aplica")
    return chip(TITLE_LOOK[status], status.label)


@register.simple_tag
def verdict_chip(event: TitleEvent) -> SafeString:
    """Whether an event counts."""
    return chip(VERDICT_LOOK[Verdict(event.verdict)], event.get_verdict_display())


@register.simple_tag
def signature_chip(event: TitleEvent) -> SafeString:
    """What the signature of an event proves."""
    return chip(SIGNATURE_LOOK[Signature(event.signature)], event.get_signature_display())


@register.simple_tag
def state_chip(delivery: object) -> SafeString:
    """The state of one delivery: of any object with ``state`` and ``get_state_display``."""
    return chip(STATE_LOOK[str(getattr(delivery, "state"))], getattr(delivery, "get_state_display")())  # noqa: B009 - a protocol of two names


@register.filter
def money(amount: Decimal, currency: str = "COP") -> str:
    """``$ 1.785.000,00``, ``US$ 1.200,00``, ``EUR 1.200,00``; two decimals, half up as Django rounds."""
    text = f"{abs(amount):,.2f}".translate(str.maketrans(",.", ".,"))
    return f"{'−' if amount < 0 else ''}{SYMBOLS.get(currency, currency)}\N{NO-BREAK SPACE}{text}"  # noqa: RUF001 - the minus sign


@register.filter
def moment(value: datetime | None) -> str:
    """``19/03/2026 10:41`` in America/Bogota."""
    return f"{value.astimezone(BOGOTA):%d/%m/%Y %H:%M}" if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """``19/03/2026``; of a moment, its day in America/Bogota."""
    if isinstance(value, datetime):
        value = value.astimezone(BOGOTA)
    return f"{value:%d/%m/%Y}" if value else ""


@register.filter
def nit(number: str) -> str:
    """``900.373.076-4``."""
    return format_nit(number)


@register.filter
def type_label(code: str) -> str:
    """``01`` → *Factura*."""
    return TYPE_LABELS.get(code, code)


@register.filter
def identification_label(code: str) -> str:
    """``31`` → *NIT*."""
    return IDENTIFICATION_LABELS.get(code, code)


@register.filter
def thousands(number: int) -> str:
    """``1.904``."""
    return f"{number:,}".replace(",", ".")


@register.filter
def capped(number: int) -> str:
    """``999+`` where counting stopped."""
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)
