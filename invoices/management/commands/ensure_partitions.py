"""Make the months of the history by hand."""

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from invoices.partitions import ensure_partitions, rows_in_default


def month(text: str) -> date:
    """``YYYY-MM`` → its first day."""
    return datetime.strptime(text + "-01", "%Y-%m-%d").date()  # noqa: DTZ007 - a month has no time zone


class Command(BaseCommand):
    """``ensure_partitions [--from YYYY-MM]``."""

    help = "Crea los meses del historial que falten, hasta tres meses adelante."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--from``: the first month to make."""
        parser.add_argument("--from", dest="since", type=month, help="primer mes, AAAA-MM")

    def handle(self, *_: Any, since: date | None, **__: Any) -> None:
        """Make them, and fail loudly when rows lie where no month took them."""
        today = timezone.localdate()
        made = ensure_partitions(since=since or today, until=today)
        self.stdout.write(f"{made} months made")
        lost = rows_in_default()
        if lost:
            raise CommandError(f"{lost} movements lie in the DEFAULT partition")
