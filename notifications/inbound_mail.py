"""One mail that came in by any door → facts about our mails."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from notifications import security
from notifications.facts import NewFact
from notifications.lives import ReportKind
from notifications.matching import match_all
from notifications.models import InboundMessage
from notifications.returned import Kind, ReturnedMail
from notifications.returned import read as read_mail
from notifications.returned_facts import returned_facts

NOTHING = {
    Kind.OTHER: "No es una devolución ni responde a un correo nuestro.",
    Kind.AUTOREPLY: "Es una respuesta automática que no dice a qué correo nuestro responde.",
    Kind.ARF: "El aviso no se queja de ningún correo.",
}
# A mail server that returns our mail returns our own ZIP with it.
ANSWERS = frozenset({Kind.OTHER, Kind.AUTOREPLY})
FORGED = "Llegó a una dirección de retorno con una firma que no es nuestra."


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What a message that came in says: its facts; where there are none, why.

    :param answers: a mail that no mail server wrote: what is attached to it may be an answer of the buyer (``notifications.replies``).
    """

    facts: Sequence[NewFact] = ()
    note: str = ""
    answers: bool = False


def read_stored(message: InboundMessage, *, now: datetime) -> Reading:
    """The facts in a mail of the mailbox or of an upload: neither is a channel. A mail without a date has that of its coming in."""
    return read(bytes(message.body), channel="", now=message.received_at, only=message.company_id)


def read(raw: bytes, *, channel: str, now: datetime, only: UUID | None = None) -> Reading:
    """
    The facts in one mail.

    :param raw: the whole mail, as it came. :param channel: by whose hook it came in, else empty. :param only: the company of the
        person who handed it in: of messages of another company it names nobody.
    """
    mail = read_mail(raw)
    if mail.forged:
        security.note(kind=security.Kind.BAD_SIGNATURE, channel=channel, provider="mail", now=now, detail="dirección de retorno")
    mail = replace(mail, answers=_ours(mail.answers, channel, now))
    found = returned_facts(mail, channel=channel, now=now)
    answers = is_answer(mail)
    if not found:
        return Reading(note=_why(mail), answers=answers)
    believed = [_believed(fact, match.company_id, only) for fact, match in zip(found, match_all(found, now=now), strict=True)]
    return Reading(believed, answers=answers)


def is_answer(mail: ReturnedMail) -> bool:
    """Whether a person or a program answered, and no mail server returned something; what came to a forged return path is none."""
    return mail.kind in ANSWERS and not mail.forged


def _ours(answers: Sequence[str], channel: str, now: datetime) -> tuple[str, ...]:
    """Those of the messages that were answered which are ours."""
    asked = [
        NewFact(kind=ReportKind.REPLIED, provider="mail", channel=channel, occurred_at=now, message_id=identifier) for identifier in answers
    ]
    return tuple(fact.message_id for fact, match in zip(asked, match_all(asked, now=now), strict=True) if match.delivery_id)


def _believed(fact: NewFact, company_id: UUID | None, only: UUID | None) -> NewFact:
    if only is None or company_id in {None, only}:
        return fact
    return replace(fact, token="", message_id="")


def _why(mail: ReturnedMail) -> str:
    return FORGED if mail.forged else NOTHING.get(mail.kind, "No nombra a ningún destinatario.")
