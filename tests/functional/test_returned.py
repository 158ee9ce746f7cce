"""Correos devueltos and Correos sin dueño in a browser: by mouse, on a phone, without a script."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from invoices.models import Company, User
from invoices.scope import company_scope
from notifications import inbound
from notifications.lives import DeliveryState, Queue
from notifications.models import InboundMessage
from tests import dsn_builders as build
from tests import factories
from tests.dsn_samples import sample
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = [pytest.param(DESK, id="1280"), pytest.param(PHONE, id="360")]
BOUNCE = sample("postfix: user unknown").raw


@pytest.fixture
def company() -> Company:
    made = factories.company("909482675", name="Ferretería El Roble S.A.S.")
    now = timezone.now()
    with company_scope(made.pk):
        document = factories.document(made, number="FER-12869", at=now)
        sent = {"queue": Queue.DONE, "state": DeliveryState.SENT, "sent_at": now, "attempts": 1, "verdict": "sent"}
        factories.delivery(document, build.ADDRESS, token=build.TOKEN, message_id=build.MESSAGE_ID, at=now, **sent)
    return made


@pytest.fixture
def accountant(company: Company, context: BrowserContext, sign_in: Any) -> User:
    person = factories.member(company, name="Mariana Peñuela")
    sign_in(context, person)
    return person


@pytest.fixture
def superuser(company: Company, context: BrowserContext, sign_in: Any) -> User:
    person = factories.member(company, name="Plataforma", is_superuser=True, is_staff=True)
    sign_in(context, person)
    return person


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[[Page, bytes, str], None]:
    def hand(page: Page, raw: bytes, name: str) -> None:
        file = tmp_path / name
        file.write_bytes(raw)
        page.get_by_label("Correo devuelto en formato .eml").set_input_files(file)
        page.get_by_role("button", name="Cargar y leer").click()

    return hand


def arrive(raw: bytes) -> None:
    kind = InboundMessage.Kind.MAILBOX
    inbound.store(channel="default", provider="imap", kind=kind, content_type="", headers={}, body=raw, now=timezone.now())


@pytest.mark.parametrize("size", SIZES)
def test_a_bounce_is_handed_in_and_read(page: Page, live_server: Any, company: Company, accountant: User, hand_in: Any, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse("returned_mails", args=[company.nit]))
    shoot(page, f"devueltos-vacio-{size['width']}", whole=True)
    assert (serious(page), sideways(page)) == ([], 0)

    hand_in(page, BOUNCE, "Undelivered Mail Returned to Sender.eml")

    expect(page.get_by_text("Correo leído")).to_be_visible()
    expect(page.get_by_text("Devuelto (dirección inválida)")).to_be_visible()
    hand_in(page, build.answer(subject="Hola", body="Hola", answers=""), "otro correo.eml")
    expect(page.get_by_text("No es una devolución")).to_be_visible()
    page.get_by_text("Ver detalle técnico").click()
    shoot(page, f"devueltos-{size['width']}", whole=True)
    assert (serious(page), sideways(page)) == ([], 0)
    page.get_by_role("link", name="FER-12869").click()
    expect(page.get_by_role("heading", name="FER-12869")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_what_is_no_mail_is_refused(page: Page, live_server: Any, company: Company, accountant: User, hand_in: Any, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse("returned_mails", args=[company.nit]))

    hand_in(page, b"%PDF-1.7", "factura.eml")

    expect(page.get_by_role("alert")).to_contain_text("El archivo no es un correo")
    shoot(page, f"devueltos-error-{size['width']}", whole=True)
    assert (serious(page), sideways(page)) == ([], 0)


def test_a_bounce_is_handed_in_without_a_script(
    browser: Browser, browser_context_args: Any, live_server: Any, company: Company, hand_in: Any, sign_in: Any
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, factories.member(company))
    page = context.new_page()
    page.goto(live_server.url + reverse("returned_mails", args=[company.nit]))

    hand_in(page, BOUNCE, "devuelto.eml")

    expect(page.get_by_text("El buzón no existe.")).to_be_visible()
    context.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_box_shows_what_has_no_owner(page: Page, live_server: Any, superuser: User, size: Any) -> None:
    for raw in (BOUNCE, sample("zimbra").raw, sample("a provider: two").raw):
        arrive(raw.replace(build.TOKEN.encode(), b"f" * 32))
    arrive(build.answer(subject="Cotización de tornillos", body="Buenos días, ¿tienen tornillos de 1/2?", answers=""))
    inbound.process_waiting(clock=timezone.now)
    InboundMessage.across.filter(error="").update(status="broken", error="KeyError: 'recipient'", tries=3)
    page.set_viewport_size(size)

    page.goto(live_server.url + reverse("orphans"))
    page.get_by_text("Ver detalle técnico").first.click()

    shoot(page, f"sin-dueno-{size['width']}", whole=True)
    assert (serious(page), sideways(page)) == ([], 0)
    page.get_by_role("button", name="Probar otra vez").first.click()
    expect(page.get_by_text("Sigue sin dueño")).to_be_visible()
    page.get_by_role("link", name="Mensajes").click()
    page.get_by_text("Ver detalle técnico").first.click()
    shoot(page, f"sin-dueno-mensajes-{size['width']}", whole=True)
    assert (serious(page), sideways(page)) == ([], 0)


def test_an_empty_box_says_so_and_the_menu_leads_to_it(page: Page, live_server: Any, company: Company, superuser: User) -> None:
    page.goto(live_server.url + reverse("documents", args=[company.nit]))

    page.get_by_role("button", name="Cuenta de").click()
    page.get_by_role("link", name="Correos sin dueño").click()

    expect(page.get_by_text("Todo aviso tiene su envío.")).to_be_visible()
    shoot(page, "sin-dueno-vacio-1280")
    assert serious(page) == []
