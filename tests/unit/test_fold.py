"""The fold: facts → state."""

import itertools

import pytest

from notifications.lives import DeliveryState, Queue
from notifications.tracking import Fact, Outcome, RollUp, fold, roll_up


@pytest.mark.parametrize(
    ("queue", "outcomes", "state"),
    [
        (Queue.READY, [], DeliveryState.QUEUED),
        (Queue.LEASED, [], DeliveryState.SENDING),
        (Queue.DONE, [Outcome.ACCEPTED], DeliveryState.SENT),
        (Queue.READY, [Outcome.TEMPORARY], DeliveryState.DEFERRED),
        (Queue.DONE, [Outcome.TEMPORARY, Outcome.ACCEPTED], DeliveryState.SENT),
        (Queue.DONE, [Outcome.PERMANENT], DeliveryState.BOUNCED),
        (Queue.DEAD, [Outcome.TEMPORARY, Outcome.TEMPORARY], DeliveryState.SOFT_BOUNCED),
        (Queue.DEAD, [Outcome.UNKNOWN], DeliveryState.FAILED),
        (Queue.READY, [Outcome.CHANNEL], DeliveryState.QUEUED),
        (Queue.READY, [Outcome.TEMPORARY, Outcome.CHANNEL], DeliveryState.DEFERRED),
        (Queue.WAITING, [Outcome.UNKNOWN], DeliveryState.SENDING),
        (Queue.DONE, [Outcome.UNKNOWN, Outcome.ACCEPTED], DeliveryState.SENT),
        (Queue.READY, [Outcome.UNKNOWN, Outcome.TEMPORARY], DeliveryState.DEFERRED),
        (Queue.LEASED, [Outcome.TEMPORARY, None], DeliveryState.SENDING),
    ],
)
def test_fold_follows_the_table(queue, outcomes, state):
    facts = [Fact(number, outcome, DeliveryState.BOUNCED) for number, outcome in enumerate(outcomes, start=1)]

    assert fold(queue=queue, facts=facts) == state


def test_fold_does_not_depend_on_the_order_of_the_facts():
    facts = [
        Fact(1, Outcome.TEMPORARY),
        Fact(2, Outcome.CHANNEL),
        Fact(3, Outcome.UNKNOWN),
        Fact(4, Outcome.PERMANENT, DeliveryState.BOUNCED),
    ]

    states = {fold(queue=Queue.DONE, facts=order) for order in itertools.permutations(facts)}

    assert states == {DeliveryState.BOUNCED}


def test_an_acceptance_is_not_taken_back_by_a_later_try():
    facts = [Fact(1, Outcome.ACCEPTED), Fact(2, Outcome.PERMANENT, DeliveryState.BOUNCED)]

    assert fold(queue=Queue.DONE, facts=facts) == DeliveryState.SENT


def test_a_verdict_made_before_any_try_stands():
    assert fold(queue=Queue.DONE, facts=[], verdict=DeliveryState.SUPPRESSED) == DeliveryState.SUPPRESSED


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], (RollUp.NONE, 0, 0)),
        ([DeliveryState.SENT, DeliveryState.SENT], (RollUp.SENT, 2, 2)),
        ([DeliveryState.SENT, DeliveryState.BOUNCED], (RollUp.PARTIAL, 1, 2)),
        ([DeliveryState.SENT, DeliveryState.DEFERRED], (RollUp.IN_PROGRESS, 1, 2)),
        ([DeliveryState.QUEUED], (RollUp.IN_PROGRESS, 0, 1)),
        ([DeliveryState.BOUNCED], (RollUp.PROBLEM, 0, 1)),
        ([DeliveryState.BOUNCED, DeliveryState.QUEUED], (RollUp.IN_PROGRESS, 0, 2)),
        ([DeliveryState.CANCELED], (RollUp.NONE, 0, 0)),
        ([DeliveryState.SENT, DeliveryState.SUPPRESSED], (RollUp.SENT, 1, 1)),
        ([DeliveryState.SUPPRESSED], (RollUp.PROBLEM, 0, 1)),
    ],
)
def test_the_roll_up_counts_what_reached(states, expected):
    assert roll_up(states) == expected
