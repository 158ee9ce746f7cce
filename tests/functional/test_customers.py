"""Clientes and Correo de recepción DIAN in a browser: by mouse, on a phone, without a script."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from invoices import customers
from invoices.models import Customer, ReceptionDirectory, RecipientEmail
from invoices.models.sales import FINAL_CONSUMER
from invoices.scope import company_scope
from tests import factories
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways
from tests.functional.document_scene import NIT, Scene, play

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = [pytest.param(DESK, id="1280"), pytest.param(PHONE, id="360")]
BOUNCED = "facturas.piedraalta@example.net"
BUYER = "Constructora Piedra Alta S.A.S."


@pytest.fixture
def scene(context: BrowserContext, sign_in: Any) -> Scene:
    made = played()
    sign_in(context, made.accountant)
    return made


def played() -> Scene:
    """The document in which much happened, whose addresses are the customer's too."""
    made = play(timezone.now())
    with company_scope(made.company.pk):
        for address in (BOUNCED, "recepcionfe.piedraalta@example.com"):
            factories.email(made.busy.customer, address, source="document")
    return made


def furnish(scene: Scene) -> Customer:
    """Neighbours in the list, and a busy customer whose addresses were worked on."""
    now = timezone.now()
    with company_scope(scene.company.pk):
        buyer = scene.busy.customer
        neighbours = [
            factories.customer(scene.company, name=name)
            for name in ("Droguería Salud Vital 24 S.A.S.", "Hotel Mirador del Cocora S.A.S.", "Transportes Río Claro S.A.")
        ]
        factories.email(neighbours[0], "compras.saludvital@example.com")
        factories.email(neighbours[1], "facturacion.cocora@example.com")
        factories.email(neighbours[1], "gerencia.cocora@example.com")
        factories.customer(scene.company, name="Andrés Felipe Quintero Salazar", identification="1020304050", identification_type="13")
        nobody = factories.customer(scene.company, name="Consumidor final", identification=FINAL_CONSUMER, identification_type="13")
        factories.document(scene.company, customer=nobody, number="POS-118", at=now - timedelta(days=1))
        cartera = RecipientEmail.objects.get(address_key="cartera.piedraalta@example.com")
        customers.set_always(email=cartera, always=True, by=scene.accountant, at=now - timedelta(hours=20))
        gone, _ = customers.add_address(
            customer=buyer, address="lmontoya.piedraalta@example.com", always=False, by=scene.accountant, at=now - timedelta(days=9)
        )
        reason = "Laura Montoya ya no trabaja allí; escribe a cartera."
        customers.switch_off(email=gone, reason=reason, by=scene.accountant, at=now - timedelta(days=1))
    return buyer


def look(page: Page, name: str, size: Any) -> None:
    """Keep the picture, and see that axe finds nothing serious and that nothing lies beyond the edge."""
    shoot(page, f"{name}-{size['width']}", whole=True)
    assert serious(page) == []
    assert sideways(page) == 0


@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_axe_finds_nothing_serious(page: Page, live_server: Any, scene: Scene, size: Any) -> None:
    buyer = furnish(scene)
    page.set_viewport_size(size)
    addresses = {
        "clientes": reverse("customers", args=[NIT]),
        "cliente": reverse("customer", args=[NIT, buyer.pk]),
        "cliente-correo": reverse("customer_address", args=[NIT, buyer.pk]) + f"?correo={BOUNCED}",
        "cliente-correo-desactivado": reverse("customer_address", args=[NIT, buyer.pk]) + "?correo=lmontoya.piedraalta@example.com",
        "cliente-agregar": reverse("customer_add", args=[NIT]),
        "correo-recepcion": reverse("reception_directory", args=[NIT]) + "?nit=907.715.386-7",
    }

    for name, address in addresses.items():
        page.goto(live_server.url + address)
        look(page, name, size)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_empty_or_wrong_fits_too(page: Page, live_server: Any, scene: Scene, size: Any) -> None:
    furnish(scene)
    page.set_viewport_size(size)
    with company_scope(scene.company.pk):
        nobody = Customer.objects.get(identification=FINAL_CONSUMER)
        bare = Customer.objects.get(identification="1020304050")
    addresses = {
        "clientes-sin-resultados": reverse("customers", args=[NIT]) + "?q=zzz",
        "cliente-consumidor-final": reverse("customer", args=[NIT, nobody.pk]),
        "cliente-sin-correos": reverse("customer", args=[NIT, bare.pk]),
        "correo-recepcion-digito": reverse("reception_directory", args=[NIT]) + "?nit=907715386-1",
        "correo-recepcion-no-esta": reverse("reception_directory", args=[NIT]) + "?nit=900373076",
        "correo-recepcion-inicio": reverse("reception_directory", args=[NIT]),
    }

    for name, address in addresses.items():
        page.goto(live_server.url + address)
        look(page, name, size)


def test_a_customer_is_added_and_found(page: Page, live_server: Any, scene: Scene) -> None:
    page.goto(live_server.url + reverse("documents", args=[NIT]))
    page.get_by_role("navigation", name="Principal").get_by_role("link", name="Clientes").click()
    page.get_by_role("link", name="Agregar cliente").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Identificación").fill("900.373.076-4")
    dialog.get_by_label("Nombre o razón social").fill("Ferretería La Esquina S.A.S.")
    dialog.get_by_label("Correo (opcional)").fill("compras.esquina@example.com")
    shoot(page, "cliente-agregar-dialogo-1280")
    dialog.get_by_role("button", name="Agregar").click()
    expect(page.get_by_text("quedó entre tus clientes")).to_be_visible()

    page.get_by_role("navigation", name="Ruta").get_by_role("link", name="Clientes").click()
    page.get_by_label("Buscar por nombre").fill("esquina")
    page.get_by_role("button", name="Buscar").click()

    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page.get_by_text("compras.esquina@example.com")).to_be_visible()
    assert page.url.endswith("?q=esquina")


def test_an_address_is_added_and_a_wrong_one_is_named_at_its_field(page: Page, live_server: Any, scene: Scene) -> None:
    page.goto(live_server.url + reverse("customer", args=[NIT, scene.busy.customer_id]))
    page.get_by_role("link", name="Agregar correo").click()
    page.get_by_role("dialog").get_by_label("Correo", exact=True).fill("jlópez@piedraalta.example.com")
    page.get_by_role("dialog").get_by_role("button", name="Agregar").click()
    expect(page.get_by_text("no puede recibir correo")).to_be_visible()
    shoot(page, "cliente-correo-error-1280", whole=True)
    assert serious(page) == []

    page.get_by_label("Correo", exact=True).fill("jlopez@piedraalta.example.com")
    page.get_by_label("Siempre").check()
    page.get_by_role("button", name="Agregar").click()

    expect(page.get_by_text("Se agregó jlopez@piedraalta.example.com.")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="jlopez@piedraalta.example.com")
    expect(row.get_by_text("Siempre", exact=True)).to_be_visible()


def test_an_address_is_switched_off_with_a_reason_and_on_again(page: Page, live_server: Any, scene: Scene) -> None:
    page.goto(live_server.url + reverse("customer", args=[NIT, scene.busy.customer_id]))
    page.get_by_role("link", name=f"Desactivar… {BOUNCED}").click()
    page.get_by_role("dialog").get_by_label("Motivo").fill("El buzón ya no existe")
    shoot(page, "cliente-desactivar-dialogo-1280")
    page.get_by_role("dialog").get_by_role("button", name="Desactivar").click()
    expect(page.get_by_text(f"{BOUNCED} ya no recibe los documentos")).to_be_visible()
    expect(page.get_by_text("El buzón ya no existe")).to_be_visible()
    shoot(page, "cliente-desactivado-1280", whole=True)

    page.get_by_role("button", name=f"Activar {BOUNCED}").click()
    expect(page.get_by_text(f"{BOUNCED} vuelve a recibir los documentos.")).to_be_visible()
    page.get_by_role("link", name=f"Historial del correo {BOUNCED}").click()

    expect(page.get_by_text("Lo desactivó")).to_be_visible()
    expect(page.get_by_text("«El buzón ya no existe»")).to_be_visible()
    expect(page.get_by_text("Devuelto (dirección inválida)")).to_be_visible()


def test_the_address_of_dians_list_is_kept_among_the_customers(page: Page, live_server: Any, scene: Scene) -> None:
    page.goto(live_server.url + reverse("reception_directory", args=[NIT]))
    page.get_by_label("NIT", exact=True).fill("907.715.386-7")
    page.get_by_role("button", name="Buscar").click()
    expect(page.get_by_text("No está entre los correos del cliente")).to_be_visible()
    page.get_by_role("link", name=BUYER).click()

    page.get_by_role("link", name="Guardarlo recepcion.piedraalta@example.net").click()
    page.get_by_role("dialog").get_by_role("button", name="Agregar").click()

    expect(page.get_by_text("Se agregó recepcion.piedraalta@example.net.")).to_be_visible()


def test_whoever_administers_the_platform_uploads_the_list(page: Page, live_server: Any, scene: Scene, tmp_path: Any) -> None:
    scene.accountant.is_staff = True
    scene.accountant.save()
    file = tmp_path / "emails.csv"
    file.write_text('"900373076","fe.nueva@example.com","2026-03-01"\n"800197268","NULL","NULL"\n')
    page.goto(live_server.url + reverse("reception_directory", args=[NIT]))
    page.get_by_label("Archivo CSV de la lista").set_input_files(file)
    shoot(page, "correo-recepcion-carga-1280", whole=True)
    assert serious(page) == []

    page.get_by_role("button", name="Cargar la lista").click()

    expect(page.get_by_text("Lista cargada: 1 filas leídas; 1 sin NIT o sin correo.")).to_be_visible()
    assert ReceptionDirectory.objects.filter(nit="900373076", address_key="fe.nueva@example.com").exists()


def test_without_a_script_an_address_is_switched_off(
    browser: Browser, live_server: Any, sign_in: Any, browser_context_args: dict[str, Any]
) -> None:
    scene = played()
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, scene.accountant)
    page = context.new_page()
    page.goto(live_server.url + reverse("customer", args=[NIT, scene.busy.customer_id]))

    page.get_by_role("link", name=f"Desactivar… {BOUNCED}").click()
    page.get_by_role("button", name="Desactivar").click()
    expect(page.get_by_text("Escribe el motivo")).to_be_visible()
    shoot(page, "cliente-desactivar-error-1280", whole=True)
    page.get_by_label("Motivo").fill("El buzón ya no existe")
    page.get_by_role("button", name="Desactivar").click()

    expect(page.get_by_text(f"{BOUNCED} ya no recibe los documentos")).to_be_visible()
    context.close()
