"""Exportar in a browser."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from invoices.models import Company, Membership
from tests import factories
from tests.functional import scene
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = [pytest.param(DESK, id="1280"), pytest.param(PHONE, id="360")]


@pytest.fixture
def company(context: BrowserContext, sign_in: Any) -> Company:
    company = scene.build(timezone.now())
    sign_in(context, factories.member(company, role=Membership.Role.AUDITOR, name="Marcela Ríos"))
    return company


def test_what_htmx_filtered_is_what_the_file_holds(page: Page, live_server: Any, company: Company, tmp_path: Path) -> None:
    page.goto(live_server.url + reverse("documents", args=[company.nit]))
    page.get_by_label("Notificación DIAN", exact=True).select_option(label="Rechazado")
    page.get_by_role("button", name="Filtrar").click()
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.get_by_role("button", name="Exportar").click()

    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()

    download.value.save_as(tmp_path / "lista.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "lista.xlsx")["Facturación Electrónica"]
    assert [row[1].value for row in sheet.iter_rows(min_row=3)] == ["FER-12868"]
    assert download.value.suggested_filename.startswith(f"facturacion-electronica-{company.nit}-")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["documents", "sales"])
def test_the_menu_fits(page: Page, live_server: Any, company: Company, size: Any, name: str) -> None:
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse(name, args=[company.nit]) + "?q=fer")

    page.get_by_role("button", name="Exportar").click()

    expect(page.get_by_role("link", name="CSV")).to_be_visible()
    shoot(page, f"exportar-{name}-{size['width']}")
    assert (serious(page), sideways(page)) == ([], 0)


def test_it_works_without_javascript(
    browser: Browser, live_server: Any, sign_in: Any, company: Company, browser_context_args: dict[str, Any], tmp_path: Path
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, factories.member(company))
    page = context.new_page()
    page.goto(live_server.url + reverse("sales", args=[company.nit]))
    page.get_by_role("button", name="Exportar").click()

    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()

    download.value.save_as(tmp_path / "lista.csv")
    assert (tmp_path / "lista.csv").read_text("utf-8-sig").count("\n") == len(scene.ROWS) + 8
    context.close()
