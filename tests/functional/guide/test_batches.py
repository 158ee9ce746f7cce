"""Page 21 of the guide: a bulk resend."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from notifications import batches
from notifications.models import ResendBatch
from tests.functional.guide import story
from tests.functional.guide.story import NIT, Scene
from tests.functional.guide.walk import WELL, WalkOf, agrees, button, link

pytestmark = pytest.mark.django_db(transaction=True)
CHOSEN = ("FER-12790", "FER-12866", "FER-12868", "FER-12869", "FER-12744", "FER-12838")


def test_21_batches(walk: WalkOf, page: Page, scene: Scene) -> None:
    steps = walk("21")
    steps.open("documents", NIT)
    for number in CHOSEN:
        page.get_by_label(f"Seleccionar {number}").check()
    steps.press(page.locator(".bar").get_by_role("button", name="Reenviar Notificación"))
    expect(page.get_by_text("Todavía no se ha enviado nada")).to_be_visible()
    steps.shoot("21-revision", until=page.locator("section[aria-labelledby=rev]"))
    page.get_by_label("Nota para el historial").fill("Cierre de mes")
    steps.press(page.get_by_role("button", name="Reenviar 3 documentos"))
    batch = ResendBatch.across.get()
    while batches._some(batch.pk, scene.company.pk, clock=timezone.now):
        pass
    story.send(timezone.now(), refused={"compras4@example.com"})
    steps.open("batch", NIT, batch.pk)
    expect(page.get_by_role("heading", name="Se reenviaron 3;")).to_be_visible()
    steps.shoot("21-avance", until=page.locator("section[aria-labelledby=res]"))
    steps.press(link(steps, "Lotes"))
    expect(button(steps, "Más recientes")).to_be_visible()

    assert agrees(steps) == WELL
