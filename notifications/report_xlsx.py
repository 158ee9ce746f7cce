"""All the rows of a long report as a workbook; written row by row, whatever its length."""

import io
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter

from invoices.models import ElectronicDocument, HistoryEntry
from notifications import presenters
from notifications.report_content import Content, up_to

COLUMNS = (
    ("Documento", 16),
    ("Cliente", 34),
    ("N.º", 6),
    ("Registrado", 18),
    ("Ocurrido", 18),
    ("Movimiento", 44),
    ("Correo", 34),
    ("Quién", 24),
    ("Detalle", 70),
    ("Huella SHA-256", 68),
    ("Huella anterior", 68),
)
MAX_CELL = 32_767


def render(content: Content) -> bytes:
    """
    One row per movement, each document's newest first; times in America/Bogota.

    Texts are written as texts: what a buyer or a server wrote never becomes a formula or a link. Must run in the company's scope.
    """
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "dd/mm/yyyy hh:mm:ss",
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": f"Detalle Historial de {content.title}", "author": "Traza", "created": _local(content.made_at)})
        sheet = book.add_worksheet("Movimientos")
        for column, (_, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, content.movements, len(COLUMNS) - 1)
        for column, (name, _) in enumerate(COLUMNS):
            sheet.write_string(0, column, name, book.add_format({"bold": True}))
        _write_rows(sheet, content)
    return buffer.getvalue()


def _write_rows(sheet: xlsxwriter.worksheet.Worksheet, content: Content) -> None:
    row = 0
    for section in content.sections:
        for entry in up_to(section.seq, section.document).iterator(chunk_size=1000):
            row += 1
            for column, value in enumerate(_cells(section.document, entry)):
                if isinstance(value, str):
                    sheet.write_string(row, column, value[:MAX_CELL])
                elif isinstance(value, datetime):
                    sheet.write_datetime(row, column, value)
                else:
                    sheet.write_number(row, column, value)


def _cells(document: ElectronicDocument, entry: HistoryEntry) -> Sequence[str | int | datetime]:
    return (
        document.number,
        document.customer.name,
        entry.seq,
        _local(entry.recorded_at),
        _local(entry.occurred_at),
        presenters.sentence(entry),
        entry.address,
        entry.actor_name,
        "\n".join(presenters.detail(entry)),
        entry.hash,
        entry.previous_hash,
    )


def _local(moment: datetime) -> datetime:
    """As a spreadsheet holds it: Bogotá's clock, without a zone."""
    return presenters.local(moment).replace(tzinfo=None)
