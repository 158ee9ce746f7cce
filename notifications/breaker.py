"""The breaker of a channel: a password that no longer works must not burn ten thousand tries."""

import logging
from datetime import datetime

from notifications.models import ChannelHealth
from notifications.retry import breaker_wait

logger = logging.getLogger(__name__)


def allowance(channel: str, *, now: datetime, most: int) -> int:
    """How many rows may be claimed: none while the channel rests, one to try it afterwards, else ``most``."""
    health = ChannelHealth.objects.filter(name=channel, failures__gt=0).first()
    if health is None:
        return most
    return 0 if health.open_until and health.open_until > now else 1


def trip(channel: str, *, error: str, now: datetime) -> datetime:
    """Note a failure of the channel; until when it rests."""
    health, _ = ChannelHealth.objects.select_for_update().get_or_create(name=channel)
    if not (health.open_until and health.open_until > now):
        health.failures += 1
        health.open_until = now + breaker_wait(health.failures)
    health.last_error = error[:2000]
    health.save()
    logger.error("channel %s rests until %s: %s", channel, health.open_until, error)
    assert health.open_until is not None
    return health.open_until


def close(channel: str) -> None:
    """The channel works again."""
    ChannelHealth.objects.filter(name=channel, failures__gt=0).update(failures=0, open_until=None, alerted_at=None)
