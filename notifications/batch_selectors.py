"""What the pages of *Lotes* read; everything inside the company's scope."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Func, IntegerField, Prefetch, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from invoices.selectors import Order
from invoices.templatetags.traza import thousands
from notifications.lives import FAILURES, DeliveryState
from notifications.models import Delivery, ResendBatch, ResendBatchItem

Group, Status, Item = ResendBatchItem.Group, ResendBatch.Status, ResendBatchItem.Status
BY_POSITION = Order("position", int, descending=False)
NEWEST = Order("created_at", datetime.fromisoformat)
# How many documents of a group a draft shows at once.
SAMPLE = 5
# Sending the same again to such an address cannot help: a person must correct it, or release it.
NEEDS_A_PERSON = frozenset({DeliveryState.BOUNCED, DeliveryState.SUPPRESSED})
# The page looks again by itself while a message has not left.
MOVING = frozenset({DeliveryState.QUEUED, DeliveryState.SENDING})
ORDER = (Group.SEND, Group.ALREADY, Group.NO_ADDRESS, Group.SUPPRESSED, Group.NOT_ACCEPTED, Group.ON_ITS_WAY)
LEFT_OUT = {
    Group.ALREADY: ("ya entregado", "ya entregados"),
    Group.NO_ADDRESS: ("sin correo", "sin correo"),
    Group.SUPPRESSED: ("suprimido", "suprimidos"),
    Group.NOT_ACCEPTED: ("no aceptado por la DIAN", "no aceptados por la DIAN"),
    Group.ON_ITS_WAY: ("ya iba en camino", "ya iban en camino"),
    Group.SEND: ("cambió después de la revisión", "cambiaron después de la revisión"),
}
ALL_ADDRESSES = Func(F("addresses"), function="jsonb_array_length", output_field=IntegerField())
REACHED_ONES = Func(
    F("addresses"),
    template="jsonb_array_length(jsonb_path_query_array(%(expressions)s, '$[*] ? (@.reached == true)'))",
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class Line:
    """How many documents of one group stand in one status, and how many addresses lack them or have them."""

    group: str
    status: str
    documents: int
    missing: int
    reached: int


@dataclass(frozen=True, slots=True)
class Tally:
    """All documents of a batch, counted."""

    lines: Sequence[Line]

    def of(self, *, group: str = "", status: str = "") -> int:
        """Documents of a group, in a status, or both."""
        return sum(line.documents for line in self.lines if group in {"", line.group} and status in {"", line.status})

    def documents(self, *, again: bool) -> int:
        """Documents that a draft would send."""
        return self.of(group=Group.SEND) + (self.of(group=Group.ALREADY) if again else 0)

    def mails(self, *, again: bool) -> int:
        """Messages that a draft would send."""
        sendable = [line for line in self.lines if line.group in {Group.SEND, Group.ALREADY}]
        return sum(line.missing + (line.reached if again else 0) for line in sendable)

    @property
    def reached(self) -> int:
        """Addresses that have their document already and could get it again."""
        return self.mails(again=True) - self.mails(again=False)

    @property
    def waiting(self) -> int:
        """Documents that are still to be sent."""
        return self.of(status=Item.WAITING)

    @property
    def sent(self) -> int:
        """Documents that were resent; what became of their messages is told apart."""
        return self.of(status=Item.SENT)

    @property
    def failed(self) -> int:
        """Documents that could not be resent, by an error of ours."""
        return self.of(status=Item.FAILED)

    @property
    def canceled(self) -> int:
        """Documents that were left when somebody canceled the batch."""
        return self.of(status=Item.CANCELED)

    @property
    def skipped(self) -> int:
        """Documents that were left out, each with its reason."""
        return self.of(status=Item.SKIPPED)

    @property
    def wanted(self) -> int:
        """Documents that were to be sent when the batch was confirmed."""
        return self.of() - self.skipped + self.of(group=Group.SEND, status=Item.SKIPPED)

    @property
    def done(self) -> int:
        """Those of them that wait no longer."""
        return self.wanted - self.waiting

    @property
    def sentence(self) -> str:
        """``Se reenviaron 412; 9 sin correo; 3 no aceptados por la DIAN.``"""
        sent = {0: "No se reenvió ninguno", 1: "Se reenvió 1"}.get(self.sent, f"Se reenviaron {thousands(self.sent)}")
        left_out = [(self.of(group=group, status=Item.SKIPPED), words) for group, words in LEFT_OUT.items()]
        ended = [(self.failed, ("no se pudo", "no se pudieron")), (self.canceled, ("cancelado", "cancelados"))]
        parts = [f"{thousands(number)} {one if number == 1 else many}" for number, (one, many) in (*ended, *left_out) if number]
        return "; ".join([sent, *parts]) + "."


def tally(batch: ResendBatch) -> Tally:
    """Count the batch's documents, in one query."""
    rows = batch.items.values("group", "status").order_by("group", "status")
    found = rows.annotate(documents=Count("pk"), mails=Sum(ALL_ADDRESSES), reached=Sum(REACHED_ONES))
    return Tally([Line(row["group"], row["status"], row["documents"], row["mails"] - row["reached"], row["reached"]) for row in found])


@dataclass(frozen=True, slots=True)
class Fare:
    """How many messages of a batch are in a state; shown as any delivery is."""

    state: str
    messages: int

    def get_state_display(self) -> str:
        """As the screen says it."""
        return str(DeliveryState(self.state).label)


# The three below join the messages instead of asking for each item whether there is one: a join stays linear even while the
# database knows nothing yet of the rows that a new batch has just written.
def fares(batch: ResendBatch) -> list[Fare]:
    """How the messages of the batch fare, the states in their order, in one query."""
    told = batch.items.filter(notification__deliveries__isnull=False).values_list("notification__deliveries__state")
    rows = dict(told.annotate(Count("notification__deliveries")).order_by())
    return [Fare(state, rows[state]) for state in DeliveryState.values if state in rows]


def returned(batch: ResendBatch) -> QuerySet[ResendBatchItem]:
    """Resent documents of which a message failed, once for each such message."""
    return batch.items.filter(status=Item.SENT, notification__deliveries__state__in=sorted(FAILURES))


def retryable(batch: ResendBatch) -> QuerySet[ResendBatchItem]:
    """Those of them that another try may mend: what came back for a time or by policy, and is still the last word to its address."""
    last = {"notification__deliveries__replaced_by": None, "notification__deliveries__resolved_by": None}
    return batch.items.filter(status=Item.SENT, notification__deliveries__state__in=sorted(FAILURES - NEEDS_A_PERSON), **last)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a confirmed batch stands."""

    tally: Tally
    fares: Sequence[Fare]
    retryable: int
    returned: int

    @property
    def messages(self) -> int:
        """How many messages it made."""
        return sum(fare.messages for fare in self.fares)

    @property
    def moving(self) -> bool:
        """Whether a message has not left."""
        return any(fare.state in MOVING for fare in self.fares)

    @property
    def bar(self) -> list[tuple[str, int, int]]:
        """The parts of the bar: tone, where it begins and how wide it is, in documents."""
        parts = (("ok", self.tally.sent), ("bad", self.tally.failed), ("mute", self.tally.done - self.tally.sent - self.tally.failed))
        begins = (0, self.tally.sent, self.tally.sent + self.tally.failed)
        return [(tone, begin, wide) for (tone, wide), begin in zip(parts, begins, strict=True) if wide]


def progress(batch: ResendBatch) -> Progress:
    """Where a confirmed batch stands, in four queries."""
    found = tally(batch)
    again, back = (rows.aggregate(items=Count("pk", distinct=True))["items"] for rows in (retryable(batch), returned(batch)))
    return Progress(found, fares(batch), found.failed + again, back)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents of a batch are shown; ``status`` is one of the item's, or ``returned``."""

    group: str = ""
    status: str = ""

    def narrow(self, batch: ResendBatch, items: QuerySet[ResendBatchItem]) -> QuerySet[ResendBatchItem]:
        """The batch's items under these filters."""
        items = items.filter(group=self.group) if self.group else items
        if self.status == "returned":
            return items.filter(pk__in=returned(batch).values("pk"))
        return items.filter(status=self.status) if self.status else items


def rows(batch: ResendBatch, filters: Filters) -> QuerySet[ResendBatchItem]:
    """The batch's documents with their customers and messages, in no order."""
    messages = Prefetch("notification__deliveries", Delivery.objects.defer("text_body", "html_body").order_by("address_key"))
    return filters.narrow(batch, batch.items.select_related("document__customer", "notification")).prefetch_related(messages)


@dataclass(frozen=True, slots=True)
class Row:
    """One document of a batch on screen."""

    item: ResendBatchItem

    @property
    def messages(self) -> list[Delivery]:
        """What was sent of it, each with what became of it."""
        return list(self.item.notification.deliveries.all()) if self.item.notification else []

    @property
    def remedy(self) -> str:
        """``add`` an address to the customer, ``correct`` an address that failed, ``release`` one that is held back, or nothing."""
        failed = any(message.state in FAILURES for message in self.messages)
        if self.item.status == Item.SKIPPED and self.item.group == Group.SUPPRESSED:
            return "release"
        if self.item.status == Item.SKIPPED and self.item.group == Group.NO_ADDRESS:
            return "correct" if self.item.seen or self.item.document.customer.is_final_consumer else "add"
        return "correct" if failed else ""


@dataclass(slots=True)
class Card:
    """One group of a draft, and the first of its documents."""

    group: str
    documents: int
    mails: int
    sample: list[Row] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many documents the sample leaves out."""
        return self.documents - len(self.sample)


def cards(batch: ResendBatch, found: Tally) -> list[Card]:
    """The groups that hold something, in their order, each with its first documents, in two queries."""
    place = Window(RowNumber(), partition_by="group", order_by="position")
    first = rows(batch, Filters()).annotate(place=place).filter(place__lte=SAMPLE).order_by("position")
    made = {
        group: Card(group, found.of(group=group), sum(line.missing for line in found.lines if line.group == group))
        for group in ORDER
        if found.of(group=group)
    }
    for item in first:
        made[Group(item.group)].sample.append(Row(item))
    return list(made.values())


def batches() -> QuerySet[ResendBatch]:
    """The company's batches with who asked for them, in no order."""
    return ResendBatch.objects.select_related("requested_by", "requested_key")


def tallies(found: Iterable[ResendBatch]) -> dict[UUID, Tally]:
    """The tally of each batch of a page, in one query, without addresses."""
    lines: dict[UUID, list[Line]] = {batch.pk: [] for batch in found}
    counted = ResendBatchItem.objects.filter(batch__in=list(lines)).values("batch_id", "group", "status").order_by()
    for row in counted.annotate(documents=Count("pk")):
        lines[row["batch_id"]].append(Line(row["group"], row["status"], row["documents"], 0, 0))
    return {pk: Tally(parts) for pk, parts in lines.items()}
