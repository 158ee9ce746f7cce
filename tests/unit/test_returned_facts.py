"""What a returned mail says of a message of ours."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.lives import ReportKind as K
from notifications.returned import read
from notifications.returned_facts import returned_facts
from tests import dsn_builders as build
from tests.dsn_builders import ADDRESS, MESSAGE_ID, TOKEN
from tests.dsn_samples import sample

NOW = datetime(2026, 7, 15, 20, 0, tzinfo=UTC)


def facts_of(raw, now=NOW):
    return returned_facts(read(raw), channel="default", now=now)


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("postfix: user unknown", K.BOUNCED, "no_mailbox"),
        ("a host: blacklist", K.REJECTED, "policy_spam"),
        ("exim: mailbox full", K.SOFT_BOUNCED, "mailbox_full"),
        ("exchange: expired", K.SOFT_BOUNCED, "expired"),
        ("zimbra", K.DEFERRED, "mailbox_full"),
        ("delivered", K.DELIVERED, ""),
        ("expanded", K.DELIVERED, ""),
        ("relayed", K.RELAYED, ""),
        ("qmail", K.BOUNCED, "no_mailbox"),
    ],
)
def test_a_report_is_one_fact(name, kind, reason):
    (fact,) = facts_of(sample(name).raw)

    assert (fact.kind, fact.reason, fact.provider, fact.channel) == (kind, reason, "dsn", "default")
    assert (fact.token, fact.message_id, fact.recipient) == (TOKEN, MESSAGE_ID, ADDRESS)


def test_a_fact_keeps_the_code_the_line_and_the_server():
    (fact,) = facts_of(sample("a host: blacklist").raw)

    assert (fact.status, fact.host) == ("5.7.1", "mx.ferreteria.example.co")
    assert fact.text == "smtp; 554 5.7.1 La IP 192.0.2.7 está en una lista negra (bl.example.net)"


def test_each_recipient_is_a_fact_of_its_own():
    assert [(fact.kind, fact.recipient) for fact in facts_of(sample("two recipients").raw)] == [
        (K.BOUNCED, ADDRESS),
        (K.DEFERRED, "cartera@ferreteria.example.co"),
    ]


def test_a_fact_happened_when_the_report_was_written_and_never_in_the_future():
    written = facts_of(sample("null mx").raw)[0].occurred_at
    ahead = facts_of(sample("null mx").raw, now=written - timedelta(days=1))[0].occurred_at
    undated = facts_of(sample("null mx").raw.replace(b"Date: ", b"X-Date: "))[0].occurred_at

    assert (written, ahead, undated) == (datetime(2026, 7, 15, 17, 3, tzinfo=UTC), written - timedelta(days=1), NOW)


def test_a_complaint_is_a_complaint():
    (fact,) = facts_of(build.complaint())

    assert (fact.kind, fact.reason, fact.provider, fact.token) == (K.COMPLAINED, "complaint", "arf", TOKEN)


def test_a_wish_to_get_no_more_is_no_complaint():
    (fact,) = facts_of(build.complaint(feedback="opt-out"))

    assert (fact.kind, fact.reason) == (K.UNSUBSCRIBED, "")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Estoy en vacaciones hasta el lunes.", "auto_reply"),
        ("Ana ya no labora en la compañía.", "address_change"),
        ("Cambié de correo: escríbeme a ana@nueva.example.co", "address_change"),
        ("Para entregar su mensaje, confirme que es una persona: confirmar remitente.", "challenge"),
    ],
)
def test_an_automatic_answer_says_what_kind_it_is(body, reason):
    (fact,) = facts_of(build.answer(subject="Respuesta automática", body=body))

    assert (fact.kind, fact.reason, fact.message_id, fact.recipient) == (K.AUTORESPONDED, reason, MESSAGE_ID, ADDRESS)


def test_an_answer_of_a_person_is_a_reply_to_the_message_it_names():
    (fact,) = facts_of(build.answer(subject="Re: factura", body="Recibida, gracias."))

    assert (fact.kind, fact.message_id, fact.text) == (K.REPLIED, MESSAGE_ID, "Recibida, gracias.")


def test_a_mail_that_names_nothing_of_ours_is_no_fact():
    assert facts_of(build.answer(subject="Cotización", body="Hola", answers="")) == []
