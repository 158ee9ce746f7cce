"""Which channels there are: those of the environment, and those that companies keep in the database (``MailChannel``)."""

import logging
import time
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from notifications import secret_box
from notifications.channels import BadChannel, Channel, channel_url, parse_channel
from notifications.models import MailChannel

KEPT_SECONDS = 5
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Kept:
    """The channels of the database, as this process read them; ``until`` is on its monotonic clock."""

    channels: dict[str, Channel]
    until: float = 0.0


_kept = _Kept({})


def names() -> list[str]:
    """The names of all channels: also of one that is switched off, for what it owes must still leave."""
    return [*settings.CHANNELS, *(name for name in _of_database() if name not in settings.CHANNELS)]


def get(name: str) -> Channel:
    """
    The channel of that name; the environment's go first.

    :raises KeyError: there is none, or its secrets cannot be read.
    """
    given: dict[str, Channel] = settings.CHANNELS
    return given[name] if name in given else _of_database()[name]


def by_hook(token: str) -> Channel | None:
    """The channel whose webhooks carry this token in their address."""
    if not token:
        return None
    given: dict[str, Channel] = settings.CHANNELS
    return next((channel for channel in (*given.values(), *_of_database().values()) if channel.hook == token), None)


def is_blind(name: str) -> bool:
    """Whether the channel never tells what became of a mail; one that is gone tells nothing either."""
    try:
        return get(name).reports == "none"
    except KeyError:
        return True


def is_outside(name: str) -> bool:
    """Whether a company named the server: nobody knows how it behaves."""
    try:
        return get(name).outside
    except KeyError:
        return False


def company_of(name: str) -> UUID | None:
    """The company that keeps the channel; none for the environment's, which serve all."""
    return None if name in settings.CHANNELS else MailChannel.objects.filter(name=name).values_list("company_id", flat=True).first()


def sender(name: str) -> str:
    """The address that mails of the channel come from."""
    try:
        return get(name).sender or settings.DEFAULT_FROM_EMAIL
    except KeyError:
        return settings.DEFAULT_FROM_EMAIL


def read(row: MailChannel) -> Channel:
    """
    The channel that a row keeps.

    :raises secret_box.Unreadable: with no key of ours. :raises BadChannel: the URL is not of a form that is understood.
    """
    channel = parse_channel(row.name, secret_box.decrypt(row.url_encrypted))
    return replace(channel, hook=row.hook_token, outside=True)


def keep_refresh_token(name: str, token: str) -> None:
    """The mail account's permission was exchanged: the one we had is dead. A channel of the environment has nowhere to keep it."""
    if name in settings.CHANNELS:
        return
    with transaction.atomic():
        row = MailChannel.objects.select_for_update().get(name=name)
        channel = read(row)
        channel = replace(channel, oauth=channel.oauth | {"refresh_token": token})
        row.url_encrypted = secret_box.encrypt(channel_url(channel))
        row.save(update_fields=["url_encrypted"])


def _of_database() -> dict[str, Channel]:
    now = time.monotonic()
    if _kept.until <= now:
        _kept.channels = {row.name: channel for row in MailChannel.objects.order_by("name") if (channel := _readable(row))}
        _kept.until = now + KEPT_SECONDS
    return _kept.channels


def _readable(row: MailChannel) -> Channel | None:
    """One channel that cannot be read must not stop the others."""
    try:
        return read(row)
    except (secret_box.Unreadable, BadChannel) as exc:
        logger.error("channel %s cannot be used: %s", row.name, exc)  # noqa: TRY400 - the trace says nothing more
        return None


@receiver([post_save, post_delete], sender=MailChannel)
def forget(**_: Any) -> None:
    """Read the database again at the next question, in this process; others do so within ``KEPT_SECONDS``."""
    _kept.until = 0.0
