"""
Mails that come back, put together from their parts: reports, bounces in words, answers, complaints.

What is returned is the message ``ours()``, whose token is ``TOKEN``.
"""

import base64
import quopri
from dataclasses import dataclass

TOKEN = "0123456789abcdef0123456789abcdef"
MESSAGE_ID = f"<{TOKEN}@traza.example.com>"
ADDRESS = "compras@ferreteria.example.co"
SENDER = "traza@notificaciones.example.com"


@dataclass(frozen=True)
class Sample:
    """``says``: address, status, action and reason of each recipient, in the order of the mail; "" where it gives none."""

    name: str
    raw: bytes
    says: tuple[tuple[str, str, str, str], ...]
    kind: str = "dsn"


def ours(address: str = ADDRESS, *, token: str = TOKEN) -> str:
    """The headers of our message."""
    return (
        f"From: Comercial Andina <{SENDER}>\nTo: {address}\nSubject: 900100001;Comercial Andina;FE-1001;01;Comercial Andina\n"
        f"Date: Wed, 15 Jul 2026 12:00:00 -0500\nMessage-ID: <{token}@traza.example.com>\nX-Token: {token}\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=us-ascii\n"
    )


def part(text: str, *, charset: str = "utf-8", encoding: str = "8bit", kind: str = "text/plain", declared: str = "") -> bytes:
    """A MIME part; ``declared`` is the charset it claims, where it lies."""
    data = text.encode(charset)
    body = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)(data)
    return f"Content-Type: {kind}; charset={declared or charset}\nContent-Transfer-Encoding: {encoding}\n\n".encode() + body


def mail(*, subject: str, sender: str, body: bytes, to: str = SENDER, more: str = "") -> bytes:
    """A mail around one part or one multipart."""
    head = f"Return-Path: <>\nFrom: {sender}\nTo: {to}\nSubject: {subject}\nDate: Wed, 15 Jul 2026 12:03:00 -0500\n{more}"
    return f"{head}Message-ID: <aviso-1@mx.example.co>\nMIME-Version: 1.0\n".encode() + body


def multipart(*inner: bytes, kind: str = "report; report-type=delivery-status") -> bytes:
    """Parts between boundaries."""
    parts = b"".join(b"--corte\n" + piece + b"\n" for piece in inner)
    return f'Content-Type: multipart/{kind}; boundary="corte"\n\n'.encode() + parts + b"--corte--\n"


def report(
    *,
    human: bytes,
    fields: str,
    subject: str = "Correo no entregado, devuelto al remitente",
    sender: str = "Sistema de Correo <MAILER-DAEMON@mx.example.co>",
    returned: bytes | None = None,
    to: str = SENDER,
    more: str = "",
) -> bytes:
    """A report by RFC 3464: words, fields, and our message; ``fields`` are those of the recipients."""
    status = f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.co\n\n{fields}\n".encode()
    original = b"Content-Type: message/rfc822\n\n" + ours().encode() + b"\nFactura adjunta.\n" if returned is None else returned
    return mail(subject=subject, sender=sender, body=multipart(human, status, original), to=to, more=more)


def recipient(
    address: str = ADDRESS, *, action: str = "failed", status: str = "5.1.1", code: str = "", mta: str = "mx.ferreteria.example.co"
) -> str:
    """The fields of one recipient."""
    lines = [f"Final-Recipient: rfc822; {address}", f"Action: {action}", f"Status: {status}"]
    lines += [f"Remote-MTA: dns; {mta}"] if mta else []
    lines += [f"Diagnostic-Code: smtp; {code}"] if code else []
    return "\n".join(lines) + "\n"


def plain(
    text: str,
    *,
    subject: str,
    sender: str,
    charset: str = "utf-8",
    encoding: str = "8bit",
    more: str = "",
    kind: str = "text/plain",
    declared: str = "",
) -> bytes:
    """A bounce in words alone."""
    return mail(
        subject=subject, sender=sender, body=part(text, charset=charset, encoding=encoding, kind=kind, declared=declared), more=more
    )


def answer(
    *, subject: str, body: str, more: str = "", to: str = SENDER, sender: str = f"Compras <{ADDRESS}>", answers: str = MESSAGE_ID
) -> bytes:
    """A mail that a buyer, or the buyer's machine, wrote; ``answers`` is the Message-ID it names."""
    named = f"In-Reply-To: {answers}\nReferences: {answers}\n" if answers else ""
    return mail(subject=subject, sender=sender, body=part(body), to=to, more=named + more).replace(
        b"Return-Path: <>", b"Return-Path: <compras@ferreteria.example.co>"
    )


def complaint(*, feedback: str = "abuse", original: str | None = None, more: str = "") -> bytes:
    """A complaint by RFC 5965."""
    fields = f"Content-Type: message/feedback-report\n\nFeedback-Type: {feedback}\nUser-Agent: Quejas/1.0\nVersion: 1\n{more}\n".encode()
    returned = b"Content-Type: message/rfc822\n\n" + (ours() if original is None else original).encode() + b"\nFactura.\n"
    body = multipart(part("Un usuario marcó este correo como no deseado.\n"), fields, returned, kind="report; report-type=feedback-report")
    return mail(subject="Queja de un usuario", sender="quejas@correo.example.co", body=body)
