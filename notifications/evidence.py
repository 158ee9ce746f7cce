"""The facts behind a state, as *¿Por qué dice esto?* shows them: our tries and what came in, and the one that decided."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q, Window
from django.db.models.functions import RowNumber

from notifications import rulings
from notifications.lives import ReportKind
from notifications.models import Attempt, Delivery, DeliveryEvent
from notifications.moments import SAME_TIME
from notifications.presenters import provider_label

# A message has a handful of facts; a provider gone wild is not shown whole.
MOST_FACTS = 100
JUDGED = {True: "parece de una persona", False: "de una máquina", None: "no se sabe de quién"}
Decider = Attempt | DeliveryEvent


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact in words; ``received_at`` is when we got to know, where that was later; ``technical`` is what the servers said."""

    title: str
    at: datetime
    received_at: datetime | None = None
    technical: Sequence[str] = ()


def events_of(deliveries: Iterable[Delivery]) -> Mapping[UUID | None, Sequence[DeliveryEvent]]:
    """What came in about each of the deliveries, newest first, at most ``MOST_FACTS`` of each; in one query."""
    place = Window(RowNumber(), partition_by="delivery", order_by=["-occurred_at", "-pk"])
    rows = DeliveryEvent.objects.filter(delivery__in=[row.pk for row in deliveries]).defer("raw").annotate(place=place)
    found: dict[UUID | None, list[DeliveryEvent]] = defaultdict(list)
    for row in rows.filter(place__lte=MOST_FACTS).order_by("-occurred_at", "-pk"):
        found[row.delivery_id].append(row)
    return found


def deciders(deliveries: Iterable[Delivery]) -> dict[UUID, Decider]:
    """The fact that decided each state, where one did and is kept; by the delivery's id, in two queries at most."""
    named = {row.pk: row.decided_by.partition(":") for row in deliveries}
    events = {key: which for key, (who, _, which) in named.items() if who == "event"}
    tries = {key: which for key, (who, _, which) in named.items() if who == "try" and which.isdecimal()}
    found: dict[UUID, Decider] = {}
    if events:
        kept = DeliveryEvent.objects.defer("raw").in_bulk([which for which in events.values() if _is_id(which)])
        found |= {key: kept[UUID(which)] for key, which in events.items() if _is_id(which) and UUID(which) in kept}
    if tries:
        wanted = reduce(or_, (Q(delivery=key, number=which) for key, which in tries.items()))
        found |= {row.delivery_id: row for row in Attempt.objects.filter(wanted)}
    return found


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def moment(decider: Decider) -> datetime:
    """When the fact happened."""
    if isinstance(decider, DeliveryEvent):
        return decider.occurred_at
    return decider.finished_at or decider.started_at


def date(deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
    """The same deliveries, each knowing since when it is in its state: ``known_at`` is when the fact that decided happened."""
    found = deciders(deliveries)
    for row in deliveries:
        row.known_at = moment(found[row.pk]) if row.pk in found else None
    return deliveries


def ruling(delivery: Delivery, decider: Decider | None) -> list[str]:
    """Why the state is what it is: the rule, then what else the facts say."""
    name = rulings.key(
        state=delivery.state,
        decided_by=delivery.decided_by,
        kind=decider.kind if isinstance(decider, DeliveryEvent) else "",
        outcome=decider.outcome if isinstance(decider, Attempt) else None,
    )
    also = rulings.besides(state=delivery.state, returned=delivery.returned, conflict=delivery.conflict, complained=delivery.complained)
    return [rulings.rule(name, delivery.state), *also]


def fact(row: Decider) -> Fact:
    """A try or an event in words."""
    return _try(row) if isinstance(row, Attempt) else _event(row)


def others(tries: Sequence[Attempt], events: Sequence[DeliveryEvent], decider: Decider | None) -> list[Fact]:
    """Every fact but the one that decided, newest first, at most ``MOST_FACTS``."""
    every: list[Decider] = [*tries, *events]
    rows = sorted(every, key=moment, reverse=True)
    return [fact(row) for row in rows if decider is None or row.pk != decider.pk][:MOST_FACTS]


def _try(row: Attempt) -> Fact:
    ended = row.get_outcome_display() if row.outcome else "en curso"
    said = f"{row.code or ''} {row.reply}".strip()
    lines = [
        said,
        f"Servidor: {row.host}{f' · {row.tls}' if row.tls else ''}" if row.host else "",
        f"Identificador allí: {row.provider_id}" if row.provider_id else "",
        f"SHA-256 del mensaje: {row.sha256}" if row.sha256 else "",
    ]
    return Fact(f"Intento {row.number}: {ended.lower()}", moment(row), None, [line for line in lines if line])


def _event(row: DeliveryEvent) -> Fact:
    kind = ReportKind(row.kind)
    who = f" ({JUDGED[row.human]})" if kind in {ReportKind.OPENED, ReportKind.CLICKED} else ""
    lines = [
        row.text,
        f"Código: {row.status}" if row.status and row.status not in row.text else "",
        f"Servidor: {row.host}" if row.host else "",
        f"Enlace: {row.click_url}" if row.click_url else "",
        f"Por qué se juzgó así: {', '.join(map(str, row.judged))}" if row.judged else "",
        f"Identificador allí: {row.message_id}" if row.message_id else "",
        f"Canal: {row.channel}" if row.channel else "",
    ]
    late = row.recorded_at if abs(row.recorded_at - row.occurred_at) >= SAME_TIME else None
    return Fact(f"{provider_label(row.provider)}: {kind.label}{who}", row.occurred_at, late, [line for line in lines if line])
