"""The buyer's page in a browser: by phone, by desk, without a script."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from invoices.models import DocumentFile, StoredFile
from invoices.scope import company_scope
from invoices.services import store_file
from notifications import buyer_links
from notifications.models import CustomerAnswer, Delivery
from tests import factories
from tests.functional import conftest as c

pytestmark = pytest.mark.django_db(transaction=True)
CONFIRM = "Confirmo que recibí este documento"


@pytest.fixture
def delivery() -> Delivery:
    """What a hotel got from a shop: an invoice with its PDF."""
    now = timezone.now()
    company = factories.company(
        nit="909214587",
        name="Despensa y Café El Frailejón S.A.S.",
        trade_name="El Frailejón Despensa",
        reply_address="acuses@frailejon.example.com",
    )
    with company_scope(company.pk):
        buyer = factories.customer(company, identification="908630142", name="Hotel Mirador del Chicamocha S.A.S.")
        document = factories.document(
            company, at=now, customer=buyer, number="FEV20418", due_date=date(2026, 12, 24), payment_form="2", dian_validated_at=now
        )
        pdf = store_file(company_id=company.pk, name="a.pdf", data=b"%PDF-1.7", kind=StoredFile.Kind.RECEIVED)
        DocumentFile.objects.create(company=company, document=document, file=pdf, role=DocumentFile.Role.PDF)
        return factories.delivery(document, "recepcionfe@hotelmirador.example.org", at=now)


@pytest.fixture
def link(live_server: Any, delivery: Delivery) -> str:
    """The address behind the button of the mail."""
    assert delivery.company_id is not None
    return str(live_server.url) + reverse("buyer", args=[buyer_links.make(company_id=delivery.company_id, delivery_id=delivery.pk)])


def answers(delivery: Delivery) -> list[tuple[str, str]]:
    """Name and message of what was answered."""
    assert delivery.company_id is not None
    with company_scope(delivery.company_id):
        return list(CustomerAnswer.objects.values_list("name", "message"))


def test_a_buyer_confirms_in_one_click(page: Page, link: str, delivery: Delivery) -> None:
    page.goto(link)

    page.get_by_label("Su nombre").fill("Julián Ardila Serrano")
    page.get_by_label("Mensaje para el vendedor").fill("Recibida por cartera.")
    page.get_by_role("button", name=CONFIRM).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Gracias: quedó confirmado que recibió FEV20418")
    assert answers(delivery) == [("Julián Ardila Serrano", "Recibida por cartera.")]


def test_confirming_needs_no_script(browser: Browser, link: str, delivery: Delivery) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(link)

    page.get_by_role("button", name=CONFIRM).click()

    expect(page.get_by_text("No es un evento RADIAN")).to_be_visible()
    assert answers(delivery) == [("", "")]
    page.close()


def test_opening_the_page_asks_no_other_site_and_says_nothing_to_one(page: Page, link: str, live_server: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(link)

    assert [url for url in asked if not url.startswith(live_server.url)] == []
    assert page.get_by_role("link", name="Ver en la DIAN").get_attribute("rel") == "noreferrer"


@pytest.mark.parametrize(("width", "size"), [("1280", c.DESK), ("360", c.PHONE)])
def test_the_page_is_accessible_and_fits(page: Page, link: str, width: str, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(link)
    c.shoot(page, f"buyer-{width}", whole=True)
    before = [*c.serious(page), c.sideways(page)]

    page.get_by_role("button", name=CONFIRM).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Gracias")
    c.shoot(page, f"buyer-confirmed-{width}", whole=True)

    assert before == [0]
    assert [*c.serious(page), c.sideways(page)] == [0]


@pytest.mark.parametrize(("width", "size"), [("1280", c.DESK), ("360", c.PHONE)])
def test_a_buyer_claims_after_an_incomplete_form(page: Page, link: str, delivery: Delivery, width: str, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(link)

    page.get_by_text("Tengo un reclamo").click()
    page.get_by_label("Mercancía entregada parcialmente").check()
    page.get_by_role("button", name="Enviar reclamo").click()
    expect(page.get_by_text("Cuente qué pasó")).to_be_visible()
    expect(page.get_by_label("Mercancía entregada parcialmente")).to_be_checked()
    c.shoot(page, f"buyer-claim-{width}", whole=True)
    form = [*c.serious(page), c.sideways(page)]
    page.get_by_label("Cuéntele al vendedor los detalles").fill("Faltaron 2 cajas de vasos.")
    page.get_by_role("button", name="Enviar reclamo").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Su reclamo sobre FEV20418 quedó registrado")
    c.shoot(page, f"buyer-claimed-{width}", whole=True)
    assert form == [0]
    assert [*c.serious(page), c.sideways(page)] == [0]
    assert answers(delivery) == [("", "Faltaron 2 cajas de vasos.")]


def test_a_claim_after_a_confirmation_is_one_click_away_and_in_english(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("link", name="English").click()
    page.get_by_role("button", name="I confirm that I received this document").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you: it is confirmed that you received FEV20418")

    page.get_by_role("link", name="I have a claim").click()

    expect(page.get_by_role("button", name="Send the claim")).to_be_visible()
    expect(page.get_by_role("button", name="I confirm that I received this document")).to_have_count(0)
    c.shoot(page, "buyer-claim-english", whole=True)


@pytest.mark.parametrize(("width", "size"), [("1280", c.DESK), ("360", c.PHONE)])
def test_a_link_that_is_over_offers_a_new_one(page: Page, link: str, delivery: Delivery, width: str, size: Any) -> None:
    page.set_viewport_size(size)
    Delivery.across.filter(pk=delivery.pk).update(link_revoked_at=timezone.now())
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Este enlace fue anulado")
    c.shoot(page, f"buyer-closed-{width}", whole=True)
    closed = [*c.serious(page), c.sideways(page)]

    page.get_by_role("button", name="Enviarme un enlace nuevo").click()

    expect(page.get_by_text("re•••@hotelmirador.example.org")).to_be_visible()
    assert closed == [0]


def test_a_broken_link_says_what_to_do(page: Page, live_server: Any) -> None:
    response = page.goto(live_server.url + reverse("buyer", args=["roto"]))
    c.shoot(page, "buyer-unknown")

    assert response is not None
    assert response.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Este enlace no sirve")
    assert [*c.serious(page), c.sideways(page)] == [0]


def test_a_message_as_long_as_its_field_takes_may_have_lines(page: Page, link: str, delivery: Delivery) -> None:
    page.goto(link)

    page.get_by_label("Mensaje para el vendedor").fill("Caja\n" * 199 + "12345")
    page.get_by_role("button", name=CONFIRM).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Gracias")
    assert answers(delivery) == [("", "Caja\n" * 199 + "12345")]
