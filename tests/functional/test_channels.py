"""*Canales de correo*, and the buttons that hurry or stop one message, in a browser."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from invoices.models import Company, ElectronicDocument, Membership, User
from invoices.scope import company_scope
from notifications import channel_registry, company_channels
from notifications.mail_dns import Answer, Check
from notifications.models import Attempt, ChannelHealth, Delivery, MailChannel
from tests import factories
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways
from tests.functional.document_scene import NIT

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]
Role = Membership.Role
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])
DMARC = "Crea en _dmarc.elroble.example.com un registro TXT; para empezar basta «v=DMARC1; p=none»."
DKIM = "Mira en tu proveedor de correo si la firma DKIM está activa para este dominio."
CHECKS = [
    asdict(Check("SPF", Answer.YES, "v=spf1 include:_spf.example.com -all", "El dominio dice qué servidores pueden enviar en su nombre.")),
    asdict(Check("DMARC", Answer.NO, "", "El dominio no dice qué hacer con los correos falsos.", DMARC)),
    asdict(Check("DKIM", Answer.UNKNOWN, "", "No está con los selectores más usados; puede estar con otro.", DKIM)),
]


@pytest.fixture
def company() -> Company:
    return factories.company(nit=NIT, name="Ferretería El Roble S.A.S.", trade_name="El Roble")


@pytest.fixture
def admin(company: Company, context: BrowserContext, sign_in: SignIn) -> User:
    person = factories.member(company, role=Role.ADMINISTRATOR, email="m.penuela@example.com", name="Mariana Peñuela Rojas")
    sign_in(context, person)
    return person


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    """Of four addresses: put off, given up, waiting for its first turn, and sent."""
    now = timezone.now()
    with company_scope(company.pk):
        made = factories.document(company, number="FER-12790", at=now - timedelta(hours=3))
        later, gone = now + timedelta(hours=1), now - timedelta(minutes=5)
        rows: dict[str, dict[str, Any]] = {
            "compras.piedraalta@example.com": {"state": "deferred", "reason": "temporary", "attempts": 2, "next_at": later},
            "archivo.piedraalta@example.com": {
                "state": "soft_bounced",
                "reason": "expired",
                "attempts": 12,
                "queue": "dead",
                "settled_at": gone,
            },
            "cartera.piedraalta@example.com": {"next_at": now - timedelta(hours=1)},
            "tesoreria.piedraalta@example.com": {"state": "sent", "queue": "done", "sent_at": gone, "settled_at": gone, "attempts": 1},
        }
        for address, fields in rows.items():
            row = factories.delivery(made, address, at=now - timedelta(hours=1), **fields)
            for number in range(1, min(row.attempts, 2) + 1):
                outcome, code = ("accepted", 250) if row.state == "sent" else ("temp", 451)
                reply = "2.0.0 Ok: queued as 4F2B31C0D" if row.state == "sent" else "4.7.1 Greylisted, try again later"
                Attempt.objects.create(
                    company=company,
                    delivery=row,
                    number=number,
                    outcome=outcome,
                    code=code,
                    reply=reply,
                    phase="rcpt",
                    started_at=gone,
                    finished_at=gone,
                )
        return made


@pytest.fixture
def crowd(company: Company, admin: User, document: ElectronicDocument) -> MailChannel:
    """A channel that no longer takes its password and is in use, a provider that reports, and one whose notices lack their key."""
    now = timezone.now()
    url = "smtp://facturacion:x@mail.elroble.example.com/?from=facturacion%40elroble.example.com"
    stopped = factories.mail_channel(company, url, label="Correo del hosting", tested_at=now, test_result={"checks": CHECKS})
    hook = f"reports=webhook&hook={'k' * 40}&hook.webhook_secret=traza:x"
    factories.mail_channel(
        company, f"anymail+postmark://?server_token=x&from=facturas%40elroble.example.com&{hook}", label="Postmark de facturación"
    )
    factories.mail_channel(
        company, "anymail+mailgun://?api_key=x&sender_domain=mg.elroble.example.com&from=facturas%40mg.elroble.example.com", label="Mailgun"
    )
    with company_scope(company.pk):
        company_channels.choose(company=company, name=stopped.name, by=admin, at=now)
    ChannelHealth.objects.create(
        name=stopped.name,
        failures=3,
        open_until=now + timedelta(minutes=3),
        last_error="535 5.7.8 Username and Password not accepted. Learn more at support",
    )
    return stopped


def fits(page: Page) -> tuple[list[str], int]:
    """What axe and the right edge say; ``([], 0)`` is well."""
    return serious(page), sideways(page)


def see(page: Page, live_server: Any, size: dict[str, int], name: str, *args: Any) -> None:
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse(name, args=[NIT, *args]))


@SIZES
def test_the_channels_say_how_they_fare(page: Page, live_server: Any, crowd: MailChannel, size: dict[str, int]) -> None:
    see(page, live_server, size, "channels")

    shoot(page, f"canales-{size['width']}", whole=True)
    expect(page.get_by_text("El servidor no aceptó el usuario o la contraseña.")).to_be_visible()
    assert fits(page) == ([], 0)


@SIZES
def test_a_company_without_its_own_channel_sees_the_platforms(page: Page, live_server: Any, admin: User, size: dict[str, int]) -> None:
    see(page, live_server, size, "channels")

    shoot(page, f"canales-plataforma-{size['width']}", whole=True)
    expect(page.get_by_role("heading", name="Canal de la plataforma")).to_be_visible()
    assert fits(page) == ([], 0)


@SIZES
@pytest.mark.parametrize("kind", ["smtp", "microsoft"])
def test_a_channel_is_asked_for_in_one_form(page: Page, live_server: Any, admin: User, size: dict[str, int], kind: str) -> None:
    see(page, live_server, size, "channel_add", kind)

    page.get_by_role("button", name="Guardar").click()
    shoot(page, f"canal-{kind}-{size['width']}", whole=True)
    expect(page.get_by_text("Ponle un nombre para reconocerlo")).to_be_visible()
    assert fits(page) == ([], 0)


@SIZES
def test_a_provider_is_set_up_and_its_address_copied(page: Page, live_server: Any, admin: User, size: dict[str, int]) -> None:
    see(page, live_server, size, "channels")
    page.get_by_role("link", name="Postmark").click()
    page.get_by_label("Nombre del canal").fill("Postmark de facturación")
    page.get_by_label("Correo del remitente").fill("facturas@elroble.co")
    page.get_by_label("Token del servidor").fill("x")
    page.get_by_role("button", name="Guardar").click()

    shoot(page, f"canal-guardado-{size['width']}", whole=True)
    expect(page.get_by_label("Dirección para los avisos")).to_have_value(
        f"http://traza:{_secret()}@localhost:8000/hooks/{_row().hook_token}/postmark/tracking/"
    )
    assert fits(page) == ([], 0)


def _row() -> MailChannel:
    return MailChannel.objects.get()


def _secret() -> str:
    return channel_registry.read(_row()).hook_options["webhook_secret"].partition(":")[2]


@SIZES
def test_the_cards_of_a_document_offer_to_hurry_and_to_stop(
    page: Page, live_server: Any, admin: User, document: ElectronicDocument, size: dict[str, int]
) -> None:
    see(page, live_server, size, "document", document.pk)

    shoot(page, f"reintentar-{size['width']}", whole=True)
    page.get_by_role("button", name="Reintentar ahora archivo.piedraalta@example.com").click()
    expect(page.get_by_text("archivo.piedraalta@example.com: sale en unos segundos.")).to_be_visible()
    page.get_by_role("link", name="Cancelar envío cartera.piedraalta@example.com").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("no sale y no se vuelve a intentar")).to_be_visible()
    shoot(page, f"cancelar-{size['width']}")
    assert fits(page) == ([], 0)
    dialog.get_by_role("button", name="Cancelar envío").click()
    expect(page.get_by_text("El envío a cartera.piedraalta@example.com quedó cancelado.")).to_be_visible()

    with company_scope(document.company_id):
        assert dict(Delivery.objects.values_list("address", "queue")) == {
            "compras.piedraalta@example.com": "ready",
            "archivo.piedraalta@example.com": "ready",
            "cartera.piedraalta@example.com": "done",
            "tesoreria.piedraalta@example.com": "done",
        }
