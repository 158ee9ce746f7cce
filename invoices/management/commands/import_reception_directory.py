"""DIAN's list of reception addresses, a million rows at a time."""

import csv
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

BATCH = 50_000
# The list may name a pair twice; first and last seen make a change of address a dated fact.
MERGE = """
INSERT INTO invoices_receptiondirectory (nit, address_key, listed_on, first_seen, last_seen)
SELECT nit, address_key, max(listed_on), %(today)s, %(today)s
FROM unnest(%(nits)s::text[], %(addresses)s::text[], %(dates)s::date[]) AS row (nit, address_key, listed_on)
GROUP BY nit, address_key
ON CONFLICT (nit, address_key) DO UPDATE SET
    last_seen = excluded.last_seen, listed_on = greatest(invoices_receptiondirectory.listed_on, excluded.listed_on)
"""
Row = tuple[str, str, date | None]


class Command(BaseCommand):
    """``import_reception_directory FILE``: NIT, address and date, quoted, without a header."""

    help = "Importa la lista de correos de recepción de la DIAN (CSV)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_: Any, file: Path, **__: Any) -> None:
        """Merge the whole file or nothing of it."""
        try:
            source = file.open(encoding="utf-8-sig", errors="replace", newline="")
        except OSError as exc:
            raise CommandError(f"{file}: no se pudo abrir ({exc.strerror})") from exc
        self.skipped = 0
        with source, transaction.atomic(), connection.cursor() as cursor:
            rows = self._usable(source)
            read = 0
            while batch := list(islice(rows, BATCH)):
                nits, addresses, dates = zip(*batch, strict=True)
                values: dict[str, Any] = {
                    "nits": list(nits),
                    "addresses": list(addresses),
                    "dates": list(dates),
                    "today": timezone.localdate(),
                }
                cursor.execute(MERGE, values)
                read += len(batch)
        self.stdout.write(f"{read} rows read, {self.skipped} without NIT or address")

    def _usable(self, source: TextIO) -> Iterator[Row]:
        for row in _rows(source):
            if row is None:
                self.skipped += 1
            else:
                yield row


def _rows(source: TextIO) -> Iterator[Row | None]:
    """NIT, address and date, or None for a row that names nobody; the literal NULL is nothing."""
    for row in csv.reader(source):
        nit, address, listed = [*(value.strip() for value in row[:3]), "", "", ""][:3]
        nit, address = nit.replace(".", "").split("-")[0], address.lower()
        if not nit.isdecimal() or len(nit) > 20 or "@" not in address or len(address) > 254 or "\x00" in address:
            yield None
        else:
            yield nit, address, _date(listed)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
