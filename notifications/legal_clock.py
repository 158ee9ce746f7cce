"""
The term in which a buyer on credit may claim, and after which the invoice is tacitly accepted. Pure.

What it says is an estimate: the authority counts with its own table of holidays, and its answer decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from notifications.calendars import business_day_after, business_days_between

BOGOTA = ZoneInfo("America/Bogota")
INVOICE, ON_CREDIT = "01", "2"
GOODS_RECEIPT, CLAIM, EXPRESS, TACIT = "032", "031", "033", "034"


class Start(StrEnum):
    """What starts the term."""

    GOODS_RECEIPT = "goods_receipt"
    INVOICE_DELIVERY = "invoice_delivery"


@dataclass(frozen=True, slots=True)
class TermRule:
    """The law of a time: from which day on it holds, what starts the term, and how many business days it has."""

    valid_from: date
    start: Start
    business_days: int


# A change of law is one more line; the day on which the term starts chooses the rule. Sources: docs/sources.md.
RULES = (TermRule(date(2020, 8, 20), Start.GOODS_RECEIPT, 3),)


class Phase(StrEnum):
    """How far the term of one document is."""

    NOT_FOR_THIS_TYPE = "not_for_this_type"
    CASH = "cash"
    NOT_STARTED = "not_started"
    RUNNING = "running"
    OVER = "over"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    TACITLY_ACCEPTED = "tacitly_accepted"


@dataclass(frozen=True, slots=True)
class Facts:
    """
    What the clock needs of a document: its type and form of payment, its events as (code, signing time), and when it was delivered.

    The times are aware; only their dates in America/Bogota count.
    """

    type_code: str
    payment_form: str
    events: Sequence[tuple[str, datetime]] = ()
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """
    The estimate: day 0, the last day for 031 or 033, the first for 034; without a start they are None.

    ``left`` is how many business days remain after today while it runs, 0 on the last day; ``missing`` says what the term waits for.
    """

    phase: Phase
    day_zero: date | None = None
    last_day: date | None = None
    tacit_from: date | None = None
    left: int | None = None
    missing: str = ""


ANSWERS = {CLAIM: Phase.CLAIMED, EXPRESS: Phase.ACCEPTED, TACIT: Phase.TACITLY_ACCEPTED}
MISSING = {Start.GOODS_RECEIPT: "Sin 032 no corre el término.", Start.INVOICE_DELIVERY: "Sin entrega de la factura no corre el término."}


def rule_on(day: date, rules: Sequence[TermRule] = RULES) -> TermRule:
    """The rule that holds on a day; the oldest for what lies before all of them."""
    holding = [rule for rule in rules if rule.valid_from <= day]
    return max(holding or rules[:1], key=lambda rule: rule.valid_from)


def clock(facts: Facts, *, today: date, rules: Sequence[TermRule] = RULES, on_demand: bool = False) -> Clock:
    """
    Where the term stands today (a date in America/Bogota).

    :param on_demand: count for a cash sale too, which needs no events.

    The day that starts the term is day 0; Saturdays, Sundays and holidays do not count. The last day for 031 and 033 is the
    n-th business day, and from the next one on 034 is possible. Sources: C.Co. 773; Decreto 1074 de 2015, art. 2.2.2.53.4;
    DIAN's validation rules DC24c, DC24e and DC24z.
    """
    if facts.type_code != INVOICE:
        return Clock(Phase.NOT_FOR_THIS_TYPE)
    if facts.payment_form != ON_CREDIT and not on_demand:
        return Clock(Phase.CASH)
    started = _started(facts, rules)
    answer = next((ANSWERS[code] for code, _ in sorted(facts.events, key=lambda event: event[1]) if code in ANSWERS), None)
    if started is None:
        return Clock(answer or Phase.NOT_STARTED, missing="" if answer else MISSING[rule_on(today, rules).start])
    day_zero, rule = started
    last_day = business_day_after(day_zero, rule.business_days)
    phase = answer or (Phase.RUNNING if today <= last_day else Phase.OVER)
    left = business_days_between(today, last_day) if phase == Phase.RUNNING else None
    return Clock(phase, day_zero, last_day, business_day_after(last_day, 1), left)


def _started(facts: Facts, rules: Sequence[TermRule]) -> tuple[date, TermRule] | None:
    """The earliest day that starts the term under the rule that holds on it."""
    receipts = [signed for code, signed in facts.events if code == GOODS_RECEIPT]
    starts = {Start.GOODS_RECEIPT: min(receipts, default=None), Start.INVOICE_DELIVERY: facts.delivered_at}
    for start, at in starts.items():
        if at is not None:
            day = at.astimezone(BOGOTA).date()
            if rule_on(day, rules).start == start:
                return day, rule_on(day, rules)
    return None
