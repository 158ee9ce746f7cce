"""The channels of one company: added, changed and chosen by its administrators, each time with a line in the audit trail."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr

from django.db import transaction

from invoices import audit
from invoices.audit import Action
from invoices.company import lock
from invoices.invalid import Invalid
from invoices.models import Actor, Company, User
from invoices.written import one_line
from notifications import breaker, channel_kinds, channel_registry, secret_box, wakeup
from notifications.channel_kinds import Kind
from notifications.channels import Channel, channel_url
from notifications.lives import Queue
from notifications.mime import mailbox
from notifications.models import Delivery, MailChannel, Notification

MOST_CHANNELS = 10
MOST_LABEL = 120
PLATFORM = "default"
PLATFORM_LABEL = "Canal de la plataforma"


@dataclass(frozen=True, slots=True)
class Saved:
    """A channel that was kept; ``hook_secret`` is the made-up secret of its notices, where it is new: shown once."""

    row: MailChannel
    hook_secret: str = ""


def own(company: Company) -> list[MailChannel]:
    """The company's channels, oldest first."""
    return list(
        MailChannel.objects.filter(company=company, active=True).select_related("created_by").order_by("created_at")[:MOST_CHANNELS]
    )


def add(*, company: Company, kind: Kind, label: str, typed: Mapping[str, str], by: User, at: datetime) -> Saved:
    """
    Keep a new channel, encrypted; it sends nothing until it is chosen. In the company's scope.

    :raises Invalid: a field does not hold; ``MOST_CHANNELS`` are there.
    """
    lock(company)
    if len(own(company)) >= MOST_CHANNELS:
        raise Invalid(f"Ya hay {MOST_CHANNELS} canales: cambia uno de ellos.")
    label = _label(label)
    token = secrets.token_urlsafe(32)
    made = channel_kinds.made(kind, typed, None)
    channel = replace(made, name=f"c{company.nit}-{secrets.token_hex(4)}", hook=token)
    row = MailChannel(
        name=channel.name, company=company, label=label, hook_token=token, reports=channel.reports, created_at=at, created_by=by
    )
    _keep(row, channel)
    _log(company, Action.CHANNEL_ADDED, row, by, at, kind=kind.title)
    return Saved(row, channel.hook_options.get("webhook_secret", ""))


def change(*, row: MailChannel, label: str, typed: Mapping[str, str], renew: bool = False, by: User, at: datetime) -> Saved:
    """
    Keep the channel as it was typed; what waits for it is tried at once. In the company's scope.

    :param renew: make up another secret for the provider's notices: those with the old one are refused from now on.
    :raises Invalid: a field does not hold, or the screen cannot make such a channel.
    """
    row = MailChannel.objects.select_for_update(of=("self",)).select_related("company").get(pk=row.pk)  # a token may be exchanged now
    before = readable(row)
    kind = channel_kinds.kind_of(before) if before else None
    if before is None or kind is None:
        raise Invalid("Este canal no se puede cambiar aquí: agrega uno nuevo.")
    label = _label(label)
    after = replace(channel_kinds.made(kind, typed, before), name=row.name, hook=row.hook_token)
    renewing = renew and kind.makes_up_secret
    if renewing:
        after = channel_kinds.renewed(after)
    changed = _changed(kind, before, after) + (["Nombre"] if label != row.label else []) + (["Clave de los avisos"] if renewing else [])
    row.label, row.reports = label, after.reports
    _keep(row, after)
    assert row.company is not None
    if changed:
        _log(row.company, Action.CHANNEL_CHANGED, row, by, at, fields=changed)
    breaker.close(row.name)
    _take_along(row.name, row.name, after.sender, at)
    return Saved(row, after.hook_options["webhook_secret"] if renewing else "")


@transaction.atomic
def choose(*, company: Company, name: str, by: Actor, at: datetime) -> bool:
    """
    From now on the company's mails leave by this channel, also those that wait for their turn; whether it is another. In its scope.

    :raises Invalid: the channel is not the platform's nor the company's.
    """
    labels = {PLATFORM: PLATFORM_LABEL} | {row.name: row.label for row in own(company)}
    if name not in labels:
        raise Invalid("Ese canal no existe.")
    locked = lock(company)
    before, locked.channel = locked.channel, name
    if before == name:
        return False
    locked.save(update_fields=["channel"])
    data = {"channel": labels[name], "channel_before": labels.get(before, before)}
    audit.record(company_id=company.pk, action=Action.CHANNEL_CHOSEN, by=by, at=at, subject_id=company.pk, data=data)
    _take_along(before, name, channel_registry.sender(name), at)
    return True


def readable(row: MailChannel) -> Channel | None:
    """The channel that the row keeps; None when its secrets cannot be read."""
    try:
        return channel_registry.read(row)
    except (secret_box.Unreadable, ValueError):
        return None


def _take_along(before: str, after: str, sender: str, now: datetime) -> None:
    """What waits leaves by the other channel, from its address; what may have left by the old one stays: its facts come by it."""
    # Alerts leave by the platform's channel, a test by the channel that it tests.
    ours = Delivery.objects.exclude(notification__kind=Notification.Kind.ALERT)
    waiting = ours.filter(channel=before, queue=Queue.READY, uncertain=False)
    for written in list(waiting.order_by().values_list("from_address", flat=True).distinct()):
        from_address = mailbox(parseaddr(written)[0], sender) if sender else written
        waiting.filter(from_address=written).update(channel=after, from_address=from_address, next_at=now)
    transaction.on_commit(wakeup.wake)


def _keep(row: MailChannel, channel: Channel) -> None:
    row.url_encrypted = secret_box.encrypt(channel_url(channel))
    row.save()


def _label(text: str) -> str:
    label = one_line(text)
    if not label or len(label) > MOST_LABEL:
        raise Invalid(f"Ponle un nombre para reconocerlo (hasta {MOST_LABEL} letras).", field="label")
    return label


def _changed(kind: Kind, before: Channel, after: Channel) -> list[str]:
    """The labels of what is different; never what it was."""
    old, new = kind.typed(before), kind.typed(after)
    return [item.label for item in kind.fields if old.get(item.name) != new.get(item.name)]


def _log(company: Company, action: Action, row: MailChannel, by: User, at: datetime, **data: str | list[str]) -> None:
    audit.record(company_id=company.pk, action=action, by=by, at=at, subject_id=row.pk, data={"channel": row.label, **data})
