"""Ver Detalle Historial: the document's page."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invoices import history
from invoices.models import Company, DocumentConflict, ElectronicDocument, HistoryHead, Membership, TitleEvent, User
from invoices.scope import company_scope
from notifications import services
from notifications.models import Attempt, Delivery
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=10)


@pytest.fixture
def company() -> Company:
    return factories.company(nit="900373076", name="Ferretería El Roble S.A.S.")


@pytest.fixture
def accountant(company: Company) -> User:
    return factories.member(company, name="Marcela Ríos")


def page(client: Client, user: User, document: ElectronicDocument, **query: str) -> Any:
    """The page, ten minutes after noon."""
    client.force_login(user)
    with time_machine.travel(NOON + MINUTES, tick=False):
        return client.get(reverse("document", args=["900373076", document.pk]), query)


def text(response: Any) -> str:
    """The body with blanks collapsed."""
    return " ".join(response.content.decode().split())


def test_the_first_send_and_the_resend_stand_each_on_its_line(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company, addresses=("recepcionfe@empresa.com",))
        services.notify(document=document, now=NOON)
        targets = [services.Target("recepcionfe@empresa.com"), services.Target("cartera@empresa.com")]
        services.resend(document=document, targets=targets, note="pidió copia", by=accountant, now=NOON + MINUTES)

    shown = text(page(client, accountant, document))

    assert "<b>Notificación inicial a 1 correo</b>" in shown
    assert '<b>Reenvío a 2 correos</b> <span class="mut">por Marcela Ríos</span>' in shown
    assert 'cartera@empresa.com <span class="tag">Agregado al reenviar</span>' in shown
    assert "Nota: pidió copia" in shown


def test_failed_recipients_come_first_with_reason_and_remedy(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        factories.delivery(document, "a@example.com", state="sent", queue="done", sent_at=NOON)
        failed = factories.delivery(document, "z@example.com", state="bounced", queue="done", reason="no_mailbox", settled_at=NOON)
        Attempt.objects.create(
            company=company,
            delivery=failed,
            number=1,
            outcome="perm",
            code=550,
            reply="5.1.1 User unknown",
            host="mx.example.com",
            started_at=NOON,
            finished_at=NOON,
        )

    shown = text(page(client, accountant, document))

    assert shown.index("z@example.com</b>") < shown.index("a@example.com</b>")
    assert "<b>El buzón no existe.</b>" in shown
    assert "Corregir y reenviar" in shown
    assert "550 5.1.1 User unknown Servidor: mx.example.com" in shown
    assert "1 de 2 enviados" in shown


def test_an_address_that_was_replaced_is_no_card_any_more(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company, addresses=())
        new = factories.delivery(document, "bueno@example.com", state="sent", queue="done", sent_at=NOON)
        factories.delivery(document, "malo@example.com", state="bounced", queue="done", replaced_by=new)

    response = page(client, accountant, document)

    assert [card.delivery.address for card in response.context["cards"]] == ["bueno@example.com"]


def test_one_address_can_be_chosen(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company, addresses=("a@example.com", "b@example.com"))
        services.notify(document=document, now=NOON)
        history.append(document=document, event=history.Event.SENT, at=NOON, address="b@example.com")

    response = page(client, accountant, document, correo="a@example.com")

    told = [movement.title for day in response.context["timeline"].days for movement in day.movements]
    assert told == ["Notificación inicial a 2 correos"]
    assert response.context["timeline"].addresses == ["a@example.com", "b@example.com"]


def test_what_lies_before_the_previous_month_is_not_shown_but_offered_by_mail(client: Client, company: Company, accountant: User) -> None:
    before = NOON - timedelta(days=100)
    with company_scope(company.pk):
        document = factories.document(company, at=before)
        history.append(document=document, event=history.Event.ADDRESS_SAVED, at=NOON, address="a@example.com")

    response = page(client, accountant, document)

    told = [movement.entry.event for day in response.context["timeline"].days for movement in day.movements]
    assert told == ["address_saved"]
    assert "Aquí están los movimientos de junio y julio de 2026." in text(response)
    assert reverse("history_report", args=["900373076", document.pk]) in response.content.decode()


def test_without_a_movement_in_the_window_the_reason_stands_in_place_of_the_timeline(
    client: Client, company: Company, accountant: User
) -> None:
    with company_scope(company.pk):
        document = factories.document(company, at=NOON - timedelta(days=100))

    response = page(client, accountant, document)

    assert response.context["timeline"] is None
    assert "No tiene movimientos desde el 01/06/2026" in text(response)


def test_a_document_that_dian_rejected_opens_and_says_why_there_is_no_history(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company, dian_status=ElectronicDocument.Dian.REJECTED)

    response = page(client, accountant, document)

    assert response.status_code == 200
    assert "Solo documentos que la DIAN confirmó." in text(response)
    assert "Reenviar Notificación</a>" not in text(response)


def test_an_intact_chain_is_said_to_be_intact(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        services.notify(document=document, now=NOON)

    assert "Historial íntegro: 2 líneas encadenadas, verificadas el 15/07/2026 12:10." in text(page(client, accountant, document))


def test_a_chain_whose_head_does_not_fit_is_an_alarm(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        HistoryHead.objects.filter(document_id=document.pk).update(hash="f" * 64)

    assert "La cadena del historial no cierra." in text(page(client, accountant, document))


def test_a_conflict_and_undeliverable_addresses_are_told(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company, undeliverable_addresses=["jlópez@example.com"])
        file = document.files.get().file
        DocumentConflict.objects.create(company=company, document=document, file=file, content_sha256="0" * 64)

    shown = text(page(client, accountant, document))

    assert "Llegó otro contenido con la misma clave." in shown
    assert '<b>No se envió</b> a <b class="text-break">jlópez@example.com</b>' in shown


def test_the_buyers_events_are_shown(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        TitleEvent.objects.create(
            company=company,
            document=document,
            code="030",
            name="Acuse de recibo",
            key="1" * 96,
            issued_at=NOON,
            sender_name="Cliente S.A.",
            sender_identification="800",
            file=document.files.get().file,
        )

    assert "<b>Evento 030</b> Acuse de recibo" in text(page(client, accountant, document))


def test_what_a_buyer_wrote_is_escaped(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        history.append(document=document, event=history.Event.CONFIRMED, at=NOON, by="<i>yo</i>", data={"message": "<script>x</script>"})

    shown = text(page(client, accountant, document))

    assert "<script>x" not in shown
    assert "&lt;script&gt;x" in shown


def test_an_auditor_sees_it_without_a_way_to_send(client: Client, company: Company) -> None:
    auditor = factories.member(company, Membership.Role.AUDITOR)
    with company_scope(company.pk):
        document = factories.document(company)
        factories.delivery(document, state="bounced", queue="done", reason="no_mailbox")

    shown = text(page(client, auditor, document))

    assert "Corregir y reenviar" not in shown
    assert "Tu rol (Auditor) solo consulta." in shown


def test_another_companys_document_is_not_found(client: Client, company: Company, accountant: User) -> None:
    other = factories.company()
    with company_scope(other.pk):
        document = factories.document(other)

    assert page(client, accountant, document).status_code == 404


def test_the_page_asks_a_known_number_of_questions(
    client: Client, company: Company, accountant: User, django_assert_max_num_queries: Any
) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        for number in range(8):
            delivery: Delivery = factories.delivery(document, f"c{number}@example.com")
            Attempt.objects.create(company=company, delivery=delivery, number=1, started_at=NOON)
        for _ in range(20):
            history.append(document=document, event=history.Event.SENT, at=NOON, address="c1@example.com")
    client.force_login(accountant)

    with django_assert_max_num_queries(20), time_machine.travel(NOON + MINUTES, tick=False):
        client.get(reverse("document", args=["900373076", document.pk]))
