"""
A list taken away as a file: CSV that streams, XLSX that is made on disk; neither holds the list whole. No HTTP inside.

A table is a few columns over a queryset; ``begin`` writes the audit trail before a byte leaves.
"""

import codecs
import csv
import io
import re
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO, Any, Generic, Literal, TypeVar

import xlsxwriter
from django.db import models
from django.db.models import QuerySet
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from invoices import audit
from invoices.models import Company, User
from invoices.scope import company_scope
from invoices.templatetags.traza import BOGOTA, day, moment, thousands

CHUNK = 2000
LINES = 500
# A sheet of Excel ends at row 1,048,576.
MOST_XLSX_ROWS = 1_000_000
Cell = str | int | Decimal | date | datetime | None
Kind = Literal["csv", "xlsx"]
M = TypeVar("M")
N = TypeVar("N", bound=models.Model)

# What makes a spreadsheet calculate, at the start of a cell or after what another spreadsheet takes for the end of one.
FORMULA = re.compile(r"(^|[,;\t\r\n])(\s*)(?=[=+\-@＝＋－＠])")  # noqa: RUF001 - the full-width forms count as well


@dataclass(frozen=True, slots=True)
class Column(Generic[M]):
    """A column: its title, its width in characters, and its value for one row; moments are aware."""

    title: str
    width: int
    value: Callable[[M], Cell]


@dataclass(frozen=True, slots=True)
class Table(Generic[M]):
    """What can be exported: ``name`` stands in file names and in the audit trail, ``title`` as on screen (at most 31 letters)."""

    name: str
    title: str
    columns: Sequence[Column[M]]

    @property
    def titles(self) -> list[str]:
        """The header."""
        return [column.title for column in self.columns]

    def cells(self, row: M) -> list[Cell]:
        """One row's values."""
        return [column.value(row) for column in self.columns]


@dataclass(frozen=True, slots=True)
class Export(Generic[N]):
    """One download: ``rows`` in their order, ``filters`` in words, ``count`` rows when it was asked for."""

    table: Table[N]
    company: Company
    rows: QuerySet[N]
    filters: Sequence[str]
    by: User
    at: datetime
    count: int

    def about(self) -> list[tuple[str, str]]:
        """What the file says of itself."""
        return [
            ("Empresa", self.company.name),
            ("NIT", self.company.formatted_nit),
            ("Lista", self.table.title),
            ("Filtros", " · ".join(self.filters) or "Ninguno"),
            ("Descargado", f"{moment(self.at)} (hora de Bogotá)"),
            ("Por", f"{self.by} ({self.by.email})" if self.by.name else self.by.email),
        ]

    def each(self) -> Generator[N]:
        """The rows one by one, in chunks from a cursor of the server, in a scope of their own: a stream outlives its view's."""
        with company_scope(self.company.pk), closing(self.rows.iterator(chunk_size=CHUNK)) as rows:  # type: ignore[type-var]
            yield from rows


def begin(*, table: Table[N], kind: Kind, company: Company, rows: QuerySet[N], filters: Sequence[str], by: User, at: datetime) -> Export[N]:
    """
    Write down who takes what, in the caller's scope, before a byte leaves; a download that breaks off has its line all the same.

    ``rows_up_to`` in the trail is therefore how many rows there were to take, not how many arrived.
    """
    count = rows.order_by().values("pk").count()
    most = min(count, MOST_XLSX_ROWS) if kind == "xlsx" else count
    data = {"list": table.name, "format": kind, "filters": list(filters), "rows_up_to": most}
    audit.record(company_id=company.pk, action=audit.Action.EXPORTED, by=by, at=at, data=data)
    return Export(table, company, rows, filters, by, at, count)


def csv_chunks(export: Export[N]) -> Iterator[bytes]:
    """The export as CSV: what it is, an empty line, the header, the rows."""
    yield codecs.BOM_UTF8 + csv_lines([*export.about(), (), export.table.titles])
    with closing(export.each()) as rows:
        while lines := csv_lines(export.table.cells(row) for row in islice(rows, LINES)):
            yield lines


def csv_file(table: Table[M], rows: Iterable[M]) -> bytes:
    """A short table as CSV, whole."""
    return codecs.BOM_UTF8 + csv_lines([table.titles, *(table.cells(row) for row in rows)])


def csv_lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    """
    Lines of CSV as Excel in Colombia reads them: UTF-8, ``;``, CRLF.

    Everything is quoted: LibreOffice splits at commas too, unless they stand in quotes.
    """
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL).writerows([csv_text(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode()


def csv_text(cell: Cell) -> str:
    """``1785000,00`` with at least two decimals and no dots, ``31/12/2026``, ``31/12/2026 23:59`` in Bogotá, texts made harmless."""
    if isinstance(cell, Decimal):
        whole, _, decimals = f"{cell:f}".partition(".")
        return f"{whole},{decimals.rstrip('0'):0<2}"
    if isinstance(cell, datetime):
        return moment(cell)
    if isinstance(cell, date):
        return day(cell)
    return harmless(cell) if isinstance(cell, str) else "" if cell is None else str(cell)


def harmless(text: str) -> str:
    """
    The text with an apostrophe before whatever a spreadsheet would calculate.

    Source: OWASP, CSV Injection: ``= + - @``, TAB, CR, their full-width forms, and separators that begin another cell.
    """
    found = FORMULA.sub(r"\1'\2", text)
    return f"'{found}" if found[:1] in {"\t", "\r", "\n"} else found


def xlsx_file(export: Export[N]) -> IO[bytes]:
    """The export as a workbook, on disk, open at its beginning and gone when closed; at most ``MOST_XLSX_ROWS`` rows."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever hands it out closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": f"{export.table.title}, {export.company}", "author": "Traza", "created": _clock(export.at)})
        _write_rows(book, export)
        _write_about(book, export)
    file.seek(0)
    return file


def _write_rows(book: Any, export: Export[N]) -> None:
    columns = export.table.columns
    sheet, bold, write = book.add_worksheet(export.table.title), book.add_format({"bold": True}), _writer(book)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
    sheet.write_string(0, 0, " · ".join(f"{name}: {words}" for name, words in [*export.about(), *_cut(export)]))
    for index, title in enumerate(export.table.titles):
        sheet.write_string(1, index, title, bold)
    number = 1
    with closing(export.each()) as rows:
        for number, row in enumerate(islice(rows, MOST_XLSX_ROWS), start=2):
            for index, cell in enumerate(export.table.cells(row)):
                write(sheet, number, index, cell)
    sheet.freeze_panes(2, 0)
    sheet.autofilter(1, 0, number, len(columns) - 1)


def _writer(book: Any) -> Callable[[Worksheet, int, int, Cell], None]:
    """Writes a cell as what it is: a text stays a text whatever it begins with."""
    amount, at, on = (book.add_format({"num_format": text}) for text in ("#,##0.00####", "dd/mm/yyyy hh:mm", "dd/mm/yyyy"))
    formats: dict[type, Format] = {Decimal: amount, datetime: at, date: on}

    def write(sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, str):
            sheet.write_string(row, column, cell)
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, _clock(cell) if isinstance(cell, datetime) else cell, formats[type(cell)])
        elif cell is not None:
            sheet.write_number(row, column, cell, formats.get(type(cell)))

    return write


def _write_about(book: Any, export: Export[N]) -> None:
    sheet, bold = book.add_worksheet("Filtros"), book.add_format({"bold": True})
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 90)
    for row, (name, words) in enumerate([*export.about(), *_cut(export)]):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, words)


def _cut(export: Export[N]) -> list[tuple[str, str]]:
    if export.count <= MOST_XLSX_ROWS:
        return []
    shown, there = thousands(MOST_XLSX_ROWS), thousands(export.count)
    words = f"la lista tiene {there} filas y aquí están las primeras {shown}: usa filtros, o descarga el CSV"
    return [("Incompleto", words)]


def _clock(at: datetime) -> datetime:
    """As a spreadsheet holds a moment: Bogotá's clock, without a zone."""
    return at.astimezone(BOGOTA).replace(tzinfo=None)
