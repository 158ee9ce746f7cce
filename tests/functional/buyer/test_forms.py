"""What the buyer writes is not lost, in a browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from invoices.scope import company_scope
from notifications import buyer_limit
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
