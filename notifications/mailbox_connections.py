"""Open mailboxes, by IMAP: kept from one look to the next, so that an empty one costs two commands and no login."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxStartTls, MailBoxUnencrypted

from notifications import oauth
from notifications.channels import Channel
from notifications.mailbox_url import Mailbox

TIMEOUT_SECONDS = 20
# ValueError: what a server says may be no ASCII, or no number.
FAILURES = (OSError, ValueError, imaplib.IMAP4.error, ImapToolsError, oauth.NoToken)


class Connections:
    """The mailboxes that one thread keeps open; at the end of the ``with`` they are closed."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[Mailbox, BaseMailBox]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for _mailbox, box in self._open.values():
            _close(box)
        self._open.clear()

    @contextmanager
    def opened(self, mailbox: Mailbox) -> Iterator[BaseMailBox]:
        """
        The folder, opened before or now. What breaks inside closes it; the next look opens it anew.

        :raises Exception: one of ``FAILURES``: it cannot be opened.
        """
        box = self._still_open(mailbox) or _opened(mailbox)
        try:
            yield box
        except BaseException:
            _shut(box)
            raise
        self._open[mailbox.name] = mailbox, box

    def _still_open(self, mailbox: Mailbox) -> BaseMailBox | None:
        """The one of the last look, if it answers and its account is the same; a server may close what is quiet, and that is no fault."""
        known, box = self._open.pop(mailbox.name, (None, None))
        if box is None:
            return None
        try:
            if known == mailbox and box.client.noop()[0] == "OK":
                return box
        except FAILURES:
            pass
        _close(box)
        return None


def _opened(mailbox: Mailbox) -> BaseMailBox:
    box = _connected(mailbox)
    try:
        _log_in(box, mailbox)
    except BaseException:
        _shut(box)
        raise
    return box


def _close(box: BaseMailBox) -> None:
    with suppress(*FAILURES):
        box.logout()
    _shut(box)


def _shut(box: BaseMailBox) -> None:
    with suppress(OSError):  # closed already, as a rule
        box.client.shutdown()


def _connected(mailbox: Mailbox) -> BaseMailBox:
    if mailbox.tls == "no":
        return MailBoxUnencrypted(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS)
    kind = MailBox if mailbox.tls == "implicit" else MailBoxStartTls
    return kind(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS, ssl_context=ssl.create_default_context())


def _log_in(box: BaseMailBox, mailbox: Mailbox) -> None:
    if mailbox.oauth:
        token = oauth.access_token(_account(mailbox), keep=lambda *_: None)
        box.xoauth2(mailbox.user, token, mailbox.folder)
    elif f"{mailbox.user}{mailbox.password}".isascii():
        box.login(mailbox.user, mailbox.password, mailbox.folder)
    else:
        box.login_utf8(mailbox.user, mailbox.password, mailbox.folder)


def _account(mailbox: Mailbox) -> Channel:
    return Channel(mailbox.health_name, "imap", "none", host=mailbox.host, user=mailbox.user, oauth=mailbox.oauth)
