"""The fold: the set of facts gives the state, whatever order they came in and however often."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.causes import Cause
from notifications.lives import FAILURES, DeliveryState, Engagement, Queue, ReportKind
from notifications.tracking import Active, Outcome, Report, RollUp, Try, fold, roll_up

S, K = DeliveryState, ReportKind
NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
NO_MAILBOX = Cause(S.BOUNCED, "no_mailbox")


def tries(*outcomes):
    return [Try(number, outcome, NO_MAILBOX) for number, outcome in enumerate(outcomes, start=1)]


def report(kind, *, minutes=0, human=None, reason=""):
    return Report(f"{kind}-{minutes}", kind, NOON + timedelta(minutes=minutes), reason, human)


SENT = tries(Outcome.ACCEPTED)


@pytest.mark.parametrize(
    ("queue", "outcomes", "state"),
    [
        (Queue.READY, [], S.QUEUED),
        (Queue.LEASED, [], S.SENDING),
        (Queue.DONE, [Outcome.ACCEPTED], S.SENT),
        (Queue.READY, [Outcome.TEMPORARY], S.DEFERRED),
        (Queue.DONE, [Outcome.TEMPORARY, Outcome.ACCEPTED], S.SENT),
        (Queue.DONE, [Outcome.PERMANENT], S.BOUNCED),
        (Queue.DEAD, [Outcome.UNKNOWN], S.FAILED),
        (Queue.READY, [Outcome.CHANNEL], S.QUEUED),
        (Queue.READY, [Outcome.TEMPORARY, Outcome.CHANNEL], S.DEFERRED),
        (Queue.WAITING, [Outcome.UNKNOWN], S.SENDING),
        (Queue.DONE, [Outcome.UNKNOWN, Outcome.ACCEPTED], S.SENT),
        (Queue.READY, [Outcome.UNKNOWN, Outcome.TEMPORARY], S.DEFERRED),
        (Queue.LEASED, [Outcome.TEMPORARY, None], S.SENDING),
    ],
)
def test_our_own_tries_follow_the_table(queue, outcomes, state):
    assert fold(queue=queue, tries=tries(*outcomes)).state == state


def test_tries_used_up_end_by_the_reason_of_the_last():
    tired = [Try(1, Outcome.TEMPORARY, Cause(S.SOFT_BOUNCED, "expired")), Try(2, Outcome.TEMPORARY, Cause(S.SOFT_BOUNCED, "mailbox_full"))]

    told = fold(queue=Queue.DEAD, tries=tired)

    assert (told.state, told.reason, told.decided_by) == (S.SOFT_BOUNCED, "mailbox_full", "try:2")


def test_an_acceptance_is_not_taken_back_by_a_later_delay():
    assert fold(queue=Queue.DONE, tries=tries(Outcome.ACCEPTED, Outcome.TEMPORARY)).state == S.SENT


def test_a_refusal_of_the_address_stands_beside_a_late_acceptance():
    assert fold(queue=Queue.DONE, tries=tries(Outcome.ACCEPTED, Outcome.PERMANENT)).state == S.BOUNCED


@pytest.mark.parametrize(
    ("reports", "state"),
    [
        ([report(K.SENT)], S.SENT),
        ([report(K.RELAYED)], S.RELAYED),
        ([report(K.DEFERRED)], S.DEFERRED),
        ([report(K.DEFERRED, minutes=9), report(K.SENT)], S.DEFERRED),
        ([report(K.DELIVERED), report(K.DEFERRED, minutes=9)], S.DELIVERED),
        ([report(K.SILENCE)], S.UNCONFIRMED),
        ([report(K.SILENCE), report(K.DEFERRED)], S.UNCONFIRMED),
        ([report(K.SILENCE), report(K.RELAYED)], S.RELAYED),
        ([report(K.SILENCE), report(K.DELIVERED, minutes=9)], S.DELIVERED),
        ([report(K.DELIVERED), report(K.BOUNCED, minutes=9)], S.BOUNCED),
        ([report(K.BOUNCED), report(K.DELIVERED, minutes=9)], S.BOUNCED),
        ([report(K.DELIVERED), report(K.REJECTED, minutes=-9)], S.REJECTED),
        ([report(K.REJECTED), report(K.BOUNCED)], S.BOUNCED),
        ([report(K.DELIVERED), report(K.SOFT_BOUNCED, minutes=9)], S.SOFT_BOUNCED),
        ([report(K.DELIVERED, minutes=9), report(K.SOFT_BOUNCED)], S.DELIVERED),
        ([report(K.DELIVERED), report(K.SOFT_BOUNCED, minutes=4)], S.DELIVERED),
        ([report(K.FAILED)], S.FAILED),
        ([report(K.SUPPRESSED)], S.SUPPRESSED),
        ([report(K.SUPPRESSED), report(K.DELIVERED)], S.DELIVERED),
    ],
)
def test_reports_raise_or_fail_what_was_sent(reports, state):
    assert fold(queue=Queue.DONE, tries=SENT, reports=reports).state == state


def test_the_fact_that_decided_is_named():
    told = fold(queue=Queue.DONE, tries=SENT, reports=[report(K.DELIVERED), report(K.BOUNCED, minutes=9, reason="no_mailbox")])

    assert (told.decided_by, told.reason, told.returned) == (f"event:{K.BOUNCED}-9", "no_mailbox", True)


def test_a_delivery_of_what_was_not_tried_is_a_contradiction():
    told = fold(queue=Queue.DONE, reports=[report(K.DELIVERED)], verdict=Cause(S.SUPPRESSED, "suppressed"))

    assert (told.state, told.conflict) == (S.DELIVERED, True)


def test_a_verdict_made_before_any_try_stands():
    told = fold(queue=Queue.DONE, verdict=Cause(S.BLOCKED, "package"))

    assert (told.state, told.reason, told.decided_by) == (S.BLOCKED, "package", "verdict")


@pytest.mark.parametrize("kind", [K.COMPLAINED, K.UNSUBSCRIBED, K.AUTORESPONDED, K.CONFIRMED, K.REPLIED])
def test_a_sign_from_the_mailbox_means_that_it_arrived(kind):
    told = fold(queue=Queue.DONE, tries=SENT, reports=[report(kind)])

    assert (told.state, told.inferred, told.conflict) == (S.DELIVERED, True, False)


def test_a_sign_from_the_mailbox_does_not_undo_a_return():
    told = fold(queue=Queue.DONE, tries=SENT, reports=[report(K.BOUNCED), report(K.OPENED, human=True)])

    assert (told.state, told.conflict) == (S.BOUNCED, True)


@pytest.mark.parametrize("human", [False, None])
def test_what_no_person_did_changes_nothing_but_the_engagement(human):
    told = fold(queue=Queue.DONE, tries=SENT, reports=[report(K.OPENED, human=human), report(K.CLICKED, human=human)])

    assert (told.state, told.engagement) == (S.SENT, Engagement.MACHINE)


def test_the_strongest_engagement_counts():
    told = fold(
        queue=Queue.DONE, tries=SENT, reports=[report(K.CLICKED, human=True), report(K.OPENED, human=True), report(K.OPENED, minutes=1)]
    )

    assert (told.state, told.engagement) == (S.DELIVERED, Engagement.CLICKED)


reports_of_any_kind = st.lists(
    st.builds(
        report,
        st.sampled_from(list(K)),
        minutes=st.integers(-20, 20),
        human=st.sampled_from([None, True, False]),
        reason=st.sampled_from(["", "no_mailbox", "mailbox_full"]),
    ),
    max_size=9,
    unique_by=lambda item: item.key,
)
causes = st.builds(Cause, st.sampled_from([S.BOUNCED, S.REJECTED, S.SOFT_BOUNCED]), st.just("policy"))
tries_of_any_kind = st.lists(st.tuples(st.sampled_from([None, *Outcome]), causes), max_size=5).map(
    lambda found: [Try(number, outcome, cause) for number, (outcome, cause) in enumerate(found, start=1)]
)
queues = st.sampled_from(list(Queue))
verdicts = st.sampled_from([None, None, None, Cause(S.SUPPRESSED, "suppressed"), Cause(S.CANCELED, ""), Cause(S.BLOCKED, "package")])
lives = {"queue": queues, "own": tries_of_any_kind, "reports": reports_of_any_kind, "verdict": verdicts}
many = settings(max_examples=1500, deadline=None)


@many
@given(**lives, data=st.data())
def test_any_order_and_any_repetition_give_the_same(queue, own, reports, verdict, data):
    arrived = data.draw(st.permutations([*reports, *data.draw(st.lists(st.sampled_from(reports), max_size=4))] if reports else []))
    tried = data.draw(st.permutations(own))

    told = fold(queue=queue, tries=tried, reports=arrived, verdict=verdict)

    assert told == fold(queue=queue, tries=own, reports=reports, verdict=verdict)


@many
@given(**lives)
def test_a_complaint_never_disappears(queue, own, reports, verdict):
    complaint = report(K.COMPLAINED, minutes=-60)

    assert fold(queue=queue, tries=own, reports=[complaint, *reports], verdict=verdict).complained


@many
@given(**lives, later=reports_of_any_kind, more=tries_of_any_kind)
def test_nothing_returns_from_bounced_to_sent(queue, own, reports, verdict, later, more):
    bounced = report(K.BOUNCED, minutes=-60)
    more = [Try(len(own) + item.number, item.outcome, item.cause) for item in more]

    told = fold(queue=queue, tries=[*own, *more], reports=[bounced, *reports, *later], verdict=verdict)

    assert told.state in FAILURES


@many
@given(later=reports_of_any_kind, queue=queues, more=st.lists(st.sampled_from([None, *Outcome]), max_size=5))
def test_an_address_that_a_try_found_wrong_stays_so(queue, later, more):
    own = tries(Outcome.PERMANENT, *more)

    assert fold(queue=queue, tries=own, reports=later).state == S.BOUNCED


@many
@given(**lives)
def test_machines_never_change_the_state(queue, own, reports, verdict):
    machines = [report(K.OPENED, minutes=100, human=False), report(K.CLICKED, minutes=100, human=None)]

    told = fold(queue=queue, tries=own, reports=[*reports, *machines], verdict=verdict)

    without = fold(queue=queue, tries=own, reports=reports, verdict=verdict)
    assert (told.state, told.reason, told.decided_by) == (without.state, without.reason, without.decided_by)


def test_a_delay_and_then_an_acceptance_is_sent():
    assert fold(queue=Queue.DONE, tries=tries(Outcome.TEMPORARY, Outcome.ACCEPTED)).state == S.SENT


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], (RollUp.NONE, 0, 0)),
        ([S.SENT, S.SENT], (RollUp.SENT, 2, 2)),
        ([S.SENT, S.DELIVERED], (RollUp.SENT, 2, 2)),
        ([S.UNCONFIRMED, S.RELAYED], (RollUp.SENT, 2, 2)),
        ([S.DELIVERED, S.DELIVERED], (RollUp.DELIVERED, 2, 2)),
        ([S.DELIVERED, S.BOUNCED], (RollUp.PARTIAL, 1, 2)),
        ([S.SENT, S.DEFERRED], (RollUp.IN_PROGRESS, 1, 2)),
        ([S.QUEUED], (RollUp.IN_PROGRESS, 0, 1)),
        ([S.BOUNCED], (RollUp.PROBLEM, 0, 1)),
        ([S.BOUNCED, S.QUEUED], (RollUp.IN_PROGRESS, 0, 2)),
        ([S.CANCELED], (RollUp.NONE, 0, 0)),
        ([S.SENT, S.SUPPRESSED], (RollUp.PARTIAL, 1, 2)),
        ([S.SUPPRESSED], (RollUp.PROBLEM, 0, 1)),
    ],
)
def test_the_roll_up_counts_what_reached(states, expected):
    assert roll_up([Active(state) for state in states]) == expected


def test_an_address_that_a_person_switched_off_makes_no_document_incomplete():
    off = Active(S.SUPPRESSED, switched_off=True)

    assert roll_up([Active(S.DELIVERED), off]) == (RollUp.DELIVERED, 1, 1)
    assert roll_up([off]) == (RollUp.PROBLEM, 0, 1)
