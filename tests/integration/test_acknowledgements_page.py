"""Ver Acuses de Recibo Cliente."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from invoices.models import Company, ElectronicDocument, TitleEvent, User
from invoices.scope import company_scope
from notifications import acknowledgements, services
from notifications.models import CustomerAnswer, Notification
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def company() -> Company:
    return factories.company(nit="900373076")


@pytest.fixture
def accountant(company: Company) -> User:
    return factories.member(company, name="Marcela Ríos")


def page(client: Client, user: User, document: ElectronicDocument, **headers: str) -> Any:
    """The page, or the dialog when HTMX asks."""
    client.force_login(user)
    return client.get(reverse("acknowledgements", args=["900373076", document.pk]), headers=headers)


def text(response: Any) -> str:
    """The body with blanks collapsed."""
    return " ".join(response.content.decode().split())


def notified(company: Company, **fields: Any) -> ElectronicDocument:
    """A document that was notified once."""
    document = factories.document(company, addresses=("recepcionfe@empresa.com",), **fields)
    services.notify(document=document, now=NOON)
    return document


def test_only_the_last_notification_is_open_and_the_earlier_ones_are_folded(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = notified(company)
        services.resend(document=document, targets=[services.Target("cartera@empresa.com")], note="", by=accountant, now=LATER)

    response = page(client, accountant, document)

    assert [delivery.address for delivery in response.context["last"].deliveries.all()] == ["cartera@empresa.com"]
    assert "Reenvío del 15/07/2026 14:00, por Marcela Ríos." in text(response)
    assert "Notificaciones anteriores (1)" in text(response)


def test_each_address_has_its_result_its_reason_and_its_date(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = notified(company)
        document.deliveries.update(state="bounced", queue="done", reason="no_mailbox", settled_at=LATER)

    shown = text(page(client, accountant, document))

    assert "Devuelto (dirección inválida)" in shown
    assert "El buzón no existe." in shown
    assert "15/07/2026 14:00" in shown


def test_the_buyers_message_says_who_and_when(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = notified(company, customer_status="confirmed_by_customer")
        CustomerAnswer.objects.create(
            company=company,
            document=document,
            delivery=document.deliveries.get(),
            status="confirmed_by_customer",
            name="Paola Gil",
            message="Queda para pago.",
            answered_at=LATER,
        )

    shown = text(page(client, accountant, document))

    assert "<b>Paola Gil</b> confirmó que recibió el documento" in shown
    assert "Queda para pago." in shown
    assert "recepcionfe@empresa.com · 15/07/2026 14:00" in shown


def test_a_claim_after_a_confirmation_is_shown_with_it_and_before_it(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = notified(company)
        delivery = document.deliveries.get()
        acknowledgements.confirm(delivery=delivery, name="Paola Gil", message="Queda para pago.", now=NOON)
        acknowledgements.claim(delivery=delivery, code="03", name="", message="Faltaron dos cajas.", now=LATER)

    shown = text(page(client, accountant, document))

    claimed = "<b>recepcionfe@empresa.com</b> envió un reclamo: Mercancía entregada parcialmente"
    assert claimed in shown
    assert "Faltaron dos cajas." in shown
    assert shown.index(claimed) < shown.index("<b>Paola Gil</b> confirmó que recibió el documento")
    assert "Queda para pago." in shown
    assert "no es el evento 031" in shown


def test_the_automatic_confirmation_says_exactly_what_it_is(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = notified(company, customer_status="auto_confirmed", auto_confirmed_at=LATER)

    assert (
        "Confirmado Automáticamente el 15/07/2026 14:00: pasaron más de tres días sin respuesta del cliente. "
        "Es un estado de la plataforma, no la aceptación tácita (034)."
    ) in text(page(client, accountant, document))


def test_the_buyers_events_stand_apart(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = notified(company)
        TitleEvent.objects.create(
            company=company,
            document=document,
            code="033",
            name="Aceptación expresa",
            key="1" * 96,
            issued_at=NOON,
            sender_name="Cliente",
            sender_identification="800",
            file=document.files.get().file,
        )

    shown = text(page(client, accountant, document))

    assert "Eventos de Título Valor" in shown
    assert "<b>Evento 033</b> Aceptación expresa" in shown


def test_a_document_that_was_never_notified_says_so(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company, dian_status="rejected")

    shown = text(page(client, accountant, document))

    assert "Este documento no se ha notificado." in shown
    assert "La DIAN lo rechazó: no se notifica al cliente." in shown


def test_the_dialog_is_the_sheet_alone_and_the_cache_knows_them_apart(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = notified(company)

    dialog = page(client, accountant, document, HX_Request="true")

    assert "<html" not in text(dialog)
    assert "HX-Request" in dialog["Vary"]


def test_the_page_asks_a_known_number_of_questions(
    client: Client, company: Company, accountant: User, django_assert_max_num_queries: Any
) -> None:
    with company_scope(company.pk):
        document = notified(company)
        for number in range(5):
            services.resend(document=document, targets=[services.Target(f"c{number}@example.com")], note="", by=accountant, now=LATER)
        assert Notification.objects.filter(document=document).count() == 6
    client.force_login(accountant)

    with django_assert_max_num_queries(14):
        client.get(reverse("acknowledgements", args=["900373076", document.pk]))
