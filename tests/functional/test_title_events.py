"""Events 030 to 034 in a browser: loaded as files, told on the document's page and in its history."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from invoices.models import Company, ElectronicDocument
from invoices.scope import company_scope
from notifications import intake
from tests import factories
from tests import signing as keys
from tests import ubl_builders as ubl
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = {"1280": DESK, "1024": {"width": 1024, "height": 768}, "360": PHONE}


def dated(days: int) -> tuple[str, str]:
    """The date and time of an event some days ago."""
    day = timezone.localtime() - timedelta(days=days)
    return f"{day:%Y-%m-%d}", "09:00:00-05:00"


@pytest.fixture
def company(context: BrowserContext, sign_in: Any) -> Company:
    made = factories.company(ubl.ISSUER.identification, name="Ferretería La Tuerca S.A.S.")
    sign_in(context, factories.member(made, name="Marcela Ríos"))
    return made


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    """One with every kind of verdict and of signature."""
    stranger = ubl.Who("900000001", "OTRA EMPRESA S.A.S.")
    signed = keys.sign(ubl.build_event("032", issued=dated(7)), at=timezone.now() - timedelta(days=7))
    files = {
        "factura.xml": ubl.build_attached_document(ubl.build_invoice(), ubl.build_response()),
        "030.xml": ubl.build_event("030", issued=dated(7)),
        "032.xml": signed,
        "033.xml": signed.replace(b">032<", b">033<").replace(b"EV001", b"EV003"),
        "031.xml": ubl.build_event("031", claim_code="03", issued=dated(1), sender=stranger),
        "034.xml": ubl.build_event("034", sender=ubl.ISSUER, receiver=ubl.CUSTOMER, issued=dated(6)),
    }
    list(intake.receive(files.items(), companies={company.nit: company}, by=None, notify="no", now=timezone.now()))
    with company_scope(company.pk):
        return ElectronicDocument.objects.get()


@pytest.mark.parametrize("width", SIZES)
def test_the_page_of_a_document_with_events_fits(page: Page, live_server: Any, company: Company, document: Any, width: str) -> None:
    page.set_viewport_size(SIZES[width])  # type: ignore[arg-type]
    page.goto(live_server.url + reverse("document", args=[company.nit, document.pk]))
    page.get_by_text("Firma íntegra").first.click()
    shoot(page, f"eventos-{width}", whole=True)

    assert (serious(page), sideways(page)) == ([], 0)


def test_a_claim_that_is_loaded_turns_up_in_the_list_the_page_and_the_history(page: Page, live_server: Any, company: Company) -> None:
    invoice = ubl.build_attached_document(ubl.build_invoice(), ubl.build_response())
    list(intake.receive([("f.xml", invoice)], companies={company.nit: company}, by=None, notify="no", now=timezone.now()))
    claim = keys.sign(ubl.build_event("031", claim_code="02"))
    page.goto(live_server.url + reverse("upload", args=[company.nit]))
    page.locator("input[type=file]").set_input_files([{"name": "031.xml", "mimeType": "text/xml", "buffer": claim}])
    page.get_by_role("button", name="Cargar").click()
    expect(page.get_by_text("031.xml").first).to_be_visible()

    page.goto(live_server.url + reverse("documents", args=[company.nit]) + "?eventos=claimed")
    expect(page.locator("tr[data-row]")).to_contain_text("Reclamo")
    page.get_by_role("link", name="FE1001").click()

    expect(page.get_by_role("region", name="Eventos de Título Valor")).to_contain_text("Reclama: mercancía no entregada")
    expect(page.locator(".tl")).to_contain_text(
        "Evento 031 · Reclamo · mercancía no entregada, enviado por CONSTRUCCIONES ALTO PÁRAMO LTDA."
    )
