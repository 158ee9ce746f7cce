"""The only place that opens SMTP or calls a provider. Says what happened and in which phase; never raises for the network."""

import re
import smtplib
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from anymail.exceptions import AnymailError, AnymailRequestsAPIError
from anymail.message import AnymailMessage
from django.conf import settings
from django.core.mail import get_connection

from notifications.channels import Channel
from notifications.tracking import Outcome

CONNECT_SECONDS = 30
COMMAND_SECONDS = 60
AFTER_DOT_SECONDS = 600
# One deadline over the whole conversation, under the lease of 20 minutes.
CONVERSATION_SECONDS = 18 * 60
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


@dataclass(frozen=True, slots=True)
class Parts:
    """A message for a provider's API, which takes parts and makes the bytes itself."""

    sender: str
    recipient: str
    reply_to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    metadata: dict[str, str]
    attachments: tuple[tuple[str, bytes, str], ...] = ()


class SmtpTransport:
    """A kept connection to one channel's server; used by one thread at a time."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.client: smtplib.SMTP | None = None
        self.deadline = 0.0
        self.phase = ""

    def send(self, *, sender: str, recipient: str, message: bytes) -> Handover:
        """Hand one message to one address; ``phase`` tells before and after the final dot apart."""
        self.deadline = time.monotonic() + CONVERSATION_SECONDS
        try:
            self._connect()
        except (OSError, smtplib.SMTPException) as exc:
            return self._broken(Outcome.CHANNEL, exc)
        try:
            return self._converse(sender, recipient, message)
        except (OSError, smtplib.SMTPException) as exc:
            return self._broken(Outcome.UNKNOWN if self.phase == "dot" else Outcome.TEMPORARY, exc)

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
        context = ssl.create_default_context()
        host, port = self.channel.host, self.channel.port
        if self.channel.tls == "implicit":
            self.client = smtplib.SMTP_SSL(host, port, local_hostname=settings.EHLO_NAME, timeout=CONNECT_SECONDS, context=context)
        else:
            self.client = smtplib.SMTP(host, port, local_hostname=settings.EHLO_NAME, timeout=CONNECT_SECONDS)
        self._wait(COMMAND_SECONDS)
        if self.channel.tls == "starttls":
            self.client.starttls(context=context)
        if self.channel.user:
            self.client.login(self.channel.user, self.channel.password)
        self.client.ehlo_or_helo_if_needed()

    def _converse(self, sender: str, recipient: str, message: bytes) -> Handover:
        client = self._open_client()
        for phase, command in (("mail", f"MAIL FROM:<{sender}>"), ("rcpt", f"RCPT TO:<{recipient}>"), ("data", "DATA")):
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
        return Handover(
            outcome,
            self.phase,
            code=code if code > 0 else None,
            reply=reply.decode("utf-8", "replace")[:2000],
            host=self._host(),
            tls=self._tls(),
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


_kept = threading.local()


def smtp(channel: Channel) -> SmtpTransport:
    """The kept connection of this thread to the channel."""
    transports = _transports()
    known = transports.get(channel.name)
    if known is None or known.channel != channel:
        known = transports[channel.name] = SmtpTransport(channel)
    return known


def hang_up() -> None:
    """Close this thread's kept connections: an idle one would only wait for the server to close it."""
    for transport in _transports().values():
        transport.quit()


def _transports() -> dict[str, SmtpTransport]:
    transports: dict[str, SmtpTransport] = _kept.__dict__.setdefault("transports", {})
    return transports


def send_by_api(channel: Channel, parts: Parts) -> Handover:
    """Hand one message to a provider by Anymail; its identifier is kept."""
    message = AnymailMessage(
        subject=parts.subject,
        body=parts.text,
        from_email=parts.sender,
        to=[parts.recipient],
        reply_to=[parts.reply_to] if parts.reply_to else None,
        headers=parts.headers,
        attachments=list(parts.attachments),
        connection=get_connection(f"anymail.backends.{channel.backend}.EmailBackend", **dict[str, Any](channel.options)),
    )
    if parts.html:
        message.attach_alternative(parts.html, "text/html")
    message.metadata = parts.metadata
    try:
        message.send()
    except AnymailRequestsAPIError as exc:
        return _api_error(channel, exc)
    except (AnymailError, OSError) as exc:
        return Handover(Outcome.CHANNEL, "api", reply=str(exc)[:2000], host=channel.backend)
    return _api_answer(channel, message)


def _api_error(channel: Channel, exc: AnymailRequestsAPIError) -> Handover:
    """Classified by status code: the class is an OSError, so ``except OSError`` would call everything a channel's fault."""
    code: int | None = exc.status_code
    if code is None:
        outcome = Outcome.UNKNOWN
    elif code in {400, 406, 413, 422}:
        outcome = Outcome.PERMANENT
    elif code == 429 or code >= 500:
        outcome = Outcome.TEMPORARY
    else:
        outcome = Outcome.CHANNEL
    return Handover(outcome, "api", code=code, reply=str(exc)[:2000], host=channel.backend)


def _api_answer(channel: Channel, message: AnymailMessage) -> Handover:
    status = message.anymail_status
    refused = status.status is not None and status.status <= {"invalid", "rejected", "failed"}
    return Handover(
        Outcome.PERMANENT if refused else Outcome.ACCEPTED,
        "api",
        reply=", ".join(sorted(status.status or ())),
        host=channel.backend,
        provider_id=str(status.message_id or ""),
    )
