"""The fold: stored facts → the state that is shown. Pure; the outbox stores what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from notifications.lives import FAILURES, REACHED, DeliveryState, Queue


class Outcome(StrEnum):
    """How one try ended."""

    ACCEPTED = "accepted"
    TEMPORARY = "temp"
    PERMANENT = "perm"
    CHANNEL = "channel"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fact:
    """One try of ours: its number, how it ended (None: still open), and the state its reason stands for when permanent."""

    number: int
    outcome: str | None
    permanent_state: DeliveryState = DeliveryState.REJECTED


def fold(*, queue: str, facts: Sequence[Fact], verdict: DeliveryState | None = None) -> DeliveryState:
    """
    The state of one delivery, from its place in the queue and the facts of its tries; any order of the facts gives the same.

    :param verdict: blocked, suppressed or canceled: decided before a try was made.

    The latest try that says anything decides; a try that failed by the channel's fault says nothing. An acceptance once
    given is not taken back by a try that came after it.
    """
    if verdict is not None:
        return verdict
    telling = sorted((fact for fact in facts if fact.outcome != Outcome.CHANNEL), key=lambda fact: fact.number)
    if any(fact.outcome == Outcome.ACCEPTED for fact in telling):
        return DeliveryState.SENT
    last = telling[-1] if telling else None
    if queue == Queue.DEAD:
        return DeliveryState.SOFT_BOUNCED if last and last.outcome == Outcome.TEMPORARY else DeliveryState.FAILED
    if last and last.outcome == Outcome.PERMANENT:
        return last.permanent_state
    if queue == Queue.LEASED or (last and last.outcome in {None, Outcome.UNKNOWN}):
        return DeliveryState.SENDING
    return DeliveryState.DEFERRED if last else DeliveryState.QUEUED


class RollUp(StrEnum):
    """The chip *Entrega*; the values are those of ``ElectronicDocument.Delivery``."""

    NONE = "none"
    NO_ADDRESS = "no_address"
    IN_PROGRESS = "in_progress"
    SENT = "sent"
    PARTIAL = "partial"
    PROBLEM = "problem"


def roll_up(states: Sequence[DeliveryState]) -> tuple[RollUp, int, int]:
    """
    The document's chip, from the states of its active deliveries (one per address: what was replaced does not count).

    :returns: chip, how many reached, how many there are. What was cancelled does not count, and an address that a person
        switched off makes no document incomplete, unless it was the only one.
    """
    counted = [state for state in states if state != DeliveryState.CANCELED]
    active = [state for state in counted if state != DeliveryState.SUPPRESSED] or counted
    reached = sum(state in REACHED for state in active)
    failed = sum(state in FAILURES for state in active)
    if not active:
        chip = RollUp.NONE
    elif reached and failed:
        chip = RollUp.PARTIAL
    elif reached == len(active):
        chip = RollUp.SENT
    elif failed == len(active):
        chip = RollUp.PROBLEM
    else:
        chip = RollUp.IN_PROGRESS
    return chip, reached, len(active)
