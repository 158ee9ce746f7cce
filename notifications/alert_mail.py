"""The mails in which the product itself speaks to a user: a test of a channel, or something to look at."""

from dataclasses import dataclass

from django.template.loader import render_to_string

from notifications.models import Delivery
from notifications.outbox import Message


@dataclass(frozen=True, slots=True)
class Note:
    """What is said: a title, paragraphs, and the page to open."""

    subject: str
    title: str
    paragraphs: tuple[str, ...]
    button: str
    link: str
    footer: str


def message(note: Note, *, sender: str, address: str, company: str) -> Message:
    """The note as a message to one address."""
    context = {"note": note, "company": company}
    return Message(
        address=address,
        source=Delivery.Source.USER,
        sender=sender,
        subject=" ".join(note.subject.split()),
        text=render_to_string("mail/alert.txt", context),
        html=render_to_string("mail/alert.html", context),
    )
