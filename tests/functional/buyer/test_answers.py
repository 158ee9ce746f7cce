"""The buyer's page in a browser: what a buyer does there."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from invoices.scope import company_scope
from notifications import buyer_limit, buyer_links
from notifications.models import CustomerAnswer, Delivery
from tests.functional import conftest as c

pytestmark = pytest.mark.django_db(transaction=True)
CONFIRM = "Confirmo que recibí este documento"
# The words, and the pieces of addresses and numbers, that stand on two lines; a key may.


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
def test_a_link_that_is_over_offers_a_new_one(page: Page, link: str, monkeypatch: pytest.MonkeyPatch, width: str, size: Any) -> None:
    page.set_viewport_size(size)
    monkeypatch.setattr(buyer_links, "LINK_LIFE", timedelta(seconds=-1))
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Este enlace venció")
    c.shoot(page, f"buyer-closed-{width}", whole=True)
    closed = [*c.serious(page), c.sideways(page)]

    page.get_by_role("button", name="Enviarme un enlace nuevo").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Revise su correo")
    expect(page.get_by_text("re•••@hotelmirador.example.org")).to_be_visible()
    c.shoot(page, f"buyer-new-link-{width}", whole=True)
    assert closed == [0]
    assert [*c.serious(page), c.sideways(page)] == [0]


def test_a_revoked_link_offers_no_other(page: Page, link: str, delivery: Delivery) -> None:
    Delivery.across.filter(pk=delivery.pk).update(link_revoked_at=timezone.now())
    page.goto(link)
    c.shoot(page, "buyer-revoked")

    expect(page.get_by_role("heading", level=1)).to_have_text("Este enlace fue anulado")
    expect(page.get_by_role("button")).to_have_count(0)
    assert [*c.serious(page), c.sideways(page)] == [0]


def test_a_broken_link_says_what_to_do(page: Page, live_server: Any) -> None:
    response = page.goto(live_server.url + reverse("buyer", args=["roto"]))
    c.shoot(page, "buyer-unknown")

    assert response is not None
    assert response.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Este enlace no sirve")
    assert [*c.serious(page), c.sideways(page)] == [0]
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work")


@pytest.mark.parametrize(("width", "size"), [("1280", c.DESK), ("360", c.PHONE)])
def test_a_claim_sent_too_soon_is_sent_again_without_writing_it_again(
    page: Page, link: str, delivery: Delivery, monkeypatch: pytest.MonkeyPatch, width: str, size: Any
) -> None:
    page.set_viewport_size(size)
    page.goto(link)
    page.get_by_text("Tengo un reclamo").click()
    page.get_by_label("Servicio no prestado").check()
    page.get_by_label("Cuéntele al vendedor los detalles").fill("Nadie vino.\nNi llamó.")
    monkeypatch.setattr(buyer_limit, "MOST_BY_LINK", 0)
    page.get_by_role("button", name="Enviar reclamo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Un momento")
    c.shoot(page, f"buyer-busy-{width}")
    busy = [*c.serious(page), c.sideways(page)]

    monkeypatch.setattr(buyer_limit, "MOST_BY_LINK", 10_000)
    page.get_by_role("button", name="Intentar de nuevo").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Su reclamo sobre FEV20418 quedó registrado")
    assert busy == [0]
    assert answers(delivery) == [("", "Nadie vino.\nNi llamó.")]


def test_a_message_as_long_as_its_field_takes_may_have_lines(page: Page, link: str, delivery: Delivery) -> None:
    page.goto(link)

    page.get_by_label("Mensaje para el vendedor").fill("Caja\n" * 199 + "12345")
    page.get_by_role("button", name=CONFIRM).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Gracias")
    assert answers(delivery) == [("", "Caja\n" * 199 + "12345")]
