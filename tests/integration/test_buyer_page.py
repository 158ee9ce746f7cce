"""The page behind the link of a mail: who gets in, what it shows, what it hands out."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from invoices.models import Company, DocumentFile, ElectronicDocument, StoredFile
from invoices.scope import company_scope
from invoices.services import store_file
from notifications import acknowledgements
from notifications.acknowledgements import buyer_token
from notifications.models import CustomerAnswer, Delivery
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return factories.company(name="Despensa y Café El Frailejón S.A.S.")


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    with company_scope(company.pk):
        return factories.document(company, number="FEV20418")


@pytest.fixture
def delivery(company: Company, document: ElectronicDocument) -> Delivery:
    with company_scope(company.pk):
        return factories.delivery(document)


def token(delivery: Delivery, company: Company | None = None) -> str:
    """The token in the mail of a delivery, or a forged one that names another company."""
    company_id = company.pk if company else delivery.company_id
    assert company_id is not None
    return buyer_token(company_id=company_id, delivery_id=delivery.pk)


def get(client: Client, name: str, *args: str) -> Any:
    return client.get(reverse(name, args=args))


def add_pdf(document: ElectronicDocument) -> None:
    with company_scope(document.company_id):
        pdf = store_file(company_id=document.company_id, name="a.pdf", data=b"%PDF-1.7 hola", kind=StoredFile.Kind.RECEIVED)
        DocumentFile.objects.create(company_id=document.company_id, document=document, file=pdf, role=DocumentFile.Role.PDF)


def test_the_page_is_kept_by_nobody_and_found_by_nobody(client: Client, delivery: Delivery) -> None:
    response: HttpResponse = get(client, "buyer", token(delivery))

    assert response.status_code == 200
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]


def test_the_page_shows_the_document_and_what_confirming_is_not(client: Client, delivery: Delivery, document: ElectronicDocument) -> None:
    page = get(client, "buyer", token(delivery)).content.decode()

    for words in ("FEV20418", "1.785.000,00", "Despensa y Café El Frailejón S.A.S.", document.customer.name, document.key):
        assert words in page
    assert "No es un evento RADIAN" in page


@pytest.mark.parametrize(("environment", "host"), [("1", "catalogo-vpfe.dian.gov.co"), ("2", "catalogo-vpfe-hab.dian.gov.co")])
def test_the_link_to_dian_follows_the_environment(
    client: Client, delivery: Delivery, document: ElectronicDocument, environment: str, host: str
) -> None:
    with company_scope(document.company_id):
        ElectronicDocument.objects.update(environment=environment)

    page = get(client, "buyer", token(delivery)).content.decode()

    assert f'<a href="https://{host}/document/searchqr?documentkey={document.key}" rel="noreferrer">' in page


@pytest.mark.parametrize("bad", ["x", "{token}x", "x{token}"])
def test_a_token_that_is_not_ours_is_not_found(client: Client, delivery: Delivery, bad: str) -> None:
    response = get(client, "buyer", bad.format(token=token(delivery)))

    assert response.status_code == 404
    assert "Este enlace no sirve" in response.content.decode()


def test_a_token_that_names_another_company_is_not_found(client: Client, delivery: Delivery) -> None:
    response = get(client, "buyer", token(delivery, factories.company()))

    assert response.status_code == 404


def test_looking_cannot_confirm(client: Client, delivery: Delivery) -> None:
    response = get(client, "buyer_confirm", token(delivery))

    assert response.status_code == 405


def test_a_forged_form_confirms_nothing(delivery: Delivery) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post(reverse("buyer_confirm", args=[token(delivery)]))

    assert response.status_code == 403
    assert not CustomerAnswer.across.exists()


def test_another_address_sees_that_it_was_confirmed_before(client: Client, delivery: Delivery, document: ElectronicDocument) -> None:
    with company_scope(document.company_id):
        other = factories.delivery(document, "tesoreria@example.com")
        acknowledgements.confirm(delivery=delivery, name="Ana", message="", now=NOON)

    page = get(client, "buyer", token(other)).content.decode()

    assert "Ya se confirmó que FEV20418 llegó" in page
    assert "<form" not in page


@pytest.mark.parametrize(("part", "kind"), [("xml", "application/xml"), ("pdf", "application/pdf"), ("zip", "application/zip")])
def test_each_part_is_handed_out_as_a_file(client: Client, delivery: Delivery, document: ElectronicDocument, part: str, kind: str) -> None:
    add_pdf(document)

    response = get(client, "buyer_file", token(delivery), part)

    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert response["Content-Disposition"].startswith("attachment")


def test_a_document_without_pdf_offers_none(client: Client, delivery: Delivery) -> None:
    page = get(client, "buyer", token(delivery)).content.decode()

    assert "Representación gráfica" not in page
    assert get(client, "buyer_file", token(delivery), "pdf").status_code == 404


def test_the_page_asks_a_known_number_of_questions(client: Client, delivery: Delivery, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(6):
        get(client, "buyer", token(delivery))
