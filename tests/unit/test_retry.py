"""Error → class → when next."""

import random
from datetime import timedelta

import pytest

from notifications import retry
from notifications.lives import DeliveryState


def test_twelve_tries_take_about_fifty_nine_hours():
    waits = [retry.next_wait(tries, rng=random.Random(tries)) for tries in range(1, retry.MAX_TRIES)]

    assert retry.MAX_TRIES == 12
    assert len(waits) == 11
    assert sum(retry.SCHEDULE, timedelta()) == timedelta(hours=58, minutes=51)
    assert all(0.75 <= wait / plan <= 1.25 for wait, plan in zip(waits, retry.SCHEDULE, strict=True))


def test_there_is_no_thirteenth_try():
    assert retry.next_wait(12) is None


def test_waits_are_spread():
    waits = {retry.next_wait(4) for _ in range(50)}

    assert max(waits) / min(waits) > 1.2


@pytest.mark.parametrize(
    ("code", "reply", "phase", "state", "reason"),
    [
        (550, "5.1.1 User unknown", "rcpt", DeliveryState.BOUNCED, "no_mailbox"),
        (550, "No such user here", "rcpt", DeliveryState.BOUNCED, "no_mailbox"),
        (550, "Message refused", "dot", DeliveryState.REJECTED, "policy"),
        (550, "5.2.1 Mailbox disabled", "rcpt", DeliveryState.BOUNCED, "disabled"),
        (553, "5.1.3 Bad address syntax", "rcpt", DeliveryState.BOUNCED, "bad_syntax"),
        (556, "5.1.10 Null MX", "rcpt", DeliveryState.BOUNCED, "bad_domain"),
        (554, "5.7.1 Spam message rejected", "dot", DeliveryState.REJECTED, "policy"),
        (552, "Message size exceeds fixed limit", "mail", DeliveryState.REJECTED, "too_large"),
        (552, "5.3.4 Message too big", "dot", DeliveryState.REJECTED, "too_large"),
        (552, "5.2.2 Mailbox full", "rcpt", DeliveryState.REJECTED, "policy"),
        (551, "User not local", "rcpt", DeliveryState.REJECTED, "policy"),
    ],
)
def test_a_permanent_reply_says_what_is_wrong(code, reply, phase, state, reason):
    cause = retry.permanent_cause(code, reply, phase=phase)

    assert (cause.state, cause.reason) == (state, reason)


def test_every_reason_has_a_sentence():
    reasons = {
        retry.permanent_cause(550, f"5.{subject}.{detail}", phase="rcpt").reason for subject in range(1, 8) for detail in range(1, 12)
    }

    assert reasons <= set(retry.SENTENCES)
    assert len(reasons) >= 6
