"""A link of the buyer that is over, revoked or broken, in a browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from notifications import buyer_links
from notifications.models import Delivery
from tests.functional import conftest as c

pytestmark = pytest.mark.django_db(transaction=True)
CONFIRM = "Confirmo que recibí este documento"
# The words, and the pieces of addresses and numbers, that stand on two lines; a key may.


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
