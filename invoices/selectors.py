"""What the list reads: filters, search, keyset pages and counts, each with an index behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from invoices.models import Company, Customer, DocumentFile, DocumentRecipient, ElectronicDocument, RecipientEmail, SalesTransaction
from invoices.scope import in_scope
from invoices.search import Typed, number_key, plain, recognise

PAGE_SIZE = 50
# Counting stops here: nobody reads more, and the database need not.
MOST_COUNTED = 999
MOST_CUSTOMERS = 200
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; every field may be empty. ``today``, in America/Bogota, is what ``term`` is counted from."""

    q: str = ""
    since: date | None = None
    until: date | None = None
    dian: str = ""
    delivery: str = ""
    customer_status: str = ""
    title_status: str = ""
    type_code: str = ""
    trouble: str = ""
    term: str = ""
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Documents with something wrong about their messages: how the list calls them, and the condition that finds them."""

    label: str
    condition: Callable[[], Q]


# By their names in the address; ``notifications`` says which there are, as nothing is known of messages here.
TROUBLES: dict[str, Trouble] = {}


@dataclass(frozen=True, slots=True)
class Term:
    """Documents whose legal term stands in some way: how the list calls them, and the condition that finds them on a day."""

    label: str
    condition: Callable[[date], Q]


# As above; ``notifications`` counts the days.
TERMS: dict[str, Term] = {}
RUNNING, DUE_SOON = "corre", "ya"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: after this row's place in the order, or before it when walking back."""

    place: date | datetime | str | int
    id: UUID
    back: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """One page of rows and the cursors of its neighbours."""

    rows: Sequence[M]
    newer: Cursor | None = None
    older: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One of the orders of a list; ``field`` has an index with the company before it and the id behind, ``read`` reads a cursor's place."""

    field: str
    read: Callable[[str], date | datetime | str | int]
    descending: bool = True

    def fields(self, *, back: bool = False) -> tuple[str, str]:
        """As ``order_by`` wants them, forwards or back."""
        sign = "-" if self.descending is not back else ""
        return (f"{sign}{self.field}", f"{sign}id")

    def beyond(self, *, back: bool) -> str:
        """The comparison that leads further in a direction."""
        return "lt" if self.descending is not back else "gt"


BY_DATE = Order("issue_date", date.fromisoformat)
BY_MOVEMENT = Order("last_movement_at", datetime.fromisoformat)
BY_NAME = Order("name_key", str, descending=False)
# Only for documents under a term: the others have no place in it.
BY_TERM = Order("claim_last_day", date.fromisoformat, descending=False)


def documents(filters: Filters) -> QuerySet[ElectronicDocument]:
    """The company's documents under these filters, with customer and ``has_pdf``, in no order."""
    pdf = DocumentFile.objects.filter(document=OuterRef("pk"), role=DocumentFile.Role.PDF)
    return matching_documents(filters).annotate(has_pdf=Exists(pdf))


def matching_documents(filters: Filters) -> QuerySet[ElectronicDocument]:
    """The company's documents under these filters, with customer, in no order."""
    rows = ElectronicDocument.objects.select_related("customer").filter(_dates(filters, "issue_date"))
    for name in ("delivery_status", "dian_status", "customer_status", "title_status", "type_code"):
        value = getattr(filters, {"delivery_status": "delivery", "dian_status": "dian"}.get(name, name))
        if value:
            rows = rows.filter(**{name: value})
    if filters.trouble:
        rows = rows.filter(TROUBLES[filters.trouble].condition())
    if filters.term and filters.today:
        rows = rows.filter(TERMS[filters.term].condition(filters.today))
    typed = recognise(filters.q)
    return rows.filter(_search(typed)) if typed else rows


def _dates(filters: Filters, name: str) -> Q:
    found = Q()
    if filters.since:
        found &= Q(**{f"{name}__gte": filters.since})
    if filters.until:
        found &= Q(**{f"{name}__lte": filters.until})
    return found


def _search(typed: Typed) -> Q:
    if typed.kind == "address":
        return Q(pk__in=DocumentRecipient.objects.filter(address_key__prefix=typed.key).values("document_id"))
    if typed.kind == "key":
        return Q(key__prefix=typed.key)
    if typed.kind == "number":
        return Q(number_key__prefix=typed.key) | Q(customer__in=customers_named(typed.key))
    if typed.kind == "identification":
        return Q(customer__in=_ids(Customer.objects.filter(identification__prefix=typed.key))) | Q(number_key__prefix=typed.key)
    named = Q(customer__in=customers_named(typed.key))
    series = "" if " " in typed.key else number_key(typed.key)
    return named | Q(number_key__prefix=series) if series else named


def customers_named(text: str) -> list[UUID]:
    """Customers whose name holds the text; a company has thousands of them, not millions, so a part of a name is looked up here."""
    return _ids(Customer.objects.filter(name_key__contains=plain(text)))


def _ids(rows: QuerySet[Customer]) -> list[UUID]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_CUSTOMERS])


def customers(text: str) -> QuerySet[Customer]:
    """The company's customers: all, those whose identification begins with the text, or those whose name holds it; in no order."""
    typed = recognise(text)
    if typed is None:
        return Customer.objects.all()
    if typed.kind == "address":
        return Customer.objects.filter(pk__in=RecipientEmail.objects.filter(address_key__prefix=typed.key).values("customer_id"))
    if typed.kind in {"identification", "key"}:
        return Customer.objects.filter(identification__prefix=typed.key.upper())
    return Customer.objects.filter(Q(name_key__contains=plain(text)) | Q(identification__prefix=number_key(text)))


def sales(filters: Filters) -> QuerySet[SalesTransaction]:
    """The company's sales under dates and search, each with its documents."""
    rows = SalesTransaction.objects.select_related("customer").prefetch_related(
        models.Prefetch("documents", ElectronicDocument.objects.select_related("customer").order_by("-issued_at", "-pk"))
    )
    rows = rows.filter(_dates(filters, "issue_date"))
    if filters.type_code:
        rows = rows.filter(type_code=filters.type_code)
    typed = recognise(filters.q)
    if typed is None:
        return rows
    if typed.kind in {"address", "key"}:
        return rows.filter(pk__in=ElectronicDocument.objects.filter(_search(typed)).values("sale_id"))
    return rows.filter(_search(typed))


def page(rows: QuerySet[M], *, order: Order, cursor: Cursor | None, size: int = PAGE_SIZE) -> Page[M]:
    """
    One keyset page: as fast on the thousandth page as on the first, and stable while rows are added.

    Rows without a place in the order do not occur: every document has a date and a first movement.
    """
    found = list(_beside(rows, order, cursor)[: size + 1])
    more, found = len(found) > size, found[:size]
    back = cursor is not None and cursor.back
    if back:
        found.reverse()
    if not found:
        return Page([])
    newer = _cursor(found[0], order, back=True) if (more if back else cursor is not None) else None
    older = _cursor(found[-1], order, back=False) if (True if back else more) else None
    return Page(found, newer, older)


def _beside(rows: QuerySet[M], order: Order, cursor: Cursor | None) -> QuerySet[M]:
    if cursor is None:
        return rows.order_by(*order.fields())
    side = order.beyond(back=cursor.back)
    beyond = Q(**{f"{order.field}__{side}": cursor.place}) | Q(**{order.field: cursor.place, f"id__{side}": cursor.id})
    # The first condition alone lets the index begin at the right place.
    reachable = Q(**{f"{order.field}__{side}e": cursor.place})
    return rows.filter(reachable & beyond).order_by(*order.fields(back=cursor.back))


def _cursor(row: models.Model, order: Order, *, back: bool) -> Cursor:
    return Cursor(getattr(row, order.field), row.pk, back=back)


def count(rows: QuerySet[M]) -> int:
    """How many, at most one more than ``MOST_COUNTED``: shown as 999+."""
    return rows.order_by().values("pk")[: MOST_COUNTED + 1].count()


class Counted(Subquery):
    """The number of rows of a subquery, as a column: several lists are counted in one question."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = models.IntegerField()


def counts(**lists: QuerySet[Any]) -> dict[str, int]:
    """How many each list holds, at most one more than ``MOST_COUNTED``; one query, in the company's scope."""
    asked = {name: Counted(rows.order_by().values("pk")[: MOST_COUNTED + 1]) for name, rows in lists.items()}
    found: dict[str, Any] = Company.objects.filter(pk=in_scope()).values(**asked).get()  # type: ignore[assignment]
    return found


@dataclass(frozen=True, slots=True)
class View:
    """A named view of the list: the one filter that makes it, and how many documents it holds."""

    label: str
    count: int
    name: str = ""
    value: str = ""
    alarming: bool = False

    @property
    def address(self) -> str:
        """The list with this view, as an address relative to it."""
        return f"?{self.name}={self.value}" if self.name else "?"


VIEWS = (
    ("Con problema", "entrega", "delivery_status", ElectronicDocument.Delivery.PROBLEM, True),
    ("Parcial", "entrega", "delivery_status", ElectronicDocument.Delivery.PARTIAL, True),
    ("Sin correo", "entrega", "delivery_status", ElectronicDocument.Delivery.NO_ADDRESS, False),
    ("Pendientes", "cliente", "customer_status", ElectronicDocument.CustomerStatus.PENDING, False),
)


@dataclass(frozen=True, slots=True)
class Overview:
    """What stands around a list: how many rows it holds, how much the company has (the tabs), and the views of the documents."""

    shown: int
    sales: int
    documents: int
    views: Sequence[View] = ()


def overview(rows: QuerySet[Any], *, views_on: date | None = None) -> Overview:
    """Count everything around a list, in one query. :param views_on: also the views above the documents, as they stand on that day."""
    every = ElectronicDocument.objects.all()
    shared = {"shown": rows, "sales": SalesTransaction.objects.all(), "documents": every}
    if views_on is None:
        found = counts(**shared)
        return Overview(found["shown"], found["sales"], found["documents"])
    wanted = {f"view_{value}": every.filter(**{column: value}) for _, _, column, value, _ in VIEWS}
    found = counts(**shared, **wanted, term=every.filter(TERMS[RUNNING].condition(views_on)))
    named = [View(label, found[f"view_{value}"], name, value, alarming) for label, name, _, value, alarming in VIEWS]
    term = View(TERMS[RUNNING].label, found["term"], "plazo", RUNNING)
    return Overview(found["shown"], found["sales"], found["documents"], [View("Todos", found["documents"]), *named, term])
