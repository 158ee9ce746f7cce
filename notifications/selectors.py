"""What the notifications' pages read; everything inside the company's scope."""

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
from notifications import evidence, presenters, suppressions
from notifications.cards import RecipientCard as RecipientCard
from notifications.cards import recipient_cards as recipient_cards
from notifications.causes import REASONS, Remedy
from notifications.lives import FAILURES, REACHED, DeliveryState
from notifications.models import CustomerAnswer, Delivery, HistoryReport, Notification, Package, Suppression
from notifications.presenters import Movement
from notifications.recipients import reception_address, recipients

# A browser shows this many movements of one document; the report has them all.
MAX_MOVEMENTS = 500
MAX_REPORTS = 100


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
    return Package.objects.filter(document=document).select_related("file").order_by("-used_at", "-pk").first()


def sent_notifications(document: ElectronicDocument) -> list[Notification]:
    """The acts of notifying the document, the last one first, each with its deliveries, which know when what decided happened."""
    deliveries = Prefetch("deliveries", Delivery.objects.order_by("address_key"))
    rows = Notification.objects.filter(document=document).select_related("requested_by", "requested_key").prefetch_related(deliveries)
    found = list(rows.order_by("-created_at", "-pk"))
    evidence.date([delivery for act in found for delivery in act.deliveries.all()])
    return found


@dataclass(frozen=True, slots=True)
class ResendRow:
    """
    One address that could be told again: its last message if there was one, and whether it is offered switched on.

    ``suppression`` holds it back: it is told only by somebody who says why. ``instead`` is DIAN's reception address, where that
    could stand in for this one.
    """

    address: str
    source: str = Delivery.Source.MANUAL
    delivery: Delivery | None = None
    switched_off: bool = False
    confirmed_at: datetime | None = None
    suppression: Suppression | None = None
    instead: str = ""

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
        return presenters.since(self.delivery) if self.delivery and self.reached else None

    @property
    def delivered(self) -> bool:
        """Whether the buyer's server has it."""
        return self.delivery is not None and self.delivery.state == DeliveryState.DELIVERED

    @property
    def held_because(self) -> str:
        """Why it is held back, in a sentence."""
        return suppressions.why(self.suppression) if self.suppression else ""

    @property
    def on(self) -> bool:
        """Failed and never told: on. Told, on its way, made good by another, held back, or switched off by a person: off."""
        if self.switched_off or self.suppression or (self.delivery and self.delivery.resolved_by_id):
            return False
        return self.failed or (self.delivery is None and self.source != Delivery.Source.DIAN)

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
    listed = next((item.address for item in found.values() if item.source == Delivery.Source.DIAN), "")
    answer = CustomerAnswer.latest(document)
    told = list(Delivery.objects.filter(document=document, replaced_by=None).order_by("created_at", "pk"))
    evidence.date(told)
    known = {row.address_key for row in told}
    held = suppressions.held([*found, *known])
    rows = []
    for row in told:
        item = found.pop(row.address_key, None)
        confirmed = answer.answered_at if answer and answer.delivery.address_key == row.address_key else None
        offered = row.state in FAILURES and _corrigible(row) and listed not in known and listed not in held
        off = bool(item and item.switched_off)
        rows.append(ResendRow(row.address_key, row.source, row, off, confirmed, held.get(row.address_key), listed if offered else ""))
    rows += [ResendRow(item.address, item.source, None, item.switched_off, None, held.get(item.address)) for item in found.values()]
    return sorted(rows, key=lambda row: (not row.failed, not row.on, row.address))


def _corrigible(delivery: Delivery) -> bool:
    """Whether another address is what mends it."""
    return delivery.reason in REASONS and REASONS[delivery.reason].remedy == Remedy.CORRECT


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
