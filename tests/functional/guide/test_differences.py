"""The guide's page about DIAN's addresses that differ and what a buyer asks, followed in the browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from invoices import demands
from invoices.models import Customer, ReceptionDirectory
from invoices.scope import company_scope
from tests.factories import NOON
from tests.functional.guide.story import NIT, Scene
from tests.functional.guide.walk import WELL, WalkOf, agrees, button, dialog, link

pytestmark = pytest.mark.django_db(transaction=True)


def change_address(customer: Customer) -> None:
    """DIAN's list gave one address for the customer until last month, and gives another since."""
    today = NOON.date()
    for address, first, last in (("facturas@example.com", 300, 20), ("recepcion.electronica@example.com", 6, 0)):
        days = [today - timedelta(days=number) for number in (first, last)]
        ReceptionDirectory.objects.create(
            nit=customer.identification, address_key=address, first_seen=days[0], last_seen=days[1], listed_on=days[0]
        )


def test_24_what_differs_and_what_a_buyer_asks(walk: WalkOf, page: Page, scene: Scene) -> None:
    buyer = scene.busy.customer
    ReceptionDirectory.objects.filter(nit=buyer.identification).delete()
    change_address(buyer)
    with company_scope(scene.company.pk):
        demands.keep(
            customer=buyer, demand="second_mailbox", value="cuentas.por.pagar@example.com", prevents=False, by=scene.admin, at=NOON
        )
    steps = walk("24", by=scene.admin)
    steps.open("customers", NIT)
    steps.press(link(steps, "Difieren de la DIAN"))
    steps.shoot("24-difieren", until=page.locator("#lista .panel"))
    steps.press(button(steps, "Exportar"))
    page.keyboard.press("Escape")
    steps.press(button(steps, "Ignorar"))
    steps.press(link(steps, "Decididos"))
    steps.press(button(steps, "Deshacer"))
    steps.open("customer", NIT, buyer.pk)
    steps.press(link(steps, "Agregar exigencia"))
    dialog(steps).get_by_label("Qué pide").select_option("business_line")
    dialog(steps).get_by_label("Valor").fill("Obras civiles")
    steps.press(dialog(steps).get_by_role("button", name="Guardar"))
    expect(page.get_by_text("Quedó guardado")).to_be_visible()
    steps.open("customer", NIT, buyer.pk)
    page.locator("section[aria-labelledby=pide]").scroll_into_view_if_needed()
    steps.shoot("24-exigencias", page.locator("section[aria-labelledby=pide]"))

    assert agrees(steps) == WELL
