"""Look into the mailboxes now."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notifications import inbound, mailbox
from notifications.mailbox_connections import Connections


class Command(BaseCommand):
    """``read_mailbox``."""

    help = "Lee ahora los buzones (MAILBOX_URL): correos devueltos y respuestas de clientes, y aplica lo que dicen."

    def handle(self, *_: Any, **__: Any) -> None:
        """One line for each mailbox; ends with an error when one of them could not be read."""
        if not settings.MAILBOXES:
            raise CommandError("No hay buzones: falta MAILBOX_URL.")
        with Connections() as connections:
            rounds = mailbox.poll(connections, clock=timezone.now)
        for found in rounds:
            self.stdout.write(f"{found.mailbox}: {found.stored} nuevos, {found.known} ya leídos, {found.too_large} demasiado grandes")
        inbound.process_waiting(clock=timezone.now)
        if failed := [f"{found.mailbox}: {found.error}" for found in rounds if found.error]:
            raise CommandError("; ".join(failed))
