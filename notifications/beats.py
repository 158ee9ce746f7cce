"""One winner per beat: two schedulers, or one that comes twice, do the work once."""

from datetime import datetime

from notifications.models import Slot


def wins(name: str, slot: datetime) -> bool:
    """Whether the caller is the first for this schedule's slot."""
    _, created = Slot.objects.get_or_create(name=name, slot=slot)
    return created


def minute(now: datetime, every: int = 1) -> datetime:
    """The slot of a schedule that beats every so many minutes."""
    return now.replace(minute=now.minute - now.minute % every, second=0, microsecond=0)


def day(now: datetime) -> datetime:
    """The slot of a daily schedule."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def forget_before(moment: datetime) -> int:
    """Remove slots that nobody can win again."""
    return Slot.objects.filter(slot__lt=moment).delete()[0]
