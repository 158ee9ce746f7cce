"""Error → class → when next."""

import random
from datetime import timedelta

from notifications import retry


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
