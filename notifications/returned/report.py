"""
Delivery status notifications (RFC 3464), as real servers write them.

What is put right: an ``Action`` with a comment (``failed (Bad destination mailbox address)``), in upper case, in other words
(``failure``, ``expired``: both are ``failed``) or missing (then the code says it); a ``Status`` with a comment, or with an SMTP reply
instead of a code (then it is the diagnostic, and ``status`` is empty); blank lines with blanks in them, or none between two recipients.
"""

import re
from collections.abc import Iterator
from email.message import Message

from notifications.causes import enhanced
from notifications.returned import parts
from notifications.returned.types import ReturnedRecipient

MAX_RECIPIENTS = 100
FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60})[ \t]*:[ \t]*(.*)")
LOOKS_LIKE_ONE = re.compile(r"^(?:final|original)-recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)
STARTS = ("final-recipient", "original-recipient")
ACTIONS = {
    "failed": ("fail", "failed", "failure", "expired", "undeliverable", "undelivered", "bounced", "rejected", "error"),
    "delayed": ("delay", "delayed", "deferred", "warning", "retrying"),
    "delivered": ("delivered", "success"),
    "relayed": ("relayed",),
    "expanded": ("expanded",),
}
REPLY = re.compile(r"(?<![\d.])([245])\d\d(?:[ -]|$)")

Fields = dict[str, str]


def find(message: Message) -> tuple[Message, str] | None:
    """The first part that is a report, with its fields as text; also one that a forwarding program turned into plain text."""
    for part in parts.walk(message):
        if parts.kind(part) == "message/delivery-status":
            return part, parts.report_text(part)
        if part.get_content_maintype() == "text" and "recipient" in (found := parts.text(part)).lower() and _is_report(found):
            return part, found
    return None


def recipients(text: str) -> tuple[ReturnedRecipient, ...]:
    """What the report says of each address, in its order."""
    found = [_recipient(fields) for fields in _records(text) if any(fields.get(name) for name in STARTS)]
    return tuple(found[:MAX_RECIPIENTS])


def envelope_id(text: str) -> str:
    """The identifier of the envelope that we gave when we sent it (RFC 3461), or nothing."""
    return next((fields["original-envelope-id"] for fields in _records(text) if "original-envelope-id" in fields), "")


def _is_report(text: str) -> bool:
    return (
        LOOKS_LIKE_ONE.search(text) is not None and re.search(r"^(?:action|status)[ \t]*:", text, re.IGNORECASE | re.MULTILINE) is not None
    )


def _records(text: str) -> Iterator[Fields]:
    """The groups of fields; a second recipient begins a new group with or without a blank line before it."""
    fields: Fields = {}
    last = ""
    for row in text.split("\n"):
        match = FIELD.match(row)
        if not row.strip():
            last = ""
            if any(name in fields for name in STARTS) and "action" in fields:
                yield fields
                fields = {}
        elif row[0] in " \t" and last:
            fields[last] += f" {row.strip()}"
        elif match:
            last = match[1].lower()
            if last in STARTS and last in fields:
                yield fields
                fields = {}
            fields.setdefault(last, match[2].strip())
    yield fields


def _recipient(fields: Fields) -> ReturnedRecipient:
    said = fields.get("status", "")
    status = enhanced(said)
    diagnostic = parts.line(fields.get("diagnostic-code", "")) or ("" if status else parts.line(said))
    final, original = _address(fields.get("final-recipient", "")), _address(fields.get("original-recipient", ""))
    return ReturnedRecipient(
        address=final or original,
        original_address=original,
        action=_action(fields.get("action", ""), status, diagnostic),
        status=status,
        diagnostic=diagnostic,
        remote_mta=parts.line(_without_type(fields.get("remote-mta", "")))[:255],
    )


def _action(said: str, status: str, diagnostic: str) -> str:
    word = re.match(r"[a-z]*", said.strip().lower())
    named = next((action for action, words in ACTIONS.items() if word and word[0] in words), "")
    reply = REPLY.search(diagnostic)
    family = status[:1] or (reply[1] if reply else "")
    return named or {"2": "delivered", "4": "delayed"}.get(family, "failed")


def _address(field: str) -> str:
    bare = parts.line(_without_type(field))
    return (parts.address(bare) if "<" in bare else bare)[:320] or bare.strip("<>")[:320]


def _without_type(field: str) -> str:
    """``rfc822; ana@example.co`` → ``ana@example.co``; some servers leave the type out."""
    kind, semicolon, rest = field.partition(";")
    return rest.strip() if semicolon and re.fullmatch(r"\s*[A-Za-z0-9-]+\s*", kind) else field.strip()
