"""Fill an empty local database with the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from invoices.models import Company, User
from notifications.demo.load import PASSWORD, PEOPLE, load


class Command(BaseCommand):
    """``load_demo``: says who may enter; loads nothing where a company is already; refuses in production."""

    help = "Carga las empresas de demostración en una base local vacía."

    def handle(self, *_: Any, **__: Any) -> None:
        """Load, unless there is something."""
        if settings.PRODUCTION:
            raise CommandError("La demostración no se carga en producción.")
        if not Company.objects.exists():
            with transaction.atomic():
                load(now=timezone.now(), say=self.stdout.write)
        there = set(User.objects.values_list("email", flat=True))
        for email, name, role in (person for person in PEOPLE if person[0] in there):
            self.stdout.write(f"{email} / {PASSWORD}  ({name}, {role.label})")
