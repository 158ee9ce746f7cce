"""Writes the secrets of all channels anew, under the first key of SECRETS_KEY."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from notifications import secret_box
from notifications.models import MailChannel


class Command(BaseCommand):
    """``rotate_secrets``: after it, only the first key is needed."""

    help = "Vuelve a cifrar los secretos de los canales con la primera clave de SECRETS_KEY."

    def handle(self, **_: Any) -> None:
        """All or nothing; exit 1, naming the channel, when one cannot be read."""
        done = 0
        with transaction.atomic():
            for channel in MailChannel.objects.select_for_update().order_by("name"):
                try:
                    channel.url_encrypted = secret_box.encrypt_anew(channel.url_encrypted)
                except secret_box.Unreadable as exc:
                    raise CommandError(f"{channel.name}: {exc}; nothing was changed") from exc
                channel.save(update_fields=["url_encrypted"])
                done += 1
        self.stdout.write(f"{done} channels encrypted with the first key")
