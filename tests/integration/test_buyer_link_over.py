"""A buyer's link that is over: what it still shows, and who gets a new one."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from invoices import customers, directory_decisions
from invoices.models import Company, DirectoryDecision, ElectronicDocument
from invoices.scope import company_scope
from notifications import acknowledgements, buyer_links, services, suppressions
from notifications.models import CustomerAnswer, Delivery
from tests import factories
from tests.factories import NOON
from tests.integration.customer_pages import listed, text_of

pytestmark = pytest.mark.django_db
ADDRESS = "compras@example.com"
EXPIRED = NOON + timedelta(days=120)


@pytest.fixture
def company(time_machine: Any) -> Company:
    time_machine.move_to(NOON)
    return factories.company()


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    with company_scope(company.pk):
        return factories.document(company, number="FEV20418")


@pytest.fixture
def delivery(company: Company, document: ElectronicDocument) -> Delivery:
    with company_scope(company.pk):
        return factories.delivery(document)


@pytest.fixture
def link(delivery: Delivery) -> str:
    """The token in the mail, made at noon."""
    return token(delivery)


def token(delivery: Delivery) -> str:
    assert delivery.company_id is not None
    return buyer_links.make(company_id=delivery.company_id, delivery_id=delivery.pk)


def revoke(delivery: Delivery) -> None:
    with company_scope(delivery.company_id):
        buyer_links.revoke(delivery=delivery, by=factories.member(delivery.notification.company), now=NOON)


def ask(client: Client, link: str, **more: str) -> Any:
    return client.post(reverse("buyer_new_link", args=[link]), **more)


def sent_since(delivery: Delivery) -> list[str]:
    """The addresses of everything owed to anybody but for the first mail."""
    return [item.address for item in Delivery.across.filter(document=delivery.document_id).exclude(pk=delivery.pk)]


def test_a_link_whose_time_is_over_shows_the_number_and_no_more(
    client: Client, link: str, document: ElectronicDocument, time_machine: Any
) -> None:
    time_machine.move_to(EXPIRED)

    pages = [
        client.get(reverse("buyer", args=[link])),
        client.get(reverse("buyer_file", args=[link, "xml"])),
        client.post(reverse("buyer_confirm", args=[link])),
    ]

    assert [page.status_code for page in pages] == [410, 410, 410]
    page = text_of(pages[0])
    assert "Este enlace venció" in page
    assert "FEV20418" in page
    assert document.key not in page
    assert ADDRESS not in page
    assert "co•••@example.com" in page
    assert not CustomerAnswer.across.exists()


def test_a_new_link_goes_to_the_same_address_and_once_a_day(client: Client, delivery: Delivery, link: str, time_machine: Any) -> None:
    time_machine.move_to(EXPIRED)

    answers = [ask(client, link) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "todavía envía a co•••@example.com" in text_of(answers[0])
    assert sent_since(delivery) == [ADDRESS]


def test_a_link_that_still_works_leads_to_its_page_and_sends_nothing(
    client: Client, delivery: Delivery, link: str, time_machine: Any
) -> None:
    time_machine.move_to(NOON + timedelta(days=30))

    answer = ask(client, link)

    assert (answer.status_code, answer["Location"]) == (302, reverse("buyer", args=[link]))
    assert sent_since(delivery) == []


@pytest.mark.parametrize("days", [2, 120])
def test_a_revoked_link_says_what_it_is_and_gives_no_other(
    client: Client, delivery: Delivery, link: str, time_machine: Any, days: int
) -> None:
    revoke(delivery)
    time_machine.move_to(NOON + timedelta(days=days))

    page, asked = client.get(reverse("buyer", args=[link])), ask(client, link)

    assert [page.status_code, asked.status_code] == [410, 410]
    assert "Este enlace fue anulado" in page.content.decode()
    assert "no se puede pedir otro enlace" in page.content.decode()
    assert "<form" not in page.content.decode()
    assert sent_since(delivery) == []


def test_revoking_closes_every_link_that_the_address_received(client: Client, delivery: Delivery, document: ElectronicDocument) -> None:
    with company_scope(document.company_id):
        later = factories.delivery(document, at=NOON + timedelta(hours=1))
        other = factories.delivery(document, "tesoreria@example.com")

    revoke(later)

    assert client.get(reverse("buyer", args=[token(delivery)])).status_code == 410
    assert client.get(reverse("buyer", args=[token(other)])).status_code == 200


def test_a_person_who_notifies_again_gives_the_address_another_link(
    client: Client, delivery: Delivery, document: ElectronicDocument, link: str
) -> None:
    revoke(delivery)
    with company_scope(document.company_id):
        notification = services.resend(document=document, targets=[services.Target(ADDRESS)], note="", by=None, now=NOON)
        new = notification.deliveries.get()

    assert client.get(reverse("buyer", args=[token(new)])).status_code == 200
    assert client.get(reverse("buyer", args=[link])).status_code == 410


def off(document: ElectronicDocument) -> None:
    email = factories.email(document.customer, ADDRESS)
    customers.switch_off(email=email, reason="No es de ellos", by=factories.member(document.company), at=NOON)


def held(document: ElectronicDocument) -> None:
    suppressions.suppress(company=document.company, address=ADDRESS, reason="Lo pidió", by=factories.member(document.company), at=NOON)


def ignored(document: ElectronicDocument) -> None:
    listed(document.customer.identification, ADDRESS)
    by = factories.member(document.company)
    directory_decisions.decide(customer=document.customer, address=ADDRESS, choice=DirectoryDecision.Choice.IGNORE, by=by, at=NOON)


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("decided", [off, held, ignored])
def test_nothing_goes_to_an_address_that_the_company_no_longer_tells(company: Company, decided: Any, *, named: bool) -> None:
    """Ignoring DIAN's list says nothing of an address that the document itself names."""
    with company_scope(company.pk):
        document = factories.document(company, addresses=(ADDRESS,) if named else ())
        delivery = factories.delivery(document)
        decided(document)

        sent = acknowledgements.send_new_link(delivery=delivery, now=EXPIRED)

    assert sent is (named and decided is ignored)
    assert bool(sent_since(delivery)) is sent
