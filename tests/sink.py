"""A real SMTP server on loopback that keeps what it gets and answers as a test scripts it."""

import asyncio
import socket
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """What arrived, and what to answer: ``replies[address]`` are the answers to RCPT, ``data_replies[address]`` those after the dot."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.envelopes: list[tuple[str, list[str], bytes]] = []
        self.replies: dict[str, list[str]] = defaultdict(list)
        self.data_replies: dict[str, list[str]] = defaultdict(list)
        self.rcpts: list[str] = []

    @property
    def messages(self) -> list[EmailMessage]:
        """What was accepted, parsed."""
        return [message_from_bytes(data, policy=policy.default) for _, _, data in self.envelopes]

    def to(self, address: str) -> list[EmailMessage]:
        """What was accepted for one address."""
        return [message for message in self.messages if message["To"] == address]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer as scripted, else accept."""
        self.rcpts.append(address)
        if self.replies[address]:
            reply = self.replies[address].pop(0)
            if not reply.startswith("2"):
                return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        """Keep the message; answer as scripted, ``drop`` closes the connection instead of answering."""
        address = envelope.rcpt_tos[0]
        reply = self.data_replies[address].pop(0) if self.data_replies[address] else "250 2.0.0 Ok: queued as 4BX1"
        if reply.startswith("250") or reply == "drop":
            assert isinstance(envelope.content, bytes)
            self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos), envelope.content))
        if reply == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return reply

    def reset(self) -> None:
        """Forget everything."""
        self.__init__(self.port)  # type: ignore[misc]


@contextmanager
def running_sink() -> Iterator[Sink]:
    """A sink on a free port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = Sink(port)
    controller = Controller(sink, hostname="127.0.0.1", port=port, decode_data=False)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
