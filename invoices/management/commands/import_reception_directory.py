"""DIAN's list of reception addresses, a million rows at a time."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from invoices import directory
from invoices.invalid import Invalid


class Command(BaseCommand):
    """``import_reception_directory FILE``: NIT, address and date, quoted, without a header."""

    help = "Importa la lista de correos de recepción de la DIAN (CSV)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_: Any, file: Path, **__: Any) -> None:
        """Merge the whole file or nothing of it."""
        try:
            source = file.open("rb")
        except OSError as exc:
            raise CommandError(f"{file}: no se pudo abrir ({exc.strerror})") from exc
        with source:
            try:
                merged = directory.merge(source=source, today=timezone.localdate())
            except Invalid as exc:
                raise CommandError(f"{file}: {exc}") from exc
        self.stdout.write(f"{merged.read} rows read, {merged.skipped} without NIT or address")
