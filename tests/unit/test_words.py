"""Amounts in Spanish words: examples, and every number read back by a reader of its own."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.ubl.words import amount_in_words, integer_in_words

UNITS = """cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve
veinte veintiún veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"""
TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"
HUNDREDS = "doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
VALUES = {word: value for value, word in enumerate(UNITS.split())}
VALUES |= {word: 10 * value for value, word in enumerate(TENS.split(), 3)}
VALUES |= {word: 100 * value for value, word in enumerate(HUNDREDS.split(), 2)}
VALUES |= {"cien": 100, "ciento": 100}
SCALES = {"millón": 10**6, "millones": 10**6, "billón": 10**12, "billones": 10**12}


def read_back(words: str) -> int:
    """What the words say: pieces add up until *mil* or a scale multiplies them."""
    total, below_scale, below_thousand = 0, 0, 0
    for word in words.split():
        if word == "mil":
            below_scale, below_thousand = below_scale + (below_thousand or 1) * 1000, 0
        elif word in SCALES:
            total, below_scale, below_thousand = total + (below_scale + below_thousand) * SCALES[word], 0, 0
        elif word != "y":
            below_thousand += VALUES[word]
    return total + below_scale + below_thousand


@given(st.integers(0, 10**15))
def test_every_whole_number_says_what_it_is(number: int) -> None:
    assert read_back(integer_in_words(number)) == number


def test_the_first_hundred_thousand_numbers_say_what_they_are() -> None:
    assert [number for number in range(100_000) if read_back(integer_in_words(number)) != number] == []


@given(st.integers(0, 10**15))
def test_nothing_is_said_that_spanish_does_not_say(number: int) -> None:
    words = integer_in_words(number)

    assert not re.search(
        r"\buno\b|(^|ón |ones )un mil\b|\by mil|cien (?!mil|millones|billones)|ciento( mil| millones| billones|$)|  ", words
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "cero"),
        (16, "dieciséis"),
        (21, "veintiún"),
        (31, "treinta y un"),
        (100, "cien"),
        (101, "ciento un"),
        (1000, "mil"),
        (1001, "mil un"),
        (21_000, "veintiún mil"),
        (31_000, "treinta y un mil"),
        (100_000, "cien mil"),
        (1_000_000, "un millón"),
        (21_000_000, "veintiún millones"),
        (1_000_000_000, "mil millones"),
        (1_000_000_000_000, "un billón"),
        (10**15, "mil billones"),
    ],
)
def test_numbers_are_written_as_before_a_noun(number: int, words: str) -> None:
    assert integer_in_words(number) == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1785000.00", "COP", "Un millón setecientos ochenta y cinco mil pesos colombianos M/CTE"),
        ("1785000.50", "COP", "Un millón setecientos ochenta y cinco mil pesos colombianos con 50/100 M/CTE"),
        ("1", "COP", "Un peso colombiano M/CTE"),
        ("0", "COP", "Cero pesos colombianos M/CTE"),
        ("0.05", "COP", "Cero pesos colombianos con 05/100 M/CTE"),
        ("1000000", "COP", "Un millón de pesos colombianos M/CTE"),
        ("2000000", "COP", "Dos millones de pesos colombianos M/CTE"),
        ("2000001", "COP", "Dos millones un pesos colombianos M/CTE"),
        ("1000000000000000", "COP", "Mil billones de pesos colombianos M/CTE"),
        ("999999999999999.99", "COP", None),
        ("14024.07", "USD", "Catorce mil veinticuatro dólares estadounidenses con 07/100"),
        ("1", "USD", "Un dólar estadounidense"),
        ("3000000", "EUR", "Tres millones de euros"),
        ("100", "GBP", "Cien GBP"),
        ("-100", "COP", "Menos cien pesos colombianos M/CTE"),
    ],
)
def test_an_amount_says_its_currency_and_its_cents(amount: str, currency: str, words: str | None) -> None:
    said = amount_in_words(Decimal(amount), currency)

    assert said == words if words else said.endswith("pesos colombianos con 99/100 M/CTE")


@pytest.mark.parametrize(
    ("amount", "end"), [("1.994", "con 99/100 M/CTE"), ("1.995", "Dos pesos colombianos M/CTE"), ("1.005", "con 01/100 M/CTE")]
)
def test_fractions_of_a_cent_are_rounded_half_up(amount: str, end: str) -> None:
    assert amount_in_words(Decimal(amount), "COP").endswith(end)


def test_what_is_too_large_for_the_words_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        amount_in_words(Decimal(10) ** 18, "COP")
