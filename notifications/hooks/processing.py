"""One stored post of a provider → what it says: the reader that ``notifications.inbound`` calls. Changes nothing."""

import json
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from notifications import channel_registry, inbound_mail
from notifications.facts import NewFact
from notifications.hooks import providers
from notifications.hooks.anymail_views import NeedsProvider, Unread
from notifications.hooks.normalise import normal, unread
from notifications.hooks.posted import Posted, stored
from notifications.inbound_mail import Reading
from notifications.models import InboundMessage

NEEDS_API = "El proveedor solo avisa que llegó un correo; para traerlo hace falta su API."
CONFIRM = "Amazon SNS pide confirmar el tema {topic}: confírmalo en su consola, con el enlace que trae este mensaje."
NOTHING = "No dice nada de un envío."


@dataclass(slots=True)
class Found:
    """What the events of one post hold."""

    facts: list[NewFact] = field(default_factory=list)
    mails: list[Reading] = field(default_factory=list)
    unread_mails: list[Exception] = field(default_factory=list)


def read_stored(message: InboundMessage, *, now: datetime) -> Reading:
    """
    The facts in one post, each event for itself: one that cannot be read is an orphan that says why, and takes no other with it.

    :raises NeedsProvider: it names mails that only the provider's API holds.
    :raises Exception: nothing of it could be read.
    """
    with closing(_posted(message)) as posted:
        found = _found(_events(message, posted), message, now)
    if found.unread_mails and not (found.facts or found.mails):
        raise found.unread_mails[0]
    facts = [*found.facts, *(fact for mail in found.mails for fact in mail.facts)]
    return Reading(facts, _note(found, facts, message), answers=any(mail.answers for mail in found.mails))


def mails(message: InboundMessage) -> list[bytes]:
    """The whole mails in one post; those that cannot be read are left out."""
    found = list[bytes]()
    with closing(_posted(message)) as posted:
        for event in _events(message, posted):
            with suppress(Exception):  # ``read_stored`` said so
                found += [_whole(event)] if getattr(event, "message", None) is not None else []
    return found


def _posted(message: InboundMessage) -> Posted:
    return stored(body=bytes(message.body), content_type=message.content_type, headers=message.headers)


def _events(message: InboundMessage, posted: Posted) -> Iterable[Any]:
    events: Iterable[Any] = providers.reader(message.provider, message.kind, _options(message.channel)).parse_events(posted)
    return events


def _options(channel: str) -> dict[str, str]:
    """How the channel wants it read; one that is gone since then has no wishes."""
    try:
        return channel_registry.get(channel).hook_options
    except KeyError:
        return {}


def _found(events: Iterable[Any], message: InboundMessage, now: datetime) -> Found:
    found = Found()
    for event in events:
        if isinstance(event, Unread):
            _take_unread(event, message, found)
        elif hasattr(event, "message"):
            _take_mail(event, message, found, now)
        elif event is not None:  # what a provider posts to try the address is none
            _take_fact(event, message, found)
    return found


def _take_fact(event: Any, message: InboundMessage, found: Found) -> None:
    try:
        taken = normal(event, provider=message.provider, channel=message.channel, received_at=message.received_at)
    except Exception as exc:
        _take_unread(Unread(event.esp_event, exc), message, found)
        return
    if taken is not None:
        found.facts.append(taken)


def _take_unread(event: Unread, message: InboundMessage, found: Found) -> None:
    if message.kind == InboundMessage.Kind.INBOUND:
        found.unread_mails.append(NeedsProvider(NEEDS_API) if isinstance(event.error, NeedsProvider) else event.error)
        return
    fact = unread(event.raw, event.error, provider=message.provider, channel=message.channel, received_at=message.received_at)
    found.facts.append(fact)


def _take_mail(event: Any, message: InboundMessage, found: Found, now: datetime) -> None:
    if event.message is None:
        return
    try:
        only = channel_registry.company_of(message.channel)
        found.mails.append(inbound_mail.read(_whole(event), channel=message.channel, now=message.received_at, only=only))
    except Exception as exc:
        found.unread_mails.append(exc)


def _whole(event: Any) -> bytes:
    """A mail that came to one of our addresses; to which, only the envelope says, so that it goes on top."""
    envelope = "".join(str(event.message.envelope_recipient or "").split())
    top = f"X-Original-To: {envelope}\r\n".encode() if envelope else b""
    return bytes(top + event.message.as_bytes())


def _note(found: Found, facts: Sequence[NewFact], message: InboundMessage) -> str:
    """For the message that came in: why there is nothing, or not everything."""
    if found.unread_mails:
        return f"{len(found.unread_mails)} correos no se pudieron leer ({type(found.unread_mails[0]).__name__})."
    if facts:
        return ""
    return next((mail.note for mail in found.mails if mail.note), "") or _subscription(message) or NOTHING


def _subscription(message: InboundMessage) -> str:
    """What a person has to do when a topic of Amazon SNS was pointed at us: we never follow a link that came in."""
    if message.provider != "amazon_ses":
        return ""
    asked = json.loads(bytes(message.body))
    return CONFIRM.format(topic=str(asked.get("TopicArn"))[:120]) if asked.get("Type") == "SubscriptionConfirmation" else ""
