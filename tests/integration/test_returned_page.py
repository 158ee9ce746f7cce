"""Correos devueltos: a company hands in a bounce; Correos sin dueño: the superuser looks at what names nobody."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from invoices.models import Company, Membership, User
from invoices.scope import company_scope
from notifications import inbound, returned_uploads
from notifications.lives import DeliveryState, Queue
from notifications.models import Delivery, DeliveryEvent, InboundMessage
from tests import dsn_builders as build
from tests import factories
from tests.dsn_samples import sample
from tests.factories import NOON

pytestmark = pytest.mark.django_db
BOUNCE = sample("postfix: user unknown").raw
LATER = NOON + timedelta(minutes=20)


@pytest.fixture
def company() -> Company:
    return factories.company("909482675")


@pytest.fixture
def address(company: Company) -> str:
    return reverse("returned_mails", args=[company.nit])


@pytest.fixture
def delivery(company: Company) -> Delivery:
    """The message that the samples return."""
    with company_scope(company.pk):
        document = factories.document(company, number="FE-1001")
        sent = {"queue": Queue.DONE, "state": DeliveryState.SENT, "sent_at": NOON, "attempts": 1, "verdict": "sent"}
        return factories.delivery(document, build.ADDRESS, token=build.TOKEN, message_id=build.MESSAGE_ID, **sent)


@pytest.fixture
def accountant(company: Company, client: Client) -> User:
    person = factories.member(company)
    client.force_login(person)
    return person


@pytest.fixture
def superuser(client: Client) -> User:
    person = factories.user(is_superuser=True, is_staff=True)
    client.force_login(person)
    return person


def hand_in(client: Client, address: str, raw: bytes = BOUNCE, name: str = "devuelto.eml") -> Any:
    return client.post(address, {"correo": SimpleUploadedFile(name, raw, "message/rfc822")}, follow=True)


def arrive(raw: bytes) -> InboundMessage:
    message = inbound.store(
        channel="default", provider="imap", kind=InboundMessage.Kind.MAILBOX, content_type="", headers={}, body=raw, now=LATER
    )
    assert message is not None
    inbound.process_waiting(clock=lambda: LATER)
    message.refresh_from_db()
    return message


def test_a_bounce_that_is_handed_in_tells_why_and_of_which_document(client, address, accountant, delivery):
    response = hand_in(client, address)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.BOUNCED, "no_mailbox")
    for words in ("Correo leído", "FE-1001", build.ADDRESS, "El buzón no existe.", "User unknown in virtual mailbox table", "devuelto.eml"):
        assert words in response.content.decode()


def test_the_same_bounce_is_taken_once(client, address, accountant, delivery):
    hand_in(client, address)
    response = hand_in(client, address)

    assert "ya se había cargado" in response.content.decode()
    assert (InboundMessage.across.count(), DeliveryEvent.across.count()) == (1, 1)


def test_two_companies_may_hand_in_the_same_mail_and_only_the_owner_learns_something(client, address, accountant, delivery):
    stranger = factories.company()
    client.force_login(factories.member(stranger))
    theirs = hand_in(client, reverse("returned_mails", args=[stranger.nit])).content.decode()
    delivery.refresh_from_db()
    before = delivery.state

    client.force_login(accountant)
    hand_in(client, address)

    delivery.refresh_from_db()
    assert (before, delivery.state) == (DeliveryState.SENT, DeliveryState.BOUNCED)
    assert f"No nombra ningún envío de {stranger.name}" in theirs
    assert "FE-1001" not in theirs


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "El archivo está vacío."),
        (b"%PDF-1.7\n1 0 obj", "El archivo no es un correo"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Es un .msg de Outlook"),
    ],
)
def test_what_is_no_mail_is_refused_beside_the_field(client, address, accountant, raw, words):
    response = hand_in(client, address, raw)

    assert (response.status_code, words in response.content.decode()) == (422, True)
    assert not InboundMessage.across.exists()


def test_what_is_too_large_is_refused(client, address, accountant, monkeypatch):
    monkeypatch.setattr(returned_uploads, "MAX_BYTES", 100)

    response = hand_in(client, address)

    assert (response.status_code, "más de 10 MB" in response.content.decode()) == (422, True)


def test_nothing_chosen_is_said(client, address, accountant):
    response = client.post(address)

    assert (response.status_code, "Elige el correo devuelto" in response.content.decode()) == (422, True)


def test_an_auditor_reads_and_hands_in_nothing(client, address, company, accountant, delivery):
    hand_in(client, address)
    client.force_login(factories.member(company, role=Membership.Role.AUDITOR))

    seen = client.get(address).content.decode()
    refused = hand_in(client, address, sample("qmail").raw)

    assert ("FE-1001" in seen, "Cargar y leer" in seen, refused.status_code) == (True, False, 403)
    assert InboundMessage.across.count() == 1


def test_a_company_without_uploads_reads_what_the_page_is_for(client, address, accountant):
    assert "Aún no has cargado correos devueltos" in client.get(address).content.decode()


def test_an_answer_that_is_no_bounce_is_said(client, address, accountant):
    response = hand_in(client, address, build.answer(subject="Hola", body="Hola", answers=""))

    assert "No es una devolución ni responde a un correo nuestro." in response.content.decode()


def test_the_company_page_asks_a_known_number_of_questions(client, address, accountant, delivery, django_assert_max_num_queries):
    hand_in(client, address)
    for number in range(5):
        hand_in(client, address, BOUNCE.replace(b"aviso-1", b"aviso-%d" % (number + 2)))

    with django_assert_max_num_queries(11):
        client.get(address)


def test_the_box_is_there_for_the_superuser_alone(client, company, accountant):
    addresses = [reverse("orphans"), reverse("orphan_match", args=[company.pk]), reverse("orphan_read", args=[company.pk])]

    answers = [client.get(addresses[0]).status_code, *[client.post(address).status_code for address in addresses[1:]]]
    menu = client.get(reverse("returned_mails", args=[company.nit])).content.decode()

    assert (answers, "Correos sin dueño" in menu) == ([404, 404, 404], False)


def test_a_fact_without_owner_stands_in_the_box_with_its_reason(client, superuser):
    arrive(BOUNCE)

    seen = client.get(reverse("orphans")).content.decode()

    for words in ("El envío que nombra no existe.", build.ADDRESS, "El buzón no existe.", build.TOKEN, "Se busca otra vez"):
        assert words in seen


def test_a_fact_finds_its_owner_when_it_is_tried_again(client, superuser, company, request):
    arrive(BOUNCE)
    delivery = request.getfixturevalue("delivery")
    event = DeliveryEvent.across.get()

    response = client.post(reverse("orphan_match", args=[event.pk]), follow=True)

    delivery.refresh_from_db()
    assert "Encontró su envío" in response.content.decode()
    assert delivery.state == DeliveryState.BOUNCED
    assert client.post(reverse("orphan_match", args=[event.pk])).status_code == 404


def test_a_fact_that_still_names_nobody_stays(client, superuser):
    arrive(BOUNCE)

    response = client.post(reverse("orphan_match", args=[DeliveryEvent.across.get().pk]), follow=True)

    assert "Sigue sin dueño" in response.content.decode()


def test_a_message_that_says_nothing_stands_there_with_its_beginning(client, superuser):
    arrive(
        build.answer(subject="Cotización", body="Buenos días, ¿tienen <tornillos>?", answers="").replace(b"Date", b"X-Nul: \x00\xff\nDate")
    )

    seen = client.get(reverse("orphans"), {"ver": "mensajes"}).content.decode()

    assert "No es una devolución ni responde a un correo nuestro." in seen
    assert "¿tienen &lt;tornillos&gt;?" in seen


def test_a_message_may_be_read_again(client, superuser, delivery):
    message = arrive(BOUNCE)
    DeliveryEvent.across.all()
    InboundMessage.across.update(status="broken", error="ValueError: x", tries=3)

    response = client.post(reverse("orphan_read", args=[message.pk]), follow=True)

    message.refresh_from_db()
    assert ("Se leyó bien." in response.content.decode(), message.status, message.error) == (True, "done", "")


def test_the_box_is_read_page_by_page(client, superuser, monkeypatch, django_assert_max_num_queries):
    for number in range(60):
        inbound.store(
            channel="",
            provider="imap",
            kind=InboundMessage.Kind.MAILBOX,
            content_type="",
            headers={},
            body=b"Subject: %d\n\n" % number,
            now=LATER,
        )
    inbound.process_waiting(clock=lambda: LATER)

    with django_assert_max_num_queries(6):
        first = client.get(reverse("orphans"), {"ver": "mensajes"})
    second = client.get(reverse("orphans") + first.context["older"])

    rows = [message.pk for message, _ in (*first.context["lines"], *second.context["lines"])]
    assert (len(first.context["lines"]), len(set(rows))) == (50, 60)


@pytest.mark.parametrize("query", ["ver=otra", "pagina=x", "pagina=YSAwMTkwIGFiYw", "ver=mensajes&pagina=%00"])
def test_an_odd_address_shows_the_first_page(client, superuser, query):
    assert client.get(f"{reverse('orphans')}?{query}").status_code == 200
