"""A buyer's program answers by mail, and the accountant sees it on the document: a mailbox, the poller and a browser."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from invoices.models import ElectronicDocument
from notifications import inbound, intake
from notifications.models import InboundMessage
from tests import factories
from tests import ubl_builders as ubl
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways
from tests.imap_server import Box, running_imap
from tests.reply_mails import File, event_zip, mail
from tests.worker import running_poller

pytestmark = pytest.mark.django_db(transaction=True)
# What is promised between a mail's arrival and the page.
PROMISED_SECONDS = 10
BARE = File("ar.xml", ubl.build_event("031", claim_code="02"), "text/xml")


@pytest.fixture
def document(live_server: Any, context: BrowserContext, sign_in: Any) -> ElectronicDocument:
    """An invoice on credit, and somebody of the company who looks at it."""
    company = factories.company(ubl.ISSUER.identification, name="Ferretería La Tuerca S.A.S.")
    container = ubl.build_attached_document(ubl.build_invoice(), ubl.build_response())
    list(intake.receive([("fe.xml", container)], companies={company.nit: company}, by=None, notify="no", now=timezone.now()))
    sign_in(context, factories.member(company, name="Mariana Peñuela"))
    return ElectronicDocument.across.select_related("company").get()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """The reply mailbox, and the poller that looks into it."""
    with running_imap() as running, running_poller(running, tmp_path):
        yield running


def reload_until(page: Page, shown: Callable[[], bool], *, seconds: float) -> None:
    """Reload as a person would who waits; what follows asserts whether it came."""
    deadline = time.monotonic() + seconds
    while not shown() and time.monotonic() < deadline:
        page.wait_for_timeout(250)
        page.reload()


@pytest.mark.parametrize("file", [pytest.param(event_zip(), id="zip"), pytest.param(BARE, id="xml")])
def test_a_claim_that_comes_by_mail_stands_on_the_document(
    page: Page, live_server: Any, box: Box, document: ElectronicDocument, file: File
) -> None:
    page.goto(live_server.url + reverse("document", args=[document.company.nit, document.pk]))
    before = page.get_by_text("Reclamo").count()

    box.add(mail(file).as_bytes())
    reload_until(page, lambda: page.get_by_text("Reclamo").count() > before, seconds=PROMISED_SECONDS)

    history = page.locator("section[aria-labelledby=hist]").inner_text()
    assert "Reclamo" in history
    assert "mercancía no entregada" in history.lower()
    assert box.unseen == []
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert (serious(page), sideways(page)) == ([], 0)
        shoot(page, f"reclamo-por-correo-{size['width']}", whole=True)


def test_the_box_says_what_each_answer_brought(page: Page, live_server: Any, context: BrowserContext, sign_in: Any, document: Any) -> None:
    stranger = ubl.build_invoice(issuer=ubl.Who("830999111", "DISTRIBUCIONES EL PÁRAMO S.A.S."), number="SE99")
    for message in (
        mail(event_zip("030"), event_zip()),
        mail(File("z0830999111026000000099.zip", ubl.build_zip({"ad.xml": stranger})), subject="Factura SE99"),
        mail(File("roto.zip", b"PK\x03\x04"), BARE._replace(name="ar830777042.xml"), subject="Reenvío"),
    ):
        kind = InboundMessage.Kind.MAILBOX
        body = message.as_bytes()
        inbound.store(channel="default", provider="imap", kind=kind, content_type="", headers={}, body=body, now=timezone.now())
    inbound.process_waiting(clock=timezone.now)
    sign_in(context, factories.member(document.company, is_superuser=True, is_staff=True))

    page.goto(live_server.url + reverse("orphans") + "?ver=mensajes")

    expect(page.get_by_text("Evento 031 de FE1001: Reclamo.").first).to_be_visible()
    expect(page.get_by_text("que no es una de tus empresas")).to_be_visible()
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert (serious(page), sideways(page)) == ([], 0)
        shoot(page, f"respuestas-por-correo-{size['width']}", whole=True)
    page.get_by_role("button", name="Leer otra vez").last.click()
    expect(page.get_by_text("Se leyó otra vez:")).to_be_visible()
