"""Reenviar Notificación, from the document."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from invoices.models import Company, ElectronicDocument, Membership, ReceptionDirectory, RecipientEmail, User
from invoices.scope import company_scope
from notifications import services
from notifications.models import Delivery, Notification
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
NIT = "900373076"


@pytest.fixture
def company() -> Company:
    return factories.company(nit=NIT)


def url(document: ElectronicDocument) -> str:
    """The form's address."""
    return reverse("resend", args=[NIT, document.pk])


def filled(client: Client, document: ElectronicDocument, **typed: Any) -> dict[str, Any]:
    """The form as it opens, sent back with what was typed."""
    form = client.get(url(document)).context["form"]
    data: dict[str, Any] = {"ficha": form.ticket}
    for line in form.lines:
        data |= {f"antes_{line.index}": line.row.address, f"correo_{line.index}": line.address}
        data |= {f"enviar_{line.index}": "on"} if line.on else {}
    return data | typed


def addresses(document: ElectronicDocument) -> list[str]:
    """Every address that a resend owes a message to, in the order of the acts."""
    rows = Delivery.across.filter(document=document, notification__origin__in=["resend", "bulk"])
    return list(rows.order_by("created_at", "address").values_list("address", flat=True))


def failed_and_sent(company: Company) -> ElectronicDocument:
    """A document whose first address bounced and whose second got it."""
    document = factories.document(company, addresses=("malo@example.com", "bueno@example.com"))
    services.notify(document=document, now=NOON)
    Delivery.objects.filter(address="malo@example.com").update(state="bounced", queue="done", reason="no_mailbox", settled_at=NOON)
    Delivery.objects.filter(address="bueno@example.com").update(state="sent", queue="done", sent_at=NOON, settled_at=NOON)
    return document


def test_failed_addresses_are_offered_on_and_those_that_have_it_off(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = failed_and_sent(company)

    response = client.get(url(document))

    assert [(line.address, line.on) for line in response.context["form"].lines] == [
        ("malo@example.com", True),
        ("bueno@example.com", False),
    ]
    assert "Ya se le envió" in response.content.decode()


def test_a_corrected_address_replaces_the_failed_one_and_is_saved_when_asked(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = failed_and_sent(company)

    response = client.post(url(document), filled(client, document, correo_0="Corregido@Example.com", guardar_0="on", nota="por teléfono"))

    assert response.status_code == 302
    assert response["Location"] == reverse("document", args=[NIT, document.pk])
    assert addresses(document) == ["corregido@example.com"]
    old = Delivery.across.get(address="malo@example.com")
    assert old.replaced_by == Delivery.across.get(address="corregido@example.com")
    assert RecipientEmail.across.filter(address_key="corregido@example.com", source="resend").exists()
    assert Notification.across.get(origin="resend").note == "por teléfono"


def test_pressing_twice_sends_once(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = failed_and_sent(company)
    data = filled(client, document)

    first = client.post(url(document), data)
    second = client.post(url(document), data)

    assert (first.status_code, second.status_code) == (302, 302)
    assert addresses(document) == ["malo@example.com"]


def test_what_another_person_sent_meanwhile_is_told_and_nothing_is_sent(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = failed_and_sent(company)
        data = filled(client, document)
        other = factories.member(company, name="Julián Torres")
        services.resend(document=document, targets=[services.Target("malo@example.com")], note="", by=other, now=NOON)

    response = client.post(url(document), data)

    assert response.status_code == 422
    assert "Julián Torres lo notificó" in response.content.decode()
    assert addresses(document) == ["malo@example.com"]


def test_an_address_that_cannot_receive_is_refused_beside_its_field(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = failed_and_sent(company)

    response = client.post(url(document), filled(client, document, correo_0="jlópez@example.com", otros="ñoño@example.com"))

    assert response.status_code == 422
    assert response.context["form"].lines[0].error.startswith("«jlópez@example.com» no puede recibir correo")
    assert response.context["form"].errors["otros"].startswith("«ñoño@example.com» no puede recibir correo")
    assert addresses(document) == []


def test_other_addresses_are_added_once_each(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = failed_and_sent(company)

    client.post(url(document), filled(client, document, otros="A@example.com; a@example.com, malo@example.com", guardar_otros="on"))

    assert sorted(addresses(document)) == ["a@example.com", "malo@example.com"]
    assert RecipientEmail.across.filter(address_key="a@example.com").exists()


def test_nobody_chosen_is_an_error_not_a_mail(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company, addresses=())

    response = client.post(url(document), filled(client, document))

    assert response.status_code == 422
    assert "Elige al menos un correo, o agrega uno." in response.content.decode()


def test_a_forged_ticket_sends_nothing(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = failed_and_sent(company)

    response = client.post(url(document), filled(client, document, ficha="x:y"))

    assert response.status_code == 422
    assert addresses(document) == []


def test_the_address_in_dians_list_is_offered_when_it_is_another(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = failed_and_sent(company)
        ReceptionDirectory.objects.create(
            nit=document.customer.identification,
            address_key="fe@example.com",
            first_seen=NOON.date(),
            last_seen=NOON.date(),
        )

    form = client.get(url(document), {"correo": "fe@example.com"}).context["form"]

    assert [(line.address, line.row.source, line.on) for line in form.lines if line.row.source == "dian"] == [
        ("fe@example.com", "dian", True)
    ]


def test_what_dian_rejected_shows_the_reason_and_no_form(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company, dian_status="rejected")

    shown = client.get(url(document)).content.decode()

    assert "La DIAN lo rechazó: no se notifica al cliente." in shown
    assert 'name="otros"' not in shown


def test_an_auditor_may_not(client: Client, company: Company) -> None:
    client.force_login(factories.member(company, Membership.Role.AUDITOR))
    with company_scope(company.pk):
        document = failed_and_sent(company)

    assert client.post(url(document), {"otros": "a@example.com"}).status_code == 403


def test_the_form_asks_a_known_number_of_questions(
    client: Client, company: Company, accountant: User, django_assert_max_num_queries: Any
) -> None:
    with company_scope(company.pk):
        document = factories.document(company, addresses=tuple(f"c{number}@example.com" for number in range(9)))
        services.notify(document=document, now=NOON + timedelta(hours=1))

    with django_assert_max_num_queries(19):
        client.get(url(document))
