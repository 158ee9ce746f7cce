"""Terms in days."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.calendars import business_day_after, business_days_between, is_business_day, term_end

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


def easter(year):
    """The Gregorian computus, by Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = h + m - 7 * ((a + 11 * h + 22 * m) // 451) + 114
    return date(year, n // 31, n % 31 + 1)


def to_monday(day):
    return day + timedelta(days=-day.weekday() % 7)


def holidays_of(year):
    """Counted by hand of the laws: Ley 51 de 1983, and from 2026 on Ley 2578 de 2026."""
    fixed = [(1, 1), (5, 1), (7, 20), (8, 7), (12, 8), (12, 25)]
    moved = [(1, 6), (3, 19), (6, 29), (8, 15), (10, 12), (11, 1), (11, 11), *([(7, 9)] if year >= 2026 else [])]
    sunday = easter(year)
    days = {date(year, month, day) for month, day in fixed} | {to_monday(date(year, month, day)) for month, day in moved}
    return days | {sunday + timedelta(days=offset) for offset in (-3, -2, 43, 64, 71)}


YEARS = range(2025, 2031)
EVERY_DAY = [date(2025, 1, 1) + timedelta(days=step) for step in range((date(2031, 1, 1) - date(2025, 1, 1)).days)]


def test_every_day_of_six_years_agrees_with_an_independent_count():
    resting = set().union(*map(holidays_of, YEARS))

    assert len(EVERY_DAY) == 2191
    assert [day for day in EVERY_DAY if is_business_day(day) != (day.weekday() < 5 and day not in resting)] == []


@pytest.mark.parametrize("year", YEARS)
def test_the_third_business_day_after_every_day_agrees_with_an_independent_count(year):
    resting = holidays_of(year) | holidays_of(year + 1)
    working = [day for day in (date(year, 1, 1) + timedelta(days=step) for step in range(400)) if day.weekday() < 5 and day not in resting]

    for start in (day for day in EVERY_DAY if day.year == year):
        expected = [day for day in working if day > start][:4]
        assert [business_day_after(start, count) for count in (3, 4)] == expected[2:]
        assert business_days_between(start, expected[2]) == 3


def test_a_day_in_the_settings_is_a_holiday(settings):
    settings.EXTRA_HOLIDAYS = frozenset({date(2026, 7, 15)})

    assert not is_business_day(date(2026, 7, 15))
    assert business_day_after(date(2026, 7, 14), 1) == date(2026, 7, 16)


def test_business_days_backwards_are_negative():
    assert business_days_between(date(2026, 7, 16), date(2026, 7, 14)) == -2
