"""Mails as buyers' programs write them to the reply mailbox: an event in a container, in a ZIP, or bare."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple

from tests import ubl_builders as ubl

CLAIM = "02"


class File(NamedTuple):
    """One attachment; ``kind`` is its media type."""

    name: str
    data: bytes
    kind: str = "application/zip"


def event_zip(code: str = "031", *, member: str = "ad.xml", **options: object) -> File:
    """The event in an ``AttachedDocument`` with DIAN's answer to the event, in a ZIP; for the options see ``ubl.build_event``."""
    options = ({"claim_code": CLAIM} if code == "031" else {}) | options
    event = ubl.build_event(code, key=ubl.fake_key(code), **options)  # type: ignore[arg-type]
    answer = ubl.build_response(document_key=ubl.fake_key(code), document_number="EV001")
    container = ubl.build_attached_document(event, answer, number="EV001", sender=ubl.CUSTOMER, receiver=ubl.ISSUER)
    return File("z0830777042.zip", ubl.build_zip({member: container}))


def mail(*files: File, subject: str = "Evento 031 de FE1001", text: str = "Adjuntamos el evento.", **headers: str) -> EmailMessage:
    """A mail with those attachments; ``headers`` with ``_`` for ``-``."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = "Recepción <no-responder@altoparamo.example>"
    message["To"] = "respuestas@traza.example.com"
    message["Subject"] = subject
    message["Date"] = "Wed, 11 Mar 2026 09:05:00 -0500"
    message["Message-ID"] = f"<{ubl.fake_key(tuple(files))[:20]}@altoparamo.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for file in files:
        main, _, sub = file.kind.partition("/")
        message.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
    return message


def forwarded(inner: EmailMessage) -> EmailMessage:
    """A person of the company sends the whole mail on, as an attachment."""
    outer = mail(subject="RV: Evento 031 de FE1001", text="Para registrar.")
    outer.add_attachment(message_from_bytes(inner.as_bytes(), policy=policy.SMTP))
    return outer
