"""Clientes: who is found, in which order, at what cost."""

from typing import Any

import pytest
from django.test import Client

from invoices import customers, selectors
from invoices.models import Company, Customer, RecipientEmail, User
from invoices.models.sales import FINAL_CONSUMER
from invoices.scope import company_scope
from tests import factories
from tests.factories import NOON
from tests.integration.customer_pages import ADDRESS, listed, text_of, url

pytestmark = pytest.mark.django_db


def names(page: str) -> list[str]:
    """The customers of the list, in its order."""
    return [piece.split("</a>")[0].rpartition(">")[2] for piece in page.split('<th scope="row" class="word">')[1:]]


def test_customers_stand_by_name_whatever_their_accents(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        for name in ("Zapatería Luna", "Ángel Pérez", "Almacén Beta"):
            factories.customer(company, name=name)

    assert names(text_of(client.get(url("customers")))) == ["Almacén Beta", "Ángel Pérez", "Zapatería Luna"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("salud vital", 1), ("drogueria", 1), ("901.555.013-6", 1), ("90155", 1), ("compras@salud", 1), ("nadie", 0), ("otro@x.com", 0)],
)
def test_the_box_finds_by_name_identification_and_address(
    client: Client, company: Company, accountant: User, email: RecipientEmail, typed: str, found: int
) -> None:
    with company_scope(company.pk):
        factories.customer(company, name="Ferretería Ajena", identification="830999111")

    assert len(names(text_of(client.get(url("customers"), {"q": typed})))) == found


def test_pages_lead_on_and_back(company: Company) -> None:
    with company_scope(company.pk):
        made = [factories.customer(company, name=f"Cliente {letter}") for letter in "ABC"]
        first = selectors.page(Customer.objects.all(), order=selectors.BY_NAME, cursor=None, size=2)
        assert first.older
        second = selectors.page(Customer.objects.all(), order=selectors.BY_NAME, cursor=first.older, size=2)
        assert second.newer
        back = selectors.page(Customer.objects.all(), order=selectors.BY_NAME, cursor=second.newer, size=2)

    assert [list(first.rows), list(second.rows), list(back.rows)] == [made[:2], made[2:], made[:2]]


def test_the_address_of_the_next_page_keeps_the_search(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        for number in range(selectors.PAGE_SIZE + 1):
            factories.customer(company, name=f"Cliente {number:02}")
    first = client.get(url("customers"), {"q": "cliente"})

    second = text_of(client.get(url("customers") + first.context["older"]))

    assert "q=cliente" in first.context["older"]
    assert names(second) == ["Cliente 50"]


def test_a_customer_without_an_active_address_is_marked(client: Client, company: Company, accountant: User, email: RecipientEmail) -> None:
    with company_scope(company.pk):
        customers.switch_off(email=email, reason="Se fue", by=accountant, at=NOON)

    page = text_of(client.get(url("customers")))

    assert "Sin correo activo" in page
    assert ADDRESS not in page


def test_the_address_of_dians_list_is_shown_when_it_is_another(
    client: Client, accountant: User, email: RecipientEmail, buyer: Customer
) -> None:
    listed(buyer.identification, "recepcion@salud.example.com")

    assert "recepcion@salud.example.com" in text_of(client.get(url("customers")))


def test_the_final_consumer_is_listed_and_not_marked(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        factories.customer(company, identification=FINAL_CONSUMER, identification_type="13", name="Consumidor final")

    page = text_of(client.get(url("customers")))

    assert "No lleva correos" in page
    assert "Sin correo activo" not in page


def test_the_page_costs_the_same_for_one_row_and_for_fifty(
    client: Client, company: Company, accountant: User, django_assert_max_num_queries: Any
) -> None:
    with company_scope(company.pk):
        for number in range(55):
            buyer = factories.customer(company)
            factories.email(buyer, f"a{number}@example.com")
            factories.document(company, customer=buyer)

    with django_assert_max_num_queries(13):
        page = text_of(client.get(url("customers")))

    assert page.count("data-row") == 50


def test_htmx_gets_the_rows_alone(client: Client, accountant: User, buyer: Customer) -> None:
    response = client.get(url("customers"), headers={"HX-Request": "true"})

    assert "<html" not in text_of(response)
    assert "Droguería Salud Vital" in text_of(response)
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("query", [{"q": "\x00"}, {"q": "x" * 300}, {"pagina": "%%%"}, {"pagina": "YSBub3BlIG5vcGU"}])
def test_an_address_that_somebody_mangled_is_no_error(client: Client, accountant: User, buyer: Customer, query: dict[str, str]) -> None:
    assert "Droguería Salud Vital" in text_of(client.get(url("customers"), query))


def test_empty_says_what_to_do_next(client: Client, accountant: User) -> None:
    assert "Aún no hay clientes" in text_of(client.get(url("customers")))
    assert "Ningún cliente coincide" in text_of(client.get(url("customers"), {"q": "zzz"}))


def test_another_companys_customers_are_not_there(client: Client, accountant: User) -> None:
    other = factories.company()
    with company_scope(other.pk):
        factories.customer(other)

    assert names(text_of(client.get(url("customers")))) == []
