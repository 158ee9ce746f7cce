"""Amounts and dates as people write them."""

from datetime import date
from decimal import Decimal

import pytest

from invoices import written
from invoices.invalid import Invalid


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234.567,89", "1234567.89"),
        ("1234567.89", "1234567.89"),
        ("1234567,89", "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("950.000,00", "950000"),
        ("950,000.00", "950000"),
        ("950000", "950000"),
        ("12,5", "12.5"),
        ("1234,567", "1234.567"),
        ("0.125", "0.125"),
        ("$ 1.785.000,00", "1785000"),
        ("COP\u00a01.785.000,00", "1785000"),
        ("US$ 12.50", "12.5"),
        ("-5,00", "-5"),
        ("7.", "7"),
    ],
)
def test_an_amount_is_read_exactly(text: str, amount: str) -> None:
    assert written.amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["1.234", "950,000", "$ 12.345"])
def test_what_can_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="de dos maneras"):
        written.amount(text)


@pytest.mark.parametrize(("mark", "amount"), [(",", "950000"), (".", "950")])
def test_a_person_who_says_the_decimal_mark_is_believed(mark: str, amount: str) -> None:
    assert written.amount("950.000", mark=mark) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "gratis", "1.23.456,00", "1,234.567,89", "12,34,56", "1.234.567,89,1", "--5", "1e6", "½", "٣", "1" * 70]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        written.amount(text)


def test_an_amount_against_the_mark_that_was_said_is_refused() -> None:
    with pytest.raises(Invalid, match="con coma decimal"):
        written.amount("1234567.89", mark=",")


@pytest.mark.parametrize(
    "text", ["15/07/2026", "15/7/2026", "2026-07-15", " 15/07/2026 ", "2026-07-15T10:30:00", "15/07/2026 10:30", "2026-07-15 00:00:00.000"]
)
def test_a_date_is_read_day_first_or_as_iso(text: str) -> None:
    assert written.day(text) == date(2026, 7, 15)


@pytest.mark.parametrize("text", ["", "31/02/2026", "07/15/2026", "15-07-2026", "15/07/26", "46218", "ayer"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="dd/mm/aaaa"):
        written.day(text)
