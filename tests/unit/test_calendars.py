"""Terms in days."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from notifications.calendars import term_end

BOGOTA = ZoneInfo("America/Bogota")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=BOGOTA)


@pytest.mark.parametrize(
    ("start", "calendar", "end"),
    [
        ("2026-07-15T12:00", "calendar", "2026-07-18T12:00"),
        ("2026-12-30T23:30", "calendar", "2027-01-02T23:30"),
        ("2028-02-27T08:00", "calendar", "2028-03-01T08:00"),
        ("2026-07-06T12:00", "business", "2026-07-09T12:00"),
        ("2026-07-15T12:00", "business", "2026-07-21T12:00"),  # Monday 20 July is a holiday
        ("2026-03-27T09:00", "business", "2026-04-01T09:00"),
        ("2026-04-01T09:00", "business", "2026-04-08T09:00"),  # Holy Week
        ("2026-07-18T15:00", "business", "2026-07-24T00:00"),  # a Saturday counts from Tuesday 21
    ],
)
def test_three_days(start, calendar, end):
    assert term_end(at(start), days=3, calendar=calendar) == at(end)
