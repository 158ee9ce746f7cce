"""
Returned mails out of a mailbox, by IMAP: what is unseen is kept raw, then marked as seen. Nothing is ever deleted there.

imap-tools opens the mailbox. Its own ``fetch`` parses and its ``flag`` expunges what a person only marked for deletion, so the
bytes are fetched, and the flag is set, by the connection underneath (RFC 3501: UID FETCH, UID STORE).
"""

import imaplib
import logging
import re
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxStartTls, MailBoxUnencrypted

from notifications import beats, breaker, inbound, oauth, security
from notifications.channels import Channel
from notifications.mailbox_url import Mailbox
from notifications.models import InboundMessage

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
MAX_MAILS = 200
MAX_BYTES = 10 * 1024 * 1024
TIMEOUT_SECONDS = 20
ROUND_SECONDS = 60
# ValueError: what a server says may be no ASCII, or no number.
FAILURES = (OSError, ValueError, imaplib.IMAP4.error, ImapToolsError, oauth.NoToken)
SIZE = re.compile(rb"UID (\d+)\b.*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+)\b.*?UID (\d+)")


@dataclass(frozen=True, slots=True)
class Round:
    """What one look into a mailbox brought; ``error`` where it could not be opened or broke off."""

    mailbox: str
    stored: int = 0
    known: int = 0
    too_large: int = 0
    error: str = ""


def poll(*, clock: Clock) -> list[Round]:
    """Look into every mailbox once a minute: one process wins the minute; a mailbox that fails rests as a channel does."""
    if not settings.MAILBOXES or not beats.wins("mailboxes", beats.minute(clock())):
        return []
    return [read_mailbox(mailbox, clock=clock) for mailbox in settings.MAILBOXES.values()]


def read_mailbox(mailbox: Mailbox, *, clock: Clock) -> Round:
    """
    Keep what is unseen, at most 200 mails in a round of a minute; one over 10 MB is noted, marked as seen and left where it is.

    :returns: never raises for the network or the mail server; what was kept before it broke off stays kept.
    """
    if not breaker.allowance(_health(mailbox), now=clock(), most=1):
        return Round(mailbox.name)
    outcomes, error = Counter[str](), ""
    try:
        with _opened(mailbox) as box:
            outcomes.update(_read(box, mailbox, clock))
        breaker.close(_health(mailbox))
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


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[BaseMailBox]:
    box = _connected(mailbox)
    try:
        _log_in(box, mailbox)
        yield box
        with suppress(*FAILURES):
            box.logout()
    finally:
        with suppress(OSError):  # closed already, as a rule
            box.client.shutdown()


def _log_in(box: BaseMailBox, mailbox: Mailbox) -> None:
    if mailbox.oauth:
        token = oauth.access_token(_account(mailbox), keep=lambda *_: None)
        box.xoauth2(mailbox.user, token, mailbox.folder)
    elif f"{mailbox.user}{mailbox.password}".isascii():
        box.login(mailbox.user, mailbox.password, mailbox.folder)
    else:
        box.login_utf8(mailbox.user, mailbox.password, mailbox.folder)


def _connected(mailbox: Mailbox) -> BaseMailBox:
    if mailbox.tls == "no":
        return MailBoxUnencrypted(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS)
    kind = MailBox if mailbox.tls == "implicit" else MailBoxStartTls
    return kind(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS, ssl_context=ssl.create_default_context())


def _account(mailbox: Mailbox) -> Channel:
    return Channel(_health(mailbox), "imap", "none", host=mailbox.host, user=mailbox.user, oauth=mailbox.oauth)


def _health(mailbox: Mailbox) -> str:
    """The mailbox's name beside the channels' in their health; no channel can be called so."""
    return f"buzon:{mailbox.name}"


def _failed(mailbox: Mailbox, exc: BaseException, now: datetime) -> str:
    said = f"{type(exc).__name__}: {exc}"[:500]
    if mailbox.password:
        said = said.replace(mailbox.password, "…")
    with transaction.atomic():
        breaker.trip(_health(mailbox), error=said, now=now)
    return said
