"""
The bytes of a message, put together from what was rendered when it was enqueued: the same bytes at every try.

Nothing here is random or reads a clock: boundary, Date and Message-ID come from the row. The part of a package is the same
for every address, so whoever sends keeps it (building it anew costs more than sending it).
"""

import base64
import quopri
from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime, formataddr, parseaddr

CRLF = b"\r\n"


def mailbox(name: str, address: str) -> str:
    """``name <address>`` with the name on one line; for the From header."""
    return str(Address(display_name=" ".join(name.split())[:150], addr_spec=address))


def build(
    *,
    headers: Sequence[tuple[str, str]],
    boundary: str,
    text: str,
    html: str,
    attachments: Sequence[bytes] = (),
) -> bytes:
    """
    One message with CRLF line ends, 7 bits throughout.

    :param attachments: parts made by ``attachment_part``.
    """
    alternative = _multipart("alternative", f"{boundary}-a", [_text_part("plain", text), *([_text_part("html", html)] if html else [])])
    body = alternative
    if attachments:
        body = _multipart("mixed", boundary, [alternative, *attachments])
    return CRLF.join(_header(name, value) for name, value in headers) + CRLF + b"MIME-Version: 1.0" + CRLF + body


def message_headers(
    *, sender: str, recipient: str, reply_to: str, subject: str, message_id: str, token: str, at: datetime
) -> list[tuple[str, str]]:
    """The headers of every mail of ours, in their order; ``Auto-Submitted`` (RFC 3834) keeps holiday answers away."""
    headers = [
        ("From", sender),
        ("To", recipient),
        *([("Reply-To", reply_to)] if reply_to else []),
        ("Subject", subject),
        ("Date", format_datetime(at)),
        ("Message-ID", message_id),
        ("X-Token", token),
        ("Auto-Submitted", "auto-generated"),
    ]
    for name, value in headers:
        if "\r" in value or "\n" in value:
            raise ValueError(f"{name} holds a line break")
    return headers


def _header(name: str, value: str) -> bytes:
    if name in {"From", "To", "Reply-To"}:
        display, address = parseaddr(value)
        value = formataddr((display, address)) if value.isascii() else f"{_encoded(name, display)} <{address}>"
        return f"{name}: {value}".encode("ascii")
    return f"{name}: {_encoded(name, value)}".encode("ascii")


def _encoded(name: str, value: str) -> str:
    """Folded, in encoded words where it must be (RFC 2047)."""
    return Header(value, "us-ascii" if value.isascii() else "utf-8", header_name=name, maxlinelen=76).encode(linesep=CRLF.decode())


def _multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    edge = b"--" + boundary.encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"'.encode() + CRLF + CRLF
    return head + b"".join(edge + CRLF + part + CRLF for part in parts) + edge + b"--" + CRLF


def _text_part(kind: str, text: str) -> bytes:
    head = f'Content-Type: text/{kind}; charset="utf-8"'.encode() + CRLF + b"Content-Transfer-Encoding: quoted-printable" + CRLF + CRLF
    encoded = quopri.encodestring(text.replace("\r\n", "\n").encode())
    return head + encoded.replace(b"\n", CRLF)


TYPES = {"zip": "application/zip", "pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def content_type(name: str) -> str:
    """The media type of what we attach: packages, reports and workbooks."""
    return TYPES.get(name.rsplit(".", 1)[-1].lower(), "application/octet-stream")


def attachment_part(name: str, data: bytes) -> bytes:
    """One attachment as a MIME part; the name is reduced to ASCII."""
    kind = content_type(name)
    ascii_name = name.encode("ascii", "replace").decode().replace('"', "_").replace("?", "_")
    head = CRLF.join(
        [
            f'Content-Type: {kind}; name="{ascii_name}"'.encode(),
            f'Content-Disposition: attachment; filename="{ascii_name}"'.encode(),
            b"Content-Transfer-Encoding: base64",
        ]
    )
    return head + CRLF + CRLF + base64.encodebytes(data).replace(b"\n", CRLF)
