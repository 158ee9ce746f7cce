"""The command line's door for documents."""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from invoices.models import Company
from invoices.services import Outcome
from notifications import intake

EXTENSIONS = {".xml", ".zip"}


class Command(BaseCommand):
    """``import_documents PATH… [--company NIT | --create-companies] [--notify auto|yes|no]``."""

    help = "Carga documentos: archivos XML y ZIP, o carpetas que los contengan."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the files are, whose they may be, and whether the buyers are told."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        whose = parser.add_mutually_exclusive_group()
        whose.add_argument("--company", metavar="NIT", help="solo documentos de esta empresa")
        whose.add_argument("--create-companies", action="store_true", help="crea la empresa de cada emisor que no exista")
        parser.add_argument("--notify", choices=["auto", "yes", "no"], default="auto", help="auto: solo lo expedido en los últimos 5 días")

    def handle(self, *_: Any, paths: list[Path], company: str | None, create_companies: bool, notify: intake.Notify, **__: Any) -> None:
        """Import; exit 1 when a path could not be opened."""
        self.unopened = 0
        counts: Counter[Outcome] = Counter()
        lines = intake.receive(
            self._files(_spread(paths)),
            companies=_companies(company),
            by=None,
            notify=notify,
            now=timezone.now(),
            create_companies=create_companies,
        )
        for line in lines:
            counts[line.outcome] += 1
            self.stdout.write(_sentence(line))
        self.stdout.write(
            f"{counts[Outcome.NEW]} imported, {counts[Outcome.ALREADY]} already there, {counts[Outcome.CONFLICT]} conflicts, "
            f"{counts[Outcome.WAITING]} waiting, {counts[Outcome.REFUSED]} refused"
        )
        if self.unopened:
            sys.exit(1)

    def _files(self, paths: list[Path]) -> Iterator[tuple[str, bytes]]:
        bar = sys.stderr.isatty()
        for number, path in enumerate(paths, start=1):
            if bar:
                self.stderr.write(f"\r{_bar(number, len(paths))}", ending="")
            try:
                data = path.read_bytes()
            except OSError as exc:
                self.unopened += 1
                self.stderr.write(f"{path}: no se pudo abrir ({exc.strerror})")
                continue
            yield path.name, data
        if bar:
            self.stderr.write("")


def _companies(nit: str | None) -> dict[str, Company]:
    rows = Company.objects.all() if nit is None else Company.objects.filter(nit=nit)
    found = {row.nit: row for row in rows}
    if nit is not None and not found:
        raise CommandError(f"No hay una empresa con NIT {nit}: créala con create_company.")
    return found


def _spread(paths: list[Path]) -> list[Path]:
    """Folders become the XML and ZIP files in them, in order; a path that is not there stays, to be reported."""
    spread: list[Path] = []
    for path in paths:
        if path.is_dir():
            spread += sorted(item for item in path.rglob("*") if item.is_file() and item.suffix.lower() in EXTENSIONS)
        else:
            spread.append(path)
    return spread


def _sentence(line: intake.Line) -> str:
    parts = [f"{line.outcome.value:14}", line.name]
    if line.document:
        parts.append(f"{line.document.type_label} {line.document.number} · {line.document.get_dian_status_display()}")
    if line.reason:
        parts.append(line.reason)
    return "  ".join(parts)


def _bar(done: int, total: int, width: int = 30) -> str:
    filled = width * done // total
    return f"[{'#' * filled}{'.' * (width - filled)}] {done}/{total}"
