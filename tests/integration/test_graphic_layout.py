"""Where things stand on the printed page: nothing leaves its place, no page stands without a line."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from weasyprint import Document
from weasyprint.formatting_structure.boxes import TableCellBox, TextBox

from tests.integration.graphic_pages import CODE, WITHHELD, pages, printed
from tests.ubl_builders import Who
from tests.ubl_printed_builders import Item, build_sheet, many

D = Decimal


@pytest.mark.parametrize("count", [1, 9, 18, 19, 44])
def test_no_page_stands_without_a_line(count: int) -> None:
    every = pages(printed(build_sheet(items=many(count), withheld=WITHHELD, notes=["Garantía de un año. " * 50])))

    assert all(CODE.search(page) for page in every)
    assert len(CODE.findall(every[-1])) >= min(3, count)


def test_the_figures_of_the_lines_stay_in_their_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    assert overflowing(build_sheet(items=many(10), withheld=WITHHELD), monkeypatch) == []


def test_long_names_codes_and_figures_stay_in_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    item = Item(
        "REFERENCIA-EXTRAORDINARIAMENTE-LARGA-01", f"https://example.com/{'x' * 90}", D("12345.123456"), "NIU", D("987654321.123456")
    )
    long = Who("909214587", "Comercializadora Internacional " * 8, trade_name="Alimentos y Empaques del Oriente Colombiano " * 3)
    xml = build_sheet(
        number="F" * 60,
        prefix="F",
        seller=long,
        buyer=Who("908630142", "Consorcio " * 30),
        buyer_mail=f"{'a' * 64}@{'b' * 60}.co",
        items=[item],
    )

    assert overflowing(xml, monkeypatch) == []


def overflowing(xml: bytes, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that leave their cell, or the page's margins, in the layout of which the PDF is made."""
    laid_out: list[Document] = []
    real = Document.write_pdf
    monkeypatch.setattr(Document, "write_pdf", lambda self, **how: laid_out.append(self) or real(self, **how))
    printed(xml)
    sheets = [page._page_box for document in laid_out for page in document.pages]
    return [text for sheet in sheets for text in beyond(sheet, sheet.margin_width() - sheet.margin_right)]


def beyond(box: Any, edge: float) -> Iterator[str]:
    """Texts below a box that end beyond an edge, or beyond that of a nearer cell."""
    if isinstance(box, TextBox) and box.position_x + box.width > edge + 1:
        yield box.text
    if isinstance(box, TableCellBox):
        edge = box.position_x + box.margin_width()
    for child in getattr(box, "children", ()):
        yield from beyond(getattr(child, "_box", child), edge)
