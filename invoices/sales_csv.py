"""
Sales out of a CSV: bytes → a sheet of texts → which column is which → ``invoices.sales.Sale``. Nothing is written here.

Files come from Excel and from accounting programs: lines of title above the header, ``;`` or ``,`` or tabs, UTF-8 or Windows-1252.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from invoices import written
from invoices.invalid import Invalid
from invoices.models.documents import TYPE_LABELS, TYPE_TITLES
from invoices.models.sales import IDENTIFICATION_LABELS
from invoices.sales import Sale
from invoices.sales_columns import FIELDS, MARK
from invoices.search import number_key, plain

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 100
DELIMITERS = (";", "\t", ",")
LOOKED_AT = 20  # lines in which the delimiter shows and the headers stand
FEWEST = 3  # filled cells of a header; a title above it has fewer


TYPES = {plain(label): code for labels in (TYPE_TITLES, TYPE_LABELS) for code, label in labels.items()} | {"FACTURA DE VENTA": "01"}
IDENTIFICATIONS = {number_key(label): code for code, label in IDENTIFICATION_LABELS.items()} | {"CEDULA": "13", "CEDULADECIUDADANIA": "13"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file with its number as an editor counts, from 1."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the file holds: headers, none empty and none twice, and the rows below that are not empty."""

    headers: Sequence[str]
    rows: Sequence[Row]


def read(data: bytes) -> Sheet:
    """
    The sheet in a file of at most ``MAX_BYTES``.

    :raises Invalid: it is no CSV, has no header or no rows, or more than ``MAX_ROWS``; the sentence says what to do.
    """
    text = _decode(data)
    rows = list(islice(_rows(text, _delimiter(text)), MAX_ROWS + LOOKED_AT + 1))
    start = next((index for index, row in enumerate(rows[:LOOKED_AT]) if sum(map(bool, row.cells)) >= FEWEST), None)
    if start is None:
        raise Invalid("No se encontró una fila de encabezados con al menos tres columnas. ¿Es un CSV con títulos en la primera fila?")
    headers, found = rows[start].cells, rows[start + 1 :]
    if len(headers) > MAX_COLUMNS:
        raise Invalid(f"El archivo tiene {len(headers)} columnas y caben {MAX_COLUMNS}.")
    if not found:
        raise Invalid("El archivo tiene encabezados, pero ninguna venta debajo.")
    if len(found) > MAX_ROWS:
        raise Invalid("El archivo tiene más de 20.000 filas: pártelo, por ejemplo por meses.")
    return Sheet(_named(headers), found)


def too_big(size: int) -> Invalid:
    """What is said of a file of more than ``MAX_BYTES``, read or not."""
    return Invalid(f"El archivo pesa {size / 1e6:.1f} MB y caben 5 MB: pártelo, por ejemplo por meses.".replace(".", ",", 1))


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise too_big(len(data))
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Invalid("Es un libro de Excel. Ábrelo y usa Guardar como, CSV UTF-8 (delimitado por comas).")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\x00" in text or "\ufffd" in text:
        raise Invalid("No se pudo leer como texto. Guárdalo desde Excel como CSV UTF-8 (delimitado por comas).")
    return text


def _delimiter(text: str) -> str:
    """The one by which most of the first lines have as many columns as each other; of two that do as well, the one that makes more."""
    lines = list(islice((line for line in io.StringIO(text) if line.strip()), LOOKED_AT))
    return max(DELIMITERS, key=lambda mark: _agreement(lines, mark))


def _agreement(lines: Sequence[str], delimiter: str) -> tuple[int, int]:
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0, 0  # a cell without end: reading the rows says so
    return max(((count, width) for width, count in widths.items() if width >= FEWEST), default=(0, 0))


def _rows(text: str, delimiter: str) -> Iterable[Row]:
    """
    The rows that are not empty, trimmed.

    :raises Invalid: a quote is opened and never closed: the rest of the file would hide in one cell.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            trimmed = [cell.strip() for cell in cells]
            if any(trimmed):
                yield Row(line, trimmed)
            line = reader.line_num + 1
    except csv.Error as exc:
        raise Invalid(f"Hay unas comillas mal puestas o sin cerrar en la línea {line}: corrígelas y vuelve a intentar.") from exc


def _named(headers: Sequence[str]) -> list[str]:
    named: list[str] = []
    for index, header in enumerate(headers, start=1):
        name = header[:80] or f"Columna {index}"
        named.append(name if name not in named else f"{name[:70]} ({index})")
    return named


def sale_of(row: Row, headers: Sequence[str], mapping: Mapping[str, str]) -> Sale:
    """
    One row as a sale; whether the sale itself holds is for ``invoices.sales`` to say.

    :param mapping: passed ``check_mapping``.
    :raises Invalid: a cell cannot be read.
    """
    if len(row.cells) > len(headers) and any(row.cells[len(headers) :]):
        raise Invalid("Tiene más columnas que el encabezado: ¿hay un separador suelto en un nombre?")
    found = texts(row, headers, mapping)
    return Sale(
        type_code=_code(found["type_code"], TYPE_LABELS, TYPES.get(plain(found["type_code"]))),
        number=_number(found["prefix"], found["number"]),
        issue_date=written.day(found["issue_date"]),
        currency=found["currency"].upper(),
        total=written.amount(found["total"], mark=mapping.get(MARK, "")),
        identification_type=_code(
            found["identification_type"], IDENTIFICATION_LABELS, IDENTIFICATIONS.get(number_key(found["identification_type"]))
        ),
        identification=found["identification"],
        customer_name=found["customer_name"],
    )


def texts(row: Row, headers: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Field → what stands in the row, or the field's default."""
    cells = dict(zip(headers, row.cells, strict=False))
    return {field.name: cells.get(mapping.get(field.name, ""), "") or field.default for field in FIELDS}


def _code(text: str, codes: Mapping[str, Any], named: str | None) -> str:
    """A code of DIAN's, which Excel robs of its zero, or the code of what is written in words."""
    padded = text.zfill(2)
    return padded if padded in codes else named or text


def _number(prefix: str, number: str) -> str:
    """``FE`` and ``1001`` → ``FE1001``; a number that brings its prefix along stays as it is."""
    brings_it = not number.isdecimal() and number_key(number).startswith(number_key(prefix))
    return number if brings_it else prefix + number
