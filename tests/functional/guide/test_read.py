"""Pages 1 to 7 of the guide: coming in, loading, finding, reading."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from invoices import invitations
from invoices.models import Membership, User
from invoices.scope import company_scope
from notifications import reports
from notifications.demo.files import zip_of
from notifications.demo.ubl import DemoSale, buyer_event
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
    page.get_by_text("¿Por qué dice esto?").first.click()
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
    story.send(timezone.now())
    steps.press(link(steps, "Mis informes"))
    expect(row(page, "FER-11208")).to_contain_text("Enviado")
    steps.shoot("07-informes", until=page.locator("#informes"))
    steps.open("documents", NIT)
    page.get_by_label("Seleccionar FER-11208").check()
    steps.press(page.locator(".bar").get_by_role("button", name="Enviar Detalle Historial"))
    sign_in(context, scene.auditor)
    steps.open("history_report", NIT, scene.old.pk)

    assert agrees(steps) == WELL
