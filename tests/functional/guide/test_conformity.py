"""The guide's page about the review of packages, followed in the browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from invoices.scope import company_scope
from notifications import services
from tests import ubl_builders as ubl
from tests.factories import NOON
from tests.functional.guide import story
from tests.functional.guide.story import BUILDER, NIT, Scene
from tests.functional.guide.walk import WELL, WalkOf, agrees, link

pytestmark = pytest.mark.django_db(transaction=True)


def test_23_the_review_of_a_package(walk: WalkOf, page: Page, scene: Scene, tmp_path: Path) -> None:
    document = story.receive(scene.company, story.sale("FER-12860", BUILDER, NOON, 640_000), scene.accountant, NOON)
    with company_scope(scene.company.pk):
        services.notify(document=document, now=NOON)
    file = tmp_path / "recibido.xml"
    file.write_bytes(ubl.build_invoice())
    steps = walk("23")
    steps.open("document", NIT, document.pk)
    steps.press(page.get_by_role("button", name="Revisar otra vez"))
    steps.open("problems", NIT)
    steps.open("upload", NIT)
    steps.press(link(steps, "Revisar un paquete"))
    page.get_by_label("Archivo").set_input_files(file)
    steps.press(page.get_by_role("button", name="Revisar", exact=True))
    expect(page.get_by_role("heading", name="recibido.xml")).to_be_visible()
    steps.shoot("23-revisar", page.locator("main"))

    assert agrees(steps) == WELL
