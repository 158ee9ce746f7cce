"""What the notifications' pages read; everything inside the company's scope."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet

from invoices import history
from invoices.identifiers import uuid7_floor
from invoices.models import ElectronicDocument, HistoryEntry, HistoryHead, Membership
from notifications import presenters
from notifications.lives import FAILURES, MEANING, REACHED, DeliveryState
from notifications.models import Attempt, CustomerAnswer, Delivery, HistoryReport, Notification, Package
from notifications.presenters import Movement
from notifications.recipients import reception_address, recipients

# A browser shows this many movements of one document; the report has them all.
MAX_MOVEMENTS = 500
MAX_REPORTS = 100


@dataclass(frozen=True, slots=True)
class RecipientCard:
    """One address and how its latest message fares; ``sends`` counts every message ever owed to it."""

    delivery: Delivery
    sends: int
    answer: CustomerAnswer | None
    tries: Sequence[Attempt]

    @property
    def failed(self) -> bool:
        """Whether it ended without reaching anybody."""
        return self.delivery.state in FAILURES

    @property
    def reached(self) -> bool:
        """Whether it left our hands and did not come back."""
        return self.delivery.state in REACHED

    @property
    def why(self) -> str:
        """The reason in a sentence, else what the state means."""
        return presenters.why(self.delivery) or self.meaning

    @property
    def meaning(self) -> str:
        """What the state means, for whoever asks why it says so."""
        return MEANING[DeliveryState(self.delivery.state)]

    @property
    def since(self) -> datetime:
        """When it came into its state, as far as is known."""
        return presenters.since(self.delivery)

    @property
    def next_at(self) -> datetime | None:
        """The next try, while one is due."""
        return self.delivery.next_at if self.delivery.queue in {"ready", "waiting"} and self.delivery.attempts else None


def recipient_cards(document: ElectronicDocument) -> list[RecipientCard]:
    """The latest message to each address that was not replaced by another; failed ones first."""
    tries = Prefetch("tries", Attempt.objects.order_by("number"))
    sends: dict[str, int] = defaultdict(int)
    latest: list[Delivery] = []
    for delivery in Delivery.objects.filter(document=document).order_by("created_at", "pk").prefetch_related(tries):
        sends[delivery.address_key] += 1
        if delivery.replaced_by_id is None:
            latest.append(delivery)
    answer = CustomerAnswer.latest(document)
    cards = [
        RecipientCard(
            delivery=delivery,
            sends=sends[delivery.address_key],
            answer=answer if answer and answer.delivery.address_key == delivery.address_key else None,
            tries=list(delivery.tries.all()),
        )
        for delivery in latest
    ]
    return sorted(cards, key=lambda card: (not card.failed, card.reached, card.delivery.address_key))


@dataclass(frozen=True, slots=True)
class Day:
    """The movements of one day, newest first."""

    title: str
    movements: Sequence[Movement]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The window of a document's history: ``left_out`` movements of it were too many to show; ``lines`` is the whole chain's length."""

    days: Sequence[Day]
    shown: int
    left_out: int
    lines: int
    verified: bool | None
    addresses: Sequence[str]


def timeline(document: ElectronicDocument, *, now: datetime, address: str = "") -> Timeline:
    """
    The movements of the current and the previous month, newest first, of one address or of all.

    The whole chain is verified when it is short enough to be read at once; ``verified`` is None when it is not.
    """
    head = HistoryHead.objects.filter(document_id=document.pk).first()
    short = head is None or head.seq <= MAX_MOVEMENTS
    entries = list(history.whole(document) if short else history.in_window(document, now)[: MAX_MOVEMENTS + 1])
    floor = uuid7_floor(history.window_start(now))
    window = [entry for entry in entries if entry.pk >= floor]
    chosen = [entry for entry in window if not address or address in addresses_of(entry)][:MAX_MOVEMENTS]
    told = [presenters.present(entry) for entry in chosen]
    return Timeline(
        days=[Day(title, list(group)) for title, group in groupby(told, key=lambda item: presenters.day_title(item.entry.recorded_at))],
        shown=len(told),
        left_out=0 if short else history.in_window(document, now).count() - len(window[:MAX_MOVEMENTS]),
        lines=head.seq if head else 0,
        verified=history.verify(document.pk, reversed(entries), head) is None if short else None,
        addresses=sorted({found for entry in window for found in addresses_of(entry)}),
    )


def addresses_of(entry: HistoryEntry) -> list[str]:
    """The buyers' addresses that a movement speaks of."""
    named = [item["address"] for item in entry.data.get("addresses", [])]
    own = [entry.address] if entry.address and not entry.event.startswith("report_") else []
    return named + own


def other_reception_address(document: ElectronicDocument, known: Sequence[str]) -> str:
    """The address that DIAN's directory lists for the customer, when it is none of the known ones."""
    listed = reception_address(document)
    return "" if listed in known else listed


def latest_package(document: ElectronicDocument) -> Package | None:
    """What was last sent, or nothing."""
    return Package.objects.filter(document=document).select_related("file").order_by("-pk").first()


def sent_notifications(document: ElectronicDocument) -> list[Notification]:
    """The acts of notifying the document, the last one first, each with its deliveries."""
    deliveries = Prefetch("deliveries", Delivery.objects.order_by("address_key"))
    rows = Notification.objects.filter(document=document).select_related("requested_by", "requested_key").prefetch_related(deliveries)
    return list(rows.order_by("-created_at", "-pk"))


@dataclass(frozen=True, slots=True)
class ResendRow:
    """One address that could be told again: its last message if there was one, and whether it is offered switched on."""

    address: str
    source: str = Delivery.Source.MANUAL
    delivery: Delivery | None = None
    switched_off: bool = False
    confirmed_at: datetime | None = None

    @property
    def failed(self) -> bool:
        """Whether its last message ended without reaching anybody."""
        return self.delivery is not None and self.delivery.state in FAILURES

    @property
    def reached(self) -> bool:
        """Whether its last message left our hands and did not come back."""
        return self.delivery is not None and self.delivery.state in REACHED

    @property
    def reached_at(self) -> datetime | None:
        """When it did."""
        return self.delivery.sent_at if self.delivery and self.reached else None

    @property
    def on(self) -> bool:
        """Failed and never told: on. Told, on its way, or switched off by a person: off."""
        return not self.switched_off and (self.failed or (self.delivery is None and self.source != Delivery.Source.DIAN))

    @property
    def why(self) -> str:
        """Why the last message failed, in a sentence."""
        return presenters.why(self.delivery) if self.delivery else ""

    @property
    def label(self) -> str:
        """Where the address came from."""
        return presenters.source_label(self.source)


def resend_rows(document: ElectronicDocument) -> list[ResendRow]:
    """Every address that was told or would be told, failed ones first, DIAN's reception address among them when it is another."""
    found = {item.address: item for item in recipients(document)}
    answer = CustomerAnswer.latest(document)
    rows = []
    for delivery in Delivery.objects.filter(document=document, replaced_by=None).order_by("created_at", "pk"):
        known = found.pop(delivery.address_key, None)
        confirmed = answer.answered_at if answer and answer.delivery.address_key == delivery.address_key else None
        rows.append(ResendRow(delivery.address_key, delivery.source, delivery, bool(known and known.switched_off), confirmed))
    rows += [ResendRow(item.address, item.source, None, item.switched_off) for item in found.values()]
    return sorted(rows, key=lambda row: (not row.failed, not row.on, row.address))


def reports(membership: Membership) -> list[HistoryReport]:
    """The reports that the user asked for, newest first; an administrator sees everybody's."""
    deliveries = Prefetch("notification__deliveries", Delivery.objects.order_by("pk"))
    rows = _own(membership).select_related("requested_by", "requested_key", "pdf", "workbook", "notification").prefetch_related(deliveries)
    first = Prefetch("documents", ElectronicDocument.objects.select_related("customer").order_by("pk")[:1], to_attr="sample")
    return list(rows.prefetch_related(first).annotate(total=Count("documents")).order_by("-requested_at", "-pk")[:MAX_REPORTS])


def report(membership: Membership, report_id: UUID) -> HistoryReport | None:
    """One report that the user may see."""
    return _own(membership).select_related("pdf", "workbook", "requested_by", "requested_key").filter(pk=report_id).first()


def _own(membership: Membership) -> QuerySet[HistoryReport]:
    everybody = membership.role == Membership.Role.ADMINISTRATOR
    owner: dict[str, Any] = {} if everybody else {"requested_by_id": membership.user_id}
    return HistoryReport.objects.filter(**owner)
