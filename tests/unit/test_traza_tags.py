"""How values look on screen."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from invoices.models import Customer, ElectronicDocument
from invoices.templatetags import traza
from notifications.lives import DeliveryState


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1785000", "COP", "$ 1.785.000,00"),
        ("1200.5", "USD", "US$ 1.200,50"),
        ("0.125", "EUR", "EUR 0,12"),
        ("-642600", "COP", "−$ 642.600,00"),
    ],
)
def test_money_is_written_as_in_colombia(amount: str, currency: str, shown: str) -> None:
    assert traza.money(Decimal(amount), currency).replace("\N{NO-BREAK SPACE}", " ") == shown


def test_a_moment_is_shown_in_bogota() -> None:
    assert traza.moment(datetime(2026, 3, 20, 2, 41, tzinfo=UTC)) == "19/03/2026 21:41"


def test_the_day_of_a_moment_is_bogotas() -> None:
    assert traza.day(datetime(2026, 3, 20, 2, 41, tzinfo=UTC)) == "19/03/2026"


def test_a_day_without_time_stays() -> None:
    assert traza.day(date(2026, 3, 20)) == "20/03/2026"


def test_what_never_happened_is_shown_as_nothing() -> None:
    assert (traza.moment(None), traza.day(None)) == ("", "")


def test_a_nit_has_dots_and_its_check_digit() -> None:
    assert traza.nit("900373076") == "900.373.076-4"


@pytest.mark.parametrize(("number", "shown"), [(0, "0"), (999, "999"), (1000, "999+")])
def test_a_count_says_where_it_stopped(number: int, shown: str) -> None:
    assert traza.capped(number) == shown


@pytest.mark.parametrize(
    ("looks", "choices"),
    [
        (traza.DIAN_LOOK, ElectronicDocument.Dian),
        (traza.CUSTOMER_LOOK, ElectronicDocument.CustomerStatus),
        (traza.DELIVERY_LOOK | {ElectronicDocument.Delivery.NONE: None}, ElectronicDocument.Delivery),
        (traza.STATE_LOOK, DeliveryState),
    ],
)
def test_every_state_has_a_look(looks: object, choices: type) -> None:
    assert set(looks) == {choice.value for choice in choices}  # type: ignore[call-overload,attr-defined]


def document(**states: object) -> ElectronicDocument:
    """A document that is in no database."""
    identification = str(states.pop("identification", "900373076"))
    return ElectronicDocument(customer=Customer(identification_type="31", identification=identification), **states)


def test_a_chip_is_icon_word_and_count() -> None:
    shown = traza.delivery_chip(document(delivery_status="partial", deliveries_reached=2, deliveries_total=3))

    assert shown == (
        '<span class="chip warn act"><svg class="i" aria-hidden="true"><use href="/static/app/icons.svg#i-half"/></svg>'
        "<span>Parcial <b>2/3</b></span></span>"
    )


def test_a_state_that_asks_nothing_of_anybody_is_not_filled() -> None:
    assert " act" not in traza.dian_chip(document(dian_status="accepted"))


def test_a_buyer_without_address_is_a_problem() -> None:
    assert "chip bad act" in traza.delivery_chip(document(delivery_status="no_address"))


def test_a_final_consumer_without_address_is_none() -> None:
    shown = traza.delivery_chip(document(delivery_status="no_address", identification="222222222222"))

    assert shown == '<span class="mut">Sin correo</span>'
