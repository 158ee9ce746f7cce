"""The buyer's page in a browser: what a buyer does there."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from invoices.scope import company_scope
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
