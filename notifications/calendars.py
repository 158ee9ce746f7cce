"""Terms in days: calendar days are 24 hours each, business days skip weekends and Colombia's holidays."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from django.conf import settings

from invoices.models import Company

BOGOTA = ZoneInfo("America/Bogota")
DAY = timedelta(days=1)


def term_end(start: datetime, *, days: int, calendar: str) -> datetime:
    """
    When so many full days have passed since ``start`` (aware).

    Business days are counted in America/Bogota: a start outside one counts from the beginning of the next, and the term
    ends at the same time of day on the n-th business day after it.
    """
    if calendar == Company.Calendar.CALENDAR:
        return start + timedelta(days=days)
    local = start.astimezone(BOGOTA)
    if not is_business_day(local.date()):
        local = datetime.combine(business_day_after(local.date(), 1), time.min, tzinfo=BOGOTA)
    end = business_day_after(local.date(), days)
    return datetime.combine(end, local.timetz())


def is_business_day(day: date) -> bool:
    """
    Monday to Friday and no holiday.

    Holidays: Ley 51 de 1983 and later laws, by the package ``holidays``; those that a law adds before the package knows them
    stand in the setting ``EXTRA_HOLIDAYS``.
    """
    return day.weekday() < 5 and day not in _holidays(day.year) and day not in settings.EXTRA_HOLIDAYS


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("CO", years=year))


def business_day_after(day: date, count: int) -> date:
    """The n-th business day after the day; the day itself for none."""
    while count:
        day += DAY
        count -= is_business_day(day)
    return day


def business_days_between(start: date, end: date) -> int:
    """How many business days lie after ``start`` and until ``end``, that one included; negative when ``end`` is before."""
    if end < start:
        return -business_days_between(end, start)
    return sum(is_business_day(start + DAY * step) for step in range(1, (end - start).days + 1))
