"""A bulk resend in a browser: from the filter of the list to the last retry, with a real mail server."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from invoices.models import Company, ElectronicDocument, User
from invoices.scope import company_scope
from notifications import batches, services
from notifications.models import Delivery, ResendBatch, Suppression
from tests import factories
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways
from tests.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]
NIT = "909482675"
NAMES = (
    "Cooperativa Lechera del Sumapaz",
    "Panadería Trigo Dorado S.A.S.",
    "Agropecuaria La Esmeralda Ltda.",
    "Transportes Río Claro S.A.",
    "Hotel Mirador del Cocora S.A.S.",
    "Inversiones Tres Cordilleras S.A.",
)
LATE = "trigodorado.fe@example.com"


@pytest.fixture
def company() -> Company:
    """103 documents that nobody was told of, one that came back for a time, and one of each group that is left out."""
    made = factories.company(nit=NIT, name="Ferretería El Roble S.A.S.")
    now = timezone.now()
    with company_scope(made.pk):
        buyers = [factories.customer(made, name=name) for name in NAMES]
        for number in range(103):
            address = f"compras{number}@example.com"
            factories.document(made, number=f"FER-{12500 + number}", customer=buyers[number % 6], addresses=(address,), at=now)
        told(made, "FER-12744", buyers[1], LATE, "soft_bounced")
        told(made, "FER-12866", buyers[0], "fe.sumapaz@example.com", "delivered")
        told(made, "FER-12640", buyers[4], "recepcion.cocora@example.org", "deferred")
        told(made, "FER-12702", buyers[2], "esmeralda.pagos@example.net", "bounced")
        Suppression.objects.create(
            company=made, address_key="esmeralda.pagos@example.net", reason="no_mailbox", source="bounce", created_at=now
        )
        factories.document(made, number="FER-12838", customer=buyers[5], addresses=(), at=now, delivery_status="no_address")
        factories.document(made, number="FER-12868", customer=buyers[3], dian_status="rejected", at=now)
    return made


def told(company: Company, number: str, buyer: object, address: str, state: str) -> ElectronicDocument:
    """A document that was notified an hour ago."""
    at = timezone.now() - timedelta(hours=1)
    document = factories.document(company, number=number, customer=buyer, addresses=(address,), at=at)
    services.notify(document=document, now=at)
    reason = {"soft_bounced": "mailbox_full", "bounced": "no_mailbox"}.get(state, "")
    moving = {"queue": "ready", "next_at": timezone.now() + timedelta(hours=3)} if state == "deferred" else {"queue": "done"}
    Delivery.objects.filter(document=document).update(state=state, reason=reason, settled_at=at, **moving)
    return document


@pytest.fixture
def listed(page: Page, live_server: Any, context: BrowserContext, company: Company, sign_in: SignIn) -> Page:
    sign_in(context, factories.member(company, email="m.rios@example.com", name="Marcela Ríos"))
    page.goto(live_server.url + reverse("documents", args=[NIT]) + "?tipo=01")
    return page


def choose_all(page: Page) -> None:
    """All results of the filter, not only those of the page."""
    page.get_by_label("Seleccionar los 109 resultados").check()
    page.locator(".bar").get_by_role("button", name="Reenviar Notificación").click()
    expect(page.get_by_role("heading", name="Reenviar 109 documentos")).to_be_visible()


def both(page: Page, name: str, *, whole: bool = True) -> tuple[list[str], int]:
    """Pictures at both sizes; what axe says, and how far the page is too wide."""
    shoot(page, f"{name}-1280", whole=whole)
    found = serious(page)
    wide = sideways(page)
    page.set_viewport_size(PHONE)
    shoot(page, f"{name}-360", whole=whole)
    found, wide = found + serious(page), wide + sideways(page)
    page.set_viewport_size(DESK)
    return found, wide


def test_a_filter_is_resent_to_the_last_document(listed: Page, company: Company, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    page = listed
    sink.replies["compras7@example.com"].append("550 5.7.1 Message blocked by policy")
    page.get_by_label("Seleccionar los 109 resultados").check()
    expect(page.locator(".bar [data-count]")).to_have_text("109 seleccionados")
    expect(page.get_by_role("button", name="Descargar ZIP")).to_be_hidden()
    assert both(page, "lote-lista", whole=False) == ([], 0)
    choose_all(page)
    page.locator("summary").filter(has_text="Sin correo").click()
    page.locator("summary").filter(has_text="Suprimidos").click()
    expect(page.get_by_text("esmeralda.pagos@example.net: El buzón no existe.")).to_be_visible()
    assert both(page, "lote-revision") == ([], 0)

    page.get_by_label("Nota para el historial").fill("No les llegó el primer envío")
    page.get_by_label("Escribe 104 para confirmar").fill("104")
    page.get_by_role("button", name="Reenviar 104 documentos").dblclick()
    expect(page.get_by_role("heading", name="0 de 104 documentos")).to_be_visible()
    batch = ResendBatch.across.get()
    monkeypatch.setattr(batches, "SLICE", 40)
    batches._some(batch.pk, company.pk, clock=timezone.now)
    expect(page.get_by_role("heading", name="40 de 104 documentos")).to_be_visible()
    assert both(page, "lote-avance") == ([], 0)

    batches.work(clock=timezone.now)
    expect(page.get_by_role("heading", name="Se reenviaron 104;")).to_be_visible()
    expect(page.get_by_role("heading", name="Se reenviaron 104;")).to_have_text(
        "Se reenviaron 104; 1 ya entregado; 1 sin correo; 1 suprimido; 1 no aceptado por la DIAN; 1 ya iba en camino."
    )
    page.get_by_role("link", name="Devueltos 1").click()
    expect(page.get_by_text("El servidor lo bloqueó por política")).to_be_visible()
    assert both(page, "lote-terminado") == ([], 0)
    with page.expect_download() as download:
        page.get_by_role("link", name="Descargar CSV").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    page.get_by_role("button", name="Reintentar el que falló").click()
    expect(page.get_by_role("heading", name="103 de 104 documentos")).to_be_visible()
    batches.work(clock=timezone.now)
    expect(page.get_by_role("heading", name="Se reenviaron 104;")).to_be_visible()

    assert sum(';"Reenviado";' in line for line in lines) == 104
    assert sum("compras7@example.com (Rechazado por política)" in line for line in lines) == 1
    assert len(sink.messages) == len({message["To"] for message in sink.messages}) == 104
    assert sink.rcpts.count("compras7@example.com") == 2


def test_the_switch_adds_those_who_have_it(listed: Page) -> None:
    choose_all(listed)

    listed.get_by_label("Nota para el historial").fill("copia")
    listed.get_by_role("switch", name="Enviar también a los que ya lo recibieron").check()

    expect(listed.get_by_role("button", name="Reenviar 105 documentos")).to_be_visible()
    expect(listed.get_by_label("Nota para el historial")).to_have_value("copia")
    expect(listed.get_by_text("Ya entregados, les llegará otra vez")).to_be_visible()


def test_what_is_left_is_canceled(listed: Page, company: Company) -> None:
    choose_all(listed)
    listed.get_by_label("Escribe 104 para confirmar").fill("104")
    listed.get_by_role("button", name="Reenviar 104 documentos").click()
    listed.get_by_role("button", name="Cancelar lo que falta").click()

    expect(listed.get_by_text("Se canceló lo que faltaba: 104 documentos.")).to_be_visible()
    shoot(listed, "lote-cancelado-1280", whole=True)
    listed.get_by_role("navigation", name="Ruta").get_by_role("link", name="Lotes").click()
    expect(listed.get_by_text("No se reenvió ninguno; 104 cancelados")).to_be_visible()
    assert both(listed, "lotes") == ([], 0)


def test_the_empty_list_of_batches_says_how_to_begin(listed: Page) -> None:
    listed.get_by_role("link", name="Lotes").click()

    expect(listed.get_by_role("heading", name="Aún no hay lotes")).to_be_visible()
    shoot(listed, "lotes-vacio-1280", whole=True)
    assert serious(listed) == []


def test_without_a_script_it_works_by_reloading(
    browser: Browser, live_server: Any, sign_in: SignIn, company: Company, browser_context_args: dict[str, Any], sink: Sink
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, factories.member(company, name="Marcela Ríos"))
    page = context.new_page()
    page.goto(live_server.url + reverse("documents", args=[NIT]) + "?tipo=01")
    choose_all(page)
    page.get_by_role("button", name="Reenviar 104 documentos").click()
    expect(page.get_by_text("Escribe 104 para confirmar.", exact=True)).to_be_visible()
    page.get_by_role("switch", name="Enviar también a los que ya lo recibieron").check()
    page.get_by_label("Escribe 104 para confirmar").fill("104")
    page.get_by_role("button", name="Reenviar 104 documentos").click()
    expect(page.get_by_text("Los números cambiaron mientras mirabas")).to_be_visible()
    page.get_by_label("Escribe 105 para confirmar").fill("105")
    page.get_by_role("button", name="Reenviar 105 documentos").click()
    expect(page.get_by_role("heading", name="0 de 105 documentos")).to_be_visible()

    batches.work(clock=timezone.now)
    page.reload()

    expect(page.get_by_role("heading", name="Se reenviaron 105;")).to_be_visible()
    context.close()
