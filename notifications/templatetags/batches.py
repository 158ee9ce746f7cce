"""How a batch of resends, and one document of it, look."""

from dataclasses import dataclass

from django import template
from django.utils.safestring import SafeString

from invoices.templatetags.traza import chip
from notifications.models import ResendBatch, ResendBatchItem

register = template.Library()
Group, Status, Item = ResendBatchItem.Group, ResendBatch.Status, ResendBatchItem.Status
BATCH_LOOK = {
    Status.DRAFT: ("warn", "edit", False),
    Status.RUNNING: ("info", "send", False),
    Status.DONE: ("ok", "ok", False),
    Status.CANCELED: ("mute", "ban", False),
}
ITEM_LOOK = {
    Item.WAITING: ("info", "wait", False),
    Item.SENT: ("mute", "resend", False),
    Item.SKIPPED: ("mute", "dash", False),
    Item.FAILED: ("bad", "alert", True),
    Item.CANCELED: ("mute", "ban", False),
}


@dataclass(frozen=True, slots=True)
class GroupLook:
    """How a group of a draft is told."""

    icon: str
    tone: str
    title: str
    text: str


GROUP_LOOK = {
    Group.SEND: GroupLook("send", "ok", "Se enviarán", "Cada documento va a los correos a los que no les ha llegado."),
    Group.ALREADY: GroupLook("check2", "mute", "Ya entregados, quedan por fuera", "A todos sus correos ya se les envió."),
    Group.NO_ADDRESS: GroupLook("mail-off", "bad", "Sin correo", "No hay un correo que sirva: agrégalo o corrígelo."),
    Group.SUPPRESSED: GroupLook("ban", "warn", "Suprimidos", "El correo ya devolvió mensajes y no se le insiste."),
    Group.NOT_ACCEPTED: GroupLook("octagon", "mute", "No aceptados por la DIAN", "Solo se notifica lo que la DIAN acepta."),
    Group.ON_ITS_WAY: GroupLook("clock", "info", "Ya van en camino", "Un envío anterior está en cola o reintentando."),
}


@register.simple_tag
def batch_chip(batch: ResendBatch) -> SafeString:
    """The state of a batch."""
    return chip(BATCH_LOOK[Status(batch.status)], batch.get_status_display())


@register.simple_tag
def item_chip(item: ResendBatchItem) -> SafeString:
    """What became of one document of it."""
    return chip(ITEM_LOOK[Item(item.status)], item.get_status_display())


@register.filter
def is_left_out(group: str) -> bool:
    """Whether the documents of a group go to nobody, whatever is switched on."""
    return group not in {"", Group.SEND, Group.ALREADY}


@register.filter
def group_look(group: str) -> GroupLook:
    """Icon, tone, title and explanation of a group."""
    return GROUP_LOOK[Group(group)]
