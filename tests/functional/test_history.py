"""Ver Acuses, Ver Detalle Historial and Enviar Detalle Historial in a browser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from invoices.models import User
from notifications.models import HistoryReport
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways
from tests.functional.document_scene import NIT, Scene, play

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]


@pytest.fixture
def scene(context: BrowserContext, sign_in: SignIn) -> Scene:
    made = play(timezone.now())
    sign_in(context, made.accountant)
    return made


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])
def test_the_pages_fit_and_axe_finds_nothing_serious(page: Page, live_server: Any, scene: Scene, size: Any) -> None:
    page.set_viewport_size(size)
    addresses = {
        "historial": reverse("document", args=[NIT, scene.busy.pk]),
        "historial-sin": reverse("document", args=[NIT, scene.old.pk]),
        "acuses-pagina": reverse("acknowledgements", args=[NIT, scene.busy.pk]),
        "enviar-historial": reverse("history_report", args=[NIT, scene.old.pk]),
        "informes-vacio": reverse("reports", args=[NIT]),
    }
    found = {}
    for name, address in addresses.items():
        page.goto(live_server.url + address)
        found[name] = (serious(page), sideways(page))
        shoot(page, f"{name}-{size['width']}", whole=True)

    assert found == {name: ([], 0) for name in addresses}


def test_from_the_list_to_the_acuses_of_a_known_number_in_three_clicks(page: Page, live_server: Any, scene: Scene) -> None:
    page.goto(live_server.url + reverse("documents", args=[NIT]))
    page.locator("#q").fill("FER-12790")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.get_by_role("button", name="Acciones de FER-12790").click()
    page.get_by_role("link", name="Ver Acuses de Recibo Cliente").click()

    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("cartera.piedraalta@example.com")
    expect(dialog).to_contain_text("Recibida. Queda para pago el 15 de abril.")
    shoot(page, "acuses-1280")
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_history_report_takes_three_clicks_from_the_list(page: Page, live_server: Any, scene: Scene) -> None:
    page.goto(live_server.url + reverse("documents", args=[NIT]))
    page.get_by_role("button", name="Acciones de FER-11208").click()
    page.get_by_role("link", name="Enviar Detalle Historial").click()
    expect(page.get_by_role("dialog")).to_contain_text("m.rios@example.com")
    shoot(page, "enviar-historial-dialogo-1280")
    page.get_by_role("button", name="Aceptar").click()

    expect(page.get_by_role("heading", name="Enviaremos el historial a m.rios@example.com")).to_be_visible()
    shoot(page, "enviar-historial-exito-1280")
    assert serious(page) == []
    page.get_by_role("link", name="Ver en Mis informes").click()
    expect(page.get_by_role("row", name="FER-11208")).to_contain_text("En preparación")
    shoot(page, "informes-1280")
    assert HistoryReport.across.get().address == "m.rios@example.com"


def test_without_javascript_everything_is_a_page_of_its_own(
    browser: Browser, live_server: Any, sign_in: SignIn, browser_context_args: dict[str, Any]
) -> None:
    scene = play(timezone.now())
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, scene.accountant)
    page = context.new_page()

    page.goto(live_server.url + reverse("document", args=[NIT, scene.busy.pk]))
    page.get_by_label("Destinatario", exact=True).select_option("cartera.piedraalta@example.com")
    page.get_by_role("button", name="Filtrar").click()
    assert page.locator(".tl").get_by_text("Devuelto (dirección inválida)").count() == 0
    page.get_by_role("link", name="Ver Acuses de Recibo Cliente").first.click()
    expect(page.get_by_role("heading", name="Mensaje de confirmación")).to_be_visible()
    page.goto(live_server.url + reverse("history_report", args=[NIT, scene.old.pk]))
    page.get_by_role("button", name="Aceptar").click()

    expect(page.get_by_role("heading", name="Enviaremos el historial a m.rios@example.com")).to_be_visible()
    context.close()
