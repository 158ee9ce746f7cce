"""Pages 8 to 14 of the guide: sending again, customers, sales, lists."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from invoices import sales
from invoices.models import User
from invoices.scope import company_scope
from notifications import buyer_links
from notifications.models import Delivery
from notifications.presenters import local
from tests import factories
from tests.factories import NOON
from tests.functional.guide import story
from tests.functional.guide.story import BUILDER, NIT, PHARMACY, Scene, sale
from tests.functional.guide.walk import (
    WELL,
    WalkOf,
    actions,
    agrees,
    button,
    dialog,
    link,
    row,
)

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]


def test_08_resending(walk: WalkOf, page: Page) -> None:
    steps = walk("08")
    actions(steps, "FER-12790")
    steps.press(link(steps, "Reenviar Notificación"))
    shown = dialog(steps)
    shown.get_by_label("Corregir facturas.piedraalta@example.net").fill("facturas.piedraalta@example.com")
    shown.get_by_label("Agregar otros correos").fill("tesoreria.piedraalta@example.com")
    shown.get_by_label("Nota para el historial").fill("El cliente cambió de dominio.")
    expect(shown.get_by_role("button", name="Reenviar a 2 correos")).to_be_visible()
    steps.shoot("08-reenviar", shown)
    steps.press(shown.get_by_role("button", name="Reenviar a 2 correos"))
    expect(page.get_by_text("FER-12790 se reenvía a 2 correos")).to_be_visible()
    steps.open("documents", NIT)
    page.get_by_label("Seleccionar FER-12790").check()
    expect(page.locator(".bar").get_by_role("button", name="Reenviar Notificación")).to_be_visible()

    assert agrees(steps) == WELL


def test_09_bounces(walk: WalkOf, page: Page) -> None:
    steps = walk("09")
    steps.open("documents", NIT)
    steps.press(page.locator(".pills").get_by_role("link", name="Con problema"))
    steps.press(page.get_by_role("link", name="FER-12869"))
    steps.shoot("09-devuelto", page.locator(".rcp"))
    steps.press(link(steps, "Corregir y reenviar"))
    dialog(steps).get_by_label("Corregir compras.saludvita1").fill("compras.saludvital@example.com")
    dialog(steps).get_by_label("Guardar este correo para el cliente").first.check()
    steps.shoot("09-corregir", dialog(steps))
    steps.press(dialog(steps).get_by_role("button", name="Reenviar a 1 correo"))
    story.send(timezone.now())
    page.reload()
    expect(page.get_by_text("Pendiente Confirmación").first).to_be_visible()
    steps.press(link(steps, PHARMACY.name))

    assert agrees(steps) == WELL


def test_10_customers(walk: WalkOf, page: Page, scene: Scene) -> None:
    steps = walk("10")
    steps.open("documents", NIT)
    steps.press(page.get_by_role("navigation", name="Principal").get_by_role("link", name="Clientes"))
    steps.shoot("10-clientes", until=page.locator("tr[data-row]").nth(5), margin=0)
    page.get_by_label("Buscar por nombre").fill("piedra")
    steps.press(button(steps, "Buscar"))
    steps.press(link(steps, BUILDER.name))
    steps.shoot("10-cliente", until=page.locator("section[aria-labelledby=correos]"))
    steps.press(link(steps, "Agregar correo"))
    dialog(steps).get_by_role("button", name="Cerrar").click()
    steps.press(link(steps, "Desactivar… facturas.piedraalta@example.net"))
    dialog(steps).get_by_label("Motivo").fill("El buzón ya no existe")
    steps.shoot("10-desactivar", dialog(steps))
    steps.press(dialog(steps).get_by_role("button", name="Desactivar"))
    steps.press(link(steps, "Historial del correo facturas.piedraalta@example.net"))
    steps.open("customer", NIT, scene.wrong.customer_id)
    steps.open("customers", NIT)
    steps.press(page.get_by_role("navigation", name="Pestañas").get_by_role("link", name="Suprimidos"))
    steps.shoot("10-suprimidos", until=page.locator("#lista nav").last)

    assert agrees(steps) == WELL


def test_11_the_reception_address(walk: WalkOf, page: Page) -> None:
    steps = walk("11")
    steps.open("customers", NIT)
    steps.press(page.get_by_role("navigation", name="Pestañas").get_by_role("link", name="Correo de recepción DIAN"))
    page.get_by_label("NIT", exact=True).fill("909.096.754-4")
    steps.press(button(steps, "Buscar"))
    expect(page.get_by_text("Se usa", exact=True)).to_be_visible()
    steps.shoot("11-correo-dian", until=page.locator("section[aria-labelledby=publica]"))
    steps.press(link(steps, PHARMACY.name))
    steps.press(link(steps, "Guardarlo facturas.saludvital@example.com"))
    steps.press(dialog(steps).get_by_role("button", name="Agregar"))
    expect(page.get_by_text("Se agregó facturas.saludvital@example.com.")).to_be_visible()

    assert agrees(steps) == WELL


def test_12_what_the_buyer_sees(walk: WalkOf, page: Page, scene: Scene) -> None:
    steps = walk("12")
    at = NOON - timedelta(minutes=40)
    told = story.receive(scene.company, sale("FER-12875", BUILDER, at, 4_086_050), scene.accountant, at, pdf=True)
    with company_scope(scene.company.pk):
        mail = Delivery.objects.get(document=told, address="recepcionfe.piedraalta@example.com")
    page.set_viewport_size({"width": 760, "height": 1400})
    page.set_content(mail.html_body)
    steps.shoot("12-correo", until=page.locator("td.soft").first)
    page.set_viewport_size({"width": 1280, "height": 1400})
    steps.open("buyer", buyer_links.make(company_id=scene.company.pk, delivery_id=mail.pk))
    page.get_by_label("Su nombre").fill("Paola Andrea Gil")
    page.get_by_label("Mensaje para el vendedor").fill("Recibida por cartera.")
    steps.shoot("12-pagina", page.locator("header.top > div"), page.locator("section.act"), page.locator("section[aria-labelledby=f]"))
    steps.press(button(steps, "Confirmo que recibí este documento"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Gracias")
    steps.shoot("12-confirmado", page.locator("main section").first)
    steps.open("documents", NIT)

    assert agrees(steps) == WELL


def test_13_sales(walk: WalkOf, page: Page, scene: Scene) -> None:
    steps = walk("13")
    lines = [
        "Consecutivo;Fecha;Valor total;NIT;Razón social",
        "FE2001;31/06/2026;642.600,00;909.096.754;Droguería Salud Vital 24 S.A.S.",
        *(f"FE{1000 + n};{n:02}/07/2026;{n}.785.000,00;907715386;Constructora Piedra Alta S.A.S." for n in range(1, 7)),
    ]
    with company_scope(scene.company.pk):
        for number, total in (("FE1005", "5785000"), ("FE1006", "100")):
            day = local(NOON).date().replace(day=int(number[-1]))
            given = sales.Sale("01", number, day, "COP", factories.Decimal(total), "31", "907715386", BUILDER.name)
            sales.record_sale(company=scene.company, given=given, today=local(NOON).date())
    steps.open("documents", NIT)
    steps.press(page.get_by_role("navigation", name="Pestañas").get_by_role("link", name="Transacciones"))
    steps.press(link(steps, "Cargar ventas"))
    data = "\r\n".join(lines).encode()
    page.get_by_label("Archivo CSV").set_input_files([{"name": "ventas julio.csv", "mimeType": "text/csv", "buffer": data}])
    steps.press(button(steps, "Continuar"))
    expect(page.get_by_text("6 se pueden leer")).to_be_visible()
    steps.shoot("13-columnas", until=page.locator("main form"))
    steps.press(button(steps, "Cargar 6 ventas"))
    expect(page.get_by_text("4 importadas")).to_be_visible()
    steps.shoot("13-resultado", until=page.locator("section[aria-labelledby=res]"))

    assert agrees(steps) == WELL


def test_14_exporting(walk: WalkOf, page: Page) -> None:
    steps = walk("14")
    steps.open("documents", NIT, query="?entrega=sent")
    page.get_by_label("Seleccionar FER-12744").check()
    steps.look()
    page.get_by_label("Seleccionar FER-12744").uncheck()
    steps.press(button(steps, "Exportar"))
    steps.shoot("14-exportar", page.locator("#lista form[role=search]"), page.locator("#exportar"), row(page, "FER-12744"))
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        steps.press(button(steps, "Exportar"))
        link(steps, "CSV").click()

    assert download.value.suggested_filename == f"facturacion-electronica-{NIT}-2026-07-15.csv"
    assert agrees(steps) == WELL
