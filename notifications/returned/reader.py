"""One mail → what kind it is, of whom it speaks and which message of ours it names."""

import re
from email.message import Message

from notifications import verp
from notifications.returned import automatic, fallback, feedback, original, parts, report
from notifications.returned.types import Kind, Original, ReturnedMail, ReturnedRecipient

# Where servers leave the address that a mail was really for.
ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Forwarded-To", "To", "Cc", "Return-Path")
MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
MAX_ANSWERED = 50

Found = tuple[Kind, tuple[ReturnedRecipient, ...], Original, str]


def read(raw: bytes) -> ReturnedMail:
    """
    Read one mail, whatever it is.

    :param raw: any bytes at all; nothing is raised, and what is beyond 512 KB or a hundred parts is not read.
    :returns: kind ``other`` for what no machine wrote about a mail of ours, an answer of a person too. Its ``token`` comes
        from the return path that the mail came to, else from the message that it returns, else from the envelope identifier.
        Where the return path is one of ours with a wrong signature, neither token nor identifiers are taken from it.

    Sources: RFC 3464 (reports), RFC 5965 (complaints), RFC 3834 (automatic answers), RFC 3461 (envelope identifiers).
    """
    message = parts.parse(raw)
    kind, recipients, ours, envelope_id = _sorted(message, raw)
    own_token, forged = _return_path(message)
    token = "" if forged else own_token or ours.token or original.token(envelope_id)
    return ReturnedMail(
        kind=kind,
        recipients=recipients,
        original_message_id="" if forged else ours.message_id,
        token=token,
        forged=forged,
        subject=parts.value(message, "Subject")[:500],
        sender=parts.address(parts.value(message, "From")),
        message_id=parts.value(message, "Message-ID")[:255],
        answers=() if forged else _answers(message),
        date=parts.date(message),
        text=fallback.words(message),
    )


def is_mail(raw: bytes) -> bool:
    """Whether the bytes begin with the headers of a mail."""
    message = parts.parse(raw)
    return any(parts.value(message, name) for name in ("From", "Received", "Return-Path", "Message-ID"))


def _sorted(message: Message, raw: bytes) -> Found:
    """By the strongest sign first: a complaint, a report, the words of a mail server, an automatic answer."""
    complaint = feedback.find(message)
    if complaint is not None:
        ours = original.find(message, None)
        return Kind.ARF, feedback.recipients(complaint, ours), ours, ""
    found = report.find(message)
    if found is not None and (named := report.recipients(found[1])):
        return Kind.DSN, named, original.find(message, found[0]), report.envelope_id(found[1])
    ours = original.find(message, None)
    if fallback.looks_returned(message) and (named := fallback.recipients(message, ours, raw)):
        return Kind.BOUNCE, named, ours, ""
    return (Kind.AUTOREPLY if automatic.is_automatic(message) else Kind.OTHER), (), ours, ""


def _return_path(message: Message) -> tuple[str, bool]:
    """The token of the return path that the mail came to, and whether one was made up."""
    lines = [value.lower() for name in ENVELOPE for value in parts.values(message, name)]
    found = [match[0] for value in lines for match in verp.SHAPE.finditer(value)]
    token = next(filter(None, map(verp.read, found)), "")
    return token, bool(found) and not token


def _answers(message: Message) -> tuple[str, ...]:
    """The messages that the mail answers, the nearest first."""
    named = [
        identifier
        for name in ("In-Reply-To", "References")
        for value in parts.values(message, name)
        for identifier in MESSAGE_ID.findall(value)
    ]
    return tuple(dict.fromkeys(named[:1] + named[:0:-1]))[:MAX_ANSWERED]
