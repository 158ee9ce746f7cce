"""
What the programs of buyers mail to us: events 030 to 034, in a ZIP or an XML, which go where an upload would put them.

Anybody can write a mail. So it brings events and nothing else: an event only adds a line, its signature is checked and its rules are
judged. A document of sale, or an answer of DIAN, decides what is sent to whom: only who signed in, or has a key, brings those.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from uuid import UUID

from invoices.models import Company
from invoices.services import Outcome
from invoices.title_events import STATES
from invoices.ubl.container import read_upload
from invoices.ubl.types import BuyerEvent, Document, Party, Piece
from notifications import channel_registry, intake, mail_bounds
from notifications.hooks import processing
from notifications.inbound_mail import is_answer
from notifications.intake import Line
from notifications.models import InboundMessage
from notifications.returned import attachments
from notifications.returned import read as read_mail

logger = logging.getLogger(__name__)
TOO_MANY = f"Trae más de {attachments.MAX_FILES} archivos: los demás no se leyeron."
# In the order in which they are said.
SAID = (Outcome.NEW, Outcome.WAITING, Outcome.ALREADY, Outcome.REFUSED)

File = tuple[str, bytes]


class NotTaken(Exception):
    """Something in the mail could not be taken in for an error of ours: the mail must be read again."""


def take_in(message: InboundMessage, *, now: datetime) -> str:
    """
    Take in the events that a stored message brings; harmless when it is done again.

    From the mailbox they go to whichever company they name; by a company's own hook, or handed in by a person, only to that company.

    :returns: what became of each file, for whoever looks at the message: «Evento 031 de FE-1: Reclamo.»; empty where nothing was attached.
    :raises NotTaken: after everything else of the mail was taken in.
    """
    files = list(islice(_files(message), attachments.MAX_FILES + 1))
    results = list(_taken(files[: attachments.MAX_FILES], _only(message), now))
    lines = list(chain.from_iterable(result or [] for result in results))
    said = list(dict.fromkeys(map(_sentence, sorted(lines, key=lambda line: SAID.index(line.outcome)))))
    if None in results or any(line.ours for line in lines):
        raise NotTaken(" ".join(["No se pudo guardar todo lo que trae el correo.", *said]))
    return " ".join([*said, TOO_MANY] if len(files) > attachments.MAX_FILES else said)


def _files(message: InboundMessage) -> Iterator[File]:
    inbound = message.kind == InboundMessage.Kind.INBOUND
    for raw in processing.mails(message) if inbound else [bytes(message.body)]:
        if is_answer(read_mail(raw)):
            yield from attachments.attached(raw)


def _only(message: InboundMessage) -> UUID | None:
    return channel_registry.company_of(message.channel) if message.kind == InboundMessage.Kind.INBOUND else message.company_id


def _taken(files: Sequence[File], only: UUID | None, now: datetime) -> Iterator[list[Line] | None]:
    """What became of each file; one with more events than the mail may still bring is left whole."""
    left = mail_bounds.MOST_EVENTS
    for name, data in files:
        pieces = read_upload(name, data).pieces
        events = sum(isinstance(piece.content, BuyerEvent) for piece in pieces)
        if events > left:
            yield [Line(name, Outcome.REFUSED, mail_bounds.TOO_MANY_EVENTS)]
            continue
        left -= events
        yield _received(name, data, pieces, only, now)


def _received(name: str, data: bytes, pieces: Sequence[Piece], only: UUID | None, now: datetime) -> list[Line] | None:
    """What became of one file; nothing where it broke us, and then the others go on."""
    try:
        companies = _companies(pieces, only)
        return list(intake.receive([(name, data)], companies=companies, by=None, notify="no", now=now, events_only=True))
    except Exception:
        logger.exception("could not take in %s of a mail", name)
        return None


def _companies(pieces: Sequence[Piece], only: UUID | None) -> dict[str, Company]:
    """The companies of the installation that the file names."""
    nits = {party.identification for piece in pieces for party in _parties(piece)}
    found = Company.objects.filter(nit__in=nits)
    return {company.nit: company for company in (found.filter(pk=only) if only else found)}


def _parties(piece: Piece) -> Sequence[Party]:
    content = piece.content
    return (content.issuer, content.customer) if isinstance(content, Document) else (content.receiver, content.sender)


def _sentence(line: Line) -> str:
    if isinstance(line.response, BuyerEvent) and line.document:
        event = f"Evento {line.response.code} de {line.document.number}: {STATES[line.response.code][1]}."
        return f"{event} {line.reason}".strip()
    return f"{line.name}: {line.reason}"
