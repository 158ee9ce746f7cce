"""
The history of a document: the only writer, the window, and the proof that nothing was changed.

Each entry's hash covers every column of the entry and the hash before it. ``HistoryHead`` is tip and lock; it is taken
last in a transaction, and in the order of the documents' ids where one transaction touches several.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from invoices.identifiers import uuid7, uuid7_floor
from invoices.models import Actor, ApiKey, ElectronicDocument, HistoryEntry, HistoryHead, User
from invoices.partitions import previous_month

BOGOTA = ZoneInfo("America/Bogota")
GENESIS = "0" * 64
SYSTEM = "Sistema"
Event = HistoryEntry.Event


@dataclass(frozen=True, slots=True)
class Line:
    """
    One movement that is to be written.

    ``by``: the user or the API key that acted, the name of somebody who is not a user (a buyer, DIAN), or None for the system.
    ``occurred_at``: when it happened, if not when it was recorded. ``data``: JSON of strings, integers, booleans, lists and objects; no
    floats, so that the hash can be repeated.
    """

    event: HistoryEntry.Event
    occurred_at: datetime | None = None
    by: Actor | str | None = None
    address: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def append(
    *,
    document: ElectronicDocument,
    event: HistoryEntry.Event,
    at: datetime,
    by: Actor | str | None = None,
    occurred_at: datetime | None = None,
    address: str = "",
    data: dict[str, Any] | None = None,
) -> HistoryEntry:
    """
    Add one movement to the document's chain, in the caller's transaction; the arguments are those of ``Line``.

    :param at: recording time, aware; the identifier carries it and so it chooses the month.
    """
    line = Line(event, occurred_at=occurred_at, by=by, address=address, data=data or {})
    return append_all(document=document, lines=[line], at=at)[0]


def append_all(*, document: ElectronicDocument, lines: Sequence[Line], at: datetime) -> list[HistoryEntry]:
    """Add movements to the document's chain, in their order, in the caller's transaction: as many statements as for one."""
    if not lines:
        return []
    head, _ = HistoryHead.objects.select_for_update().get_or_create(
        document_id=document.pk, defaults={"company_id": document.company_id, "hash": GENESIS}
    )
    entries = list[HistoryEntry]()
    for line in lines:
        entry = _entry(document, line, at)
        entry.seq, entry.previous_hash = head.seq + 1, head.hash
        entry.hash = entry_hash(entry)
        head.seq, head.hash = entry.seq, entry.hash
        entries.append(entry)
    HistoryEntry.objects.bulk_create(entries)
    HistoryHead.objects.filter(pk=head.pk).update(seq=head.seq, hash=head.hash)
    _touch(document, entries[-1])
    return entries


def _entry(document: ElectronicDocument, line: Line, at: datetime) -> HistoryEntry:
    return HistoryEntry(
        id=uuid7(at),
        company_id=document.company_id,
        document_id=document.pk,
        event=line.event,
        recorded_at=at,
        occurred_at=line.occurred_at or at,
        actor_id=line.by.pk if isinstance(line.by, User | ApiKey) else None,
        actor_name=str(line.by) if line.by else SYSTEM,
        address=line.address,
        data=line.data,
    )


def _touch(document: ElectronicDocument, entry: HistoryEntry) -> None:
    """Keep the summary by which the list sorts and the window is judged."""
    document.first_movement_at = document.first_movement_at or entry.recorded_at
    document.last_movement_at, document.last_movement = entry.recorded_at, entry.event
    document.save(update_fields=["first_movement_at", "last_movement_at", "last_movement"])


def entry_hash(entry: HistoryEntry) -> str:
    """SHA-256 in hexadecimal over the canonical JSON of all columns but the hash itself; times in UTC with microseconds."""
    columns = [
        str(entry.pk),
        str(entry.company_id),
        str(entry.document_id),
        entry.seq,
        str(entry.event),
        entry.recorded_at.astimezone(ZoneInfo("UTC")).isoformat(timespec="microseconds"),
        entry.occurred_at.astimezone(ZoneInfo("UTC")).isoformat(timespec="microseconds"),
        str(entry.actor_id or ""),
        entry.actor_name,
        entry.address,
        entry.data,
        entry.previous_hash,
    ]
    text = json.dumps(columns, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def window_start(now: datetime) -> datetime:
    """00:00, America/Bogota, of the first day of the previous month: where the rolling log begins."""
    return datetime.combine(previous_month(now.astimezone(BOGOTA).date()), time.min, tzinfo=BOGOTA)


def in_window(document: ElectronicDocument, now: datetime) -> QuerySet[HistoryEntry]:
    """The movements of the current and the previous month, newest first."""
    return whole(document).filter(id__gte=uuid7_floor(window_start(now)))


def whole(document: ElectronicDocument) -> QuerySet[HistoryEntry]:
    """Every movement of the document, newest first."""
    return HistoryEntry.objects.filter(document_id=document.pk).order_by("-seq")


def moved_in_window(document: ElectronicDocument, now: datetime) -> bool:
    """Whether a movement lies in the window."""
    return document.last_movement_at is not None and document.last_movement_at >= window_start(now)


def moved_before_window(document: ElectronicDocument, now: datetime) -> bool:
    """Whether a movement lies before the window."""
    return document.first_movement_at is not None and document.first_movement_at < window_start(now)


@dataclass(frozen=True, slots=True)
class Break:
    """The first line of a chain that does not hold, and why."""

    document_id: UUID
    seq: int
    why: Literal["hash", "link", "sequence", "head"]


def verify(document_id: UUID, entries: Iterable[HistoryEntry], head: HistoryHead | None) -> Break | None:
    """
    Follow one document's chain.

    :param entries: all of them, in the order of ``seq``.
    :returns: the first break, or None when every line holds and the head is the last of them.
    """
    seq, last = 0, GENESIS
    for entry in entries:
        seq += 1
        if entry.seq != seq:
            return Break(document_id, seq, "sequence")
        if entry.previous_hash != last:
            return Break(document_id, seq, "link")
        if entry_hash(entry) != entry.hash:
            return Break(document_id, seq, "hash")
        last = entry.hash
    if head is None or (head.seq, head.hash) != (seq, last):
        return Break(document_id, min(seq, head.seq if head else 0) + 1, "head")
    return None
