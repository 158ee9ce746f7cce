"""From the stored rows to the fold and back: the columns of a delivery that say what is known of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from notifications.causes import Cause, smtp_cause, tired_cause
from notifications.lives import DeliveryState, ReportKind
from notifications.models import Attempt, Delivery, DeliveryEvent
from notifications.tracking import Folded, Outcome, Report, Try, fold

COLUMNS = ("state", "reason", "decided_by", "engagement", "complained", "autoresponded", "conflict", "inferred", "returned")
Facts = tuple[Sequence[Try], Sequence[Report]]


def stored(delivery_ids: Sequence[UUID]) -> Mapping[UUID, Facts]:
    """The tries and the reports of each of the deliveries."""
    tries: dict[UUID, list[Try]] = defaultdict(list)
    for key, number, outcome, code, reply, phase in Attempt.across.filter(delivery__in=delivery_ids).values_list(
        "delivery_id", "number", "outcome", "code", "reply", "phase"
    ):
        cause = tired_cause if outcome == Outcome.TEMPORARY else smtp_cause
        tries[key].append(Try(number, outcome, cause(code, reply, phase=phase)))
    reports: dict[UUID | None, list[Report]] = defaultdict(list)
    for key, event, kind, at, reason, human in DeliveryEvent.across.filter(delivery__in=delivery_ids).values_list(
        "delivery_id", "pk", "kind", "occurred_at", "reason", "human"
    ):
        reports[key].append(Report(str(event), ReportKind(kind), at, reason, human))
    return {key: (tries[key], reports[key]) for key in delivery_ids}


def folded(delivery: Delivery, queue: str, facts: Facts | None = None) -> Folded:
    """What the facts there are say, once the row is in the given queue."""
    tries, reports = facts or stored([delivery.pk])[delivery.pk]
    verdict = Cause(DeliveryState(delivery.verdict), delivery.reason) if delivery.verdict else None
    return fold(queue=queue, tries=tries, reports=reports, verdict=verdict)


def columns(told: Folded) -> dict[str, Any]:
    """The fold as columns, for the row."""
    return {name: getattr(told, name) for name in COLUMNS}
