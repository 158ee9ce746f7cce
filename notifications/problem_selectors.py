"""What *Problemas de entrega* reads: the open problems by cause and customer, added up by the database; in the company's scope."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum, Value, Window
from django.db.models.functions import Coalesce, RowNumber

from invoices import directory, selectors
from invoices.models import Company, Customer, ElectronicDocument
from invoices.selectors import Order
from notifications import channel_registry, conformity, suppressions, terms, typos
from notifications.lives import DeliveryState
from notifications.models import Delivery, DeliveryEvent
from notifications.problem_acts import Act, acts
from notifications.problem_kinds import NO_ADDRESS, lacking_address, open_problems, reached_nobody, reason_of, unconfirmed

NEWEST = Order("created_at", datetime.fromisoformat)
# On the page each cause shows so many of its rows; on a page of its own, so many at a time.
MOST_SHOWN = 5
PAGE_SIZE = 50
MOST_LISTED = 200
# What no page shows and what makes a row heavy.
BODIES = ("text_body", "html_body")


def _documents(condition: Q) -> QuerySet[ElectronicDocument]:
    return ElectronicDocument.objects.filter(condition)


def open_count() -> int:
    """How many problems are open, for the menu: at most one more than ``selectors.MOST_COUNTED`` of each kind."""
    found = selectors.counts(failed=Delivery.objects.filter(Delivery.OPEN_PROBLEM), lacking=_documents(lacking_address()))
    return sum(found.values())


@dataclass(frozen=True, slots=True)
class Numbers:
    """
    The four numbers: messages that failed and documents without an address; documents that reached nobody; documents that
    nobody confirmed, None where the channel never tells; documents whose legal term ends today or on the next business day.
    The last three are capped as ``selectors.counts`` does.
    """

    open: int
    nobody: int
    unconfirmed: int | None
    due_soon: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """
    One customer's address that failed for one cause: how many documents, worth how much where they share a currency, until when.

    ``address`` is empty where there is none. ``listed`` is the other address that DIAN's list has for the customer; ``meant`` is
    what was probably meant by the address.
    """

    cause: str
    customer: Customer
    address: str
    documents: int
    total: Decimal | None
    currency: str
    last: datetime | None
    listed: str = ""
    meant: str = ""

    @property
    def group(self) -> "Group":
        """The cause that it belongs to, with nothing but its words."""
        return Group(self.cause, 0, 0, 0)

    @property
    def acts(self) -> Sequence[Act]:
        """What can be done about it, the best first."""
        return acts(reason_of(self.cause).remedy, address=self.address, listed=self.listed)

    @property
    def best(self) -> Sequence[Act]:
        """The two best of them, for the list."""
        return self.acts[:2]

    @property
    def query(self) -> str:
        """What names the row in an address of the product."""
        return urlencode({"correo": self.address, "causa": self.cause})


@dataclass(frozen=True, slots=True)
class Group:
    """One cause: how many problems, and its rows, the worst first; ``size`` is how many rows there are."""

    cause: str
    problems: int
    documents: int
    customers: int
    rows: Sequence[Row] = ()
    size: int = 0

    @property
    def title(self) -> str:
        """The cause, as a heading."""
        return reason_of(self.cause).sentence.rstrip(".")

    @property
    def advice(self) -> str:
        """What to do."""
        return reason_of(self.cause).advice

    @property
    def state(self) -> DeliveryState:
        """What such a failure is called; it gives the icon."""
        return reason_of(self.cause).state

    @property
    def more(self) -> int:
        """Rows that are not shown."""
        return self.size - len(self.rows)


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is to repair in one company, the cause with most documents first, and the terms that end."""

    numbers: Numbers
    groups: Sequence[Group]


def overview(company: Company, *, today: date, most: int = MOST_SHOWN) -> Overview:
    """
    The four numbers and every cause with its worst rows.

    :param today: in America/Bogota. :param most: rows per cause; 0 asks for none.
    """
    groups = {group.cause: group for group in causes()}
    rows = _described(_top(_failed_rows(), "cause", most) + _top(_lacking_rows(), None, most)) if most else []
    found = [_with_rows(group, [row for row in rows if row[0].cause == cause]) for cause, group in groups.items()]
    return Overview(_numbers(company, found, today), found)


def _numbers(company: Company, groups: Sequence[Group], today: date) -> Numbers:
    wanted = {"nobody": _documents(reached_nobody()), "due_soon": _documents(terms.due_soon(today))}
    if not channel_registry.is_blind(company.channel):
        wanted["unconfirmed"] = _documents(unconfirmed())
    found = selectors.counts(**wanted)
    return Numbers(sum(group.problems for group in groups), found["nobody"], found.get("unconfirmed"), found["due_soon"])


def _with_rows(group: Group, rows: Sequence[tuple[Row, int]]) -> Group:
    return replace(group, rows=[row for row, _ in rows], size=rows[0][1] if rows else 0)


def causes() -> list[Group]:
    """Every cause that explains something, the one with most documents first; without rows."""
    documents, customers = Count("document", distinct=True), Count("document__customer", distinct=True)
    found = [
        Group(**row)
        for row in open_problems().values("cause").annotate(problems=Count("pk"), documents=documents, customers=customers).order_by()
    ]
    lacking = _documents(lacking_address()).aggregate(documents=Count("pk"), customers=Count("customer", distinct=True))
    if lacking["documents"]:
        found.append(Group(NO_ADDRESS, problems=lacking["documents"], **lacking))
    return sorted(found, key=lambda group: (-group.documents, group.cause))


def page_of(cause: str, *, page: int) -> Group | None:
    """
    One cause with one page of its rows; None when it explains nothing (any more), or the page lies behind the last.

    Pages are counted, not keyed: the rows are sums, which the database makes anew for each page anyway.
    """
    group = next((group for group in causes() if group.cause == cause), None)
    if group is None:
        return None
    rows = _lacking_rows() if cause == NO_ADDRESS else _failed_rows().filter(cause=cause)
    size = rows.count()
    first = (page - 1) * PAGE_SIZE
    shown = list(rows.order_by(*WORST_FIRST)[first : first + PAGE_SIZE])
    if not shown:
        return None
    return replace(group, rows=[row for row, _ in _described(shown)], size=size)


def row_of(*, customer: Customer, address: str, cause: str) -> Row | None:
    """One row as it stands now; None when nothing of it is open."""
    if cause == NO_ADDRESS:
        rows = _lacking_rows().filter(buyer=customer.pk)
    else:
        rows = _failed_rows().filter(buyer=customer.pk, address_key=address, cause=cause)
    return next((row for row, _ in _described(list(rows))), None)


def detailed() -> QuerySet[Any]:
    """The open problems, each with its document and customer, in no order."""
    return open_problems().select_related("document__customer").defer(*BODIES)


@dataclass(frozen=True, slots=True)
class Line:
    """
    One document of a row, the message that failed and what was said of it; without a message where there is no address.

    ``impediments`` are what the review of its package says against sending it, where that blocked it.
    """

    document: ElectronicDocument
    delivery: Delivery | None = None
    said: str = ""
    impediments: Sequence[str] = ()


def lines(row: Row) -> list[Line]:
    """The documents of a row, the newest first, at most ``MOST_LISTED``."""
    if row.cause == NO_ADDRESS:
        found = _documents(lacking_address()).filter(customer=row.customer)
        return [Line(document) for document in found.order_by("-issue_date", "-pk")[:MOST_LISTED]]
    failed = detailed().filter(document__customer=row.customer, address_key=row.address, cause=row.cause)
    deliveries = list(failed.order_by("-created_at", "-pk")[:MOST_LISTED])
    decided = [item.decided_by.removeprefix("event:") for item in deliveries if item.decided_by.startswith("event:")]
    said = dict(DeliveryEvent.objects.filter(pk__in=decided, delivery__in=deliveries).values_list("delivery_id", "text"))
    against = conformity.impediments(deliveries)
    return [
        Line(item.document, item, said.get(item.pk) or item.last_reply, against.get(item.document_id, ()))
        for item in deliveries
        if item.document
    ]


WORST_FIRST = ("-documents", "buyer", "address_key")


def _sums(document: str) -> dict[str, Any]:
    """What is added up for a row; ``document`` is the way from the row to its document."""
    return {
        "total": Sum(f"{document}total"),
        "currencies": Count(f"{document}currency", distinct=True),
        "currency": Min(f"{document}currency"),
    }


def _failed_rows() -> QuerySet[Any, Any]:
    named = open_problems().annotate(buyer=F("document__customer")).values("cause", "buyer", "address_key")
    last = Max(Coalesce("settled_at", "created_at"))
    rows: QuerySet[Any, Any] = named.annotate(documents=Count("document", distinct=True), last=last, **_sums("document__"))
    return rows


def _lacking_rows() -> QuerySet[Any, Any]:
    rows = _documents(lacking_address()).annotate(cause=Value(NO_ADDRESS), buyer=F("customer"), address_key=Value(""))
    return rows.values("cause", "buyer", "address_key").annotate(documents=Count("pk"), **_sums(""))


def _top(rows: QuerySet[Any, Any], by: str | None, most: int) -> list[dict[str, Any]]:
    """The worst rows of each group, each with the number of rows of its group as ``of``."""
    parts = F(by) if by else None
    order = [F("documents").desc(), F("buyer").asc(), *([F("address_key").asc()] if by else [])]
    place, size = Window(RowNumber(), order_by=order, partition_by=parts), Window(Count("*"), partition_by=parts)
    return list(rows.annotate(place=place, of=size).filter(place__lte=most).order_by("place"))


def _described(rows: Sequence[dict[str, Any]]) -> list[tuple[Row, int]]:
    """The rows with their customers and what else is known of the address, each with the size of its group; three questions."""
    customers = Customer.objects.in_bulk({row["buyer"] for row in rows})
    usable = reception_addresses(customers.values())
    return [(_row(row, customers[row["buyer"]], usable.get(row["buyer"], "")), row.get("of", 0)) for row in rows]


def _row(row: dict[str, Any], customer: Customer, listed: str) -> Row:
    address = row["address_key"]
    return Row(
        cause=row["cause"],
        customer=customer,
        address=address,
        documents=row["documents"],
        total=row["total"] if row["currencies"] == 1 else None,
        currency=row["currency"],
        last=row.get("last"),
        listed=listed if listed != address else "",
        meant=typos.suggest(address),
    )


def reception_addresses(customers: Iterable[Customer]) -> dict[UUID, str]:
    """The address of DIAN's list for each customer that has one to which mail goes: none that is held back."""
    found = directory.told(customers)
    held = suppressions.held(address for address in found.values() if address)
    return {pk: address for pk, address in found.items() if address and address not in held}
