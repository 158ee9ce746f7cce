"""The page behind the link of a mail: who gets in, what it shows, what it hands out."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from invoices.models import Company, DocumentFile, ElectronicDocument, StoredFile
from invoices.scope import company_scope
from invoices.services import store_file
from notifications import acknowledgements, buyer_links, buyer_words
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
    return buyer_links.make(company_id=company_id, delivery_id=delivery.pk)


def get(client: Client, name: str, *args: str) -> Any:
    return client.get(reverse(name, args=args))


def words(response: Any) -> str:
    """What the page says, without its tags."""
    return strip_tags(response.content.decode())


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

    page = get(client, "buyer", token(other))

    assert "Ya se confirmó que FEV20418 llegó" in words(page)
    assert "<form" not in page.content.decode()


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


def post(client: Client, name: str, delivery: Delivery, **data: str) -> Any:
    return client.post(reverse(name, args=[token(delivery)]), data)


def test_a_claim_rejects_the_document_and_tells_why(client: Client, delivery: Delivery, document: ElectronicDocument) -> None:
    response = post(client, "buyer_claim", delivery, motivo="03", detalle="Faltaron 2 cajas")

    document.refresh_from_db()
    answer = CustomerAnswer.across.get()
    assert response.status_code == 302
    assert document.customer_status == "rejected_by_customer"
    assert (answer.claim_code, answer.message) == ("03", "Faltaron 2 cajas")
    page = words(get(client, "buyer", token(delivery)))
    assert "Su reclamo sobre FEV20418 quedó registrado" in page
    assert "Mercancía entregada parcialmente" in page
    assert "No es un evento RADIAN" in page


def test_a_claim_may_follow_a_confirmation_and_both_are_kept(client: Client, delivery: Delivery, document: ElectronicDocument) -> None:
    post(client, "buyer_confirm", delivery, nombre="Ana")
    asked = client.get(reverse("buyer", args=[token(delivery)]) + "?reclamo=1").content.decode()

    post(client, "buyer_claim", delivery, motivo="01", detalle="El NIT no es el nuestro")

    document.refresh_from_db()
    assert '<details id="reclamo" open>' in asked
    assert "buyer_confirm" not in asked
    assert document.customer_status == "rejected_by_customer"
    assert CustomerAnswer.across.count() == 2


def test_a_second_claim_and_a_confirmation_after_it_change_nothing(client: Client, delivery: Delivery) -> None:
    post(client, "buyer_claim", delivery, motivo="01", detalle="Primero")

    post(client, "buyer_claim", delivery, motivo="02", detalle="Segundo")
    post(client, "buyer_confirm", delivery)

    assert [answer.message for answer in CustomerAnswer.across.all()] == ["Primero"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"detalle": "Faltó"}, "Elija qué pasó."),
        ({"motivo": "09", "detalle": "Faltó"}, "Elija qué pasó."),
        ({"motivo": "01"}, "Cuente qué pasó"),
        ({"motivo": "01", "detalle": "x" * 1001}, "hasta 1.000 caracteres"),
    ],
)
def test_an_incomplete_claim_says_what_is_missing_and_keeps_what_was_written(
    client: Client, delivery: Delivery, data: dict[str, str], error: str
) -> None:
    response = post(client, "buyer_claim", delivery, **data)

    page = response.content.decode()
    assert response.status_code == 422
    assert error in page
    assert data.get("detalle", "") in page
    assert not CustomerAnswer.across.exists()


def test_a_character_that_is_none_is_left_out_of_a_claim(client: Client, delivery: Delivery) -> None:
    response = post(client, "buyer_claim", delivery, motivo="01", detalle="Fal\0tó")

    assert response.status_code == 302
    assert CustomerAnswer.across.get().message == "Faltó"


def test_a_character_that_is_none_is_left_out_of_a_confirmation(client: Client, delivery: Delivery) -> None:
    response = post(client, "buyer_confirm", delivery, nombre="A\0na", mensaje="Todo\0 bien")

    answer = CustomerAnswer.across.get()
    assert response.status_code == 302
    assert (answer.name, answer.message) == ("Ana", "Todo bien")


def test_a_name_that_is_too_long_says_so_in_english_too(client: Client, delivery: Delivery) -> None:
    response = client.post(reverse("buyer_confirm", args=[token(delivery)]) + "?lang=en", {"nombre": "x" * 151})

    assert response.status_code == 422
    assert "The name may have up to 150 characters." in response.content.decode()


def test_a_name_that_is_too_long_says_so(client: Client, delivery: Delivery) -> None:
    response = post(client, "buyer_confirm", delivery, nombre="x" * 151)

    assert response.status_code == 422
    assert "El nombre puede tener hasta 150 caracteres." in response.content.decode()


def test_the_page_speaks_english(client: Client, delivery: Delivery) -> None:
    page = client.get(reverse("buyer", args=[token(delivery)]) + "?lang=en").content.decode()

    assert '<html lang="en">' in page
    assert "I confirm that I received this document" in page
    assert 'lang="es" hreflang="es">Español' in page
    assert "?lang=en" in page.split('action="')[1].split('"')[0]


def test_both_languages_say_the_same_things() -> None:
    assert set(buyer_words.ES) == set(buyer_words.EN)
    assert all(text.count("{") == buyer_words.EN[key].count("{") for key, text in buyer_words.ES.items())


def test_the_page_sets_no_cookie_but_the_one_against_forged_forms(client: Client, company: Company) -> None:
    with company_scope(company.pk):
        delivery = factories.delivery(factories.document(company))

    client.get(reverse("buyer", args=[buyer_links.make(company_id=company.pk, delivery_id=delivery.pk)]))

    assert set(client.cookies) == {"csrftoken"}
