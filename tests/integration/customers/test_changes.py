"""What writers do with customers and their addresses, and whoever only reads does not."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from invoices import customers
from invoices.models import Company, Customer, RecipientEmail, User
from invoices.scope import company_scope
from tests import factories
from tests.factories import NOON
from tests.integration.customer_pages import ADDRESS, text_of, url

pytestmark = pytest.mark.django_db


def post(client: Client, view: str, *more: Any, **data: str) -> Any:
    """The answer, at noon."""
    with time_machine.travel(NOON, tick=False):
        return client.post(url(view, *more), data, follow=True)


def test_a_customer_is_added_with_its_first_address(client: Client, company: Company, accountant: User) -> None:
    given = {"identification_type": "31", "identification": "901.555.013-6", "name": "Salud Vital", "address": ADDRESS}

    page = text_of(post(client, "customer_add", **given))

    assert "Salud Vital quedó entre tus clientes." in page
    assert ADDRESS in page
    with company_scope(company.pk):
        assert RecipientEmail.objects.get().customer.identification == "901555013"


def test_one_that_was_there_is_shown(client: Client, accountant: User, buyer: Customer) -> None:
    given = {"identification_type": "31", "identification": "901555013", "name": "Otro"}

    response = post(client, "customer_add", **given)

    assert response.redirect_chain[-1][0] == url("customer", buyer.pk)
    assert "ya estaba entre tus clientes" in text_of(response)


def test_what_does_not_hold_stands_at_its_field_with_what_was_typed(client: Client, accountant: User) -> None:
    response = post(client, "customer_add", identification_type="31", identification="901555013-1", name="Salud Vital")

    assert response.status_code == 422
    assert "El dígito de verificación de 901555013 es 6, no 1." in text_of(response)
    assert 'value="Salud Vital"' in text_of(response)


def test_an_address_is_added_and_marked_siempre(client: Client, company: Company, accountant: User, buyer: Customer) -> None:
    page = text_of(post(client, "customer_address_add", buyer.pk, address="Nuevo@salud.example.com", always="on"))

    assert "Se agregó nuevo@salud.example.com." in page
    with company_scope(company.pk):
        assert RecipientEmail.objects.get().always


def test_one_that_is_switched_off_is_not_switched_on_by_adding_it(
    client: Client, company: Company, accountant: User, buyer: Customer, email: RecipientEmail
) -> None:
    with company_scope(company.pk):
        customers.switch_off(email=email, reason="Se fue", by=accountant, at=NOON)

    page = text_of(post(client, "customer_address_add", buyer.pk, address=ADDRESS))

    assert "ya estaba, desactivado: actívalo" in page
    with company_scope(company.pk):
        assert not RecipientEmail.objects.get().active


def test_switching_off_without_a_reason_asks_for_it(
    client: Client, company: Company, accountant: User, buyer: Customer, email: RecipientEmail
) -> None:
    response = post(client, "customer_address_off", buyer.pk, email.pk, reason=" ")

    assert response.status_code == 422
    assert "Escribe el motivo" in text_of(response)


def test_off_and_on_again(client: Client, company: Company, accountant: User, buyer: Customer, email: RecipientEmail) -> None:
    off = text_of(post(client, "customer_address_off", buyer.pk, email.pk, reason="Se fue"))

    on = text_of(post(client, "customer_address_on", buyer.pk, email.pk))

    assert "ya no recibe los documentos de este cliente" in off
    assert "vuelve a recibir los documentos" in on
    with company_scope(company.pk):
        assert RecipientEmail.objects.get().active


def test_siempre_is_said_by_the_form_so_that_pressing_twice_does_it_once(
    client: Client, company: Company, accountant: User, buyer: Customer, email: RecipientEmail
) -> None:
    for _ in range(2):
        post(client, "customer_address_always", buyer.pk, email.pk, siempre="1")
    with company_scope(company.pk):
        marked = RecipientEmail.objects.get().always

    post(client, "customer_address_always", buyer.pk, email.pk, siempre="0")

    with company_scope(company.pk):
        assert (marked, RecipientEmail.objects.get().always) == (True, False)


def test_an_address_is_reached_only_through_its_customer(client: Client, company: Company, accountant: User, email: RecipientEmail) -> None:
    with company_scope(company.pk):
        other = factories.customer(company)

    assert post(client, "customer_address_on", other.pk, email.pk).status_code == 404


@pytest.mark.parametrize("name", ["customer_address_off", "customer_address_on", "customer_address_always"])
def test_whoever_only_reads_changes_no_address(
    client: Client, company: Company, auditor: User, buyer: Customer, email: RecipientEmail, name: str
) -> None:
    assert post(client, name, buyer.pk, email.pk, reason="x", siempre="1").status_code == 403
    with company_scope(company.pk):
        assert (RecipientEmail.objects.get().active, RecipientEmail.objects.get().always) == (True, False)


@pytest.mark.parametrize("name", ["customer_add", "customer_address_add"])
def test_whoever_only_reads_adds_nothing(client: Client, company: Company, auditor: User, buyer: Customer, name: str) -> None:
    more = [buyer.pk] if name == "customer_address_add" else []

    assert post(client, name, *more, address=ADDRESS, name="X", identification="1", identification_type="13").status_code == 403
    with company_scope(company.pk):
        assert (Customer.objects.count(), RecipientEmail.objects.count()) == (1, 0)


def test_the_sheet_opens_bare_for_htmx_and_as_a_page_for_everybody_else(client: Client, accountant: User, buyer: Customer) -> None:
    address = url("customer_address_add", buyer.pk) + "?correo=recepcion@salud.example.com"

    bare, page = text_of(client.get(address, headers={"HX-Request": "true"})), text_of(client.get(address))

    assert ("<html" in bare, "<html" in page) == (False, True)
    assert 'value="recepcion@salud.example.com"' in bare


def test_an_address_that_looks_mistyped_is_asked_once_and_then_taken(
    client: Client, company: Company, accountant: User, buyer: Customer
) -> None:
    asked = post(client, "customer_address_add", buyer.pk, address="Ana@gmial.com")

    added = post(client, "customer_address_add", buyer.pk, address="ana@gmial.com", seguro="ana@gmial.com")

    assert asked.status_code == 422
    assert '¿Quisiste decir <b class="text-break">ana@gmail.com</b>?' in text_of(asked)
    assert "Se agregó ana@gmial.com." in text_of(added)


def test_the_address_that_was_meant_is_added_with_one_press(client: Client, company: Company, accountant: User, buyer: Customer) -> None:
    page = text_of(post(client, "customer_address_add", buyer.pk, address="ana@gmial.com", usar="ana@gmail.com"))

    assert "Se agregó ana@gmail.com." in page


def test_the_first_address_of_a_customer_is_asked_about_too(client: Client, company: Company, accountant: User) -> None:
    given = {"identification_type": "31", "identification": "901.555.013-6", "name": "Salud Vital", "address": "ana@hotmial.com"}

    asked = text_of(post(client, "customer_add", **given))

    assert "¿Quisiste decir" in asked
    with company_scope(company.pk):
        assert not Customer.objects.exists()
