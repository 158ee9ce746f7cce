"""Pages 15 to 18 of the guide: the company, its people and programs, the keyboard."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from invoices import api_keys
from invoices.models import ApiKey, User
from invoices.scope import company_scope
from tests.factories import NOON
from tests.functional.guide.story import NIT, Scene
from tests.functional.guide.walk import (
    WELL,
    WalkOf,
    agrees,
    button,
    dialog,
    link,
)

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]


def test_15_the_settings(walk: WalkOf, page: Page, scene: Scene) -> None:
    steps = walk("15", by=scene.admin)
    steps.open("documents", NIT)
    steps.press(link(steps, "Configuración"))
    page.get_by_label("Nombre del remitente").fill("Facturación El Roble")
    steps.press(button(steps, "Guardar"))
    expect(page.get_by_text("Los cambios quedaron guardados.")).to_be_visible()
    steps.open("company_settings", NIT)
    steps.shoot("15-empresa", page.locator("nav.tabs a").last, page.locator("main form").first)
    steps.shoot("15-vista", page.locator("section[aria-labelledby=vista]"))

    assert agrees(steps) == WELL


def test_16_people(walk: WalkOf, page: Page, scene: Scene) -> None:
    steps = walk("16", by=scene.admin)
    steps.open("documents", NIT)
    steps.press(link(steps, "Configuración"))
    steps.press(link(steps, "Usuarios"))
    steps.press(link(steps, "Invitar"))
    dialog(steps).get_by_label("Correo").fill("laura.restrepo@example.com")
    steps.shoot("16-invitar", dialog(steps))
    steps.press(dialog(steps).get_by_role("button", name="Enviar la invitación"))
    expect(page.get_by_text("La invitación va en camino")).to_be_visible()
    steps.open("company_users", NIT)
    steps.shoot("16-usuarios", until=page.locator("section[aria-labelledby=invitaciones]"))

    assert agrees(steps) == WELL


def test_17_keys_and_the_audit_trail(walk: WalkOf, page: Page, scene: Scene) -> None:
    steps = walk("17", by=scene.admin)
    with company_scope(scene.company.pk):
        reading, _ = api_keys.issue(
            company=scene.company, name="Tablero de cartera", scope="read", by=scene.admin, at=NOON - timedelta(days=40)
        )
        ApiKey.objects.filter(pk=reading.pk).update(hint="r7Kq2w", last_used_at=NOON - timedelta(hours=1))
    steps.open("company_settings", NIT)
    steps.press(link(steps, "Llaves de la API"))
    steps.press(link(steps, "Crear una llave"))
    dialog(steps).get_by_label("Nombre").fill("Facturador de la tienda")
    dialog(steps).get_by_label("Consulta y envía").check()
    steps.press(dialog(steps).get_by_role("button", name="Crear"))
    expect(page.get_by_role("button", name="Copiar")).to_be_visible()
    steps.press(link(steps, "Ya la guardé"))
    with company_scope(scene.company.pk):
        ApiKey.objects.filter(name="Facturador de la tienda").update(hint="Zb41xD")
    page.reload()
    steps.shoot("17-llaves", until=page.locator("section[aria-labelledby=activas]"))
    steps.press(link(steps, "Anular Tablero de cartera"))
    steps.press(dialog(steps).get_by_role("button", name="Anular"))
    steps.press(link(steps, "Registro"))
    steps.shoot("17-registro", until=page.locator("#lista .panel"))

    assert agrees(steps) == WELL


def test_18_the_keyboard(walk: WalkOf, page: Page) -> None:
    steps = walk("18")
    steps.open("documents", NIT)
    page.keyboard.press("?")
    expect(page.locator("#atajos")).to_be_visible()
    steps.shoot("18-atajos", page.locator("#atajos"), margin=0)

    assert agrees(steps) == WELL
