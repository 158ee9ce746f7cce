"""Cargar documentos in a browser."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from invoices.models import User
from notifications.demo.files import zip_of
from notifications.demo.ubl import DemoParty, DemoSale
from notifications.presenters import local
from tests import factories
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways
from tests.functional.document_scene import NIT

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]
SELLER = DemoParty("31", NIT, "6", "Ferretería El Roble S.A.S.")
BUYER = DemoParty("31", "907715386", "7", "Constructora Piedra Alta S.A.S.", "compras@example.com")


def bill(number: str) -> FilePayload:
    """A ZIP of yesterday."""
    at = local(timezone.now() - timedelta(days=1))
    name, data = zip_of(DemoSale("Invoice", "01", number, at, None, Decimal(100_000), SELLER, BUYER), pdf=False)
    return {"name": name, "mimeType": "application/zip", "buffer": data}


BROKEN: FilePayload = {"name": "factura copia.xml", "mimeType": "text/xml", "buffer": b"no es xml"}


def accountant() -> User:
    """Of the company that issued the bills."""
    return factories.member(factories.company(nit=NIT, name="Ferretería El Roble S.A.S."))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])
def test_files_give_a_result_each(page: Page, context: BrowserContext, live_server: Any, sign_in: SignIn, size: Any) -> None:
    sign_in(context, accountant())
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse("upload", args=[NIT]))
    shoot(page, f"cargar-{size['width']}", whole=True)
    before = serious(page)

    page.get_by_label("Archivos XML o ZIP").set_input_files([bill("FER1"), bill("FER2"), BROKEN])
    page.get_by_role("button", name="Cargar").click()

    expect(page.get_by_role("heading", name="3 resultados de 3 archivos")).to_be_visible()
    expect(page.get_by_role("row", name="factura copia.xml")).to_contain_text("Rechazado")
    shoot(page, f"cargar-resultados-{size['width']}", whole=True)
    assert (before, serious(page), sideways(page)) == ([], [], 0)


def test_dropped_files_are_counted(page: Page, context: BrowserContext, live_server: Any, sign_in: SignIn) -> None:
    sign_in(context, accountant())
    page.goto(live_server.url + reverse("upload", args=[NIT]))

    page.evaluate(
        """() => {
            const data = new DataTransfer();
            for (const name of ["a.xml", "b.xml"]) data.items.add(new File(["x"], name));
            const drop = new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
            document.querySelector("[data-drop]").dispatchEvent(drop);
        }"""
    )

    expect(page.locator("[data-chosen]")).to_have_text("2 archivos · 0 MB")


def test_it_works_without_javascript(browser: Browser, live_server: Any, sign_in: SignIn, browser_context_args: dict[str, Any]) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, accountant())
    page = context.new_page()
    page.goto(live_server.url + reverse("upload", args=[NIT]))

    page.get_by_label("Archivos XML o ZIP").set_input_files([bill("FER1")])
    page.get_by_role("button", name="Cargar").click()

    expect(page.get_by_role("row", name="FER1")).to_contain_text("Importado")
    context.close()
