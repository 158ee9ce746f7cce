"""Names, amounts and dates as people in Colombia write them; what can be read in two ways is refused, never guessed."""

import re
from datetime import date
from decimal import Decimal

from invoices.invalid import Invalid

# The decimal marks that a person can choose, and the mark that then groups the thousands.
OTHER = {",": ".", ".": ","}
NUMBER = re.compile(r"(?P<sign>-?)(?P<digits>[0-9][0-9.,]*)")
# Pieces of an amount that say nothing about it.
ORNAMENT = re.compile(r"[\s$'\u2019]|COP|USD|US\$|EUR", re.IGNORECASE)
DAY_FIRST = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)
YEAR_FIRST = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
CLOCK = re.compile(r"[T ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")


def amount(text: str, *, mark: str = "") -> Decimal:
    """
    ``1.234.567,89``, ``1,234,567.89``, ``1234567.89``, ``$ 950.000,00`` → exact.

    :param mark: the decimal mark, ``,`` or ``.``, where a person said which; without it ``1.234`` is refused.
    :raises Invalid: it is no amount, or it can be read in two ways.
    """
    found = NUMBER.fullmatch(ORNAMENT.sub("", text))
    if not found or len(text) > 60:
        raise Invalid(f"«{text[:40]}» no es un valor.", field="total")
    digits = found["digits"]
    mark = mark or _mark(digits, text)
    whole, _, decimals = digits.partition(mark)
    group = OTHER[mark]
    if not re.fullmatch(rf"\d+|\d{{1,3}}({re.escape(group)}\d{{3}})+", whole) or not re.fullmatch(r"\d*", decimals):
        raise Invalid(f"«{text[:40]}» no es un valor con {'coma' if mark == ',' else 'punto'} decimal.", field="total")
    return Decimal(f"{found['sign']}{whole.replace(group, '')}.{decimals or 0}")


def _mark(digits: str, text: str) -> str:
    """The decimal mark that the amount itself shows: the last of two, none of one that comes twice, one not before three digits."""
    marks = [char for char in digits if char in OTHER]
    if not marks:
        return ","
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) > 1:
        return OTHER[marks[0]]
    whole, _, decimals = digits.partition(marks[0])
    if len(decimals) == 3 and len(whole) <= 3 and whole != "0":
        raise Invalid(f"«{text[:40]}» se puede leer de dos maneras: di si los decimales van con coma o con punto.", field="total")
    return marks[0]


def one_line(text: str) -> str:
    """A text for a header or a cell: no line breaks nor other characters that cannot be seen."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def day(text: str) -> date:
    """
    ``31/12/2026`` (day first) and ``2026-12-31``; a clock behind it is left out.

    :raises Invalid: it is neither, or no day of the calendar.
    """
    bare = CLOCK.sub("", text.strip())
    found = DAY_FIRST.fullmatch(bare) or YEAR_FIRST.fullmatch(bare)
    try:
        if found:
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        pass  # the thirty-first of February
    raise Invalid(f"«{text[:40]}» no es una fecha: escríbela como dd/mm/aaaa.", field="issue_date")
