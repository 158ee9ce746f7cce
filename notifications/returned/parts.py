"""
The parts of a mail that may be anything: read without ever failing, within bounds.

Real mails declare a wrong charset, no charset, or one that does not exist; none of that may lose what they say.
"""

import binascii
import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

# The parser of the standard library is slow with what was made to hurt it: half a megabyte costs it a second or two.
MAX_BYTES = 512 * 1024
MAX_HEADER = 10_000
MAX_PARTS = 100
MAX_TEXT = 50_000
MAX_LINE = 2000
# Every repetition ends at the next ``<`` or is bounded: no text can make these slow.
STYLES = re.compile(r"<(?:style|script)\b[^<>]{0,1000}>(?:[^<]|<!--){0,50000}</(?:style|script)", re.IGNORECASE)
TAGS = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")
BREAKS = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,200}>", re.IGNORECASE)
# What PostgreSQL refuses in a text, and what only disturbs a reader.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern out of several, in any case of letters."""
    return re.compile("|".join(patterns), re.IGNORECASE)


def parse(raw: bytes) -> Message:
    """The mail; what is beyond 512 KB is not read: what a report says stands before the message that it returns."""
    try:
        return message_from_bytes(raw[:MAX_BYTES])
    except RecursionError:  # parts in parts in parts, made to hurt
        return message_from_bytes(raw[:MAX_BYTES].partition(b"\n\n")[0])


def walk(message: Message) -> Iterator[Message]:
    """The mail and its parts, outermost first, at most a hundred; into mails that were attached too."""
    waiting = [message]
    for _ in range(MAX_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        if kind(part) != "message/delivery-status":
            waiting[:0] = inside(part)


def inside(part: Message) -> list[Message]:
    """The parts of a part."""
    return [inner for inner in part.get_payload() if isinstance(inner, Message)] if part.is_multipart() else []


def kind(part: Message) -> str:
    """The media type in lower case."""
    return part.get_content_type().lower()


def values(message: Message, name: str) -> list[str]:
    """Every value of a header, decoded and unfolded, in its order."""
    return [decoded(str(value)) for key, value in message.raw_items() if key.lower() == name.lower()]


def value(message: Message, name: str) -> str:
    """The first value of a header, or nothing."""
    return next(iter(values(message, name)), "")


def address(text: str) -> str:
    """The bare mail address in a header or a field, in the case it was written; nothing where there is none."""
    return parseaddr(text)[1].strip()[:320]


def date(message: Message) -> datetime | None:
    """The Date of the mail, aware; one without an offset is taken as UTC."""
    try:
        found = parsedate_to_datetime(value(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def text(part: Message) -> str:
    """The text of one part in the charset it really is in, line ends as ``\\n``, at most 50,000 characters; HTML without its tags."""
    found = tidy(decode(_beginning(payload(part)), _charset(part)).replace("\r\n", "\n").replace("\r", "\n"))
    if kind(part) == "text/html":
        found = html.unescape(TAGS.sub(" ", BREAKS.sub("\n", STYLES.sub("<", found))))
    return tidy(found)[:MAX_TEXT]


def decode(data: bytes, charset: str = "") -> str:
    """
    The text behind the bytes.

    UTF-8 first, whatever is declared: text in another charset is hardly ever valid UTF-8 by chance, and wrong declarations are common.
    """
    for name in ("utf-8", charset):
        try:
            return data.decode(name)
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def tidy(found: str) -> str:
    """Without characters that no text may have."""
    return CONTROLS.sub("", found)


def line(found: str) -> str:
    """On one line, at most 2,000 characters."""
    return " ".join(tidy(found).split())[:MAX_LINE]


def report_text(part: Message) -> str:
    """The fields of a ``message/…`` part as text: the parser takes them for headers, and takes an encoded one for rubbish."""
    inner = "\n\n".join(_flat(block) for block in inside(part)) if part.is_multipart() else decode(payload(part))
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    data = inner.encode("utf-8", "surrogateescape")
    if encoding in {"base64", "quoted-printable"} and b":" not in data.split(b"\n", 1)[0]:
        data = payload(_wrapped(encoding, inner))
    return tidy(decode(data).replace("\r\n", "\n"))[:MAX_TEXT]


def _beginning(data: bytes) -> bytes:
    """Whole lines, so that no letter is cut in two."""
    return data if len(data) <= 4 * MAX_TEXT else data[: 4 * MAX_TEXT].rpartition(b"\n")[0]


def _wrapped(encoding: str, inner: str) -> Message:
    part = Message()
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(inner.strip())
    return part


def _flat(block: Message) -> str:
    """A block of fields as it was written, and what the parser could not take for one."""
    fields = "\n".join(f"{name}: {value}" for name, value in block.raw_items())
    return f"{fields}\n{decode(payload(block))}".strip()


def payload(part: Message) -> bytes:
    """What the part holds, without its transfer encoding; nothing where that cannot be undone."""
    try:
        found = part.get_payload(decode=True)
    except (binascii.Error, LookupError, ValueError, TypeError):
        found = None
    return found if isinstance(found, bytes) else b""


def _charset(part: Message) -> str:
    try:
        return str(part.get_content_charset() or "")
    except (LookupError, ValueError, TypeError):
        return ""


def decoded(found: str) -> str:
    """A header's words on one line, whatever they are encoded in."""
    found = found[:MAX_HEADER]
    found = decode(found.encode("utf-8", "surrogateescape")) if not found.isascii() else found
    try:
        return line(str(make_header(decode_header(found))))
    except (MessageError, LookupError, ValueError):
        return line(found)
