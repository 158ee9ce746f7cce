"""Page 19 of the guide: how mails leave."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from invoices.models import ElectronicDocument
from invoices.scope import company_scope
from notifications import company_channels, mail_dns
from notifications.mail_dns import Answer, Check
from notifications.models import ChannelHealth, Delivery, MailChannel
from tests import factories
from tests.factories import NOON
from tests.functional.guide.story import NIT, Scene
from tests.functional.guide.walk import WELL, WalkOf, agrees, button, link

pytestmark = pytest.mark.django_db(transaction=True)
DMARC = "Crea en _dmarc.elroble.example.com un registro TXT; para empezar basta «v=DMARC1; p=none»."
CHECKS = [
    Check("SPF", Answer.YES, "v=spf1 include:_spf.elroble.example.com -all", "El dominio dice qué servidores pueden enviar en su nombre."),
    Check("DMARC", Answer.NO, "", "El dominio no dice qué hacer con los correos falsos.", DMARC),
    Check("DKIM", Answer.YES, "google: v=DKIM1; k=rsa; p=MIIB", "El dominio publica una clave con el selector «google»."),
]


@pytest.fixture
def stopped(scene: Scene) -> MailChannel:
    """The company's own channel, which no longer takes its password, and a message that waits for it."""
    url = "smtp://facturacion:x@mail.elroble.example.com/?from=facturacion%40elroble.example.com"
    row = factories.mail_channel(scene.company, url, label="Correo del hosting")
    with company_scope(scene.company.pk):
        company_channels.choose(company=scene.company, name=row.name, by=scene.admin, at=NOON)
        document = ElectronicDocument.objects.get(pk=scene.busy.pk)
        factories.delivery(document, "cartera.piedraalta@example.com", channel=row.name, next_at=NOON + timedelta(hours=1), attempts=2)
        factories.delivery(document, "pagos.piedraalta@example.com", channel=row.name, next_at=NOON + timedelta(hours=1), attempts=1)
    ChannelHealth.objects.create(
        name=row.name, failures=3, open_until=NOON + timedelta(minutes=3), last_error="535 5.7.8 Username and Password not accepted"
    )
    return row


def test_19_channels(walk: WalkOf, page: Page, scene: Scene, stopped: MailChannel, monkeypatch: Any) -> None:
    monkeypatch.setattr(mail_dns, "sender_checks", lambda *_, **__: CHECKS)
    steps = walk("19", by=scene.admin)
    steps.open("documents", NIT)
    steps.press(link(steps, "Configuración"))
    steps.press(link(steps, "Canales de correo"))
    steps.shoot("19-detenido", page.locator("main section.panel").first)
    steps.press(link(steps, "Servidor de correo (SMTP)"))
    page.get_by_label("Nombre del canal").fill("Facturación")
    page.get_by_label("Correo del remitente").fill("facturas@elroble.example.com")
    page.get_by_label("Servidor", exact=True).fill("smtp.elroble.example.com")
    page.get_by_label("Usuario").fill("facturas")
    page.get_by_label("Contraseña").fill("Girasol-amarillo-9")
    steps.shoot("19-agregar", page.locator("main section.panel"))
    steps.press(button(steps, "Guardar"))
    expect(page.get_by_text("quedó guardado")).to_be_visible()
    new = page.locator("section.panel").filter(has=page.get_by_role("heading", name="Facturación", exact=True))
    steps.press(new.get_by_role("button", name="Probar el canal"))
    steps.shoot("19-prueba", new)
    steps.press(new.get_by_role("button", name="Usar este canal"))
    expect(page.get_by_text("Desde ahora los correos salen por este canal.")).to_be_visible()
    steps.open("document", NIT, scene.busy.pk)
    steps.press(page.get_by_role("button", name="Reintentar ahora cartera.piedraalta@example.com"))
    expect(page.get_by_text("sale en unos segundos")).to_be_visible()

    assert agrees(steps) == WELL
    with company_scope(scene.company.pk):
        assert Delivery.objects.get(address="cartera.piedraalta@example.com", attempts=2).next_at <= NOON + timedelta(minutes=5)
