"""What is left of our message inside a mail that came back: whole, its headers alone, or quoted as text."""

import re
from email import message_from_string
from email.message import Message

from notifications.returned import parts
from notifications.returned.types import Original

WHOLE = frozenset({"message/rfc822", "message/partial", "message/global"})
HEADERS = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})
TOKEN = re.compile(r"[0-9a-f]{32}")
QUOTED_TOKEN = re.compile(r"^[> \t]*X-Token[ \t]*:[ \t]*([0-9a-fA-F]{32})\b", re.MULTILINE | re.IGNORECASE)
QUOTED_ID = re.compile(r"^[> \t]*Message-ID[ \t]*:\s*(<[^<>\s]{3,250}>)", re.MULTILINE | re.IGNORECASE)
QUOTED_TO = re.compile(r"^[> \t]*(?:To|Para)[ \t]*:[ \t]*(.{3,300})$", re.MULTILINE | re.IGNORECASE)
# Where a server that returns everything as text ends what it says and begins what it returns.
BELOW = re.compile(
    r"^[>* \t]{0,20}(?:"
    r"-{2,}.{0,80}(?:below this line|copy of (?:the|your) message|copia de(?:l| su) mensaje|original message|mensaje original).*"
    r"|(?:original )?message headers(?: follow)?.*|(?:encabezados|cabeceras) (?:del mensaje )?original(?:es)?.*"
    r"|(?:the )?original message follows.*|(?:mensaje original|original message):?"
    r"|(?:Received|Return-Path)[ \t]*:.*)$",
    re.MULTILINE | re.IGNORECASE,
)


def find(message: Message, report: Message | None) -> Original:
    """
    Our message, in the parts that come after the report, or below the words of a server that returns it as text.

    :param report: the part with the fields, where there is one: what stands before it may be a mail that only carries the report.
    """
    later = list(parts.walk(message))
    if report is not None and report in later:
        later = later[later.index(report) + 1 :]
    for part in later[0 if report else 1 :]:
        if parts.kind(part) in WHOLE | HEADERS and (inner := _inner(part)) is not None:
            return _read(inner)
    return _quoted("\n".join(parts.text(part) for part in later if part.get_content_maintype() == "text"), whole=report is not None)


def split(text: str) -> tuple[str, str]:
    """What the server says, and the message that it returns below."""
    match = BELOW.search(text)
    return (text[: match.start()], text[match.start() :]) if match else (text, "")


def token(text: str) -> str:
    """The token in a header or an envelope identifier, or nothing."""
    found = text.strip().strip("<>").lower()
    return found if TOKEN.fullmatch(found) else ""


def _mailbox(text: str) -> str:
    found = parts.address(text)
    return found if "@" in found else ""  # "To: <undisclosed recipients>" names nobody


def _read(inner: Message) -> Original:
    return Original(
        message_id=parts.value(inner, "Message-ID")[:255],
        token=token(parts.value(inner, "X-Token")),
        recipient=_mailbox(parts.value(inner, "To")),
    )


def _inner(part: Message) -> Message | None:
    """The message inside the part; one that was encoded against the rules (RFC 2046, 5.2.1) is decoded first."""
    inner = next(iter(parts.inside(part)), None)
    if inner is not None and inner.keys():
        return inner
    found = message_from_string(parts.report_text(part) if inner is not None else parts.text(part))
    return found if found.keys() else None


def _quoted(text: str, *, whole: bool) -> Original:
    _, below = ("", text) if whole else split(text)
    token_found, id_found, to_found = QUOTED_TOKEN.search(text), QUOTED_ID.search(below), QUOTED_TO.search(below)
    return Original(
        message_id=id_found[1] if id_found else "",
        token=token_found[1].lower() if token_found else "",
        recipient=_mailbox(to_found[1]) if to_found else "",
    )
