"""Terms in days: calendar days are 24 hours each, business days skip weekends and Colombia's holidays."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from invoices.models import Company

BOGOTA = ZoneInfo("America/Bogota")


def term_end(start: datetime, *, days: int, calendar: str) -> datetime:
    """
    When so many full days have passed since ``start`` (aware).

    Business days are counted in America/Bogota: a start outside one counts from the beginning of the next, and the term
    ends at the same time of day on the n-th business day after it. Holidays: Ley 51 de 1983, by the package ``holidays``.
    """
    if calendar == Company.Calendar.CALENDAR:
        return start + timedelta(days=days)
    local = start.astimezone(BOGOTA)
    if not is_business_day(local):
        local = datetime.combine(local.date(), time.min, tzinfo=BOGOTA)
        while not is_business_day(local):
            local += timedelta(days=1)
    left = days
    while left:
        local += timedelta(days=1)
        left -= is_business_day(local)
    return local


def is_business_day(moment: datetime) -> bool:
    """Monday to Friday and no holiday, by the date in the moment's own zone."""
    return moment.weekday() < 5 and moment.date() not in holidays.country_holidays("CO", years=moment.year)
