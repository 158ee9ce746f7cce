"""Configuración in a browser: settings, people, keys, the audit trail, and the way in by invitation."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from invoices import api_keys, invitations
from invoices.models import ApiKey, Company, Membership, User
from invoices.scope import company_scope
from notifications.models import Delivery
from tests import factories
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways
from tests.functional.document_scene import NIT

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]
Role = Membership.Role
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])
PASSWORD = "Girasol-amarillo-9"


def logo() -> FilePayload:
    """A dark oak leaf of a kind, on nothing."""
    image = Image.new("RGBA", (900, 300))
    pen = ImageDraw.Draw(image)
    pen.ellipse((20, 20, 280, 280), fill="#14532d")
    pen.rectangle((330, 110, 880, 190), fill="#14532d")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return {"name": "logo.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


@pytest.fixture
def company() -> Company:
    return factories.company(
        nit=NIT,
        name="Ferretería El Roble S.A.S.",
        trade_name="El Roble",
        reply_address="facturacion@elroble.example.com",
        phone="(601) 555 0142",
    )


@pytest.fixture
def admin(company: Company, context: BrowserContext, sign_in: SignIn) -> User:
    """Whoever looks."""
    person = factories.member(company, role=Role.ADMINISTRATOR, email="m.penuela@example.com", name="Mariana Peñuela Rojas")
    sign_in(context, person)
    return person


@pytest.fixture
def crowd(company: Company, admin: User) -> None:
    """Colleagues, an invitation that waits and one that expired, keys in use and revoked, and what was done."""
    now = timezone.now()
    factories.member(company, email="j.torres@example.com", name="Julián Torres", last_login=now - timedelta(hours=3))
    factories.member(company, role=Role.AUDITOR, email="revisoria.fiscal@restrepocifuentes.example.com")
    with company_scope(company.pk):
        invitations.invite(company=company, email="laura.restrepo@restrepocifuentes.example.com", role=Role.ACCOUNTANT, by=admin, at=now)
        invitations.invite(company=company, email="vieja@example.com", role=Role.AUDITOR, by=admin, at=now - timedelta(days=9))
        read, _ = api_keys.issue(company=company, name="Tablero de cartera", scope="read", by=admin, at=now - timedelta(days=40))
        api_keys.issue(company=company, name="Facturador de la tienda", scope="write", by=None, at=now)
        old, _ = api_keys.issue(company=company, name="Prueba", scope="write", by=admin, at=now - timedelta(days=60))
        api_keys.revoke(key=old, by=admin, at=now - timedelta(days=59))
        ApiKey.objects.filter(pk=read.pk).update(last_used_at=now)


def fits(page: Page) -> tuple[list[str], int]:
    """What axe and the right edge say; ``([], 0)`` is well."""
    return serious(page), sideways(page)


@SIZES
def test_the_settings_are_changed_and_previewed(page: Page, live_server: Any, admin: User, company: Company, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse("company_settings", args=[NIT]))
    before = fits(page)

    page.get_by_label("Nombre del remitente").fill("Facturación El Roble")
    page.get_by_label("Línea de negocio").fill("Materiales")
    page.get_by_label("Días de espera").fill("5")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Los cambios quedaron guardados.")).to_be_visible()
    page.get_by_label("Subir", exact=True).set_input_files(logo())
    page.get_by_role("button", name="Subir el logo").click()

    expect(page.get_by_role("img", name=f"Logo de {company.name}")).to_be_visible()
    expect(page.get_by_text("Facturación El Roble <")).to_be_visible()
    expect(page.get_by_text(f"{NIT};{company.name};FE-1234;01;El Roble;Materiales")).to_be_visible()
    shoot(page, f"empresa-{size['width']}", whole=True)
    assert (before, fits(page)) == (([], 0), ([], 0))


def test_an_error_stands_at_its_field(page: Page, live_server: Any, admin: User) -> None:
    page.goto(live_server.url + reverse("company_settings", args=[NIT]))

    page.get_by_label("Correo de autorespuesta").fill("jlópez@elroble.example.com")
    page.get_by_role("button", name="Guardar").click()

    expect(page.get_by_label("Correo de autorespuesta")).to_have_accessible_description(
        "Allí responde tu cliente y envía sus eventos (030 a 033). «jlópez@elroble.example.com» no puede recibir correo: "
        "antes de la @ no puede llevar tildes ni eñes."
    )
    shoot(page, "empresa-error-1280", whole=True)
    assert fits(page) == ([], 0)


def test_an_accountant_reads_the_settings(page: Page, context: BrowserContext, live_server: Any, sign_in: SignIn, company: Company) -> None:
    sign_in(context, factories.member(company))

    page.goto(live_server.url + reverse("company_settings", args=[NIT]))

    expect(page.get_by_label("Nombre comercial")).to_be_disabled()
    expect(page.get_by_role("button", name="Guardar")).to_have_count(0)
    shoot(page, "empresa-contador-1280", whole=True)
    assert fits(page) == ([], 0)


@SIZES
@pytest.mark.parametrize("name", ["company_users", "api_keys", "audit_trail", "invite", "api_key_create"])
def test_every_page_fits(page: Page, live_server: Any, crowd: None, name: str, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse(name, args=[NIT]))
    shoot(page, f"{name.replace('_', '-')}-{size['width']}", whole=True)

    assert fits(page) == ([], 0)


def test_whoever_is_invited_opens_the_mail_makes_an_account_and_is_in(
    page: Page, browser: Browser, live_server: Any, settings: Any, admin: User, company: Company, browser_context_args: dict[str, Any]
) -> None:
    settings.PUBLIC_URL = live_server.url
    page.goto(live_server.url + reverse("company_users", args=[NIT]))
    page.get_by_role("link", name="Invitar").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Correo").fill("laura.restrepo@example.com")
    dialog.get_by_role("radio", name="Contador Consulta").check()
    shoot(page, "invitar-dialogo-1280")
    dialog.get_by_label("Correo").press("Enter")
    expect(page.get_by_text("La invitación va en camino a laura.restrepo@example.com")).to_be_visible()

    mail = Delivery.across.get(address="laura.restrepo@example.com")
    link = next(word for word in mail.text_body.split() if "/invitacion/" in word)
    other = browser.new_context(**browser_context_args).new_page()
    other.goto(link)
    other.get_by_label("Tu nombre").fill("Laura Restrepo")
    other.get_by_label("Elige una contraseña").fill(PASSWORD)
    other.get_by_role("button", name="Crear mi cuenta y aceptar").click()

    expect(other.get_by_text("Ya haces parte de Ferretería El Roble S.A.S., como Contador.")).to_be_visible()
    shoot(other, "invitacion-dentro-1280")
    page.reload()
    expect(page.get_by_role("row", name="Laura Restrepo")).to_contain_text("Contador")
    other.context.close()


@SIZES
def test_the_page_of_an_invitation_fits_in_each_of_its_ways(
    page: Page, browser: Browser, live_server: Any, sign_in: SignIn, company: Company, browser_context_args: dict[str, Any], size: Any
) -> None:
    by = factories.member(company, role=Role.ADMINISTRATOR, name="Mariana Peñuela Rojas")
    known = factories.user("j.torres@example.com", name="Julián Torres")
    with company_scope(company.pk):
        new, old = (
            invitations.invite(company=company, email=email, role=Role.AUDITOR, by=by, at=timezone.now())
            for email in ("laura.restrepo@example.com", known.email)
        )
    found = {}

    for way, invitation, person in (("crear", new, None), ("ingresar", old, None), ("aceptar", old, known), ("otro", new, known)):
        context = browser.new_context(**browser_context_args)
        context.add_init_script(path="tests/functional/vendor/axe.min.js")
        if person:
            sign_in(context, person)
        visit = context.new_page()
        visit.set_viewport_size(size)
        visit.goto(live_server.url + reverse("invitation", args=[invitations.write_token(invitation)]))
        shoot(visit, f"invitacion-{way}-{size['width']}", whole=True)
        found[way] = fits(visit)
        context.close()

    assert found == dict.fromkeys(("crear", "ingresar", "aceptar", "otro"), ([], 0))


def test_leaving_another_account_leads_back_to_the_invitation(
    page: Page, context: BrowserContext, live_server: Any, sign_in: SignIn, company: Company
) -> None:
    by = factories.member(company, role=Role.ADMINISTRATOR)
    known = factories.user("j.torres@example.com")
    sign_in(context, by)
    with company_scope(company.pk):
        invitation = invitations.invite(company=company, email=known.email, role=Role.AUDITOR, by=by, at=timezone.now())
    page.goto(live_server.url + reverse("invitation", args=[invitations.write_token(invitation)]))

    page.get_by_role("button", name="Cerrar sesión y seguir").click()
    page.get_by_role("link", name="Ingresar").click()
    page.get_by_role("textbox", name="Correo").fill(known.email)
    page.get_by_label("Contraseña").fill("secreto-123")
    page.get_by_role("button", name="Ingresar").click()
    page.get_by_role("button", name="Aceptar").click()

    expect(page.get_by_text(f"Ya haces parte de {company}, como Auditor.")).to_be_visible()


def test_a_member_is_removed_after_asking(page: Page, live_server: Any, crowd: None) -> None:
    page.goto(live_server.url + reverse("company_users", args=[NIT]))
    page.get_by_role("link", name="Quitar a Julián Torres").click()
    shoot(page, "quitar-dialogo-1280")
    page.get_by_role("dialog").get_by_role("button", name="Quitar").click()

    expect(page.get_by_text("Julián Torres ya no entra a Ferretería El Roble S.A.S.")).to_be_visible()
    expect(page.get_by_role("row", name="Julián Torres")).to_have_count(0)


def test_the_last_administrator_stays_one(page: Page, live_server: Any, admin: User) -> None:
    page.goto(live_server.url + reverse("company_users", args=[NIT]))
    page.get_by_role("link", name="Cambiar rol").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Auditor").check()
    dialog.get_by_role("button", name="Guardar").click()

    expect(page.get_by_text("Es el único administrador: nombra antes a otro.")).to_be_visible()
    shoot(page, "rol-error-1280", whole=True)
    assert fits(page) == ([], 0)


@SIZES
def test_a_key_is_made_shown_once_and_revoked(page: Page, context: BrowserContext, live_server: Any, admin: User, size: Any) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse("api_keys", args=[NIT]))
    shoot(page, f"llaves-vacio-{size['width']}", whole=True)
    page.locator("main").get_by_role("link", name="Crear una llave").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nombre").fill("Facturador")
    dialog.get_by_label("Consulta y envía").check()
    dialog.get_by_role("button", name="Crear").click()
    shown = page.get_by_label("Llave", exact=True).input_value()
    page.get_by_role("button", name="Copiar").click()
    expect(page.get_by_role("button", name="Copiada")).to_be_visible()
    shoot(page, f"llave-creada-{size['width']}", whole=True)
    created = fits(page)

    key = api_keys.find(shown, now=timezone.now())
    assert key is not None
    assert page.evaluate("navigator.clipboard.readText()") == shown
    page.get_by_role("link", name="Ya la guardé").click()
    assert shown not in page.content()
    page.get_by_role("link", name="Anular Facturador").click()
    shoot(page, f"llave-anular-{size['width']}")
    page.get_by_role("dialog").get_by_role("button", name="Anular").click()

    expect(page.get_by_text("La llave «Facturador» quedó anulada.")).to_be_visible()
    assert api_keys.find(shown, now=timezone.now()) is None
    assert (created, fits(page)) == (([], 0), ([], 0))


def test_everything_works_without_javascript(
    browser: Browser, live_server: Any, sign_in: SignIn, company: Company, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, factories.member(company, role=Role.ADMINISTRATOR))
    page = context.new_page()
    page.goto(live_server.url + reverse("company_users", args=[NIT]))
    page.get_by_role("link", name="Invitar").click()
    page.get_by_label("Correo").fill("laura@example.com")
    page.get_by_role("button", name="Enviar la invitación").click()
    page.get_by_role("link", name="Llaves de la API").click()
    page.locator("main").get_by_role("link", name="Crear una llave").first.click()
    page.get_by_label("Nombre").fill("Facturador")
    page.get_by_role("button", name="Crear").click()
    expect(page.get_by_role("button", name="Copiar")).to_be_hidden()
    shoot(page, "llave-creada-sin-script-1280")
    page.get_by_role("link", name="Ya la guardé").click()
    page.get_by_role("link", name="Registro").click()

    expect(page.get_by_role("row")).to_have_count(3)
    context.close()
