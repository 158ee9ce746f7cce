"""DIAN's list of reception addresses, a million rows at a time."""

import csv
import io
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

BATCH = 50_000
STAGE = "CREATE TEMPORARY TABLE stage (nit varchar(20), address_key varchar(254), listed_on date) ON COMMIT DROP"
# The list may name a pair twice; first and last seen make a change of address a dated fact.
MERGE = """
INSERT INTO invoices_receptiondirectory (nit, address_key, listed_on, first_seen, last_seen)
SELECT nit, address_key, max(listed_on), %(today)s, %(today)s FROM stage GROUP BY nit, address_key
ON CONFLICT (nit, address_key) DO UPDATE SET
    last_seen = excluded.last_seen, listed_on = greatest(invoices_receptiondirectory.listed_on, excluded.listed_on)
"""


class Command(BaseCommand):
    """``import_reception_directory FILE``: NIT, address and date, quoted, without a header."""

    help = "Importa la lista de correos de recepción de la DIAN (CSV)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_: Any, file: Path, **__: Any) -> None:
        """Load the file into a stage, and merge it in one statement."""
        try:
            source = file.open(encoding="utf-8-sig", errors="replace", newline="")
        except OSError as exc:
            raise CommandError(f"{file}: no se pudo abrir ({exc.strerror})") from exc
        with source, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(STAGE)
            skipped = _load(cursor, source)
            cursor.execute(MERGE, {"today": timezone.localdate()})
            self.stdout.write(f"{cursor.rowcount} addresses, {skipped} rows without NIT or address")


def _load(cursor: Any, source: TextIO) -> int:
    """Copy the usable rows into the stage; how many were not usable."""
    buffer, skipped, waiting = io.StringIO(), 0, 0
    for row in _rows(source):
        if row is None:
            skipped += 1
            continue
        buffer.write("\t".join(row) + "\n")
        waiting += 1
        if waiting == BATCH:
            _copy(cursor, buffer)
            buffer, waiting = io.StringIO(), 0
    _copy(cursor, buffer)
    return skipped


def _copy(cursor: Any, buffer: io.StringIO) -> None:
    buffer.seek(0)
    cursor.copy_expert("COPY stage FROM STDIN", buffer)


def _rows(source: TextIO) -> Iterator[tuple[str, str, str] | None]:
    """``(nit, address, date)`` with ``\\N`` for no date, or None for a row that names nobody; the literal NULL is nothing."""
    for row in csv.reader(source):
        values = [value.strip() for value in row[:3]]
        nit, address, listed = [*values, "", "", ""][:3]
        nit, address = nit.replace(".", "").split("-")[0], address.lower()
        if not nit.isdecimal() or len(nit) > 20 or "@" not in address or len(address) > 254 or any(char in address for char in "\t\n\r\\"):
            yield None
        else:
            yield nit, address, _date(listed)


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return "\\N"
