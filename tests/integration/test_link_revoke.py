"""*Anular enlace*, on the card of an address."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invoices.audit import Action
from invoices.models import AuditEntry, Company, Membership
from invoices.scope import company_scope
from notifications import buyer_links
from notifications.models import Delivery
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return factories.company("900373076")


@pytest.fixture
def delivery(company: Company) -> Delivery:
    """A mail that arrived."""
    with company_scope(company.pk):
        return factories.delivery(factories.document(company), queue="done", state="delivered", sent_at=NOON, settled_at=NOON)


def enter(client: Client, company: Company, role: str = Membership.Role.ACCOUNTANT) -> None:
    client.force_login(factories.member(company, role))


def page(client: Client, company: Company, delivery: Delivery, *, days: int = 0) -> str:
    """The document's page, so many days after the mail."""
    with time_machine.travel(NOON + timedelta(days=days, hours=1), tick=False):
        return " ".join(client.get(reverse("document", args=[company.nit, delivery.document_id])).content.decode().split())


def revoke(client: Client, company: Company, delivery: Delivery) -> Any:
    return client.post(reverse("link_revoke", args=[company.nit, delivery.document_id, delivery.pk]), follow=True)


def test_the_card_says_until_when_and_offers_to_revoke(client: Client, company: Company, delivery: Delivery) -> None:
    enter(client, company)

    found = page(client, company, delivery)

    assert 'El enlace sirve hasta el <span class="tn text-nowrap">13/10/2026' in found
    assert "Anular enlace" in found


def test_after_ninety_days_the_card_says_that_it_is_over(client: Client, company: Company, delivery: Delivery) -> None:
    enter(client, company)

    found = page(client, company, delivery, days=91)

    assert "El enlace venció el" in found
    assert "Anular enlace" not in found


def test_a_revoked_link_answers_no_longer_and_the_card_says_since_when(client: Client, company: Company, delivery: Delivery) -> None:
    enter(client, company)

    done = revoke(client, company, delivery)

    link = reverse("buyer", args=[buyer_links.make(company_id=company.pk, delivery_id=delivery.pk)])
    assert "quedó anulado" in done.content.decode()
    assert "Enlace anulado el" in page(client, company, delivery)
    assert client.get(link).status_code == 410


def test_pressing_twice_leaves_one_line_in_the_trail(client: Client, company: Company, delivery: Delivery) -> None:
    enter(client, company)

    for _ in range(2):
        revoke(client, company, delivery)

    with company_scope(company.pk):
        assert AuditEntry.objects.filter(action=Action.LINK_REVOKED).count() == 1


def test_asking_first_changes_nothing(client: Client, company: Company, delivery: Delivery) -> None:
    enter(client, company)

    sheet = client.get(reverse("link_revoke", args=[company.nit, delivery.document_id, delivery.pk]))

    assert "Anular el enlace" in sheet.content.decode()
    with company_scope(company.pk):
        assert Delivery.objects.get().link_revoked_at is None


def test_an_auditor_is_not_offered_it(client: Client, company: Company, delivery: Delivery) -> None:
    enter(client, company, Membership.Role.AUDITOR)

    assert "Anular enlace" not in page(client, company, delivery)
    assert revoke(client, company, delivery).status_code == 403


def test_a_mail_that_did_not_arrive_has_no_link_to_speak_of(client: Client, company: Company, delivery: Delivery) -> None:
    enter(client, company)
    Delivery.across.filter(pk=delivery.pk).update(state="bounced", reason="no_mailbox")

    assert "El enlace sirve" not in page(client, company, delivery)
