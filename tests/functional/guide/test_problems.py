"""The guide's page about the problems of delivery, followed in the browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from invoices.models import Customer
from invoices.scope import company_scope
from tests import factories
from tests.factories import NOON
from tests.functional.guide.story import NIT, Scene
from tests.functional.guide.walk import WELL, WalkOf, agrees, button, dialog, link
from tests.integration.problem_scene import failed, without_address

pytestmark = pytest.mark.django_db(transaction=True)


def failures(scene: Scene) -> None:
    """A mistyped address of seven documents, a full mailbox, an address that is held back, and nobody to tell."""
    company = scene.company
    with company_scope(company.pk):
        hotel = customer(scene, "Hotel Mirador del Cocora S.A.S.", "908046239")
        for index in range(7):
            failed(company, hotel, "facturas@gmial.com", number=f"FER-{12800 + index}", at=NOON - timedelta(hours=3))
        full = {"state": "soft_bounced", "reason": "mailbox_full"}
        failed(company, customer(scene, "Panadería Trigo Dorado S.A.S.", "907964517"), "trigo@example.com", number="FER-12501", **full)
        held = {"state": "suppressed", "reason": "suppressed"}
        failed(company, customer(scene, "Taller Metalnorte S.A.S.", "909557843"), "compras@example.net", number="FER-12502", **held)
        without_address(company, customer(scene, "Textiles Andinos S.A.S.", "907387420"), number="FER-12503")


def customer(scene: Scene, name: str, nit: str) -> Customer:
    return factories.customer(scene.company, name=name, identification=nit)


def test_20_problems(walk: WalkOf, page: Page, scene: Scene) -> None:
    failures(scene)
    steps = walk("20")
    steps.open("documents", NIT)
    steps.press(page.get_by_role("navigation", name="Principal").get_by_role("link", name="Problemas de entrega"))
    steps.shoot("20-problemas", until=page.locator("section[aria-labelledby=g-mailbox_full]"))
    steps.press(link(steps, "7 documentos de Hotel Mirador del Cocora S.A.S."))
    steps.press(link(steps, "Corregir y reenviar"))
    expect(dialog(steps).get_by_label("Correo nuevo")).to_have_value("facturas@gmail.com")
    steps.shoot("20-corregir", dialog(steps))
    steps.press(dialog(steps).get_by_role("button", name="Reenviar los 7"))
    expect(page.get_by_text("7 documentos se reenvían a facturas@gmail.com.")).to_be_visible()
    steps.press(link(steps, "1 documento de Taller Metalnorte S.A.S."))
    steps.press(button(steps, "Cuenta de"))
    steps.press(link(steps, "Problemas de todas las empresas"))
    steps.press(button(steps, "Cuenta de"))
    steps.press(page.locator("#cuenta").get_by_role("link", name="Resumen diario"))

    assert agrees(steps) == WELL
