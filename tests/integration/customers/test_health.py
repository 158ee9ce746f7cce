"""How well each address of a customer receives mail, on the customer's page and on the address's own."""

from datetime import timedelta

import pytest
from django.test import Client

from invoices.models import Company, Customer, RecipientEmail, User
from invoices.scope import company_scope
from notifications import address_health, facts, suppressions
from notifications.facts import NewFact
from notifications.lives import ReportKind
from tests import factories
from tests.factories import NOON
from tests.integration.customer_pages import ADDRESS, text_of, url

pytestmark = pytest.mark.django_db


def told(company: Company, buyer: Customer, kind: ReportKind, *, hours: int, address: str = ADDRESS) -> None:
    """A message at noon, and what became of it some hours later."""
    delivery = factories.delivery(factories.document(company, customer=buyer), address, state="sent", queue="done", sent_at=NOON)
    at = NOON + timedelta(hours=hours)
    facts.record(NewFact(kind, "postmark", at, "default", token=delivery.token, reason="no_mailbox"), inbound=None, now=at)


def test_last_delivery_last_return_and_since_when_it_is_held_back(
    client: Client, company: Company, accountant: User, buyer: Customer, email: RecipientEmail
) -> None:
    with company_scope(company.pk):
        told(company, buyer, ReportKind.DELIVERED, hours=1)
        told(company, factories.customer(company), ReportKind.BOUNCED, hours=2)

    page = text_of(client.get(url("customer", buyer.pk)))

    assert 'Última entrega: <span class="tn text-nowrap">15/07/2026 13:00</span>' in page
    assert 'Última devolución: <span class="tn text-nowrap">15/07/2026 14:00</span>' in page
    assert "Suprimido desde el 15/07/2026" in page
    assert "El buzón no existe." in page


def test_a_mistyped_domain_is_told(client: Client, company: Company, accountant: User, buyer: Customer) -> None:
    with company_scope(company.pk):
        factories.email(buyer, "ana@gmial.com")

    page = text_of(client.get(url("customer", buyer.pk)))

    assert '¿Quisiste decir <span class="text-break">ana@gmail.com</span>?' in page
    assert "agregar/?correo=ana%40gmail.com" in page


def test_an_address_of_which_nothing_is_known_says_nothing(company: Company, email: RecipientEmail) -> None:
    with company_scope(company.pk):
        assert not address_health.of([ADDRESS])[ADDRESS].says_something


def test_the_newest_counts(company: Company, buyer: Customer) -> None:
    with company_scope(company.pk):
        told(company, buyer, ReportKind.DELIVERED, hours=3)
        told(company, buyer, ReportKind.DELIVERED, hours=1)

        assert address_health.of([ADDRESS])[ADDRESS].delivered_at == NOON + timedelta(hours=1)


def test_the_addresss_page_tells_the_same_and_what_people_did(
    client: Client, company: Company, accountant: User, buyer: Customer, email: RecipientEmail
) -> None:
    with company_scope(company.pk):
        row, _ = suppressions.suppress(company=company, address=ADDRESS, reason="Pidió que no", by=accountant, at=NOON)
        suppressions.release(suppression_id=row.pk, note="Se arrepintió", by=accountant, at=NOON)
        suppressions.suppress(company=company, address=ADDRESS, reason="Otra vez no", by=accountant, at=NOON)

    page = text_of(client.get(url("customer_address", buyer.pk), {"correo": ADDRESS}))

    assert "<b>Lo suprimió</b>" in page
    assert "<b>Lo reactivó</b> <div>«Se arrepintió»</div>" in page
    assert "Cómo recibe" in page
    assert "Una persona pidió no enviarle." in page


def test_what_another_company_knows_of_the_address_is_not_told(company: Company, email: RecipientEmail) -> None:
    other = factories.company()
    with company_scope(other.pk):
        told(other, factories.customer(other), ReportKind.BOUNCED, hours=1)

    with company_scope(company.pk):
        assert not address_health.of([ADDRESS])[ADDRESS].says_something
