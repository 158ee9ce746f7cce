"""What a buyer's robot would say of packages."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from invoices.ubl.archive import MAX_ZIP_BYTES
from invoices.ubl.conformity import Grade, check

MARKS = {Grade.COMPLIES: "  ✓", Grade.WARNS: "  !", Grade.PREVENTS: "  ✗"}


class Command(BaseCommand):
    """``check_package PATH…``."""

    help = "Revisa la conformidad de paquetes ZIP o XML: cumple, advierte o impide, regla por regla."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files or folders; ``--brief`` leaves out what complies."""
        parser.add_argument("paths", nargs="+", type=Path)
        parser.add_argument("--brief", action="store_true", help="solo lo que advierte o impide")

    def handle(self, *_: Any, paths: list[Path], brief: bool, **__: Any) -> None:
        """Print a review per file; the command fails only for a path that cannot be read."""
        for path in sorted(file for given in paths for file in _files(given)):
            self._print(path, brief=brief)

    def _print(self, path: Path, *, brief: bool) -> None:
        if path.stat().st_size > MAX_ZIP_BYTES:
            self.stdout.write(f"{path.name}: impide\n  ✗ Pasa de 20 MB.")
            return
        review = check(path.name, path.read_bytes())
        self.stdout.write(f"{path.name}: {review.grade}")
        for finding in review.findings:
            if not brief or finding.grade != Grade.COMPLIES:
                self.stdout.write(f"{MARKS[finding.grade]} {finding.rule}: {finding.sentence} ({finding.source})")


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return [file for file in path.rglob("*") if file.suffix.lower() in {".zip", ".xml"}]
    if not path.is_file():
        raise CommandError(f"No se puede leer {path}.")
    return [path]
