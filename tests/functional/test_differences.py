"""What DIAN's list gives and the customer lacks, what a buyer's robot asks, and a link that is revoked: in a browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from invoices import demands
from invoices.models import Company, Customer, Membership, ReceptionDirectory
from invoices.scope import company_scope
from notifications.models import Delivery
from tests import factories
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = [pytest.param(DESK, id="1280"), pytest.param(PHONE, id="360")]
NIT = "909214587"
LISTED = "recepcionfe@hotelmirador.example.org"


@pytest.fixture
def company(context: BrowserContext, sign_in: Any) -> Company:
    """A shop whose administrator is at the screen."""
    made = factories.company(NIT, name="Despensa y Café El Frailejón S.A.S.")
    sign_in(context, factories.member(made, Membership.Role.ADMINISTRATOR, name="Laura Peña"))
    return made


@pytest.fixture
def hotel(company: Company) -> Customer:
    """One that changed its address at DIAN, beside two others of the list."""
    today = timezone.localdate()
    with company_scope(company.pk):
        made = factories.customer(company, identification="908630142", name="Hotel Mirador del Chicamocha S.A.S.")
        factories.email(made, "facturas@hotelmirador.example.org")
        droguery = factories.customer(company, identification="901555013", name="Droguería Salud Vital 24 S.A.S.")
        carrier = factories.customer(company, identification="900812334", name="Transportes Río Claro S.A.")
        factories.email(carrier, "cartera@rioclaro.example.com")
        factories.email(carrier, "gerencia@rioclaro.example.com")
    for nit, address, first, last in (
        (made.identification, "facturas@hotelmirador.example.org", 400, 12),
        (made.identification, LISTED, 5, 0),
        (droguery.identification, "facturacion.electronica@saludvital.example.com", 90, 0),
        (carrier.identification, "sin arroba@@rioclaro", 30, 0),
    ):
        seen = [today - timedelta(days=days) for days in (first, last)]
        ReceptionDirectory.objects.create(nit=nit, address_key=address, first_seen=seen[0], last_seen=seen[1], listed_on=seen[0])
    return made


def at(live_server: Any, name: str, *more: Any) -> str:
    return str(live_server.url) + reverse(name, args=[NIT, *more])


@pytest.mark.parametrize("size", SIZES)
def test_what_differs_is_used_ignored_and_undone(page: Page, live_server: Any, hotel: Customer, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(at(live_server, "directory_differences"))
    shoot(page, f"differences-{size['width']}", whole=True)
    found = [*serious(page), sideways(page)]

    page.get_by_role("button", name=f"Ignorar {LISTED}").click()
    expect(page.get_by_text(f"A {LISTED} ya no se le envía")).to_be_visible()
    page.get_by_role("button", name="Usar facturacion.electronica").click()
    page.get_by_role("link", name="Decididos").click()
    expect(page.get_by_text("Se ignora")).to_be_visible()
    shoot(page, f"differences-decided-{size['width']}", whole=True)
    decided = [*serious(page), sideways(page)]
    page.get_by_role("button", name="Deshacer Hotel").click()

    expect(page.get_by_text(f"Se deshizo: {LISTED}")).to_be_visible()
    assert (found, decided) == ([0], [0])


@pytest.mark.parametrize("size", SIZES)
def test_an_administrator_keeps_what_a_buyer_asks(page: Page, live_server: Any, company: Company, hotel: Customer, size: Any) -> None:
    with company_scope(company.pk):
        by = Membership.objects.get(company=company).user
        demands.keep(
            customer=hotel, demand="second_mailbox", value="cuentas@hotelmirador.example.org", prevents=False, by=by, at=timezone.now()
        )
    page.set_viewport_size(size)
    page.goto(at(live_server, "customer", hotel.pk))
    page.get_by_role("link", name="Agregar exigencia").click()
    page.get_by_label("Qué pide").select_option("order_number")
    page.get_by_label("Valor").fill("40")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Escribe cuántos números")).to_be_visible()
    shoot(page, f"demand-{size['width']}")
    asked = [*serious(page), sideways(page)]

    page.get_by_label("Valor").fill("10")
    page.get_by_role("button", name="Guardar").click()

    expect(page.get_by_text("Hasta 10 números")).to_be_visible()
    shoot(page, f"demands-{size['width']}", whole=True)
    assert (asked, [*serious(page), sideways(page)]) == ([0], [0])


@pytest.mark.parametrize("size", SIZES)
def test_a_link_is_revoked_after_asking(page: Page, live_server: Any, company: Company, hotel: Customer, size: Any) -> None:
    now = timezone.now()
    with company_scope(company.pk):
        document = factories.document(company, customer=hotel, number="FEV20418", at=now)
        factories.delivery(document, LISTED, at=now, queue="done", state="delivered", sent_at=now, settled_at=now)
    page.set_viewport_size(size)
    page.goto(at(live_server, "document", document.pk))
    page.get_by_role("link", name="Anular enlace").click()
    expect(page.get_by_role("heading", name="Anular el enlace")).to_be_visible()
    shoot(page, f"link-revoke-{size['width']}")
    asked = [*serious(page), sideways(page)]

    page.get_by_role("button", name="Anular enlace").click()

    expect(page.get_by_text("Enlace anulado el")).to_be_visible()
    shoot(page, f"link-revoked-{size['width']}", whole=True)
    assert (asked, [*serious(page), sideways(page)]) == ([0], [0])
    assert Delivery.across.get().link_revoked_at is not None
