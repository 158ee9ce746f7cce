"""A mail server on loopback that delivers nothing: it keeps each message in a Maildir, for the demo."""

import asyncio
import logging
import mailbox
from argparse import ArgumentParser
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# The demo's addresses that do not simply accept, by the beginning of what stands before the @.
AT_RECIPIENT = {"noexiste": "550 5.1.1 User unknown", "lleno": "452 4.2.2 Mailbox full"}
AT_MESSAGE = {"spam": "554 5.7.1 Message refused by policy"}
SLOW, WAIT = "lento", "451 4.7.1 Greylisted, try again later"


class DemoServer:
    """Accepts into the Maildir, or answers as the address says; ``lento…`` is taken the second time a message comes."""

    def __init__(self, maildir: Path) -> None:
        self.box = mailbox.Maildir(maildir, create=True)
        self.seen: set[tuple[str, str]] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse who does not exist, or has no room."""
        refusal = scripted(address, AT_RECIPIENT)
        if not refusal:
            envelope.rcpt_tos.append(address)
        return refusal or "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        """Keep the message, with the addresses of its envelope in a header of their own."""
        content = envelope.original_content or b""
        for address in envelope.rcpt_tos:
            refusal = scripted(address, AT_MESSAGE) or self._slow(address, content)
            if refusal:
                return refusal
        key = self.box.add(f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n".encode() + content)
        return f"250 2.0.0 Ok: queued as {key.split('.')[0]}"

    def _slow(self, address: str, content: bytes) -> str:
        """Ask to wait at the first sight of a message."""
        sight = (address, str(BytesHeaderParser().parsebytes(content)["Message-ID"]))
        if not address.lower().startswith(SLOW) or sight in self.seen:
            return ""
        self.seen.add(sight)
        return WAIT


def scripted(address: str, replies: dict[str, str]) -> str:
    """The reply for the address, or nothing."""
    return next((reply for start, reply in replies.items() if address.lower().startswith(start)), "")


async def serve(maildir: Path, port: int) -> None:
    """Listen on 127.0.0.1 until the process ends."""
    handler = DemoServer(maildir)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port)
    await server.serve_forever()


class Command(BaseCommand):
    """``manage.py smtp_sink --port 1025``."""

    help = "Recibe en 127.0.0.1 los correos de la demostración y los guarda en un buzón Maildir; no entrega ninguno."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Port and mailbox."""
        parser.add_argument("--port", type=int, required=True, help="puerto de 127.0.0.1")
        parser.add_argument("--maildir", default=settings.DEMO_MAILBOX, help="carpeta del buzón (DEMO_MAILBOX)")

    def handle(self, *args: Any, port: int, maildir: str, **options: Any) -> None:
        """Serve."""
        if not maildir:
            raise CommandError("Falta la carpeta del buzón: define DEMO_MAILBOX o usa --maildir.")
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # it would tell every command of every conversation
        self.stdout.write(f"127.0.0.1:{port} → {maildir}")
        try:
            asyncio.run(serve(Path(maildir), port))
        except KeyboardInterrupt:
            self.stdout.write("")
