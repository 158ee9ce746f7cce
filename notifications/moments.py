"""Times and numbers as an accountant reads them, in America/Bogota."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

BOGOTA = ZoneInfo("America/Bogota")
DAYS = ("Lunes", "Martes", "Miércoles", "Jueves", "Viernes", "Sábado", "Domingo")
MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre")
# What happened within this time of its recording is told with one time.
SAME_TIME = timedelta(minutes=2)


def local(moment: datetime) -> datetime:
    """The moment in America/Bogota."""
    return moment.astimezone(BOGOTA)


def day_title(moment: datetime) -> str:
    """``Jueves 19/03/2026``."""
    return f"{DAYS[local(moment).weekday()]} {local(moment):%d/%m/%Y}"


def month_title(moment: datetime) -> str:
    """``marzo de 2026``."""
    return f"{MONTHS[local(moment).month - 1]} de {local(moment).year}"


def two_months(first: datetime, last: datetime) -> str:
    """``febrero y marzo de 2026``, ``diciembre de 2025 y enero de 2026``."""
    if local(first).year != local(last).year:
        return f"{month_title(first)} y {month_title(last)}"
    return f"{MONTHS[local(first).month - 1]} y {month_title(last)}"


def moment(iso: str) -> str:
    """``dd/mm/aaaa hh:mm`` of a time kept in the data of a movement."""
    return f"{local(datetime.fromisoformat(iso)):%d/%m/%Y %H:%M}"


def ago(moment: datetime, now: datetime) -> str:
    """``hoy``, ``ayer``, ``hace 3 días``: by the days of America/Bogota."""
    days = (local(now).date() - local(moment).date()).days
    return ("hoy", "ayer")[days] if 0 <= days < 2 else f"hace {days} días"


def count(number: int, one: str, many: str) -> str:
    """``1 correo``, ``2 correos``."""
    return f"{number} {one if number == 1 else many}"
