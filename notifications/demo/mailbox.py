"""The demo's Maildir, read: what the mail sink kept."""

import mailbox
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

MAX_MAILS = 200


@dataclass(frozen=True, slots=True)
class Mail:
    """One message and its key in the Maildir; ``arrived`` is aware, UTC."""

    key: str
    arrived: datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.message["Subject"] or "(sin asunto)")

    @property
    def sender(self) -> str:
        """From."""
        return str(self.message["From"] or "")

    @property
    def recipient(self) -> str:
        """The address of the envelope, else To."""
        return str(self.message["X-Envelope-To"] or self.message["To"] or "")

    @property
    def text(self) -> str:
        """The plain body, or nothing."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML body, or nothing."""
        return self._body("html")

    @property
    def headers(self) -> Sequence[tuple[str, str]]:
        """Every header, in order."""
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def attachments(self) -> Sequence[EmailMessage]:
        """The attached parts."""
        return list(self.message.iter_attachments())

    @property
    def attachment_names(self) -> Sequence[str]:
        """Their names; a template cannot ask a message itself, whose items are its headers."""
        return [part.get_filename("adjunto") for part in self.attachments]

    def _body(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        return str(body.get_content()) if body else ""


def newest(limit: int = MAX_MAILS) -> list[Mail]:
    """The newest messages first."""
    box = _box()
    if box is None:
        return []
    arrived = sorted(((box.get_message(key).get_date(), key) for key in box.iterkeys()), reverse=True)
    return [_mail(box, key, date) for date, key in arrived[:limit]]


def find(key: str) -> Mail | None:
    """One message; keys are only looked up among those of the Maildir, never as a path."""
    box = _box()
    if box is None or key not in box:
        return None
    return _mail(box, key, box.get_message(key).get_date())


def _box() -> "mailbox.Maildir | None":
    path = Path(settings.DEMO_MAILBOX)
    return mailbox.Maildir(path, create=False) if (path / "new").is_dir() else None


def _mail(box: mailbox.Maildir, key: str, date: float) -> Mail:
    message = message_from_bytes(box.get_bytes(key), policy=policy.default)
    return Mail(key, datetime.fromtimestamp(date, UTC), message)
