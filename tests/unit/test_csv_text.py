"""How one cell of a CSV is written."""

from decimal import Decimal

import pytest

from invoices import exports
from tests.hostile import HOSTILE


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_becomes_a_formula_in_csv(hostile: str) -> None:
    assert exports.csv_text(hostile) == f"'{hostile}"


@pytest.mark.parametrize("text", ["FE-1", "Pérez & Cía.", "a=b", "", "1-2"])
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert exports.csv_text(text) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [("1785000.000000", "1785000,00"), ("0.5", "0,50"), ("12.345678", "12,345678"), ("-5", "-5,00"), ("1E+3", "1000,00")],
)
def test_an_amount_keeps_all_its_decimals_and_at_least_two(amount: str, text: str) -> None:
    assert exports.csv_text(Decimal(amount)) == text
