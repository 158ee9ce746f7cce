"""The list in a browser: by mouse, by keyboard, on a phone, without a script."""

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from invoices.models import Company
from tests import factories
from tests.functional import scene
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = [pytest.param(DESK, id="1280"), pytest.param(PHONE, id="360")]
ROWS = "tr[data-row]"


@pytest.fixture
def company(context: BrowserContext, sign_in: Any) -> Company:
    company = scene.build(timezone.now())
    sign_in(context, factories.member(company, name="Marcela Ríos"))
    return company


@pytest.fixture
def listed(page: Page, live_server: Any, company: Company) -> Page:
    page.goto(live_server.url + reverse("documents", args=[company.nit]))
    return page


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_lists_fit_and_axe_finds_nothing_serious(page: Page, live_server: Any, company: Company, size: Any, theme: Any) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme)
    found = {}
    for name in ("documents", "sales"):
        page.goto(live_server.url + reverse(name, args=[company.nit]))
        found[name] = (serious(page), sideways(page))
        shoot(page, f"{name}-{size['width']}-{theme}", whole=True)

    assert found == {"documents": ([], 0), "sales": ([], 0)}


@pytest.mark.parametrize("size", SIZES)
def test_the_menu_and_the_selection_bar_fit(listed: Page, size: Any) -> None:
    listed.set_viewport_size(size)
    listed.get_by_label("Seleccionar FER-12869").check()
    listed.get_by_label("Seleccionar FER-12866").check()
    listed.get_by_role("button", name="Acciones de FER-12790").click()
    expect(listed.get_by_role("link", name="Ver Acuse de Recibo DIAN")).to_be_visible()
    shoot(listed, f"menu-{size['width']}")

    assert serious(listed) == []
    listed.keyboard.press("Escape")
    expect(listed.get_by_text("2 seleccionados")).to_be_visible()
    shoot(listed, f"seleccion-{size['width']}")
    assert sideways(listed) == 0


def test_a_filter_narrows_the_list_and_its_address_can_be_shared(listed: Page) -> None:
    listed.get_by_label("Buscar por número").fill("fer")
    listed.get_by_label("Notificación DIAN", exact=True).select_option(label="Rechazado")
    listed.get_by_role("button", name="Filtrar").click()

    expect(listed.locator(ROWS)).to_have_count(1)
    assert listed.url.endswith("?q=fer&dian=rejected")
    listed.reload()
    expect(listed.locator(ROWS)).to_have_count(1)
    listed.get_by_role("link", name="Notificación DIAN: Rechazado").click()
    expect(listed.locator(ROWS)).to_have_count(8)


def test_the_back_button_shows_a_whole_page(listed: Page) -> None:
    listed.get_by_role("link", name="Sin correo").click()
    expect(listed.locator(ROWS)).to_have_count(1)

    listed.go_back()

    expect(listed.locator(ROWS)).to_have_count(len(scene.ROWS))
    expect(listed.get_by_role("heading", name="Relación Transacciones de Venta")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_a_date_that_is_none_is_named_beside_its_field(listed: Page, size: Any) -> None:
    listed.set_viewport_size(size)
    if size is PHONE:
        listed.get_by_role("button", name="Filtros").click()
    listed.get_by_label("Desde").fill("ayer")
    listed.get_by_label("Desde").press("Enter")

    expect(listed.get_by_text("Escribe la fecha como dd/mm/aaaa.").locator("visible=true")).to_be_visible()
    shoot(listed, f"filtro-error-{size['width']}")
    assert serious(listed) == []


@pytest.mark.parametrize("size", SIZES)
def test_nothing_found_offers_to_remove_the_filters(listed: Page, size: Any) -> None:
    listed.set_viewport_size(size)
    listed.get_by_label("Buscar por número").fill("Metalsur")
    listed.get_by_label("Buscar por número").press("Enter")
    expect(listed.get_by_role("heading", name="Nada coincide con estos filtros")).to_be_visible()
    shoot(listed, f"sin-resultados-{size['width']}")

    listed.get_by_role("link", name="Quitar filtros").click()

    expect(listed.locator(ROWS)).to_have_count(len(scene.ROWS))


def test_the_menu_works_by_keyboard_and_gives_the_focus_back(listed: Page) -> None:
    button = listed.get_by_role("button", name="Acciones de FER-12790")
    button.focus()
    listed.keyboard.press("Enter")
    listed.keyboard.press("Tab")
    expect(listed.get_by_role("link", name="Ver Acuses de Recibo Cliente")).to_be_focused()
    listed.keyboard.press("Tab")
    listed.keyboard.press("Enter")
    dialog = listed.get_by_role("dialog", name="Ver Acuse de Recibo DIAN")
    expect(dialog).to_contain_text("FAJ43b")
    shoot(listed, "acuse-dian-1280")
    assert serious(listed) == []

    listed.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_what_cannot_be_done_can_be_reached_and_says_why(listed: Page) -> None:
    listed.get_by_role("button", name="Acciones de FER-12868").click()
    disabled = listed.get_by_role("button", name="Reenviar Notificación La DIAN lo rechazó")

    disabled.focus()

    expect(disabled).to_be_focused()
    expect(disabled).to_have_attribute("aria-disabled", "true")


def test_shortcuts_move_select_and_open(listed: Page) -> None:
    listed.keyboard.press("j")
    listed.keyboard.press("j")
    listed.keyboard.press("k")
    listed.keyboard.press("j")
    listed.keyboard.press("x")
    second = listed.locator(ROWS).nth(1)
    expect(second.get_by_role("checkbox")).to_be_checked()
    listed.keyboard.press("/")
    listed.keyboard.type("jx")
    expect(listed.get_by_label("Buscar por número")).to_have_value("jx")
    second.get_by_role("link").first.focus()

    listed.keyboard.press("Enter")

    expect(listed).to_have_url(re.compile("/documentos/"))


def test_shortcuts_can_be_switched_off(listed: Page) -> None:
    listed.keyboard.press("?")
    listed.get_by_label("Usar los atajos en este equipo").uncheck()
    shoot(listed, "atajos-1280")
    listed.keyboard.press("Escape")
    listed.reload()

    listed.keyboard.press("j")

    assert listed.evaluate("document.activeElement.tagName") == "BODY"


def test_an_ended_session_leads_to_the_login_page_and_not_into_a_dialog(listed: Page, context: BrowserContext) -> None:
    context.clear_cookies()
    listed.get_by_role("button", name="Acciones de FER-12790").click()

    listed.get_by_role("link", name="Ver Acuse de Recibo DIAN").click()

    expect(listed.get_by_role("heading", name="Ingresa a tu cuenta")).to_be_visible()


def test_without_javascript_filters_menu_and_selection_work(
    browser: Browser, live_server: Any, sign_in: Any, browser_context_args: dict[str, Any]
) -> None:
    company = scene.build(timezone.now())
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, factories.member(company))
    page = context.new_page()
    page.goto(live_server.url + reverse("documents", args=[company.nit]))
    page.get_by_label("Buscar por número").fill("FER-12790")
    page.get_by_role("button", name="Filtrar").click()
    expect(page.locator(ROWS)).to_have_count(1)
    page.get_by_role("button", name="Acciones de FER-12790").click()
    page.get_by_role("link", name="Ver Acuse de Recibo DIAN").click()
    expect(page.get_by_text("FAJ43b")).to_be_visible()
    shoot(page, "acuse-dian-pagina-1280")
    page.go_back()
    page.get_by_label("Seleccionar FER-12790").check()
    shoot(page, "seleccion-sin-script-1280")

    with page.expect_download() as download:
        page.get_by_role("button", name="Descargar ZIP").click()

    assert download.value.suggested_filename == "documentos-909482675.zip"
    context.close()


def test_one_comes_in_by_the_login_page(page: Page, live_server: Any) -> None:
    company = factories.company(nit="909482675", name="Ferretería El Roble S.A.S.")
    factories.member(company, email="m.rios@example.com")
    page.goto(live_server.url)
    shoot(page, "ingreso-1280")
    assert serious(page) == []
    page.get_by_label("Correo", exact=True).fill("M.Rios@example.com")
    page.get_by_label("Contraseña").fill("secreto-123")

    page.get_by_role("button", name="Ingresar").click()

    expect(page.get_by_role("heading", name="Aún no hay documentos")).to_be_visible()
    shoot(page, "sin-documentos-1280")
