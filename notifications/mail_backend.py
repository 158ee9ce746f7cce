"""Django's mail backend that enqueues: mails of every library go through the outbox, and none is sent inside a request."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from notifications import outbox
from notifications.models import Delivery, Notification


class OutboxBackend(BaseEmailBackend):
    """Mails of the account: no company, the default channel, read by their user and the superuser only."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Owe each message to each of its addresses; how many messages."""
        for message in email_messages:
            _enqueue(message)
        return len(email_messages)


@transaction.atomic
def _enqueue(message: EmailMessage) -> None:
    now = timezone.now()
    notification = Notification.across.create(kind=Notification.Kind.ACCOUNT, origin=Notification.Origin.INITIAL, created_at=now)
    html = (
        next((str(body) for body, kind in message.alternatives if kind == "text/html"), "")
        if isinstance(message, EmailMultiAlternatives)
        else ""
    )
    outbox.enqueue(
        notification=notification,
        messages=[
            outbox.Message(
                address=address,
                source=Delivery.Source.USER,
                sender=message.from_email,
                subject=str(message.subject),
                text=str(message.body),
                html=html,
                reply_to=", ".join(message.reply_to),
            )
            for address in message.recipients()
        ],
        channel="default",
        now=now,
    )
