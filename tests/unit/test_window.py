"""The rolling log: the current and the previous month, by the clock of Bogota."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from invoices.history import window_start
from invoices.identifiers import uuid7, uuid7_floor
from invoices.partitions import next_month, previous_month

BOGOTA = ZoneInfo("America/Bogota")


@pytest.mark.parametrize(
    ("now", "start"),
    [
        ("2026-01-01T00:00:00-05:00", "2025-12-01"),
        ("2026-12-31T23:59:59-05:00", "2026-11-01"),
        ("2027-01-01T04:59:59+00:00", "2026-11-01"),  # still 31 December in Bogota
        ("2027-01-01T05:00:00+00:00", "2026-12-01"),
        ("2028-02-29T12:00:00-05:00", "2028-01-01"),
        ("2028-03-31T12:00:00-05:00", "2028-02-01"),
        ("2026-03-30T12:00:00-05:00", "2026-02-01"),
    ],
)
def test_the_window_begins_on_the_first_day_of_the_previous_month(now, start):
    found = window_start(datetime.fromisoformat(now))

    assert found == datetime.fromisoformat(start).replace(tzinfo=BOGOTA)


def test_identifiers_sort_by_the_time_that_they_carry():
    moments = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=number) for number in range(200)]

    identifiers = [uuid7(moment) for moment in moments]

    assert identifiers == sorted(identifiers)
    assert all(uuid7_floor(moment) <= identifier for moment, identifier in zip(moments, identifiers, strict=True))
    assert {identifier.version for identifier in identifiers} == {7}
    assert {identifier.variant for identifier in identifiers} == {"specified in RFC 4122"}


def test_months_follow_each_other():
    day = datetime(2027, 12, 31, tzinfo=BOGOTA).date()

    assert previous_month(next_month(day)) == day.replace(day=1)
