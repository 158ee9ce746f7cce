"""¿Por qué dice esto?: the cards of the document's page, with the fact that decided, the flags and the remedy."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invoices.models import Company, ElectronicDocument, ReceptionDirectory, User
from invoices.scope import company_scope
from notifications import cards, evidence, facts, problems, refold, services, suppressions
from notifications.cards import RecipientCard
from notifications.channels import Channel
from notifications.facts import NewFact
from notifications.lives import ReportKind as K
from notifications.models import Attempt, Delivery
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
NIT = "900373076"
LATER = NOON + timedelta(minutes=20)


@pytest.fixture
def company() -> Company:
    return factories.company(NIT)


def accepted(document: ElectronicDocument, address: str = "compras@example.com", **fields: Any) -> Delivery:
    """A message that our relay took at noon."""
    delivery = factories.delivery(document, address, **({"queue": "done", "sent_at": NOON, "attempts": 1} | fields))
    Attempt.objects.create(
        company=document.company,
        delivery=delivery,
        number=1,
        outcome="accepted",
        phase="dot",
        code=250,
        reply="2.0.0 Ok: queued as 8C41F2A0",
        host="smtp.example.net",
        tls="TLSv1.3",
        provider_id="8C41F2A0",
        sha256="ab" * 32,
        started_at=NOON,
        finished_at=NOON,
    )
    for name, value in refold.columns(refold.folded(delivery, delivery.queue)).items():
        setattr(delivery, name, value)
    delivery.save()
    return delivery


def say(delivery: Delivery, kind: K, **fields: Any) -> None:
    """A fact about the message, twenty minutes later, known one hour later."""
    given = {"kind": kind, "provider": "postmark", "channel": "default", "occurred_at": LATER, "token": delivery.token} | fields
    facts.record(NewFact(**given), inbound=None, now=LATER + timedelta(hours=1))


def page(client: Client, document: ElectronicDocument) -> str:
    """The document's page with blanks collapsed, two hours after noon."""
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        response = client.get(reverse("document", args=[NIT, document.pk]))
    return " ".join(response.content.decode().split())


def card_of(document: ElectronicDocument) -> RecipientCard:
    """The first card."""
    return cards.recipient_cards(document)[0]


def test_our_own_try_decided_and_everything_known_of_it_is_shown(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        accepted(document)

    shown = page(client, document)

    assert "Nuestro servidor de salida lo aceptó, y nadie ha informado nada después." in shown
    assert "<b>El hecho que decidió</b>" in shown
    assert "Intento 1: aceptado" in shown
    expected = (
        "250 2.0.0 Ok: queued as 8C41F2A0 Servidor: smtp.example.net · TLSv1.3 Identificador allí: 8C41F2A0 SHA-256 del mensaje: "
        + "ab" * 32
    )
    assert expected in shown


def test_a_report_decided_and_says_who_when_and_since_when_we_know(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        say(accepted(document), K.DELIVERED, text="250 2.0.0 accepted", host="mx.example.com", message_id="pm-1")

    shown = page(client, document)

    assert "Entregado al servidor del cliente" in shown
    assert "El servidor del cliente lo recibió: pesa más que «enviado» y que cualquier demora." in shown
    assert "Postmark: El servidor del cliente lo recibió" in shown
    assert 'lo supimos el <span class="tn text-nowrap">15/07/2026 13:20</span>' in shown
    assert "entregado el 15/07/2026 12:20" in shown
    assert "<b>Los demás hechos</b>" in shown
    assert "1 de 1 entregado<" in shown


def test_what_came_back_after_it_was_accepted_is_a_flag_with_its_rule(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        delivery = accepted(document)
        say(delivery, K.DELIVERED)
        say(delivery, K.BOUNCED, reason="no_mailbox", text="550 5.1.1")

    shown = page(client, document)

    assert "Devuelto tras aceptación." in shown
    assert "Antes lo había recibido el servidor del cliente, que lo devolvió." in shown
    assert "Devuelto tras aceptación: antes lo había recibido el servidor del cliente." in shown  # in the timeline
    assert "Suprimido desde el 15/07/2026:" in shown


FLAGS = {
    K.COMPLAINED: ["El cliente lo marcó como spam.", "Se deduce de lo que pasó en el buzón: nadie informó la entrega."],
    K.AUTORESPONDED: [
        "Se deduce de lo que pasó en el buzón: nadie informó la entrega.",
        "Contestó una máquina: no cuenta como respuesta.",
    ],
}


@pytest.mark.parametrize(("kind", "told"), FLAGS.items())
def test_flags_are_told_in_words(company: Company, kind: K, told: list[str]) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        say(accepted(document), kind)

        assert [flag.text for flag in card_of(document).flags] == told


def test_a_contradiction_asks_a_person_to_look(company: Company) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        delivery = accepted(document)
        say(delivery, K.BOUNCED, reason="no_mailbox")
        say(delivery, K.REPLIED)
        card = card_of(document)

        assert [flag.text for flag in card.flags] == ["Hay hechos que se contradicen: revisa."]
        assert card.ruling[1].startswith("Alguien dio señales desde el buzón")


@pytest.mark.parametrize(
    ("human", "line"),
    [
        (True, "Apertura probable — no es prueba de lectura."),
        (False, "Precarga automática: la abrió una máquina, y no cuenta."),
        (None, "Precarga automática: la abrió una máquina, y no cuenta."),
    ],
)
def test_an_opening_is_a_line_of_its_own_and_claims_no_reading(company: Company, human: bool | None, line: str) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        delivery = accepted(document)
        say(delivery, K.DELIVERED)
        say(delivery, K.OPENED, human=human)
        card = card_of(document)

        assert (card.engagement, card.delivery.state) == (line, "delivered")


def test_who_opened_stands_at_the_fact(company: Company) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        say(accepted(document), K.OPENED, human=False, judged=("UA de precarga",))

        [opened] = card_of(document).other_facts
        assert opened.title == "Postmark: Apertura (de una máquina)"
        assert "Por qué se juzgó así: UA de precarga" in opened.technical


def test_a_blind_channel_is_said_once_for_all_addresses(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        accepted(document, "a@example.com")
        accepted(document, "b@example.com")

    shown = page(client, document)

    assert shown.count("El servidor de salida no informa entregas: «Enviado» es lo último que se puede saber.") == 1
    assert "2 de 2 enviados<" in shown


def test_a_channel_that_reports_is_not_called_blind(client: Client, company: Company, accountant: User, settings: Any) -> None:
    settings.CHANNELS = {"default": Channel(name="default", backend="smtp", reports="webhook", host="127.0.0.1")}
    with company_scope(company.pk):
        document = factories.document(company)
        accepted(document)

    assert "no informa entregas" not in page(client, document)


def test_a_failure_that_was_made_good_counts_no_more(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company, addresses=("malo@example.com",))
        services.notify(document=document, now=NOON)
        bad = Delivery.objects.get()
        Delivery.objects.update(queue="done", sent_at=NOON, state="sent")
        say(bad, K.BOUNCED, reason="no_mailbox")
        services.resend(document=document, targets=[services.Target("bueno@example.com")], note="", by=accountant, now=LATER)
        good = Delivery.objects.get(address="bueno@example.com")
        say(good, K.DELIVERED)

    shown = page(client, document)

    assert '<b>Resuelto:</b> el documento le llegó a <b class="text-break">bueno@example.com</b>.' in shown
    assert "1 de 1 entregado<" in shown
    assert "Corregir y reenviar" not in shown


def test_a_reviewed_failure_says_by_whom_and_why(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        delivery = accepted(document)
        say(delivery, K.REJECTED, reason="policy_spam")
        problems.review(delivery_id=delivery.pk, note="Lo recibió en mano", by=accountant, now=LATER)

    assert "<b>Revisado</b> por Marcela Ríos el 15/07/2026 12:20: Lo recibió en mano" in page(client, document)


@pytest.mark.parametrize(
    ("kind", "reason", "button"),
    [
        (K.BOUNCED, "no_mailbox", "Corregir y reenviar"),
        (K.SOFT_BOUNCED, "mailbox_full", "Reintentar"),
        (K.REJECTED, "auth", "Reintentar"),
        (K.REJECTED, "too_large", "Cargar un PDF más liviano"),
        (K.SUPPRESSED, "suppressed", "Corregir y reenviar"),
    ],
)
def test_the_reasons_remedy_is_a_button(client: Client, company: Company, accountant: User, kind: K, reason: str, button: str) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        say(accepted(document), kind, reason=reason)

    card = page(client, document).split("<article")[1].split("</article>")[0]

    buttons = ("Corregir y reenviar", "Reintentar", "Cargar un PDF más liviano")
    assert [name for name in buttons if f"{name}<" in card] == [button]


def test_a_mistyped_domain_is_asked_with_one_click_to_mend_it(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company, addresses=("ana@gmial.com",))
        say(accepted(document, "ana@gmial.com"), K.BOUNCED, reason="bad_domain")

    shown = page(client, document)

    assert '¿Quisiste decir <b class="text-break">ana@gmail.com</b>?' in shown
    assert "/reenviar/?correo=ana%40gmial.com&amp;por=ana%40gmail.com" in shown


def test_dians_address_is_offered_in_the_place_of_the_failed_one(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        say(accepted(document), K.BOUNCED, reason="no_mailbox")
        nit, day = document.customer.identification, NOON.date()
        ReceptionDirectory.objects.create(nit=nit, address_key="fe@example.com", first_seen=day, last_seen=day)

    assert "/reenviar/?correo=compras%40example.com&amp;por=fe%40example.com" in page(client, document)


def test_no_more_than_a_hundred_facts_are_shown_and_the_one_that_decided_is_among_them(company: Company) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        delivery = accepted(document)
        say(delivery, K.DELIVERED, event_id="first")
        later = [
            NewFact(kind=K.OPENED, provider="postmark", channel="default", occurred_at=LATER + timedelta(seconds=n), token=delivery.token)
            for n in range(1, evidence.MOST_FACTS + 20)
        ]
        facts.record_all([(item, None) for item in later], now=LATER)
        card = card_of(document)

        assert len(card.other_facts) == evidence.MOST_FACTS
        assert card.decided
        assert card.decided.title == "Postmark: El servidor del cliente lo recibió"


def test_a_decider_that_is_no_fact_of_ours_is_left_out(company: Company) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        rows = [factories.delivery(document, f"{n}@example.com", decided_by=by) for n, by in enumerate(("event:x", "try:y", "verdict", ""))]

        assert evidence.deciders(rows) == {}


def test_an_address_that_is_held_back_can_be_let_go_from_its_card(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        delivery = accepted(document)
        say(delivery, K.COMPLAINED)
        [row] = suppressions.held([delivery.address_key]).values()

    assert f'href="{reverse("suppression_release", args=[NIT, row.pk])}?de={document.pk}" data-dialog' in page(client, document)


def test_the_acuses_tell_when_it_was_delivered(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        say(accepted(document), K.DELIVERED)

    shown = client.get(reverse("acknowledgements", args=[NIT, document.pk])).content.decode()

    assert "15/07/2026 12:20" in shown
