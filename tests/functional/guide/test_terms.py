"""The guide's page about the legal term, followed in the browser."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from invoices.models import ElectronicDocument
from invoices.ubl.nit import check_digit
from notifications import intake
from notifications.demo.ubl import DemoParty, DemoSale, buyer_event
from notifications.presenters import local
from tests.factories import NOON
from tests.functional.guide import story
from tests.functional.guide.story import BUILDER, NIT, Scene
from tests.functional.guide.walk import WELL, WalkOf, agrees, link

pytestmark = pytest.mark.django_db(transaction=True)
HOTEL = DemoParty("31", "908046239", check_digit("908046239"), "Hotel Mirador del Cocora S.A.S.", "recepcion.hotel@example.com")
# The thirteenth and the twentieth of July of 2026 are holidays: the terms end on the 15th, the 16th and the 17th.
RECEIVED = (
    ("FER-12850", BUILDER, 9_420_000, datetime(2026, 7, 9, 15, 20)),
    ("FER-12853", HOTEL, 2_180_000, datetime(2026, 7, 10, 9, 5)),
    ("FER-12857", BUILDER, 5_640_000, datetime(2026, 7, 14, 10, 40)),
)


def received(scene: Scene, given: DemoSale, at: datetime) -> ElectronicDocument:
    """An invoice whose buyer has acknowledged it and received the goods."""
    document = story.receive(scene.company, given, scene.accountant, given.at + timedelta(minutes=5))
    names = (("030", "Acuse de recibo de Factura Electrónica de Venta"), ("032", "Recibo del bien y/o prestación del servicio"))
    files = [(f"{code}.xml", buyer_event(given, code=code, name=name, at=at)) for code, name in names]
    list(intake.receive(files, companies={NIT: scene.company}, by=scene.accountant, notify="no", now=NOON - timedelta(hours=1)))
    return document


def test_22_the_legal_term(walk: WalkOf, page: Page, scene: Scene) -> None:
    for number, buyer, base, naive in RECEIVED:
        at = naive.replace(tzinfo=local(NOON).tzinfo)
        received(scene, story.sale(number, buyer, at - timedelta(days=2), base), at)
    waiting = story.receive(scene.company, story.sale("FER-12858", HOTEL, NOON - timedelta(hours=5), 780_000), scene.accountant, NOON)
    cash = replace(story.sale("FER-12859", HOTEL, NOON - timedelta(hours=4), 410_000), due=None)
    paid = story.receive(scene.company, cash, scene.accountant, NOON)
    steps = walk("22")
    steps.open("documents", NIT)
    steps.press(page.get_by_role("navigation", name="Vistas").get_by_role("link", name="Por vencer"))
    steps.shoot("22-por-vencer", until=page.locator("table.docs"))
    steps.press(page.get_by_role("button", name="Exportar"))
    page.keyboard.press("Escape")
    steps.open("problems", NIT)
    expect(link(steps, "Plazos legales por vencer")).to_be_visible()
    steps.open("documents", NIT, query="?plazo=corre")
    steps.press(link(steps, "FER-12857"))
    page.locator("#plazo").scroll_into_view_if_needed()
    steps.shoot("22-plazo", page.locator("#plazo"))
    steps.open("document", NIT, waiting.pk)
    steps.open("document", NIT, paid.pk)
    steps.press(link(steps, "Contar el plazo de todos modos"))

    assert agrees(steps) == WELL
