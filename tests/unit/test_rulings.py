"""Every state that the fold can give has a rule in words."""

import itertools
from datetime import timedelta

import pytest

from notifications import rulings
from notifications.causes import Cause, cause_of, smtp_cause
from notifications.lives import DeliveryState, Queue, ReportKind
from notifications.tracking import Folded, Outcome, Report, Try, fold
from tests.factories import NOON

SAID = (("5.1.1 user unknown", "rcpt"), ("5.7.1 blocked", "dot"), ("5.2.2 mailbox full", "rcpt"), ("4.4.7 expired", "rcpt"))
CAUSES = [smtp_cause(550, reply, phase=phase) for reply, phase in SAID]
TRIES = [(), *[(Try(1, outcome, cause_of("expired")),) for outcome in (None, "accepted", "temp", "channel", "unknown")]]
TRIES += [(Try(1, "perm", cause),) for cause in CAUSES]
TRIES += [(Try(1, "accepted"), Try(2, "temp")), (Try(1, "temp"), Try(2, "accepted")), (Try(1, "accepted"), Try(2, "perm", CAUSES[0]))]
VERDICTS = [None, Cause(DeliveryState.CANCELED, ""), cause_of("package"), cause_of("suppressed"), cause_of("switched_off")]


def reports() -> list[tuple[Report, ...]]:
    """None, each kind alone, and each pair in both orders; openings and clicks by a person and by a machine."""
    single = [
        Report(f"{kind}-{human}-{late}", kind, NOON + timedelta(hours=late), "no_mailbox", human)
        for kind in ReportKind
        for human in (True, None)
        for late in (0, 1)
    ]
    return [(), *((item,) for item in single), *itertools.combinations(single, 2)]


def name_of(told: Folded, tries: tuple[Try, ...], facts: tuple[Report, ...]) -> str:
    """The rule's name, found as a page finds it: by the fact that decided."""
    who, _, which = told.decided_by.partition(":")
    kind = next((item.kind for item in facts if who == "event" and item.key == which), "")
    outcome = next((item.outcome for item in tries if who == "try" and str(item.number) == which), None)
    return rulings.key(state=told.state, decided_by=told.decided_by, kind=kind, outcome=outcome)


def test_every_fold_has_its_rule_and_every_rule_its_fold() -> None:
    found = {
        name_of(fold(queue=queue, tries=tries, reports=facts, verdict=verdict), tries, facts)
        for queue in Queue
        for tries in TRIES
        for verdict in VERDICTS
        for facts in (reports() if queue == Queue.DONE else reports()[:60])
    }

    assert found == set(rulings.RULES)


def test_each_rule_is_one_or_two_sentences_of_its_own() -> None:
    assert len(set(rulings.RULES.values())) == len(rulings.RULES)
    assert all(text[0].isupper() and text.endswith(".") for text in rulings.RULES.values())


@pytest.mark.parametrize("state", DeliveryState)
def test_without_the_fact_the_state_is_explained(state: DeliveryState) -> None:
    assert rulings.rule("event:", state).endswith(".")


def test_what_came_back_after_it_was_accepted_says_so() -> None:
    told = rulings.besides(state="bounced", returned=True, conflict=False, complained=False)

    assert told == ["Antes lo había recibido el servidor del cliente, que lo devolvió."]


@pytest.mark.parametrize(("state", "begins"), [("delivered", "Otro hecho dice"), ("bounced", "Alguien dio señales")])
def test_a_contradiction_is_told_by_the_side_that_counts(state: str, begins: str) -> None:
    [told] = rulings.besides(state=state, returned=False, conflict=True, complained=False)

    assert told.startswith(begins)


def test_tired_is_told_from_refused() -> None:
    names = [rulings.key(state="soft_bounced", decided_by="try:12", outcome=outcome) for outcome in (Outcome.TEMPORARY, Outcome.PERMANENT)]

    assert names == ["try:tired", "try:soft_bounced"]
