"""*Revisar un paquete* and the section *Revisión de conformidad* in a browser."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from invoices import demands
from invoices.models import Company, ElectronicDocument
from invoices.scope import company_scope
from notifications import intake, services
from tests import factories
from tests import ubl_builders as ubl
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = {"1280": DESK, "360": PHONE}


@pytest.fixture
def company(context: BrowserContext, sign_in: Any) -> Company:
    made = factories.company(ubl.ISSUER.identification, name="Ferretería La Tuerca S.A.S.")
    sign_in(context, factories.member(made, name="Marcela Ríos"))
    return made


@pytest.fixture
def blocked(company: Company) -> ElectronicDocument:
    """A document that its buyer's demand holds back."""
    now = timezone.now()
    invoice = ubl.build_invoice()
    files = {"fv.xml": invoice, "ar.xml": ubl.build_response(document=invoice)}
    list(intake.receive([("z.zip", ubl.build_zip(files))], companies={company.nit: company}, by=None, notify="no", now=now))
    with company_scope(company.pk):
        document = ElectronicDocument.objects.select_related("customer").get()
        demands.keep(customer=document.customer, demand="order_number", value="10", prevents=True, by=factories.user(), at=now)
        factories.email(document.customer, "compras@example.com")
        services.notify(document=document, now=now)
    return document


@pytest.mark.parametrize("width", SIZES)
def test_a_package_is_reviewed_on_its_page(page: Page, live_server: Any, company: Company, tmp_path: Path, width: str) -> None:
    page.set_viewport_size(SIZES[width])  # type: ignore[arg-type]
    file = tmp_path / "recibido.xml"
    file.write_bytes(ubl.build_invoice())
    page.goto(live_server.url + reverse("check_file", args=[company.nit]))
    page.get_by_label("Archivo").set_input_files(file)
    page.get_by_role("button", name="Revisar", exact=True).click()

    expect(page.get_by_role("heading", name="recibido.xml: impide")).to_be_visible()
    shoot(page, f"revisar-paquete-{width}", whole=True)
    assert sideways(page) == 0
    assert serious(page) == []


@pytest.mark.parametrize("width", SIZES)
def test_the_document_tells_what_prevents_its_send(page: Page, live_server: Any, company: Company, blocked: Any, width: str) -> None:
    page.set_viewport_size(SIZES[width])  # type: ignore[arg-type]
    page.goto(live_server.url + reverse("document", args=[company.nit, blocked.pk]))

    expect(
        page.get_by_role("listitem").filter(has_text="Este comprador pide la orden de compra, y el documento no la trae.")
    ).to_be_visible()
    shoot(page, f"conformidad-{width}", whole=True)
    assert sideways(page) == 0
    assert serious(page) == []
