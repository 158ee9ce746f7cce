"""
Returned mails and buyers' answers out of a mailbox, by IMAP: what is unseen is kept raw, then marked as seen. Nothing is ever deleted.

imap-tools opens the mailbox. Its own ``fetch`` parses and its ``flag`` expunges what a person only marked for deletion, so the
bytes are fetched, and the flag is set, by the connection underneath (RFC 3501: UID FETCH, UID STORE).
"""

import imaplib
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from imap_tools import BaseMailBox

from notifications import breaker, inbound, security
from notifications.mailbox_connections import FAILURES, Connections
from notifications.mailbox_url import Mailbox
from notifications.models import InboundMessage

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
MAX_MAILS = 200
MAX_BYTES = 10 * 1024 * 1024
ROUND_SECONDS = 60
SIZE = re.compile(rb"UID (\d+)\b.*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+)\b.*?UID (\d+)")


@dataclass(frozen=True, slots=True)
class Round:
    """What one look into a mailbox brought; ``error`` where it could not be opened or broke off."""

    mailbox: str
    stored: int = 0
    known: int = 0
    too_large: int = 0
    error: str = ""


def poll(connections: Connections, *, clock: Clock) -> list[Round]:
    """
    Look into every mailbox; one that fails rests as a channel does, from 15 seconds to 15 minutes, and its health says why.

    Two processes that look at once harm nothing: a mail is kept once.
    """
    return [read_mailbox(mailbox, connections, clock=clock) for mailbox in settings.MAILBOXES.values()]


def read_mailbox(mailbox: Mailbox, connections: Connections, *, clock: Clock) -> Round:
    """
    Keep what is unseen, at most 200 mails in a round of a minute; one over 10 MB is noted, marked as seen and left where it is.

    :returns: never raises for the network or the mail server; what was kept before it broke off stays kept.
    """
    if not breaker.allowance(mailbox.health_name, now=clock(), most=1):
        return Round(mailbox.name)
    outcomes, error = Counter[str](), ""
    try:
        with connections.opened(mailbox) as box:
            outcomes.update(_read(box, mailbox, clock))
        breaker.close(mailbox.health_name)
    except FAILURES as exc:
        error = _failed(mailbox, exc, clock())
    return Round(mailbox.name, outcomes["stored"], outcomes["known"], outcomes["too_large"], error)


def _read(box: BaseMailBox, mailbox: Mailbox, clock: Clock) -> Iterator[str]:
    until = time.monotonic() + ROUND_SECONDS
    sizes = _sizes(box, box.uids("UNSEEN", charset=None)[:MAX_MAILS])
    for uid, size in sizes.items():
        if time.monotonic() > until:
            return
        yield _kept(box, mailbox, uid, size, clock())


def _kept(box: BaseMailBox, mailbox: Mailbox, uid: str, size: int, now: datetime) -> str:
    """One mail that the server does not hand over is noted and passed by: it must not keep the others."""
    try:
        return _keep(box, mailbox, uid, size, now)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as exc:
        security.note(kind=security.Kind.MALFORMED, channel=mailbox.name, provider="imap", now=now, detail=f"UID {uid}: {exc}"[:300])
        _ask(box, "STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
        return "unread"


def _keep(box: BaseMailBox, mailbox: Mailbox, uid: str, size: int, now: datetime) -> str:
    """Kept before it is marked: what breaks in between is read again, and known."""
    if size > MAX_BYTES:
        security.note(kind=security.Kind.TOO_LARGE, channel=mailbox.name, provider="imap", now=now, detail=f"UID {uid}: {size} bytes")
        outcome = "too_large"
    else:
        raw = _bytes(box, uid)
        row = inbound.store(
            channel=mailbox.name,
            provider="imap",
            kind=InboundMessage.Kind.MAILBOX,
            content_type="message/rfc822",
            headers={"uid": uid},
            body=raw,
            now=now,
        )
        outcome = "known" if row is None else "stored"
    _ask(box, "STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
    return outcome


def _sizes(box: BaseMailBox, uids: Sequence[str]) -> dict[str, int]:
    """The size that the server says of each, in the order given; one that it says nothing of is left out."""
    if not uids:
        return {}
    found: dict[str, int] = {}
    for item in _ask(box, "FETCH", ",".join(uids), "(UID RFC822.SIZE)"):
        if isinstance(item, bytes) and (match := SIZE.search(item)):
            uid, size = (match[1], match[2]) if match[1] else (match[4], match[3])
            found[uid.decode()] = int(size)
    return {uid: found[uid] for uid in uids if uid in found}


def _bytes(box: BaseMailBox, uid: str) -> bytes:
    """The mail as it came, at most 10 MB, whatever size was said before."""
    for item in _ask(box, "FETCH", uid, f"(BODY.PEEK[]<0.{MAX_BYTES}>)"):
        if isinstance(item, tuple):
            return bytes(item[1])
    raise imaplib.IMAP4.error(f"UID {uid} came without its mail")


def _ask(box: BaseMailBox, command: str, *arguments: str) -> list[object]:
    kind, data = box.client.uid(command, *arguments)
    if kind != "OK":
        raise imaplib.IMAP4.error(f"UID {command}: {kind}")
    return list(data)


def _failed(mailbox: Mailbox, exc: BaseException, now: datetime) -> str:
    said = f"{type(exc).__name__}: {exc}"[:500]
    if mailbox.password:
        said = said.replace(mailbox.password, "…")
    with transaction.atomic():
        breaker.trip(mailbox.health_name, error=said, now=now)
    return said
