"""The ways in which a provider can mean something, from which ``dialects`` are made: hard, soft, later, suppressed … Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from notifications.causes import Cause, by_words, cause_of, enhanced, status_cause
from notifications.lives import DeliveryState, ReportKind

K = ReportKind
S = DeliveryState
Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """
    One event, for the dialects: Anymail's type and reject reason, the provider's own event, and what the server said.

    ``text`` is the server's line, else the provider's words; ``status`` an RFC 3463 code, where the provider gives one apart.
    """

    type: str
    reject: str = ""
    raw: Raw = field(default_factory=dict)
    text: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What it says of the message; None instead of it where it says nothing."""

    kind: ReportKind
    reason: str = ""


def said(cause: Cause) -> Said:
    """A cause as a fact: both have the same words."""
    return Said(K(cause.state.value), cause.reason)


def of(reason: str) -> Said:
    """A final failure for a reason that the provider gives."""
    return said(cause_of(reason))


def hard(heard: Heard) -> Said:
    """Given up for good: for what the server said; where that says nothing, the address is what the provider means."""
    cause = _cause(heard)
    return of("no_mailbox") if cause.reason == "policy" else said(cause)


def soft(heard: Heard) -> Said:
    """Given up for a time: another sending may arrive, unless the server itself said something else."""
    cause = _cause(heard)
    clear = cause.state == S.SOFT_BOUNCED or (cause.state == S.REJECTED and cause.reason != "policy")
    final = cause.state == S.BOUNCED and (heard.status or enhanced(heard.text)).startswith("5.")
    return said(cause) if clear or final else Said(K.SOFT_BOUNCED, "expired")


def told(heard: Heard) -> Said:
    """Given up, the provider says no more: what the server said counts."""
    return said(_cause(heard))


def later(heard: Heard) -> Said:
    """It is tried again."""
    full = status_cause(heard.status, text=heard.text, action="delayed").reason == "mailbox_full" or by_words(heard.text) == "mailbox_full"
    return Said(K.DEFERRED, "mailbox_full" if full else "temporary")


def _cause(heard: Heard) -> Cause:
    return status_cause(heard.status, text=heard.text)


SUPPRESSED, FAILED = of("suppressed"), Said(K.FAILED, "provider")
Rule = Callable[[Heard], Said | None]
Table = dict[str, Said | Rule | None]
SUPPRESSION = re.compile(r"suppress|blocklist|previously bounced|unsubscribed|on the .{0,20}list", re.IGNORECASE)
PLAIN = {
    "queued": Said(K.QUEUED),
    "sent": Said(K.SENT),
    "delivered": Said(K.DELIVERED),
    "opened": Said(K.OPENED),
    "clicked": Said(K.CLICKED),
    "unsubscribed": Said(K.UNSUBSCRIBED),
    "autoresponded": Said(K.AUTORESPONDED, "auto_reply"),
    "complained": Said(K.COMPLAINED, "complaint"),
    "failed": FAILED,
}
REJECTED = {
    "invalid": of("bad_syntax"),
    "bounced": SUPPRESSED,
    "spam": SUPPRESSED,
    "blocked": SUPPRESSED,
    "unsubscribed": SUPPRESSED,
    "timed_out": Said(K.SOFT_BOUNCED, "expired"),
}


def plain(heard: Heard) -> Said | None:
    """By Anymail's type alone, for what no dialect has another word for."""
    if heard.type == "deferred":
        return later(heard)
    if heard.type == "rejected":
        return REJECTED.get(heard.reject) or told(heard)
    if heard.type == "bounced":
        return of("bad_syntax") if heard.reject == "invalid" else told(heard)
    return PLAIN.get(heard.type)


def look_up(table: Table, word: object, heard: Heard) -> Said | None:
    """What the word means, else what the type means."""
    found = table.get(str(word), plain)
    return found(heard) if callable(found) else found


def inner(raw: Any, *names: str) -> Raw:
    """The object inside the object; empty where there is none."""
    for name in names:
        raw = raw.get(name) if isinstance(raw, dict) else None
    return raw if isinstance(raw, dict) else {}
