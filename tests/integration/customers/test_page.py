"""One customer: its addresses, how each fares, and *Historial del correo*."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from invoices import customers
from invoices.models import Company, Customer, RecipientEmail, User
from invoices.models.sales import FINAL_CONSUMER
from invoices.scope import company_scope
from notifications.customer_selectors import MOST_DOCUMENTS
from notifications.models import Notification
from tests import factories
from tests.factories import NOON
from tests.integration.customer_pages import ADDRESS, NIT, listed, text_of, url

pytestmark = pytest.mark.django_db


def test_each_address_says_where_it_came_from_and_how_its_last_message_fared(
    client: Client, company: Company, accountant: User, buyer: Customer
) -> None:
    with company_scope(company.pk):
        factories.email(buyer, ADDRESS, source="resend", always=True)
        document = factories.document(company, customer=buyer, number="FE-77")
        factories.delivery(document, ADDRESS, at=NOON - timedelta(days=1), state="sent", queue="done", sent_at=NOON)
        factories.delivery(document, ADDRESS, state="bounced", reason="no_mailbox", queue="done", settled_at=NOON)

    page = text_of(client.get(url("customer", buyer.pk)))

    assert "Agregado al reenviar" in page
    assert "Siempre</span>" in page
    assert "Devuelto (dirección inválida)" in page
    assert "El buzón no existe." in page
    assert "Enviado (sin confirmar)" not in page


def test_a_message_about_another_customers_document_is_not_its_last(
    client: Client, company: Company, accountant: User, buyer: Customer, email: RecipientEmail
) -> None:
    with company_scope(company.pk):
        factories.delivery(factories.document(company, number="FE-AJENA"), ADDRESS)

    page = text_of(client.get(url("customer", buyer.pk)))

    assert "FE-AJENA" not in page
    assert "Ninguno todavía" in page


def test_the_address_of_dians_list_is_a_row_of_its_own(client: Client, accountant: User, buyer: Customer, email: RecipientEmail) -> None:
    listed(buyer.identification, "recepcion@salud.example.com")

    page = text_of(client.get(url("customer", buyer.pk)))

    assert "recepcion@salud.example.com" in page
    assert 'visto por última vez el <span class="tn">15/07/2026' in page
    assert "Lo registró en la DIAN" in page


def test_an_address_that_both_have_is_one_row(client: Client, accountant: User, buyer: Customer, email: RecipientEmail) -> None:
    listed(buyer.identification, ADDRESS)

    page = text_of(client.get(url("customer", buyer.pk)))

    assert "visto por última vez" in page
    assert "Lo registró en la DIAN" not in page


def test_one_that_is_switched_off_says_who_when_and_why(
    client: Client, company: Company, accountant: User, buyer: Customer, email: RecipientEmail
) -> None:
    with company_scope(company.pk):
        customers.switch_off(email=email, reason="La persona se fue", by=accountant, at=NOON)

    page = text_of(client.get(url("customer", buyer.pk)))

    assert "Desactivado" in page
    assert "La persona se fue" in page
    assert "Marcela Ríos" in page
    assert "15/07/2026 12:00" in page


def test_the_latest_documents_stand_there_and_the_rest_in_the_list(
    client: Client, company: Company, accountant: User, buyer: Customer
) -> None:
    with company_scope(company.pk):
        for number in range(MOST_DOCUMENTS + 2):
            factories.document(company, customer=buyer, number=f"FE-{number:03}", at=NOON - timedelta(days=number))
    page = text_of(client.get(url("customer", buyer.pk)))

    followed = text_of(client.get(url("documents"), {"q": buyer.identification}))

    assert ("FE-009" in page, "FE-010" in page) == (True, False)
    assert f"{url('documents')}?q={buyer.identification}" in page
    assert followed.count("data-row") == MOST_DOCUMENTS + 2


def test_a_passport_is_followed_by_its_name(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        buyer = factories.customer(company, identification="AV123", identification_type="41", name="Jane Doe")
        factories.document(company, customer=buyer)

    assert "?q=Jane+Doe" in text_of(client.get(url("customer", buyer.pk)))


def test_the_final_consumer_says_why_it_takes_no_addresses(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        nobody = factories.customer(company, identification=FINAL_CONSUMER, identification_type="13", name="Consumidor final")

    page = text_of(client.get(url("customer", nobody.pk)))

    assert "El consumidor final no se identifica" in page
    assert "Agregar correo" not in page


def test_another_companys_customer_is_not_reached_through_ones_own(client: Client, email: RecipientEmail) -> None:
    own = factories.company()
    client.force_login(factories.member(own))
    pages = [url("customer", email.customer_id), f"{url('customer_address', email.customer_id)}?correo={ADDRESS}"]

    answers = [client.get(page.replace(NIT, own.nit)).status_code for page in pages]

    assert answers == [404, 404]


def test_whoever_only_reads_sees_no_button(client: Client, auditor: User, buyer: Customer, email: RecipientEmail) -> None:
    page = text_of(client.get(url("customer", buyer.pk)))

    assert "Historial del correo" in page
    assert [word for word in ("Agregar correo", "Desactivar…", "Marcar Siempre") if word in page] == []


def test_the_page_costs_the_same_for_one_address_and_for_many(
    client: Client, company: Company, accountant: User, buyer: Customer, django_assert_max_num_queries: Any
) -> None:
    listed(buyer.identification, "recepcion@salud.example.com")
    with company_scope(company.pk):
        for number in range(20):
            factories.email(buyer, f"a{number}@example.com")
            factories.delivery(factories.document(company, customer=buyer), f"a{number}@example.com")

    with django_assert_max_num_queries(18):
        page = text_of(client.get(url("customer", buyer.pk)))

    assert page.count("Historial del correo") == 21


def history(client: Client, buyer: Customer, address: str = ADDRESS) -> Any:
    """The answer."""
    return client.get(url("customer_address", buyer.pk), {"correo": address})


def test_messages_stand_newest_first_with_who_asked_and_why_they_failed(
    client: Client, company: Company, accountant: User, buyer: Customer, email: RecipientEmail
) -> None:
    with company_scope(company.pk):
        old = factories.document(company, customer=buyer, number="FE-1")
        new = factories.document(company, customer=buyer, number="FE-2")
        asked = Notification.objects.create(
            company=company, kind="document", origin="resend", document=new, requested_by=accountant, created_at=NOON
        )
        factories.delivery(old, ADDRESS, at=NOON - timedelta(days=3), state="bounced", reason="no_mailbox", queue="done")
        factories.delivery(new, ADDRESS, notification=asked)
        factories.delivery(new, "otro@example.com")

    page = text_of(history(client, buyer))

    assert page.index("FE-2") < page.index("FE-1")
    assert "Reenvío · Marcela Ríos" in page
    assert "El buzón no existe." in page
    assert "2 de 2 mensajes" in page


def test_what_people_did_with_it_stands_beside(
    client: Client, company: Company, accountant: User, buyer: Customer, email: RecipientEmail
) -> None:
    with company_scope(company.pk):
        other = factories.email(buyer, "otro@example.com")
        customers.set_always(email=email, always=True, by=accountant, at=NOON)
        customers.switch_off(email=email, reason="Se fue", by=accountant, at=NOON + timedelta(minutes=1))
        customers.switch_off(email=other, reason="De otro correo", by=accountant, at=NOON)

    page = text_of(history(client, buyer))

    assert page.index("Lo desactivó") < page.index("Lo marcó Siempre")
    assert "«Se fue»" in page
    assert "De otro correo" not in page


def test_an_address_that_nobody_knows_is_404(client: Client, accountant: User, buyer: Customer, email: RecipientEmail) -> None:
    answers = [history(client, buyer, address).status_code for address in ("nadie@example.com", "", "a\x00@b.co")]

    assert answers == [404, 404, 404]


def test_dians_address_has_its_history_too(client: Client, accountant: User, buyer: Customer) -> None:
    listed(buyer.identification, "recepcion@salud.example.com")

    page = text_of(history(client, buyer, "Recepcion@salud.example.com"))

    assert "Lo registró el cliente en la DIAN" in page
    assert "No se le ha enviado ningún documento." in page


def test_the_page_costs_the_same_for_one_message_and_for_fifty(
    client: Client, company: Company, accountant: User, buyer: Customer, email: RecipientEmail, django_assert_max_num_queries: Any
) -> None:
    with company_scope(company.pk):
        document = factories.document(company, customer=buyer)
        for _ in range(55):
            factories.delivery(document, ADDRESS)

    with django_assert_max_num_queries(17):
        first = history(client, buyer)

    second = client.get(url("customer_address", buyer.pk) + first.context["older"])
    assert (text_of(first).count('<th scope="row"'), text_of(second).count('<th scope="row"')) == (50, 5)


def test_the_name_in_the_list_and_on_the_documents_page_leads_to_the_customer(
    client: Client, company: Company, accountant: User, buyer: Customer
) -> None:
    with company_scope(company.pk):
        document = factories.document(company, customer=buyer)

    pages = [text_of(client.get(address)) for address in (url("documents"), url("document", document.pk))]

    assert all(f'href="{url("customer", buyer.pk)}"' in page for page in pages)
