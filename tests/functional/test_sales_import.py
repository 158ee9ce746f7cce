"""Cargar ventas in a browser: the file, its columns, the result."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from invoices.models import Company, SalesTransaction, User
from tests import factories
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]
SIZES = [pytest.param(DESK, id="1280"), pytest.param(PHONE, id="360")]
NAMES = ["Droguería Salud Vital 24 S.A.S.", "Hotel Mirador del Cocora S.A.S.", "Cooperativa Lechera del Sumapaz", "Transportes Río Claro"]
ROWS = [f"FE{1000 + day};{day:02}/07/2026;{day}.785.000,00;90037307{day % 10};{NAMES[day % 4]}" for day in range(1, 15)]
BROKEN = ["FE2001;31/02/2026;100,00;900373076;Hotel Mirador", "FE2002;05/07/2026;950.000;900373076;Hotel Mirador"]


def sheet(*rows: str, total: str = "Valor total") -> FilePayload:
    """A CSV as an accounting program gives it."""
    data = "\r\n".join((f"Consecutivo;Fecha;{total};NIT;Razón social", *rows)).encode("cp1252")
    return {"name": "ventas julio.csv", "mimeType": "text/csv", "buffer": data}


@pytest.fixture
def company(context: BrowserContext, sign_in: SignIn) -> Company:
    company = factories.company(nit="909482675", name="Ferretería El Roble S.A.S.")
    sign_in(context, factories.member(company, name="Marcela Ríos"))
    return company


@pytest.mark.parametrize("size", SIZES)
def test_from_the_list_to_the_result(page: Page, live_server: Any, company: Company, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse("sales", args=[company.nit]))
    shoot(page, f"ventas-vacio-{size['width']}", whole=True)
    page.get_by_role("link", name="Cargar ventas").first.click()
    shoot(page, f"ventas-1-{size['width']}", whole=True)
    found = [(serious(page), sideways(page))]

    page.get_by_label("Archivo CSV").set_input_files([sheet(*BROKEN, *ROWS)])
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_text("16 filas: 14 se pueden leer · 2 con error")).to_be_visible()
    shoot(page, f"ventas-2-{size['width']}", whole=True)
    found.append((serious(page), sideways(page)))

    page.get_by_label("Decimales del total").select_option(label="Con coma: 1.234,56")
    page.get_by_role("button", name="Cargar 15 ventas").click()
    expect(page.get_by_text("1 rechazada · 15 importadas")).to_be_visible()
    shoot(page, f"ventas-3-{size['width']}", whole=True)
    found.append((serious(page), sideways(page)))

    page.get_by_role("link", name="Ver Transacciones").click()
    expect(page.get_by_text("Sin documento electrónico")).to_have_count(15)
    shoot(page, f"ventas-lista-{size['width']}", whole=True)
    assert found == [([], 0)] * 3


def test_a_column_that_is_not_there_is_asked_for(page: Page, live_server: Any, company: Company) -> None:
    page.goto(live_server.url + reverse("sales_import", args=[company.nit]))
    page.get_by_label("Archivo CSV").set_input_files([sheet(*ROWS, total="Importe")])
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_text("Total: elige la columna del archivo.")).to_be_visible()
    shoot(page, "ventas-falta-columna-1280", whole=True)
    assert serious(page) == []

    page.get_by_label("Total", exact=True).select_option(label="Importe")

    expect(page.get_by_role("button", name="Cargar 14 ventas")).to_be_visible()


def test_a_file_that_is_none_says_so(page: Page, live_server: Any, company: Company) -> None:
    page.goto(live_server.url + reverse("sales_import", args=[company.nit]))
    page.get_by_label("Archivo CSV").set_input_files([{"name": "ventas.csv", "mimeType": "text/csv", "buffer": b"PK\x03\x04"}])

    page.get_by_role("button", name="Continuar").click()

    expect(page.get_by_role("alert")).to_contain_text("Es un libro de Excel.")
    shoot(page, "ventas-error-1280", whole=True)
    assert serious(page) == []


def test_it_works_without_javascript(
    browser: Browser, live_server: Any, sign_in: SignIn, company: Company, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, factories.member(company))
    page = context.new_page()
    page.goto(live_server.url + reverse("sales_import", args=[company.nit]))
    page.get_by_label("Archivo CSV").set_input_files([settings.BASE_DIR / "static" / "app" / "ventas-ejemplo.csv"])
    page.get_by_role("button", name="Continuar").click()
    page.get_by_label("Moneda").select_option(label="Todo es COP")
    page.get_by_role("button", name="Actualizar la vista previa").click()
    page.get_by_role("button", name="Cargar 3 ventas").click()

    expect(page.get_by_text("3 importadas")).to_be_visible()
    assert SalesTransaction.across.count() == 3
    context.close()
