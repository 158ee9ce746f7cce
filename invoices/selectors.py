"""What the list reads: filters, search, keyset pages and counts, each with an index behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from invoices.models import Customer, DocumentFile, DocumentRecipient, ElectronicDocument, SalesTransaction
from invoices.search import Typed, number_key, plain, recognise

PAGE_SIZE = 50
# Counting stops here: nobody reads more, and the database need not.
MOST_COUNTED = 999
MOST_CUSTOMERS = 200
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; every field may be empty."""

    q: str = ""
    since: date | None = None
    until: date | None = None
    dian: str = ""
    delivery: str = ""
    customer_status: str = ""
    type_code: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: after this row's place in the order, or before it when walking back."""

    place: date | datetime
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
    """One of the orders of the list, newest first; ``field`` has an index with the company before it and the id behind."""

    field: str

    @property
    def fields(self) -> tuple[str, str]:
        """As ``order_by`` wants them."""
        return (f"-{self.field}", "-id")


BY_DATE = Order("issue_date")
BY_MOVEMENT = Order("last_movement_at")


def documents(filters: Filters) -> QuerySet[ElectronicDocument]:
    """The company's documents under these filters, with customer and ``has_pdf``, in no order."""
    pdf = DocumentFile.objects.filter(document=OuterRef("pk"), role=DocumentFile.Role.PDF)
    rows = ElectronicDocument.objects.select_related("customer").annotate(has_pdf=Exists(pdf))
    rows = rows.filter(_dates(filters, "issue_date"))
    for name in ("delivery_status", "dian_status", "customer_status", "type_code"):
        value = getattr(filters, {"delivery_status": "delivery", "dian_status": "dian"}.get(name, name))
        if value:
            rows = rows.filter(**{name: value})
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
        return rows.filter(documents__in=ElectronicDocument.objects.filter(_search(typed)))
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
        return rows.order_by(*order.fields)
    side = "gt" if cursor.back else "lt"
    beyond = Q(**{f"{order.field}__{side}": cursor.place}) | Q(**{order.field: cursor.place, f"id__{side}": cursor.id})
    # The first condition alone lets the index begin at the right place.
    reachable = Q(**{f"{order.field}__{side}e": cursor.place})
    ordering = [name.removeprefix("-") for name in order.fields] if cursor.back else list(order.fields)
    return rows.filter(reachable & beyond).order_by(*ordering)


def _cursor(row: models.Model, order: Order, *, back: bool) -> Cursor:
    return Cursor(getattr(row, order.field), row.pk, back=back)


def count(rows: QuerySet[M]) -> int:
    """How many, at most one more than ``MOST_COUNTED``: shown as 999+."""
    return rows.order_by().values("pk")[: MOST_COUNTED + 1].count()


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


@dataclass(frozen=True, slots=True)
class Totals:
    """How much the company has, for the tabs."""

    sales: int
    documents: int


def totals() -> Totals:
    """All sales and all documents, counted."""
    return Totals(count(SalesTransaction.objects.all()), count(ElectronicDocument.objects.all()))


def views(total: int) -> list[View]:
    """
    The views above the list, counted.

    :param total: how many documents there are in all.
    """
    deliveries, pending = ElectronicDocument.Delivery, ElectronicDocument.CustomerStatus.PENDING
    wanted = (
        ("Con problema", "entrega", {"delivery_status": deliveries.PROBLEM}, True),
        ("Parcial", "entrega", {"delivery_status": deliveries.PARTIAL}, True),
        ("Sin correo", "entrega", {"delivery_status": deliveries.NO_ADDRESS}, False),
        ("Pendientes", "cliente", {"customer_status": pending}, False),
    )
    every = ElectronicDocument.objects.all()
    counted = [
        View(label, count(every.filter(**states)), name, next(iter(states.values())).value, alarming)
        for label, name, states, alarming in wanted
    ]
    return [View("Todos", total), *counted]
