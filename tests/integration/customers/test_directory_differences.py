"""*Correos de recepción que difieren*: who is on the list, and what it says of each."""

from typing import Any

import pytest
from django.test import Client

from invoices import directory_differences
from invoices.models import Company, Customer, User
from invoices.scope import company_scope
from tests import factories
from tests.factories import NOON
from tests.integration.customer_pages import LISTED, listed, text_of, url, waiting

pytestmark = pytest.mark.django_db


def test_both_addresses_stand_side_by_side_with_the_dates(client: Client, accountant: User, differing: Customer) -> None:
    page = text_of(client.get(url("directory_differences")))

    assert LISTED in page
    assert "compras@salud.example.com" in page
    assert "La primera vez que lo vimos" in page


def test_a_change_of_the_listed_address_is_told_with_the_day(client: Client, accountant: User, differing: Customer) -> None:
    listed(differing.identification, "vieja@salud.example.com", first=-30, last=-30)

    page = text_of(client.get(url("directory_differences")))

    assert "Antes: vieja@salud.example.com, visto hasta el" in page
    assert "Cambió ese día" in page


def test_of_two_addresses_on_the_same_list_neither_came_before(client: Client, accountant: User, differing: Customer) -> None:
    listed(differing.identification, "otro@salud.example.com")

    page = text_of(client.get(url("directory_differences")))

    assert "Antes:" not in page
    assert "La primera vez que lo vimos" in page
    assert "Cambió ese día" not in page


def test_one_that_left_the_list_later_was_before_but_did_not_change_that_day(client: Client, accountant: User, buyer: Customer) -> None:
    listed(buyer.identification, LISTED, first=-30, last=0)
    listed(buyer.identification, "vieja@salud.example.com", first=-60, last=-10)

    page = text_of(client.get(url("directory_differences")))

    assert "Antes: vieja@salud.example.com, visto hasta el" in page
    assert "Cambió ese día" not in page


def test_a_nit_with_many_addresses_takes_no_place_from_the_others(company: Company, differing: Customer) -> None:
    with company_scope(company.pk):
        factories.customer(company, identification="901555014", name="Almacén")
    listed("901555014", "a@example.com", first=-90, last=-90)
    for number in range(60):
        listed(differing.identification, f"r{number}@example.com", first=-number, last=-number)

    with company_scope(company.pk):
        found = list(directory_differences.differing(decided=False).order_by("name"))
        shown = [line.customer.name for line in directory_differences.lines(found)]

    assert shown == ["Almacén", differing.name]


@pytest.mark.parametrize("active", [True, False])
def test_an_address_that_the_customer_has_on_or_off_does_not_differ(company: Company, differing: Customer, active: bool) -> None:
    with company_scope(company.pk):
        factories.email(differing, LISTED, active=active, deactivated_at=None if active else NOON)

    assert waiting(company) == []


def test_a_cedula_with_the_same_number_is_nobody_of_the_list(company: Company, differing: Customer) -> None:
    with company_scope(company.pk):
        factories.customer(company, identification="901555013", identification_type="13", name="Otra persona")

    assert waiting(company) == [differing.name]


def test_the_list_goes_on_page_by_page_at_the_same_cost(
    client: Client, company: Company, accountant: User, django_assert_max_num_queries: Any
) -> None:
    with company_scope(company.pk):
        for number in range(55):
            made = factories.customer(company, name=f"Cliente {number:02d}")
            listed(made.identification, f"r{number}@example.com")

    with django_assert_max_num_queries(13):
        response = client.get(url("directory_differences"))
    second = text_of(client.get(url("directory_differences") + response.context["older"]))

    assert response.content.decode().count("data-row") == 50
    assert "Cliente 54" in second


def test_the_list_is_taken_away_as_csv(client: Client, accountant: User, differing: Customer) -> None:
    response: Any = client.get(url("directory_export", "csv"))

    rows = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    day = NOON.strftime("%d/%m/%Y")
    assert rows[-1] == f'"{differing.name}";"901555013";"compras@salud.example.com";"{LISTED}";"";"{day}";"{day}";""'


def test_an_empty_list_says_why(client: Client, accountant: User) -> None:
    assert "No hay una lista de la DIAN cargada" in text_of(client.get(url("directory_differences")))
