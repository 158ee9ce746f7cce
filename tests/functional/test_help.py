"""The pages of *Ayuda* fit, and are reached from everywhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from invoices import guide
from invoices.models import User
from tests import factories
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways
from tests.functional.guide.story import NIT, SELLER

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])
def test_every_page_of_the_guide_fits_and_axe_finds_nothing_serious(
    page: Page, context: BrowserContext, live_server: Any, sign_in: SignIn, size: Any
) -> None:
    sign_in(context, factories.member(factories.company(nit=NIT, name=SELLER.name)))
    page.set_viewport_size(size)
    addresses = {"ayuda": reverse("guide"), "ayuda-buscar": reverse("guide") + "?q=devolucion", "ayuda-nada": reverse("guide") + "?q=zzz"}
    addresses |= {f"ayuda-{item.slug}": reverse("guide_page", args=[item.slug]) for item in guide.pages()}
    found = {}
    for name, address in addresses.items():
        page.goto(live_server.url + address)
        page.evaluate("() => document.querySelectorAll('img').forEach((image) => (image.loading = 'eager'))")
        page.wait_for_load_state("networkidle")
        found[name] = (serious(page), sideways(page))
        shoot(page, f"{name}-{size['width']}", whole=True)

    assert found == {name: ([], 0) for name in addresses}


def test_help_is_reached_from_every_page_and_searched(page: Page, context: BrowserContext, live_server: Any, sign_in: SignIn) -> None:
    sign_in(context, factories.member(factories.company(nit=NIT, name=SELLER.name)))
    page.goto(live_server.url + reverse("documents", args=[NIT]))
    page.get_by_role("link", name="Ayuda").click()
    page.get_by_label("Buscar en la guía").fill("devolución")
    page.get_by_role("button", name="Buscar").click()
    page.get_by_role("link", name="Correos incorrectos").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Correos incorrectos")
    page.get_by_role("navigation", name="Seguir leyendo").get_by_role("link", name="Clientes y sus correos").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clientes y sus correos")
    expect(page.get_by_role("navigation", name="Páginas de la guía").locator("[aria-current]")).to_contain_text("Clientes y sus correos")


def test_a_phone_without_a_company_has_help_in_the_account_menu(
    page: Page, context: BrowserContext, live_server: Any, sign_in: SignIn
) -> None:
    sign_in(context, factories.user("nueva@example.com"))
    page.set_viewport_size(PHONE)
    page.goto(live_server.url)
    page.get_by_role("button", name="Cuenta de").click()
    page.get_by_role("link", name="Ayuda").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Guía del contador")
