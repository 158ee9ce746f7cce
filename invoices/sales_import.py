"""Sales taken in from a file: what each row would become, what became of it, and the result that is kept for whoever asks later."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import DatabaseError

from invoices import audit
from invoices.exports import Column, Table
from invoices.history import SYSTEM
from invoices.invalid import Invalid
from invoices.models import Actor, Company, StoredFile
from invoices.sales import RecordedSale, Sale, checked, record_sale
from invoices.sales_columns import check_mapping
from invoices.sales_csv import Row, Sheet, sale_of, texts
from invoices.scope import company_scope
from invoices.services import Outcome, store_file
from invoices.templatetags.traza import BOGOTA, day, money, thousands

# What a person must look at comes first.
ORDER = (Outcome.REFUSED, Outcome.CONFLICT, Outcome.NEW, Outcome.ALREADY)
WORDS = {
    Outcome.REFUSED: ("Rechazada", "rechazadas"),
    Outcome.CONFLICT: ("En conflicto", "en conflicto"),
    Outcome.NEW: ("Importada", "importadas"),
    Outcome.ALREADY: ("Ya estaba", "ya estaban"),
}
BATCH = 200
SHOWN = 10
RESULT_NAME = "resultado-ventas.json"
MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """A file and how it is read: field → header, and the day after which no sale can be."""

    sheet: Sheet
    mapping: Mapping[str, str]
    today: date

    def __post_init__(self) -> None:
        """A mapping that does not hold raises ``Invalid``."""
        check_mapping(self.sheet.headers, self.mapping)

    def sale(self, row: Row) -> Sale:
        """The row as a sale, or ``Invalid``."""
        return sale_of(row, self.sheet.headers, self.mapping)

    def texts(self, row: Row) -> dict[str, str]:
        """The row's cells by field, as they stand in the file."""
        return {field: text[:MAX_TEXT] for field, text in texts(row, self.sheet.headers, self.mapping).items()}


@dataclass(frozen=True, slots=True)
class Looked:
    """A row as it would be read: the sale, or why it is none."""

    line: int
    texts: Mapping[str, str]
    sale: Sale | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a file, how many of all can be read, and the first that cannot and are not among those shown."""

    first: Sequence[Looked]
    good: int
    bad: Sequence[Looked]

    @property
    def unseen(self) -> Sequence[Looked]:
        """Rows with an error further down, the first few."""
        seen = {row.line for row in self.first}
        return [row for row in self.bad if row.line not in seen][:3]


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one row; ``texts`` are its cells as they stand in the file, by field."""

    line: int
    outcome: Outcome
    texts: Mapping[str, str]
    reason: str = ""

    @property
    def word(self) -> str:
        """The outcome on screen."""
        return WORDS[self.outcome][0]

    @property
    def number(self) -> str:
        """Prefix and number as they stand in the file."""
        return f"{self.texts.get('prefix', '')}{self.texts.get('number', '')}"


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one file, what needs a person first."""

    file: str
    by: str
    at: datetime
    lines: Sequence[Line]

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many rows had each outcome, in the order in which they are told."""
        counted = Counter(line.outcome for line in self.lines)
        return {outcome: counted[outcome] for outcome in ORDER}


RESULTS: Table[Line] = Table(
    "resultado-ventas",
    "Resultado",
    [
        Column("Fila", 8, lambda row: row.line),
        Column("Resultado", 14, lambda row: row.word),
        Column("Motivo", 60, lambda row: row.reason),
        Column("Tipo", 14, lambda row: row.texts["type_code"]),
        Column("Número", 16, lambda row: row.number),
        Column("Fecha", 12, lambda row: row.texts["issue_date"]),
        Column("Moneda", 8, lambda row: row.texts["currency"]),
        Column("Total", 18, lambda row: row.texts["total"]),
        Column("Identificación", 16, lambda row: row.texts["identification"]),
        Column("Cliente", 40, lambda row: row.texts["customer_name"]),
    ],
)


def preview(reading: Reading) -> Preview:
    """How the file would be read; nothing is written, and whether a sale is there already is not looked up."""
    looked = [_look(row, reading) for row in reading.sheet.rows]
    bad = [row for row in looked if row.error]
    return Preview(looked[:SHOWN], len(looked) - len(bad), bad)


def _look(row: Row, reading: Reading) -> Looked:
    try:
        return Looked(row.line, reading.texts(row), checked(reading.sale(row), today=reading.today))
    except Invalid as exc:
        return Looked(row.line, reading.texts(row), error=str(exc))


def run(*, company: Company, name: str, sheet: Sheet, mapping: Mapping[str, str], by: Actor | None, at: datetime) -> tuple[UUID, Result]:
    """
    Take the sales in, remember the mapping, write the audit trail and keep the result; one bad row undoes nothing else.

    Opens the company's scope for each batch of rows: must not run inside another transaction. The same file again changes nothing.

    :param name: of the file. :returns: the id of the ``StoredFile`` that ``result`` reads, and the result.
    :raises Invalid: the mapping does not hold; nothing was taken in.
    """
    reading = Reading(sheet, mapping, at.astimezone(BOGOTA).date())
    lines: list[Line] = []
    for start in range(0, len(sheet.rows), BATCH):
        lines += _take(sheet.rows[start : start + BATCH], company, reading)
    lines.sort(key=lambda line: ORDER.index(line.outcome))
    found = Result(name, str(by or SYSTEM), at, lines)
    with company_scope(company.pk):
        kept = _keep(company, found)
        Company.objects.filter(pk=company.pk).update(sales_columns=dict(mapping))
        data = {"file": name, "result": str(kept.pk)} | {outcome.name.lower(): count for outcome, count in found.counts.items()}
        audit.record(company_id=company.pk, action=audit.Action.SALES_IMPORTED, by=by, at=at, data=data)
    return kept.pk, found


def _take(rows: Sequence[Row], company: Company, reading: Reading) -> list[Line]:
    """A batch in one transaction; where the database refuses something in it, each row in its own."""
    try:
        with company_scope(company.pk):
            return [_take_one(row, company, reading) for row in rows]
    except DatabaseError:
        return [_take_alone(row, company, reading) for row in rows]


def _take_alone(row: Row, company: Company, reading: Reading) -> Line:
    try:
        with company_scope(company.pk):
            return _take_one(row, company, reading)
    except DatabaseError:
        return Line(row.line, Outcome.REFUSED, reading.texts(row), "No se pudo guardar. Vuelve a cargar el archivo.")


def _take_one(row: Row, company: Company, reading: Reading) -> Line:
    try:
        recorded = record_sale(company=company, given=reading.sale(row), today=reading.today)
    except Invalid as exc:
        return Line(row.line, Outcome.REFUSED, reading.texts(row), str(exc))
    return Line(row.line, recorded.outcome, reading.texts(row), _why(recorded))


def _why(recorded: RecordedSale) -> str:
    if recorded.outcome != Outcome.CONFLICT:
        return ""
    sale = recorded.sale
    there = f"del {day(sale.issue_date)}, por {money(sale.total, sale.currency)}, a {sale.customer.name}"
    return f"Ya hay una venta con este número: {there}. No se cambió.".replace("..", ".")


def _keep(company: Company, found: Result) -> StoredFile:
    data = {"file": found.file, "by": found.by, "at": found.at.isoformat(), "lines": [asdict(line) for line in found.lines]}
    return store_file(
        company_id=company.pk, name=RESULT_NAME, data=json.dumps(data, ensure_ascii=False).encode(), kind=StoredFile.Kind.REPORT
    )


def result(file_id: UUID) -> Result | None:
    """The result that was kept under this id, in the company's scope; None where it is no result."""
    kept = StoredFile.objects.filter(pk=file_id, kind=StoredFile.Kind.REPORT, name=RESULT_NAME).first()
    if kept is None:
        return None
    data = json.loads(kept.read())
    return Result(data["file"], data["by"], datetime.fromisoformat(data["at"]), list(_lines(data["lines"])))


def counted(outcome: Outcome, count: int) -> str:
    """``1 importada``, ``1.204 importadas``."""
    one, several = WORDS[outcome]
    return f"{thousands(count)} {one.lower() if count == 1 else several}"


def _lines(stored: Iterable[dict[str, object]]) -> Iterable[Line]:
    for item in stored:
        yield Line(**(item | {"outcome": Outcome(str(item["outcome"]))}))  # type: ignore[arg-type]
