"""Problemas de entrega in a browser: three addresses, of which one bounces, is corrected, and nothing stays open."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from invoices.models import Company, ElectronicDocument, Membership, User
from invoices.scope import company_scope
from notifications import digest, inbound, outbox, services
from notifications.channels import Channel
from notifications.models import Delivery
from tests import factories, hook_posts
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways
from tests.integration.problem_scene import failed, listed, without_address
from tests.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]
NIT = "909482675"
GONE, FINE, SLOW = "facturas@piedraalta.example.net", "recepcion@piedraalta.example.com", "cartera@piedraalta.example.org"
RIGHT = "facturas@piedraalta.example.com"


@pytest.fixture
def company() -> Company:
    return factories.company(nit=NIT, name="Ferretería El Roble S.A.S.")


@pytest.fixture
def accountant(company: Company, context: BrowserContext, sign_in: SignIn) -> User:
    person = factories.member(company, email="m.rios@example.com", name="Marcela Ríos")
    sign_in(context, person)
    return person


@pytest.fixture
def channel(sink: Sink, settings: Any) -> None:
    """Our SMTP server, and a provider that tells what became of the mails."""
    told = {"hook": hook_posts.TOKEN, "hook_options": hook_posts.options(), "providers": ("postmark",)}
    settings.CHANNELS = {
        "default": Channel(name="default", backend="smtp", reports="webhook", host="127.0.0.1", port=sink.port, tls="no", **told)
    }


def post_delivered(address: str) -> None:
    """The provider reports that the latest message to the address was delivered."""
    delivery = Delivery.across.filter(address=address).order_by("-created_at")[0]
    event = {
        "RecordType": "Delivery",
        "MessageID": str(delivery.pk),
        "Recipient": address,
        "DeliveredAt": datetime.now(UTC).isoformat(),
        "Details": "250 2.0.0 Ok",
        "Metadata": {"delivery": str(delivery.pk)},
    }
    made = hook_posts.post("postmark", event)
    response = Client().post(made.path, made.body, content_type=made.content_type, headers=made.headers)
    assert response.status_code == 200
    assert inbound.process_waiting(clock=timezone.now) == 1


def send(wait: timedelta = timedelta()) -> None:
    """A worker sends what is due."""
    at = timezone.now() + wait
    outbox.drain(clock=lambda: at)


@pytest.fixture
def partial(company: Company, accountant: User, sink: Sink, channel: None) -> ElectronicDocument:
    """A document to three addresses: refused for ever, delivered, and delivered at the second try."""
    sink.replies[GONE] = ["550 5.1.1 The email account does not exist"]
    sink.replies[SLOW] = ["451 4.7.1 Greylisted, try again later"]
    now = timezone.now()
    with company_scope(company.pk):
        buyer = factories.customer(company, identification="907715386", name="Constructora Piedra Alta S.A.S.")
        document = factories.document(company, number="FER-12790", customer=buyer, at=now, addresses=(GONE, FINE, SLOW))
        services.notify(document=document, now=now, by=accountant)
    send()
    send(timedelta(hours=1))
    post_delivered(FINE)
    post_delivered(SLOW)
    return document


def test_a_bounced_address_is_corrected_and_the_problem_closes(
    page: Page, live_server: Any, partial: ElectronicDocument, sink: Sink
) -> None:
    page.goto(live_server.url + reverse("documents", args=[NIT]))
    expect(page.get_by_role("row").filter(has_text="FER-12790")).to_contain_text("Parcial 2/3")
    page.get_by_role("link", name="Problemas de entrega 1 abierto").click()
    group = page.get_by_role("region", name="El buzón no existe")
    expect(group).to_contain_text("Corrige el correo o usa el de recepción de la DIAN.")
    expect(group.get_by_role("row").filter(has_text="Constructora Piedra Alta")).to_contain_text(GONE)
    shoot(page, "problemas-uno-1280")
    group.get_by_role("link", name="Corregir y reenviar de Constructora Piedra Alta S.A.S.").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Correo nuevo").fill(RIGHT)
    expect(sheet.get_by_label("Guardar para el cliente")).to_be_checked()
    expect(sheet).to_contain_text("FER-12790")
    shoot(page, "problemas-corregir-1280")
    assert serious(page) == []
    sheet.get_by_role("button", name="Reenviar").click()

    expect(page.get_by_text(f"1 documento se reenvía a {RIGHT}.")).to_be_visible()
    expect(page.get_by_text("No hay problemas de entrega")).to_be_visible()
    send()
    post_delivered(RIGHT)
    page.goto(live_server.url + reverse("documents", args=[NIT]))
    expect(page.get_by_role("row").filter(has_text="FER-12790")).to_contain_text("Entregado 3/3")
    expect(page.get_by_role("link", name="Problemas de entrega", exact=True)).to_be_visible()
    assert len(sink.to(RIGHT)) == 1


@pytest.fixture
def morning(company: Company, accountant: User, settings: Any) -> Iterator[None]:
    """An accountant's morning: five causes, several customers, a second company."""
    second = factories.company(nit="909233408", name="Café Alto Guavio S.A.S.")
    third = factories.company(nit="908003745", name="Clínica Veterinaria Las Acacias Ltda.")
    for other in (second, third):
        Membership.objects.create(company=other, user=accountant, role=Membership.Role.ACCOUNTANT)
    with company_scope(company.pk):
        _failures(company)
    with company_scope(second.pk):
        failed(
            second,
            factories.customer(second, name="Panadería Trigo Dorado S.A.S."),
            "trigo@example.com",
            reason="mailbox_full",
            state="soft_bounced",
        )
    with time_machine.travel(factories.NOON + timedelta(hours=2), tick=False):
        yield


def _failures(company: Company) -> None:
    def customer(name: str, nit: str) -> Any:
        return factories.customer(company, name=name, identification=nit)

    salud = customer("Droguería Salud Vital 24 S.A.S.", "909096754")
    for index in range(7):
        failed(company, salud, "factura@gmial.com", number=f"FER-{12800 + index}", total=Decimal("1785000"))
    piedra = customer("Constructora Piedra Alta S.A.S.", "907715386")
    listed(piedra, "recepcion.piedraalta@example.net")
    for index in range(4):
        failed(company, piedra, "facturas.piedraalta@example.net", number=f"FER-{12700 + index}", total=Decimal("18529575"))
    for index, name in enumerate(["Ingeniería y Montajes Delta S.A.S.", "Hotel Mirador S.A.S.", "Fundación Semillas", "Textiles Andinos"]):
        failed(company, customer(name, f"90738742{index}"), f"contable{index}@example.org", number=f"FER-{12600 + index}")
    full = {"state": "soft_bounced", "reason": "mailbox_full"}
    for index in range(4):
        failed(company, salud, "trigodorado.fe@example.com", number=f"FER-{12500 + index}", **full)
    failed(
        company,
        customer("Hotel Mirador del Cocora S.A.S.", "908046239"),
        "recepcion.cocora@example.org",
        state="rejected",
        reason="policy_spam",
    )
    failed(company, customer("Taller Metalnorte S.A.S.", "909557843"), "compras@example.net", state="suppressed", reason="suppressed")
    without_address(company, customer("Andrés Felipe Quintero Salazar", "1990452637"), number="FER-12838")


@pytest.mark.parametrize("size", [DESK, {"width": 970, "height": 800}, PHONE], ids=["1280", "970", "360"])
def test_the_pages_fit_and_axe_finds_nothing_serious(page: Page, live_server: Any, morning: None, size: Any) -> None:
    page.set_viewport_size(size)
    found = {}
    row = page.get_by_role("link", name="7 documentos de Droguería Salud Vital 24 S.A.S.")
    for name in ("problems", "row", "all_problems", "daily_digest", "documents"):
        if name == "row":
            page.goto(live_server.url + reverse("problems", args=[NIT]))
            row.click()
        else:
            query = "?problema=abierto" if name == "documents" else ""
            page.goto(live_server.url + reverse(name, args=[NIT] if name in {"problems", "documents"} else []) + query)
        page.wait_for_load_state("networkidle")
        shoot(page, f"problemas-{name}-{size['width']}", whole=True)
        found[name] = (serious(page), sideways(page))

    assert found == {name: ([], 0) for name in found}


def test_without_javascript_a_mistyped_domain_is_asked_about_and_taken(
    browser: Browser,
    live_server: Any,
    company: Company,
    morning: None,
    accountant: User,
    sign_in: SignIn,
    browser_context_args: dict[str, Any],
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, accountant)
    page = context.new_page()
    page.goto(live_server.url + reverse("problems", args=[NIT]))

    page.get_by_role("link", name="Corregir y reenviar de Ingeniería y Montajes Delta S.A.S.").click()
    page.get_by_label("Correo nuevo").fill("delta@hotmial.com")
    page.get_by_role("button", name="Reenviar").click()
    expect(page.get_by_text("¿Quisiste decir delta@hotmail.com?")).to_be_visible()
    shoot(page, "problemas-parecido-1280", whole=True)
    page.get_by_role("button", name="Sí, usar ese").click()

    expect(page.get_by_text("1 documento se reenvía a delta@hotmail.com.")).to_be_visible()
    context.close()


def test_dians_address_is_one_press_and_a_review_wants_a_note(page: Page, live_server: Any, morning: None) -> None:
    page.goto(live_server.url + reverse("problems", args=[NIT]))
    page.get_by_role("button", name="Usar el correo de recepción DIAN de Constructora Piedra Alta S.A.S.").click()
    expect(page.get_by_text("4 documentos se reenvían a recepcion.piedraalta@example.net.")).to_be_visible()
    shoot(page, "problemas-hecho-1280")
    page.get_by_role("link", name="Marcar revisado de Ingeniería y Montajes Delta S.A.S.").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="Marcar revisado").click()
    expect(page.get_by_text("Escribe una nota")).to_be_visible()
    page.get_by_label("Nota").fill("La recibió impresa")
    shoot(page, "problemas-revisar-1280")
    page.get_by_role("button", name="Marcar revisado").click()

    expect(page.get_by_text("1 problema queda revisado.")).to_be_visible()


@pytest.mark.parametrize("width", [640, 360])
def test_the_digest_fits_and_axe_finds_nothing_serious(page: Page, accountant: User, morning: None, width: int) -> None:
    digest.send_due(now=timezone.now())
    mail = Delivery.across.get(address=accountant.email)

    page.set_viewport_size({"width": width, "height": 1200})
    page.set_content(mail.html_body)
    shoot(page, f"correo-resumen-{width}", whole=True)

    assert serious(page) == []
    assert sideways(page) == 0


def test_the_digest_of_a_good_day_says_so(page: Page, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        factories.delivery(document, state="delivered", queue="done", sent_at=timezone.now())
    digest.send_due(now=timezone.now())

    page.set_viewport_size({"width": 640, "height": 800})
    page.set_content(Delivery.across.get(address=accountant.email).html_body)
    shoot(page, "correo-resumen-vacio-640", whole=True)

    expect(page.get_by_role("heading", name="Sin problemas de entrega")).to_be_visible()
