"""The only place that opens SMTP. Says what happened and in which phase; never raises for the network."""

import base64
import binascii
import re
import smtplib
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings

from notifications import channel_registry, oauth, outside
from notifications.channels import Channel
from notifications.smtp_words import mail_options, queue_id, rcpt_options
from notifications.tracking import Outcome

CONNECT_SECONDS = 30
COMMAND_SECONDS = 60
AFTER_DOT_SECONDS = 600
# One deadline over the whole conversation, under the lease of 20 minutes.
CONVERSATION_SECONDS = 18 * 60
# With a server that a user typed: a slow one must not keep a worker from everybody else's mails.
OUTSIDE_SECONDS = 3 * 60
# Replies that speak of our account and not of the buyer (RFC 4954; 5.7.30: password logins switched off).
ACCOUNT_CODES = frozenset({530, 534, 535, 538})
LEADING_DOT = re.compile(rb"(?m)^\.")  # doubled on the wire (RFC 5321, section 4.5.2)


@dataclass(frozen=True, slots=True)
class Handover:
    """How one try ended: class, the phase it ended in, and what the other side said."""

    outcome: Outcome
    phase: str
    code: int | None = None
    reply: str = ""
    host: str = ""
    tls: str = ""
    provider_id: str = ""


class OutsideSMTP(smtplib.SMTP):
    """Connects to the public internet only."""

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        return outside.connect(host, port, timeout=timeout)


class OutsideSMTPS(smtplib.SMTP_SSL, OutsideSMTP):
    """Likewise, encrypted from the first byte."""


class SmtpTransport:
    """A kept connection to one channel's server; used by one thread at a time."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.client: smtplib.SMTP | None = None
        self.deadline = 0.0
        self.phase = ""

    def send(self, *, sender: str, recipient: str, message: bytes, envid: str = "") -> Handover:
        """
        Hand one message to one address; ``phase`` tells before and after the final dot apart.

        :param envid: names the message in the reports of a server that sends them, where the channel asks for reports.
        """
        seconds = OUTSIDE_SECONDS if self.channel.outside else CONVERSATION_SECONDS
        self.deadline = time.monotonic() + seconds
        # A server that sends a line now and then resets every timeout of a read: the deadline hangs up on it.
        watch = threading.Timer(seconds, self._cut)
        watch.daemon = True
        watch.start()
        try:
            return self._hand_over(sender, recipient, message, envid)
        finally:
            watch.cancel()

    def _hand_over(self, sender: str, recipient: str, message: bytes, envid: str) -> Handover:
        try:
            self._connect()
        except (OSError, smtplib.SMTPException, oauth.NoToken) as exc:
            return self._broken(Outcome.CHANNEL, exc)
        try:
            return self._converse(sender, recipient, message, envid)
        except (OSError, smtplib.SMTPException) as exc:
            # A company's own server that falls silent holds up one message, and then rests as a channel does.
            early = Outcome.CHANNEL if self.channel.outside else Outcome.TEMPORARY
            return self._broken(Outcome.UNKNOWN if self.phase == "dot" else early, exc)

    def _cut(self) -> None:
        """From another thread: whoever reads or writes on the connection gets an error at once."""
        sock = self.client.sock if self.client else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Drop the connection."""
        if self.client is not None:
            self.client.close()
            self.client = None

    def quit(self) -> None:
        """Take leave, if the server still listens."""
        if self.client is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.client.quit()
        self.close()

    def _connect(self) -> None:
        """Use the kept connection if it still answers; otherwise make one."""
        self.phase = "connect"
        if self.client is not None:
            with suppress(OSError, smtplib.SMTPException):  # a server may close a kept connection
                self._wait(COMMAND_SECONDS)
                if self.client.rset()[0] == 250:
                    return
            self.close()
        try:
            self._open()
        except smtplib.SMTPAuthenticationError:
            if self.channel.auth == "password":
                raise
            oauth.forget(self.channel)  # withdrawn before its time: one more try, with a fresh one
            self.close()
            self._open()

    def _open(self) -> None:
        self.client = client = self._dial()
        code, reply = client.connect(self.channel.host, self.channel.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, reply)
        self._wait(COMMAND_SECONDS)
        if self.channel.tls == "starttls":
            client.starttls(context=ssl.create_default_context())
        self.phase = "auth"
        if self.channel.auth == "xoauth2":
            self._log_in_by_token(client)
        elif self.channel.user:
            client.login(self.channel.user, self.channel.password)
        client.ehlo_or_helo_if_needed()

    def _dial(self) -> smtplib.SMTP:
        """Not connected yet: from its first byte on the connection is one that the deadline can cut."""
        guarded = self.channel.outside and settings.MAIL_OUTSIDE_ONLY
        name = settings.EHLO_NAME
        if self.channel.tls == "implicit":
            encrypted = OutsideSMTPS if guarded else smtplib.SMTP_SSL
            client: smtplib.SMTP = encrypted(local_hostname=name, timeout=CONNECT_SECONDS, context=ssl.create_default_context())
        else:
            plain = OutsideSMTP if guarded else smtplib.SMTP
            client = plain(local_hostname=name, timeout=CONNECT_SECONDS)
        # smtplib keeps the name, against which TLS is checked, only where it connects by itself.
        vars(client)["_host"] = self.channel.host
        return client

    def _log_in_by_token(self, client: smtplib.SMTP) -> None:
        """
        XOAUTH2: mailbox and access token in one line. A 334 says why not, and waits for an empty line before its final no.

        Source: Google, "XOAUTH2 mechanism"; Microsoft, "Authenticate an IMAP, POP or SMTP connection using OAuth".
        """
        token = oauth.access_token(self.channel, keep=channel_registry.keep_refresh_token)
        client.ehlo_or_helo_if_needed()
        self._wait(COMMAND_SECONDS)  # the token may have taken its time
        login = base64.b64encode(f"user={self.channel.user}\x01auth=Bearer {token}\x01\x01".encode()).decode()
        code, reply = client.docmd("AUTH", f"XOAUTH2 {login}")
        if code == 334:
            why = _decoded(reply)
            code, reply = client.docmd("")
            reply = b" ".join(filter(None, [reply, why]))
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, reply)

    def _converse(self, sender: str, recipient: str, message: bytes, envid: str) -> Handover:
        client = self._open_client()
        reports = self.channel.reports == "dsn" and client.has_extn("dsn")
        mail = f"MAIL FROM:<{sender}>" + (mail_options(envid) if reports else "")
        rcpt = f"RCPT TO:<{recipient}>" + (rcpt_options(recipient) if reports else "")
        for phase, command in (("mail", mail), ("rcpt", rcpt), ("data", "DATA")):
            self.phase = phase
            self._wait(COMMAND_SECONDS)
            code, reply = client.docmd(command)
            if not (200 <= code < 400):
                return self._refused(code, reply)
        client.send(LEADING_DOT.sub(b"..", message))
        self.phase = "dot"
        client.send(b".\r\n")
        self._wait(AFTER_DOT_SECONDS)
        code, reply = client.getreply()
        if not (200 <= code < 300):
            return self._refused(code, reply)
        return self._said(Outcome.ACCEPTED, code, reply)

    def _refused(self, code: int, reply: bytes) -> Handover:
        """A reply that is a no; one that speaks of our account or our sender is the channel's fault."""
        text = reply.decode("utf-8", "replace")
        ours = code in ACCOUNT_CODES or "5.7.30" in text or (self.phase == "mail" and code >= 500 and code != 552)
        if code < 0 or code == 421:
            self.close()
        outcome = Outcome.CHANNEL if ours else Outcome.PERMANENT if code >= 500 else Outcome.TEMPORARY
        return self._said(outcome, code, reply)

    def _said(self, outcome: Outcome, code: int, reply: bytes) -> Handover:
        text = reply.decode("utf-8", "replace")[:2000]
        return Handover(
            outcome,
            self.phase,
            code=code if code > 0 else None,
            reply=text,
            host=self._host(),
            tls=self._tls(),
            provider_id=queue_id(text) if outcome == Outcome.ACCEPTED else "",
        )

    def _broken(self, outcome: Outcome, exc: Exception) -> Handover:
        code = getattr(exc, "smtp_code", None)
        handover = Handover(outcome, self.phase, code=code, reply=_words(exc)[:2000], host=self._host(), tls=self._tls())
        self.close()
        return handover

    def _wait(self, seconds: float) -> None:
        """Cap the next wait by its own limit and by what is left of the conversation's deadline."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the conversation took longer than its deadline")
        client = self._open_client()
        if client.sock is not None:
            client.sock.settimeout(min(seconds, left))

    def _open_client(self) -> smtplib.SMTP:
        if self.client is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        return self.client

    def _host(self) -> str:
        return f"{self.channel.host}:{self.channel.port}"

    def _tls(self) -> str:
        sock = self.client.sock if self.client else None
        return sock.version() or "" if isinstance(sock, ssl.SSLSocket) else ""


def _words(exc: Exception) -> str:
    if isinstance(exc, smtplib.SMTPResponseException):
        error = exc.smtp_error
        return error.decode("utf-8", "replace") if isinstance(error, bytes) else str(error)
    if isinstance(exc, socket.gaierror):
        return f"No se encontró el servidor ({exc.strerror})"
    return str(exc) or type(exc).__name__


def _decoded(challenge: bytes) -> bytes:
    """The JSON in which a server says why it takes no token; as it came where it is not base64."""
    try:
        return base64.b64decode(challenge, validate=True)
    except binascii.Error:
        return challenge


_kept = threading.local()


def smtp(channel: Channel) -> SmtpTransport:
    """The kept connection of this thread to the channel."""
    transports = _transports()
    known = transports.get(channel.name)
    if known is None or known.channel != channel:
        if known:
            known.quit()
        known = transports[channel.name] = SmtpTransport(channel)
    return known


def hang_up() -> None:
    """Close this thread's kept connections: an idle one would only wait for the server to close it."""
    for transport in _transports().values():
        transport.quit()


def _transports() -> dict[str, SmtpTransport]:
    transports: dict[str, SmtpTransport] = _kept.__dict__.setdefault("transports", {})
    return transports
