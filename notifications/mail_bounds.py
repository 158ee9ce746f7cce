"""
What mails may leave behind: anybody can write one, and what the history says stays for years.

Beyond these bounds nothing is lost: the mail is kept, it says what was not taken, and a person who knows better uploads the file.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from invoices.models import ElectronicDocument, HistoryEntry, TitleEvent

# Of one mail, so many events are taken; each may wait in a row of its own. A program sends one, or those of a month in a ZIP.
MOST_EVENTS = 100
# Lines about events in the history of one document, after which a mail adds none that does not count ...
MOST_LINES = 20
# ... and none at all: an event that counts today may push aside the one of yesterday.
MOST_LINES_THAT_COUNT = 100
TOO_MANY_EVENTS = f"De un correo se toman hasta {MOST_EVENTS} eventos y con este archivo pasan: no se tomó. Cárgalo como documento."
CROWDED = "El documento ya tiene muchos eventos, y este llegó por correo: no se guardó. Si es de tu cliente, cárgalo como documento."


class Crowded(Exception):
    """The document has so many events that one more by mail is not kept; for the user, in Spanish."""


@contextmanager
def within(document: ElectronicDocument) -> Iterator[None]:
    """
    Undo what is written on the document inside, where ``check`` finds it too much.

    :raises Crowded: it was undone.
    """
    try:
        with transaction.atomic():
            yield
    except Crowded:
        document.refresh_from_db()
        raise


def check(event: TitleEvent) -> None:
    """
    Look how many lines about events the history of its document has, with that of this event.

    :raises Crowded: too many.
    """
    lines = HistoryEntry.objects.filter(document_id=event.document_id, event=HistoryEntry.Event.TITLE_EVENT).count()
    if lines > (MOST_LINES_THAT_COUNT if event.counts else MOST_LINES):
        raise Crowded(CROWDED)
