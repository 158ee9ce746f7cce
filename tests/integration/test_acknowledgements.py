"""The buyer's button and the automatic confirmation."""

from datetime import timedelta

import pytest
from django.urls import reverse

from invoices.models import ElectronicDocument, HistoryEntry
from invoices.scope import company_scope
from notifications import acknowledgements, buyer_links, outbox, services
from notifications.models import CustomerAnswer, Delivery
from notifications.services import Target
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


def sent(company, sink, addresses=("a@x.example",)):
    with company_scope(company.pk):
        document = factories.document(company, addresses=addresses)
        services.notify(document=document, now=NOON)
    outbox.drain(clock=lambda: NOON)
    return ElectronicDocument.across.get(pk=document.pk)


def status(document):
    return ElectronicDocument.across.get(pk=document.pk).customer_status


@pytest.fixture
def company():
    return factories.company()


def link(document):
    delivery = Delivery.across.filter(document=document).order_by("pk").first()
    return reverse("buyer", args=[buyer_links.make(company_id=document.company_id, delivery_id=delivery.pk)])


def test_more_than_three_full_days_confirm(company, sink):
    document = sent(company, sink)

    at_term = acknowledgements.auto_confirm_due(now=NOON + 72 * HOUR)
    after = acknowledgements.auto_confirm_due(now=NOON + 72 * HOUR + timedelta(seconds=1))

    assert (at_term, after, status(document)) == (0, 1, "auto_confirmed")
    with company_scope(company.pk):
        assert HistoryEntry.objects.order_by("-seq").first().event == "auto_confirmed"


def test_a_resend_restarts_nothing(company, sink):
    document = sent(company, sink)
    with company_scope(company.pk):
        services.resend(document=document, targets=[Target("a@x.example")], note="", by=None, now=NOON + 50 * HOUR)
    outbox.drain(clock=lambda: NOON + 50 * HOUR)

    acknowledgements.auto_confirm_due(now=NOON + 73 * HOUR)

    assert status(document) == "auto_confirmed"


def test_without_a_delivery_that_was_sent_nothing_is_confirmed(company, sink):
    sink.replies["a@x.example"] = ["451 4.7.1 later"] * 30
    document = sent(company, sink)

    acknowledgements.auto_confirm_due(now=NOON + 1000 * HOUR)

    assert status(document) == "not_sent"


def test_business_days_of_the_company_count(company, sink):
    company.auto_confirm_calendar = "business"
    company.save()
    document = sent(company, sink)  # Wednesday noon; Monday 20 July is a holiday

    early = acknowledgements.auto_confirm_due(now=NOON + timedelta(days=5))
    acknowledgements.auto_confirm_due(now=NOON + timedelta(days=6, seconds=1))

    assert (early, status(document)) == (0, "auto_confirmed")


def test_a_wrong_address_comes_back_to_pending_when_another_is_reached(company, sink):
    sink.replies["a@x.example"] = ["550 5.1.1 no"]
    document = sent(company, sink)
    wrong = status(document)
    with company_scope(company.pk):
        services.resend(document=document, targets=[Target("b@x.example", corrects="a@x.example")], note="", by=None, now=NOON)
    outbox.drain(clock=lambda: NOON)

    assert (wrong, status(document)) == ("invalid_address", "pending")


@pytest.mark.parametrize("reply", ["451 4.7.1 later", "554 5.7.1 spam"])
def test_a_delay_or_a_policy_is_no_wrong_address(company, sink, reply):
    sink.replies["a@x.example"] = [reply]

    assert status(sent(company, sink)) == "not_sent"


def test_looking_changes_nothing(company, sink, client):
    document = sent(company, sink)
    page = link(document)

    answers = [client.get(page), client.get(f"{page}xml/"), client.head(page)]

    assert [response.status_code for response in answers] == [200, 200, 200]
    assert status(document) == "pending"
    assert client.get(f"{page}confirmar/").status_code == 405


def test_the_button_confirms_with_name_and_message(company, sink, client):
    document = sent(company, sink)

    response = client.post(f"{link(document)}confirmar/", {"nombre": "Paola Gil", "mensaje": "Recibida"}, follow=True)

    with company_scope(company.pk):
        entry = HistoryEntry.objects.order_by("-seq").first()
        assert (entry.event, entry.actor_name, entry.address, entry.data) == (
            "confirmed_by_customer",
            "Paola Gil",
            "a@x.example",
            {"message": "Recibida"},
        )
    assert status(document) == "confirmed_by_customer"
    assert "quedó confirmado que recibió" in response.content.decode()


def test_pressing_twice_keeps_the_first_answer(company, sink, client):
    document = sent(company, sink)

    for name in ("Paola", "Otro"):
        client.post(f"{link(document)}confirmar/", {"nombre": name})

    assert CustomerAnswer.across.get().name == "Paola"


def test_a_buyer_may_still_confirm_after_the_automatic_confirmation(company, sink, client):
    document = sent(company, sink)
    acknowledgements.auto_confirm_due(now=NOON + 80 * HOUR)

    client.post(f"{link(document)}confirmar/")

    assert status(document) == "confirmed_by_customer"


def test_a_message_that_is_too_long_is_named_and_kept(company, sink, client):
    document = sent(company, sink)

    response = client.post(f"{link(document)}confirmar/", {"mensaje": "x" * 1001})

    assert response.status_code == 422
    assert "hasta 1.000 caracteres" in response.content.decode()
    assert status(document) == "pending"


def test_the_link_in_the_mail_opens_the_page(company, sink, client, settings):
    settings.PUBLIC_URL = "http://testserver"
    sent(company, sink)
    [message] = sink.messages
    text = message.get_body(("plain",)).get_content()

    address = next(line for line in text.splitlines() if line.startswith("http://testserver/d/"))

    response = client.get(address)
    assert response.status_code == 200
    assert response["Referrer-Policy"] == "same-origin"
    assert "noindex" in response["X-Robots-Tag"]
