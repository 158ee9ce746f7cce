"""
The guide and the product agree: each page is walked as it says, every label in bold is on a screen, and its pictures are taken.

``GUIDE=yes bin/test tests/functional/test_guide.py`` puts the pictures into docs/guia/img; otherwise they land in var/screenshots.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from invoices import api_keys, guide, invitations, sales
from invoices.models import ApiKey, Membership, User
from invoices.scope import company_scope
from notifications import acknowledgements, reports
from notifications.demo.files import zip_of
from notifications.demo.ubl import DemoSale, buyer_event
from notifications.models import Delivery
from notifications.presenters import local
from tests import factories
from tests.factories import NOON
from tests.functional import guide_scene
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways
from tests.functional.guide_scene import BUILDER, NIT, PHARMACY, SELLER, Scene, sale
from tests.functional.guide_walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]
WalkOf = Callable[..., Walk]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Wednesday, 15 July 2026, noon in Bogota, and factories that count from one: the same picture every time."""
    monkeypatch.setattr(factories, "_numbers", itertools.count(1))
    with time_machine.travel(NOON + timedelta(seconds=5)):
        yield


@pytest.fixture
def scene() -> Scene:
    return guide_scene.build(NOON)


@pytest.fixture
def walk(page: Page, context: BrowserContext, live_server: Any, scene: Scene, sign_in: SignIn, settings: Any) -> WalkOf:
    """The walk of a page, as the accountant unless somebody else is named."""
    settings.PUBLIC_URL = live_server.url

    def begin(number: str, by: User | None = None) -> Walk:
        sign_in(context, by or scene.accountant)
        return Walk(page, live_server.url, number)

    return begin


def agrees(walk: Walk) -> tuple[list[str], set[str], set[str]]:
    """Labels that no screen had, pictures that are named and were not taken, and the other way round."""
    return walk.missing, walk.named - walk.taken, walk.taken - walk.named


WELL: tuple[list[str], set[str], set[str]] = ([], set(), set())


def row(page: Page, text: str) -> Locator:
    """The row of a table that holds the text."""
    return page.get_by_role("row").filter(has_text=text).first


def actions(walk: Walk, number: str) -> None:
    """Find a document in the list and open its *Acciones*."""
    walk.open("documents", NIT, query=f"?q={number}")
    walk.press(walk.page.get_by_role("button", name=f"Acciones de {number}"))


def link(walk: Walk, name: str) -> Locator:
    """A link by its whole label, wherever it is."""
    return walk.page.get_by_role("link", name=name).locator("visible=true").first


def button(walk: Walk, name: str) -> Locator:
    """A button by its label, in the dialog where there is one."""
    return walk.page.get_by_role("button", name=name).locator("visible=true").first


def dialog(walk: Walk) -> Locator:
    """The open dialog."""
    found = walk.page.get_by_role("dialog").locator("visible=true")
    expect(found).to_be_visible()
    return found


def test_01_entering(walk: WalkOf, page: Page, context: BrowserContext, scene: Scene, sign_in: SignIn) -> None:
    steps = walk("01")
    context.clear_cookies()
    steps.open("home")
    page.get_by_label("Correo", exact=True).fill(scene.accountant.email)
    page.get_by_label("Contraseña").fill("secreto-123")
    steps.shoot("01-ingresar", page.locator("main section .slim"), page.locator("main aside .slim"), margin=24)
    steps.press(button(steps, "Ingresar"))
    steps.open("documents", NIT)
    steps.press(button(steps, "Cambiar de empresa"))
    steps.shoot("01-empresas", page.locator("header.top"), page.locator("#empresas"))
    page.keyboard.press("Escape")
    steps.press(button(steps, "Cuenta de"))
    context.clear_cookies()
    steps.open("account_reset_password")
    with company_scope(scene.company.pk):
        at = timezone.now()
        by_mail = [
            invitations.invite(company=scene.company, email=email, role=Membership.Role.AUDITOR, by=scene.admin, at=at)
            for email in ("laura.restrepo@example.com", factories.user("c.mesa@example.com").email)
        ]
        mail: EmailMultiAlternatives = invitations.mail(by_mail[0])
    page.set_content(str(mail.alternatives[0].content))
    steps.look()
    steps.open("invitation", invitations.write_token(by_mail[0]))
    sign_in(context, User.objects.get(email="c.mesa@example.com"))
    steps.open("invitation", invitations.write_token(by_mail[1]))

    assert agrees(steps) == WELL


def bill(given: DemoSale) -> FilePayload:
    """The file as it comes by mail."""
    name, data = zip_of(given, pdf=False)
    return {"name": name, "mimeType": "application/zip", "buffer": data}


def test_02_loading(walk: WalkOf, page: Page) -> None:
    steps = walk("02")
    at = NOON - timedelta(hours=3)
    other = sale("FER-12900", BUILDER, at, 900_000)
    event = buyer_event(other, code="030", name="Acuse de recibo", at=local(at))
    files = [bill(sale(number, BUILDER, at, base)) for number, base in (("FER-12873", 2_140_000), ("FER-12790", 1), ("FER-12874", 385_000))]
    files.append(bill(sale("FER-12869", PHARMACY, NOON - timedelta(hours=26), 1_500_000)))
    files.append({"name": "evento-030.xml", "mimeType": "text/xml", "buffer": event})
    files.append({"name": "factura copia.xml", "mimeType": "text/xml", "buffer": b"no es xml"})
    steps.open("documents", NIT)
    steps.press(link(steps, "Cargar documentos"))
    page.get_by_label("Archivos XML o ZIP").set_input_files(files)
    steps.shoot("02-cargar", until=page.locator("form[data-upload]"))
    steps.press(page.locator("main").get_by_role("button", name="Cargar", exact=True))
    results = page.locator("section[aria-labelledby=res]")
    expect(results.get_by_role("row")).to_have_count(7)
    steps.shoot("02-resultado", results)

    assert agrees(steps) == WELL


def test_03_finding(walk: WalkOf, page: Page) -> None:
    steps = walk("03")
    steps.open("documents", NIT)
    steps.shoot("03-lista", until=page.locator("tr[data-row]").nth(7), margin=0)
    page.get_by_label("Entrega", exact=True).select_option(label="Con problema")
    steps.press(button(steps, "Filtrar"))
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.get_by_label("Buscar por número").fill("salud vital")
    steps.press(button(steps, "Filtrar"))
    expect(page.locator(".pills").get_by_text("Entrega: Con problema")).to_be_visible()
    steps.shoot("03-filtro", page.locator("#lista form[role=search]"), page.locator(".panel").first)
    page.get_by_label("Buscar por número").fill("no existe")
    steps.press(button(steps, "Filtrar"))
    expect(page.get_by_role("heading", name="Nada coincide")).to_be_visible()
    steps.look()

    assert agrees(steps) == WELL


def test_04_acknowledgements(walk: WalkOf, page: Page) -> None:
    steps = walk("04")
    actions(steps, "FER-12790")
    steps.shoot("04-acciones", page.locator("#lista form[role=search]"), row(page, "FER-12790"), page.locator(".menu:popover-open"))
    steps.press(link(steps, "Ver Acuses de Recibo Cliente"))
    steps.shoot("04-acuses", dialog(steps))

    assert agrees(steps) == WELL


def test_05_dians_answer(walk: WalkOf, page: Page) -> None:
    steps = walk("05")
    for number, picture in (("FER-12790", "05-aceptado"), ("FER-12868", "05-rechazado")):
        actions(steps, number)
        steps.press(link(steps, "Ver Acuse de Recibo DIAN"))
        steps.shoot(picture, dialog(steps))

    assert agrees(steps) == WELL


def test_06_the_history(walk: WalkOf, page: Page, scene: Scene) -> None:
    steps = walk("06")
    actions(steps, "FER-12790")
    steps.press(link(steps, "Ver Detalle Historial"))
    expect(page.get_by_text("Historial íntegro")).to_be_visible()
    steps.shoot("06-historial", until=page.locator(".tl li li").nth(5), margin=0)
    page.get_by_label("Destinatario", exact=True).select_option("cartera.piedraalta@example.com")
    steps.press(button(steps, "Filtrar"))
    expect(page.locator(".tl").get_by_text("Devuelto")).to_have_count(0)

    assert agrees(steps) == WELL


def test_07_asking_for_the_history(walk: WalkOf, page: Page, context: BrowserContext, scene: Scene, sign_in: SignIn) -> None:
    steps = walk("07")
    actions(steps, "FER-11208")
    steps.press(link(steps, "Enviar Detalle Historial"))
    steps.shoot("07-enviar", dialog(steps))
    steps.press(dialog(steps).get_by_role("button", name="Aceptar"))
    expect(page.get_by_role("heading", name="Enviaremos el historial")).to_be_visible()
    reports.make_due(clock=timezone.now)
    guide_scene.send(timezone.now())
    steps.press(link(steps, "Mis informes"))
    expect(row(page, "FER-11208")).to_contain_text("Enviado")
    steps.shoot("07-informes", until=page.locator("#informes"))
    steps.open("documents", NIT)
    page.get_by_label("Seleccionar FER-11208").check()
    steps.press(page.locator(".bar").get_by_role("button", name="Enviar Detalle Historial"))
    sign_in(context, scene.auditor)
    steps.open("history_report", NIT, scene.old.pk)

    assert agrees(steps) == WELL


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
    for number in ("FER-12790", "FER-12866", "FER-12868", "FER-12869"):
        page.get_by_label(f"Seleccionar {number}").check()
    steps.press(page.locator(".bar").get_by_role("button", name="Reenviar Notificación"))
    expect(page.get_by_text("todavía no ha salido nada")).to_be_visible()
    steps.shoot("08-varios", until=page.locator("main form > section").last)

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
    guide_scene.send(timezone.now())
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
    told = guide_scene.receive(scene.company, sale("FER-12875", BUILDER, at, 4_086_050), scene.accountant, at, pdf=True)
    with company_scope(scene.company.pk):
        mail = Delivery.objects.get(document=told, address="recepcionfe.piedraalta@example.com")
    page.set_viewport_size({"width": 760, "height": 1400})
    page.set_content(mail.html_body)
    steps.shoot("12-correo", until=page.locator("td.soft").first)
    page.set_viewport_size({"width": 1280, "height": 1400})
    steps.open("buyer", acknowledgements.buyer_token(company_id=scene.company.pk, delivery_id=mail.pk))
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


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])
def test_every_page_of_the_guide_fits_and_axe_finds_nothing_serious(
    page: Page, context: BrowserContext, live_server: Any, sign_in: SignIn, size: Any
) -> None:
    sign_in(context, factories.member(factories.company(nit=NIT, name=SELLER.name)))
    page.set_viewport_size(size)
    addresses = {"ayuda": reverse("guide"), "ayuda-buscar": reverse("guide") + "?q=devolucion", "ayuda-nada": reverse("guide") + "?q=zzz"}
    addresses |= {f"ayuda-{item.slug}": reverse("guide_page", args=[item.slug]) for item in guide.pages()}
    found = {}
    for name, address in addresses.items():
        page.goto(live_server.url + address)
        page.evaluate("() => document.querySelectorAll('img').forEach((image) => (image.loading = 'eager'))")
        page.wait_for_load_state("networkidle")
        found[name] = (serious(page), sideways(page))
        shoot(page, f"{name}-{size['width']}", whole=True)

    assert found == {name: ([], 0) for name in addresses}


def test_help_is_reached_from_every_page_and_searched(page: Page, context: BrowserContext, live_server: Any, sign_in: SignIn) -> None:
    sign_in(context, factories.member(factories.company(nit=NIT, name=SELLER.name)))
    page.goto(live_server.url + reverse("documents", args=[NIT]))
    page.get_by_role("link", name="Ayuda").click()
    page.get_by_label("Buscar en la guía").fill("devolución")
    page.get_by_role("button", name="Buscar").click()
    page.get_by_role("link", name="Correos incorrectos").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Correos incorrectos")
    page.get_by_role("navigation", name="Seguir leyendo").get_by_role("link", name="Clientes y sus correos").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clientes y sus correos")
    expect(page.get_by_role("navigation", name="Páginas de la guía").locator("[aria-current]")).to_contain_text("Clientes y sus correos")


def test_a_phone_without_a_company_has_help_in_the_account_menu(
    page: Page, context: BrowserContext, live_server: Any, sign_in: SignIn
) -> None:
    sign_in(context, factories.user("nueva@example.com"))
    page.set_viewport_size(PHONE)
    page.goto(live_server.url)
    page.get_by_role("button", name="Cuenta de").click()
    page.get_by_role("link", name="Ayuda").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Guía del contador")
