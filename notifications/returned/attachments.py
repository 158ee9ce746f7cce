"""The ZIP and XML files that a mail carries, also in the mails that were forwarded with it. Pure."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

from notifications.returned import parts

MAX_FILES = 20
MAX_BYTES = 25 * 1024 * 1024
# The parser asks of each line whether it ends any of the open parts: so many questions cost it two or three seconds.
MAX_QUESTIONS = 10_000_000
TYPES = {
    "application/zip": ".zip",
    "application/x-zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "application/xml": ".xml",
    "text/xml": ".xml",
}
EXTENSIONS = (".zip", ".xml")


def attached(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """
    Name and contents of each, in the order of the mail: what is a ZIP or an XML by its name or by its media type.

    :param raw: any bytes at all; nothing is raised. Beyond 25 MB, or beyond 512 KB of a mail that was made to be slow, nothing is read.
    :returns: one at a time, at most a hundred parts of a mail; the caller stops where it has enough.
    """
    for part in parts.walk(_parse(raw)):
        name = _name(part)
        if name and not part.is_multipart():
            yield name, parts.payload(part)


def _parse(raw: bytes) -> Message:
    raw = raw[:MAX_BYTES]
    lines = raw.count(b"\n") + raw.count(b"\r")
    if lines * (1 + raw.lower().count(b"boundary")) > MAX_QUESTIONS:
        return parts.parse(raw)
    try:
        return message_from_bytes(raw)
    except RecursionError:
        return parts.parse(raw)


def _name(part: Message) -> str:
    """The file's own name, one by its type where it has none, nothing where it is no file of ours."""
    try:
        written = part.get_filename() or ""
    except (LookupError, ValueError, TypeError):
        written = ""
    name = parts.decoded(written).replace("\\", "/").rpartition("/")[2].strip()[-200:]
    if name.lower().endswith(EXTENSIONS):
        return name
    extension = TYPES.get(parts.kind(part), "")
    return (name or f"adjunto{extension}") if extension else ""
