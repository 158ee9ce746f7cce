"""
The fold: stored facts → the state that is shown. Pure: the same set of facts gives the same state, in any order and repeated.

A state is never changed by hand and never patched: whoever adds a fact folds them all again. The rules are numbered as in
``docs/adr/0013-the-fold.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from notifications.causes import Cause
from notifications.lives import FAILURES, REACHED, DeliveryState, Engagement, Queue, ReportKind


class Outcome(StrEnum):
    """How one try ended."""

    ACCEPTED = "accepted"
    TEMPORARY = "temp"
    PERMANENT = "perm"
    CHANNEL = "channel"
    UNKNOWN = "unknown"


REFUSED = Cause(DeliveryState.REJECTED, "policy")


@dataclass(frozen=True, slots=True)
class Try:
    """One try of ours: its number, how it ended (None: still open), and what its refusal means when permanent."""

    number: int
    outcome: str | None
    cause: Cause = REFUSED


@dataclass(frozen=True, slots=True)
class Report:
    """
    One fact from outside, or of the clock.

    ``key`` tells facts apart: the same key twice is one fact. ``at`` is when it occurred. ``human`` judges an opening or a
    click: a person, a machine, or nobody knows.
    """

    key: str
    kind: ReportKind
    at: datetime
    reason: str = ""
    human: bool | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """
    What the facts say.

    ``decided_by`` is the fact that decided: ``try:3``, ``event:<key>``, ``verdict`` or ``queue``. ``returned`` says that it came
    back although the buyer's server had accepted it.
    """

    state: DeliveryState
    reason: str = ""
    decided_by: str = "queue"
    engagement: Engagement = Engagement.NONE
    complained: bool = False
    autoresponded: bool = False
    conflict: bool = False
    inferred: bool = False
    returned: bool = False


S = DeliveryState
R = ReportKind
# How far a report raises a message that has not failed and that nobody delivered (rule 4).
RAISES = {R.QUEUED: S.SENT, R.SENT: S.SENT, R.RELAYED: S.RELAYED, R.DEFERRED: S.DEFERRED}
RANK = {S.QUEUED: 10, S.SENDING: 15, S.SENT: 20, S.RELAYED: 25, S.DEFERRED: 30}
# Failures that beat a delivery (rule 5), and those that a delivery of the same message overturns (rule 7).
RETURNS = {R.BOUNCED: S.BOUNCED, R.REJECTED: S.REJECTED}
NOT_TRIED = frozenset({R.SUPPRESSED, R.FAILED})
FAILED = FAILURES | {S.CANCELED}
# What only somebody who has the message can do (rule 8).
SIGNS = frozenset({R.COMPLAINED, R.UNSUBSCRIBED, R.AUTORESPONDED, R.CONFIRMED, R.REPLIED})
ENGAGES = {R.OPENED: Engagement.OPENED, R.CLICKED: Engagement.CLICKED, R.CONFIRMED: Engagement.CONFIRMED, R.REPLIED: Engagement.REPLIED}
LADDER = list(Engagement)
# Clocks of two servers differ: nearer than this, two times are the same (rule 3).
TOLERANCE = timedelta(minutes=5)


def fold(*, queue: str, tries: Sequence[Try] = (), reports: Sequence[Report] = (), verdict: Cause | None = None) -> Folded:
    """
    The state of one delivery, from its place in the queue, its tries and what came in about it.

    :param verdict: blocked, suppressed or canceled, with its reason: decided before a byte left.
    """
    known = sorted({report.key: report for report in reports}.values(), key=lambda report: (report.at, report.key))
    base = _tries(queue, tries)
    if verdict:  # a message that left all the same is a contradiction, and the stronger fact (rule 7)
        base = replace(base, conflict=True) if base.state == S.SENT else _verdict(verdict)
    folded = _transport(base, known)
    folded = _signs(folded, known)
    return replace(
        folded,
        engagement=_engagement(known),
        complained=any(report.kind == R.COMPLAINED for report in known),
        autoresponded=any(report.kind == R.AUTORESPONDED for report in known),
    )


def _verdict(verdict: Cause) -> Folded:
    return Folded(verdict.state, verdict.reason, "verdict")


def _tries(queue: str, tries: Sequence[Try]) -> Folded:
    """
    What our own tries say: the latest that says anything; one that failed by the channel's fault says nothing (rule 4).

    An acceptance is not taken back by a later delay, and a refusal of the address not by an acceptance: what was refused
    came back.
    """
    telling = sorted((item for item in tries if item.outcome != Outcome.CHANNEL), key=lambda item: item.number)
    accepted = [item for item in telling if item.outcome == Outcome.ACCEPTED]
    refused = [item for item in telling if item.outcome == Outcome.PERMANENT]
    last = telling[-1] if telling else None
    by = f"try:{last.number}" if last else "queue"
    if refused:
        worst = refused[-1]
        return Folded(worst.cause.state, worst.cause.reason, f"try:{worst.number}")
    if accepted:
        return Folded(S.SENT, "", f"try:{accepted[-1].number}")
    if queue == Queue.DEAD:
        tired = last is not None and last.outcome == Outcome.TEMPORARY
        return Folded(last.cause.state, last.cause.reason, by) if last and tired else Folded(S.FAILED, "poison", by)
    if queue == Queue.LEASED or (last and last.outcome in {None, Outcome.UNKNOWN}):
        return Folded(S.SENDING, "", by)
    return Folded(S.DEFERRED, "temporary", by) if last else Folded(S.QUEUED)


def _transport(base: Folded, reports: Sequence[Report]) -> Folded:
    """Failures by rules 5 to 7; what has not failed is raised by rank (rule 4)."""
    delivered = _last(reports, R.DELIVERED)
    refused = max((item for item in reports if item.kind in RETURNS), key=lambda item: (item.kind == R.BOUNCED, item.at), default=None)
    if base.state in RETURNS.values() and not (refused and refused.kind == R.BOUNCED and base.state == S.REJECTED):
        return replace(base, returned=delivered is not None)
    if refused:
        return Folded(RETURNS[refused.kind], refused.reason, _by(refused), returned=delivered is not None)
    if delivered:
        return _delivered(base, reports, delivered)
    return _undelivered(base, reports)


def _delivered(base: Folded, reports: Sequence[Report], delivered: Report) -> Folded:
    """Delivered, unless it came back for a time afterwards (rule 6); what was said not to have been tried is a contradiction (rule 7)."""
    soft = _last(reports, R.SOFT_BOUNCED)
    if soft and soft.at > delivered.at + TOLERANCE:
        return Folded(S.SOFT_BOUNCED, soft.reason, _by(soft), returned=True)
    contradicted = base.state in FAILED or any(item.kind in NOT_TRIED for item in reports)
    return Folded(S.DELIVERED, "", _by(delivered), conflict=contradicted)


def _undelivered(base: Folded, reports: Sequence[Report]) -> Folded:
    """Nobody delivered it: a failure of any kind stands, the gravest first; else the highest rank; else the clock's (rule 12)."""
    if base.state in FAILED:
        return base
    for kind in (R.SUPPRESSED, R.SOFT_BOUNCED, R.FAILED):
        if failed := _last(reports, kind):
            return Folded(S(kind.value), failed.reason, _by(failed))
    if base.state == S.DEFERRED and any(report.kind in RAISES for report in reports):
        base = Folded(S.SENDING)  # somebody has it: what our own server asked us to wait for is over
    highest = base
    for report in reports:
        state = RAISES.get(report.kind)
        if state and RANK[state] >= RANK[highest.state]:
            highest = Folded(state, report.reason if state == S.DEFERRED else "", _by(report), conflict=base.conflict)
    silence = _last(reports, R.SILENCE)
    if silence and base.state != S.DEFERRED and highest.state in {S.SENT, S.DEFERRED}:
        return Folded(S.UNCONFIRMED, "", _by(silence))
    return highest


def _signs(folded: Folded, reports: Sequence[Report]) -> Folded:
    """A person's sign from the mailbox proves that it arrived, unless it came back: then both are kept (rules 8 and 9)."""
    signs = [report for report in reports if report.kind in SIGNS or (report.kind in ENGAGES and report.human)]
    if not signs or folded.state == S.DELIVERED:
        return folded
    if folded.state in FAILED:
        return replace(folded, conflict=True)
    return replace(folded, state=S.DELIVERED, reason="", decided_by=_by(signs[0]), inferred=True)


def _engagement(reports: Sequence[Report]) -> Engagement:
    """The strongest sign; a machine's, or one that nobody can judge, never counts as a person's (rule 9)."""
    found = Engagement.NONE
    for report in reports:
        if report.kind not in ENGAGES:
            continue
        machine = report.kind in {R.OPENED, R.CLICKED} and not report.human
        found = max(found, Engagement.MACHINE if machine else ENGAGES[report.kind], key=LADDER.index)
    return found


def _last(reports: Sequence[Report], kind: ReportKind) -> Report | None:
    return next((report for report in reversed(reports) if report.kind == kind), None)


def _by(report: Report) -> str:
    return f"event:{report.key}"


class RollUp(StrEnum):
    """The chip *Entrega*; the values are those of ``ElectronicDocument.Delivery``."""

    NONE = "none"
    NO_ADDRESS = "no_address"
    IN_PROGRESS = "in_progress"
    SENT = "sent"
    DELIVERED = "delivered"
    PARTIAL = "partial"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Active:
    """One address of a document, for the roll-up: the state of its latest message, and whether a person switched it off."""

    state: DeliveryState
    switched_off: bool = False


def roll_up(items: Sequence[Active]) -> tuple[RollUp, int, int]:
    """
    The document's chip, from its active deliveries (one per address: what was replaced or resolved does not count).

    :returns: chip, how many reached, how many there are. What was cancelled does not count, and an address that a person
        switched off makes no document incomplete, unless it was the only one.
    """
    counted = [item for item in items if item.state != S.CANCELED]
    active = [item.state for item in counted if not item.switched_off] or [item.state for item in counted]
    reached = sum(state in REACHED for state in active)
    failed = sum(state in FAILURES for state in active)
    if not active:
        chip = RollUp.NONE
    elif reached and failed:
        chip = RollUp.PARTIAL
    elif reached == len(active):
        chip = RollUp.DELIVERED if all(state == S.DELIVERED for state in active) else RollUp.SENT
    elif failed == len(active):
        chip = RollUp.PROBLEM
    else:
        chip = RollUp.IN_PROGRESS
    return chip, reached, len(active)
