"""The lines of the document as a table, its columns as wide as what stands in them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from invoices.ubl.printed_types import Printed, PrintedLine, Tax
from notifications.graphic_figures import figure, percent, price, quantity, rate, tax_label

ZERO = Decimal(0)
# A cell may break a longer word: on every cell it costs a third of the layout time.
LONG_WORD = 22
# The last rows keep together and stay with the totals, so that no page stands without a line.
KEPT = 3
# Millimetres at 7.8 pt: advances of the page's font (tabular figures), rounded up; the room between columns and at the edge.
DIGIT, UPPER, LOWER, THIN, NARROW, WIDE = 1.79, 2.0, 1.65, 0.78, 1.05, 2.75
GAP, SLACK, BOLD = 2.2, 0.3, 1.02
WIDEST = {"code": 27.0, "unit": 19.0, "taxes": 27.0}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, written out; ``small`` are the texts under the description."""

    number: str
    code: str
    description: str
    small: tuple[str, ...]
    quantity: str
    unit: str
    price: str
    discount: str
    taxes: tuple[str, ...]
    total: str

    @property
    def breaks(self) -> bool:
        """Whether a word of the description is so long that the cell must break it."""
        texts = (self.description, *self.small)
        return any(len(word) > LONG_WORD for text in texts for word in text.split())


@dataclass(frozen=True, slots=True)
class Column:
    """A column: which cell of a row, its heading, its class and its width (empty for what is left)."""

    name: str
    heading: str
    kind: str
    width: str


@dataclass(frozen=True, slots=True)
class Table:
    """The lines. Columns in which nothing stands are left out: codes, discounts, taxes."""

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> frozenset[str]:
        """The columns that there are."""
        return frozenset(column.name for column in self.columns)

    @property
    def first(self) -> tuple[Row, ...]:
        """All rows but the last, which keep together."""
        return self.rows[:-KEPT]

    @property
    def last(self) -> tuple[Row, ...]:
        """The last, which stay with the totals."""
        return self.rows[-KEPT:]


def table_of(printed: Printed) -> Table:
    """The table of a document's lines, in their order."""
    names = {tax.name for line in printed.lines for tax in line.taxes}
    heading = names.pop() if len(names) == 1 else "Impuestos"
    rows = tuple(_row(line, several=bool(names)) for line in printed.lines)
    return Table(rows, tuple(_columns(rows, heading)))


def _columns(rows: tuple[Row, ...], tax_heading: str) -> Iterator[Column]:
    """The headings are measured once: their width in millimetres stands beside them."""
    yield _column("number", ("N.º", 4.0), "num", (row.number for row in rows))
    if any(row.code for row in rows):
        yield _column("code", ("Código", 8.4), "", (row.code for row in rows))
    yield Column("description", "Descripción", "", "")
    yield _column("quantity", ("Cantidad", 10.6), "num", (row.quantity for row in rows))
    yield _column("unit", ("Unidad", 8.3), "", (row.unit for row in rows))
    yield _column("price", ("Valor unitario", 15.8), "num", (row.price for row in rows))
    if any(row.discount for row in rows):
        yield _column("discount", ("Dto.", 5.0), "num", (row.discount for row in rows))
    if any(row.taxes for row in rows):
        yield _column("taxes", (tax_heading, _millimetres(tax_heading) * 0.9), "num", (tax for row in rows for tax in row.taxes))
    yield _column("total", ("Valor", 6.4), "num", (row.total for row in rows), BOLD)


def _column(name: str, heading: tuple[str, float], kind: str, texts: Iterable[str], weight: float = 1) -> Column:
    word, least = heading
    needed = max(max((_millimetres(text) * weight for text in set(texts)), default=0), least)
    gap = GAP if name != "total" else SLACK
    return Column(name, word, kind, f"{min(needed, WIDEST.get(name, needed)) + gap:.1f}mm")


def _millimetres(text: str) -> float:
    return sum(map(_advance, text))


def _advance(character: str) -> float:
    if character.isdigit() or character in "-+−":  # noqa: RUF001 - the minus sign
        return DIGIT
    if character in "%mwMW":
        return WIDE
    if character in "fijlrtIí":
        return NARROW
    if character.isalpha():
        return UPPER if character.isupper() else LOWER
    return THIN


def _row(line: PrintedLine, *, several: bool) -> Row:
    """With ``several`` taxes in the document each rate carries the name of its own."""
    return Row(
        number=line.number,
        code=line.code,
        description=line.description,
        small=tuple(_small(line)),
        quantity="" if line.quantity is None else quantity(line.quantity),
        unit=line.unit,
        price="" if line.price is None else price(line.price),
        discount=_discount(line),
        taxes=tuple(_tax(tax, several=several) for tax in line.taxes),
        total=figure(line.total),
    )


def _tax(tax: Tax, *, several: bool) -> str:
    """Its rate; of a tax per unit what it comes to, for the unit is seldom that of the line."""
    if tax.per_unit:
        return f"{tax.name if several else ''} {figure(tax.amount)}".strip()
    return tax_label(tax) if several else rate(tax)


def _small(line: PrintedLine) -> Iterator[str]:
    if line.details:
        yield " · ".join(line.details)
    if not line.total and line.reference_price:
        yield f"Sin costo. Valor comercial de la unidad: {price(line.reference_price)}"
    for item in line.adjustments:
        if item.is_charge or item.reason:
            yield f"{item.reason or 'Cargo'}: {figure(item.amount)}"


def _discount(line: PrintedLine) -> str:
    """One discount as the seller wrote it, in per cent; several as what they come to."""
    discounts = [item for item in line.adjustments if not item.is_charge]
    if len(discounts) == 1 and discounts[0].rate:
        return percent(discounts[0].rate)
    return figure(sum((item.amount for item in discounts), ZERO)) if discounts else ""
