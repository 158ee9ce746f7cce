"""Complaints of readers, in the Abuse Reporting Format (RFC 5965)."""

import re
from email.message import Message

from notifications.returned import parts
from notifications.returned.types import Original, ReturnedRecipient

FIELD = re.compile(r"^([A-Za-z-]{1,60})[ \t]*:[ \t]*(.*)$", re.MULTILINE)
# Feedback types that complain of nothing: "this is no spam" (RFC 6430), a report on authentication (RFC 6591).
NO_COMPLAINT = frozenset({"not-spam", "auth-failure", "dmarc"})


def find(message: Message) -> str | None:
    """The fields of the first complaint in the mail as text."""
    return next((parts.report_text(part) for part in parts.walk(message) if parts.kind(part) == "message/feedback-report"), None)


def recipients(text: str, original: Original) -> tuple[ReturnedRecipient, ...]:
    """
    Who complained, with the type of the feedback as ``action``; nobody where it complains of nothing.

    Providers hide the address as a rule: then it is the one our message was for, or empty, and our token names the delivery.
    """
    said: dict[str, list[str]] = {}
    for match in FIELD.finditer(text):
        said.setdefault(match[1].lower(), []).append(parts.line(match[2]))
    kind = next(iter(said.get("feedback-type", [])), "").lower()[:40] or "abuse"
    if kind in NO_COMPLAINT:
        return ()
    named = [parts.address(value) for value in said.get("original-rcpt-to", [])[:20]]
    addresses = [address for address in named if "@" in address] or [original.recipient]
    source = "; ".join(said.get("user-agent", [])[:1] + said.get("reported-domain", [])[:1])
    return tuple(ReturnedRecipient(address=address, action=kind, diagnostic=source) for address in addresses)
