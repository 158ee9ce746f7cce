"""Figures, rates and identifications as an invoice prints them."""

from decimal import Decimal

import pytest

from invoices.ubl.printed_types import Place, PrintedParty, Tax
from invoices.ubl.types import Party
from notifications import graphic_figures as figures

D = Decimal
NBSP = "\N{NO-BREAK SPACE}"
LABELS = {"31": "NIT", "13": "C.C."}


def tax(code: str = "01", *, rate: str = "19", base: str = "1000", amount: str = "190", per_unit: str = "") -> Tax:
    names = {"01": "IVA", "06": "ReteRenta", "07": "ReteICA", "34": "IBUA"}
    return Tax(code, names[code], D(rate) if rate else None, D(per_unit) if per_unit else None, D(base), D(amount))


def party(kind: str, number: str, printed: str = "", computed: str = "") -> PrintedParty:
    return PrintedParty(Party(kind, number, printed, "X", ""), computed, Place("", ""), "", "", (), ())


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1785000", "1.785.000,00"),
        ("0", "0,00"),
        ("-19000", "−19.000,00"),
        ("0.005", "0,01"),
        ("999999999999999.99", "999.999.999.999.999,99"),
    ],
)
def test_a_figure_has_two_decimals(amount: str, text: str) -> None:
    assert figures.figure(D(amount)) == text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [("1785000", "COP", "$ 1.785.000,00"), ("1200", "USD", "US$ 1.200,00"), ("1200", "EUR", "EUR 1.200,00"), ("-5", "COP", "−$ 5,00")],
)
def test_money_carries_its_currency(amount: str, currency: str, text: str) -> None:
    assert figures.money(D(amount), currency) == text.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("amount", "text"), [("79000", "79.000,00"), ("12500.5", "12.500,50"), ("412.505", "412,505"), ("1.100000", "1,10")]
)
def test_a_price_keeps_all_its_decimals(amount: str, text: str) -> None:
    assert figures.price(D(amount)) == text


@pytest.mark.parametrize(("amount", "text"), [("4.000000", "4"), ("1.500", "1,5"), ("10000", "10.000"), ("1E+3", "1.000"), ("0", "0")])
def test_a_quantity_has_no_decimals_that_say_nothing(amount: str, text: str) -> None:
    assert figures.quantity(D(amount)) == text


@pytest.mark.parametrize(
    ("one", "label"),
    [
        (tax(), "IVA 19 %"),
        (tax(rate="0", amount="0"), "IVA 0 %"),
        (tax("34", rate="", per_unit="18"), "IBUA 18,00 por unidad"),
        (tax(rate=""), "IVA"),
    ],
)
def test_a_tax_is_named_with_its_rate(one: Tax, label: str) -> None:
    assert figures.tax_label(one) == label.replace(" %", f"{NBSP}%")


@pytest.mark.parametrize(
    ("rate", "amount", "label"),
    [
        ("11.04", "11.04", "Retención de ICA 11,04 por mil"),
        ("1.104", "11.04", "Retención de ICA 1,104 %"),
        ("0.966", "9.66", "Retención de ICA 0,966 %"),
    ],
)
def test_the_figures_tell_whether_ica_is_per_thousand(rate: str, amount: str, label: str) -> None:
    assert figures.withholding_label(tax("07", rate=rate, amount=amount)) == label.replace(" %", f"{NBSP}%")


def test_a_withholding_has_the_name_that_accountants_use() -> None:
    assert figures.withholding_label(tax("06", rate="2.5", amount="25")) == f"Retención en la fuente 2,5{NBSP}%"


@pytest.mark.parametrize(
    ("who", "text"),
    [
        (party("31", "909214587", "8", "8"), "NIT 909.214.587-8"),
        (party("31", "909214587", "", "8"), "NIT 909.214.587-8"),
        (party("31", "909214587", "3", "8"), "NIT 909.214.587-3"),
        (party("13", "1020304050"), "C.C. 1.020.304.050"),
        (party("50", "DE811569869"), "Id. DE811569869"),
        (party("13", "00123"), "C.C. 00123"),
    ],
    ids=["printed", "computed", "printed wrong", "cedula", "foreign", "zeros"],
)
def test_a_party_is_identified_as_the_xml_prints_it(who: PrintedParty, text: str) -> None:
    assert figures.identification(who, LABELS) == text.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("number", "digit", "text"), [("907415263", "2", "907.415.263-2"), ("907415263", "", "907.415.263-2"), ("AB1", "", "AB1")]
)
def test_a_nit_has_its_check_digit(number: str, digit: str, text: str) -> None:
    assert figures.nit(number, digit) == text
