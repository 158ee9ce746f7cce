"""Error → class → when next. Pure."""

import random
from datetime import timedelta

# 12 tries over about 59 hours; each wait is spread by a quarter so that a thousand rows do not come back together.
SCHEDULE = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 180, 360, 720, 720, 720, 720))
MAX_TRIES = len(SCHEDULE) + 1
SPREAD = 0.25
BREAKER = tuple(timedelta(seconds=seconds) for seconds in (15, 60, 180, 600, 900))


def next_wait(attempts: int, *, rng: random.Random | None = None) -> timedelta | None:
    """
    How long to wait after the given number of counted tries, or None when they are used up.

    :param rng: chance, for a test that wants the same numbers twice.
    """
    if attempts >= MAX_TRIES:
        return None
    source = rng or random.SystemRandom()
    return SCHEDULE[attempts - 1] * source.uniform(1 - SPREAD, 1 + SPREAD)


def breaker_wait(failures: int) -> timedelta:
    """How long a channel rests after its n-th failure in a row."""
    return BREAKER[min(failures, len(BREAKER)) - 1]
