"""From the stored rows to the fold and back: the columns of a delivery that say what is known of it."""

from typing import Any

from notifications.causes import Cause, smtp_cause
from notifications.lives import DeliveryState, ReportKind
from notifications.models import Attempt, Delivery, DeliveryEvent
from notifications.tracking import Folded, Report, Try, fold

COLUMNS = ("state", "reason", "decided_by", "engagement", "complained", "autoresponded", "conflict", "inferred", "returned")


def folded(delivery: Delivery, queue: str) -> Folded:
    """What the facts there are say, once the row is in the given queue."""
    tries = Attempt.across.filter(delivery=delivery).values_list("number", "outcome", "code", "reply", "phase")
    events = DeliveryEvent.across.filter(delivery=delivery).values_list("pk", "kind", "occurred_at", "reason", "human")
    return fold(
        queue=queue,
        tries=[Try(number, outcome, smtp_cause(code, reply, phase=phase)) for number, outcome, code, reply, phase in tries],
        reports=[Report(str(key), ReportKind(kind), at, reason, human) for key, kind, at, reason, human in events],
        verdict=Cause(DeliveryState(delivery.verdict), delivery.reason) if delivery.verdict else None,
    )


def columns(told: Folded) -> dict[str, Any]:
    """The fold as columns, for the row."""
    return {name: getattr(told, name) for name in COLUMNS}
