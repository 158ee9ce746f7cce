"""The command line's door for sales."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from invoices import sales_csv, sales_import
from invoices.invalid import Invalid
from invoices.models import Company
from invoices.sales_columns import FIELDS, MARK, propose
from invoices.services import Outcome

NAMES = [*(field.name for field in FIELDS), MARK]


def pair(text: str) -> tuple[str, str]:
    """``total=Valor total`` → the field and the header."""
    name, equals, header = text.partition("=")
    if not equals or name not in NAMES:
        raise ArgumentTypeError(f"{text}: se escribe campo=columna; campos: {', '.join(NAMES)}")
    return name, header


class Command(BaseCommand):
    """``import_sales FILE --company NIT [--map FIELD=HEADER …]``."""

    help = "Carga ventas desde un CSV; lo que ya estaba no cambia."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, whose sales they are, and the columns that are not recognised by their header."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--company", required=True, metavar="NIT")
        parser.add_argument(
            "--map",
            dest="pairs",
            action="append",
            type=pair,
            default=[],
            metavar="FIELD=HEADER",
            help=f"campos: {', '.join(NAMES)}; decimal es , o .",
        )

    def handle(self, *_: Any, file: Path, company: str, pairs: list[tuple[str, str]], **__: Any) -> None:
        """Import; print what a person must look at and the counts."""
        owner = Company.objects.filter(nit=company).first()
        if owner is None:
            raise CommandError(f"No hay una empresa con NIT {company}: créala con create_company.")
        try:
            sheet = sales_csv.read(file.read_bytes())
            mapping = propose(sheet.headers, owner.sales_columns) | dict(pairs)
            kept = sales_import.run(company=owner, name=file.name, sheet=sheet, mapping=mapping, by=None, at=timezone.now())
        except OSError as exc:
            raise CommandError(f"{file}: no se pudo abrir ({exc.strerror})") from exc
        except Invalid as exc:
            raise CommandError(f"{file}: {exc}") from exc
        result = kept[1]
        for line in result.lines:
            if line.reason:
                self.stdout.write(f"{line.outcome.value:14}  {line.line}  {line.number}  {line.reason}")
        counts = result.counts
        self.stdout.write(
            f"{counts[Outcome.NEW]} imported, {counts[Outcome.ALREADY]} already there, {counts[Outcome.CONFLICT]} conflicts, "
            f"{counts[Outcome.REFUSED]} refused"
        )
