"""Identifiers that sort by time: UUID version 7 (RFC 9562, section 5.7), which Python has only from 3.14 on."""

import secrets
from datetime import datetime
from uuid import UUID

from django.utils import timezone


def uuid7(at: datetime) -> UUID:
    """
    A new identifier that carries ``at`` (aware): milliseconds, then the microseconds in them (section 6.2, method 3), then chance.

    So rows that one process makes one after the other keep their order.
    """
    fraction = at.microsecond % 1000 * 4096 // 1000
    return UUID(int=_stamp(at) | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62))


def uuid7_floor(at: datetime) -> UUID:
    """The smallest value that an identifier recorded at ``at`` or later can have: a bound, not an identifier."""
    return UUID(int=_stamp(at))


def new_id() -> UUID:
    """The default of primary keys."""
    return uuid7(timezone.now())


def _stamp(at: datetime) -> int:
    return (int(at.timestamp()) * 1000 + at.microsecond // 1000) << 80
