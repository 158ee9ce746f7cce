"""What came in from outside while we still tried, and what we learn of a try when its row has ended: nothing is sent twice."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests

from invoices.models import Company, ElectronicDocument, HistoryEntry
from invoices.scope import company_scope
from notifications import facts, inbound, outbox, provider_api, settle, steering, verp
from notifications.channels import parse_channel
from notifications.facts import NewFact
from notifications.lives import DeliveryState, Queue, ReportKind
from notifications.models import Attempt, Delivery, DeliveryEvent, InboundMessage, Notification, Suppression
from notifications.tracking import Outcome
from notifications.transport import Handover
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
K, S = ReportKind, DeliveryState


def after(minutes: int) -> Any:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def company() -> Company:
    return factories.company()


@pytest.fixture
def document(company: Company) -> Iterator[ElectronicDocument]:
    with company_scope(company.pk):
        yield factories.document(company)


def tried(document: ElectronicDocument, outcome: str | None = "unknown", **fields: Any) -> Delivery:
    """A message with one try."""
    delivery = factories.delivery(document, **{"attempts": 1, **fields})
    Attempt.objects.create(
        company=document.company, delivery=delivery, number=1, started_at=NOON, outcome=outcome, finished_at=NOON if outcome else None
    )
    return delivery


def leased(document: ElectronicDocument) -> Delivery:
    """A message that is being sent at this moment."""
    return tried(document, None, queue=Queue.LEASED, state=S.SENDING, lease=uuid4(), lease_until=after(20))


def learn(kind: ReportKind, of: Delivery, minutes: int = 1, **fields: Any) -> None:
    at = fields.pop("at", after(minutes))
    fact = NewFact(kind=kind, provider="postmark", channel=of.channel, token=of.token, occurred_at=at, **fields)
    facts.record(fact, inbound=None, now=after(minutes))


def answered(delivery: Delivery, outcome: Outcome, minutes: int = 2) -> None:
    """The answer to the only try, by the process that holds the row or once held it."""
    attempt = Attempt.objects.get(delivery=delivery)
    lease = delivery.lease or uuid4()
    settle.result(
        delivery_id=delivery.pk, attempt_id=attempt.pk, lease=lease, handover=Handover(outcome, "api", reply="x"), now=after(minutes)
    )


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.TEMPORARY, Outcome.CHANNEL])
def test_a_message_known_to_be_delivered_is_not_tried_again(document: ElectronicDocument, outcome: Outcome) -> None:
    delivery = leased(document)
    learn(K.DELIVERED, delivery)

    answered(delivery, outcome)
    settle.stranded(delivery_id=delivery.pk, now=after(60))

    delivery.refresh_from_db()
    assert (delivery.queue, delivery.state, delivery.lease) == (Queue.DONE, S.DELIVERED, None)
    assert not HistoryEntry.objects.filter(event__in=["deferred", "uncertain", "duplicate"]).exists()


def test_a_dead_workers_message_that_was_delivered_is_not_tried_again(document: ElectronicDocument) -> None:
    delivery = leased(document)
    learn(K.DELIVERED, delivery)

    settle.stranded(delivery_id=delivery.pk, now=after(21))

    delivery.refresh_from_db()
    assert (delivery.queue, delivery.state) == (Queue.DONE, S.DELIVERED)


def test_a_retry_that_a_person_asked_for_ends_when_it_turns_out_to_be_delivered(document: ElectronicDocument) -> None:
    delivery = tried(document, queue=Queue.DEAD, state=S.FAILED, attempts=3, settled_at=NOON)
    steering.retry_now(delivery=delivery, by=factories.member(document.company), now=after(1))

    learn(K.DELIVERED, delivery, 2)

    delivery.refresh_from_db()
    assert delivery.queue == Queue.DONE


def test_a_provider_that_has_it_in_its_queue_ends_the_wait_as_sent(document: ElectronicDocument) -> None:
    delivery = tried(document, queue=Queue.WAITING, state=S.SENDING, uncertain=True, next_at=after(10))

    learn(K.QUEUED, delivery)

    delivery.refresh_from_db()
    assert (delivery.queue, delivery.state, delivery.sent_at) == (Queue.DONE, S.SENT, after(1))


def test_what_a_machine_opened_ends_no_wait(document: ElectronicDocument) -> None:
    delivery = tried(document, queue=Queue.WAITING, state=S.SENDING, uncertain=True, next_at=after(10))

    learn(K.OPENED, delivery, human=False)

    delivery.refresh_from_db()
    assert (delivery.queue, delivery.state) == (Queue.WAITING, S.SENDING)


def test_another_machines_clock_dates_nothing_before_the_message(document: ElectronicDocument) -> None:
    delivery = tried(document, queue=Queue.WAITING, state=S.SENDING, uncertain=True, next_at=after(10))

    learn(K.DELIVERED, delivery, at=NOON - timedelta(days=9000))

    delivery.refresh_from_db()
    assert delivery.sent_at == delivery.created_at


def test_a_late_acceptance_of_what_was_cancelled_is_told_and_shown(document: ElectronicDocument) -> None:
    delivery = leased(document)
    settle.stranded(delivery_id=delivery.pk, now=after(21))
    settle.stranded(delivery_id=delivery.pk, now=after(40))
    delivery.refresh_from_db()
    steering.cancel(delivery=delivery, by=factories.member(document.company), now=after(41))

    answered(delivery, Outcome.ACCEPTED, 42)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.conflict, delivery.sent_at) == (S.SENT, True, after(42))
    assert HistoryEntry.objects.filter(event="sent", data__late=True).count() == 1


@pytest.mark.parametrize(
    ("code", "reply", "phase", "expected"),
    [
        (451, "Greylisting in action, please come back later", "rcpt", (S.SOFT_BOUNCED, "expired")),
        (450, "Requested mail action not taken: mailbox unavailable", "rcpt", (S.SOFT_BOUNCED, "expired")),
        (None, "Connection unexpectedly closed", "mail", (S.SOFT_BOUNCED, "expired")),
        (452, "4.2.2 Mailbox full", "rcpt", (S.SOFT_BOUNCED, "mailbox_full")),
        (None, "No se pudo preparar el mensaje (FileNotFoundError).", "prepare", (S.FAILED, "poison")),
    ],
)
def test_tries_used_up_claim_no_more_than_a_delay_says(
    document: ElectronicDocument, code: int | None, reply: str, phase: str, expected: tuple[str, str]
) -> None:
    delivery = tried(document, "temp", queue=Queue.DEAD)
    Attempt.objects.filter(delivery=delivery).update(code=code, reply=reply, phase=phase)

    learn(K.OPENED, delivery, human=False)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == expected


def test_a_person_cannot_retry_to_an_address_that_is_held_back(document: ElectronicDocument) -> None:
    delivery = tried(document, queue=Queue.DEAD, state=S.FAILED)
    Suppression.objects.create(
        company=document.company, address_key=delivery.address_key, reason="no_mailbox", source="bounce", created_at=NOON
    )

    with pytest.raises(steering.Invalid, match="suprimido"):
        steering.retry_now(delivery=delivery, by=factories.member(document.company), now=after(1))


def test_the_text_of_an_accounts_mail_is_forgotten_when_a_fact_ends_it() -> None:
    notification = Notification.across.create(kind=Notification.Kind.ACCOUNT, origin="initial", created_at=NOON)
    message = outbox.Message(address="ana@example.com", source=Delivery.Source.USER, sender="a@example.com", subject="clave", text="enlace")
    [delivery] = outbox.enqueue(notification=notification, messages=[message], channel="default", now=NOON)
    Delivery.across.filter(pk=delivery.pk).update(queue=Queue.WAITING, attempts=1)
    Attempt.across.create(delivery=delivery, number=1, outcome="unknown", started_at=NOON, finished_at=NOON)

    learn(K.DELIVERED, delivery)

    ended = Delivery.across.get(pk=delivery.pk)
    assert (ended.queue, ended.text_body) == (Queue.DONE, "")


RETURNED = (
    "From: mailer-daemon@x.co\r\nTo: {to}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n"
    "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.co\r\n\r\n"
    "Final-Recipient: rfc822; compras@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    "--B\r\nContent-Type: text/rfc822-headers\r\n\r\nX-Token: {token}\r\n\r\n--B--\r\n"
)


def test_a_companys_own_hook_says_nothing_of_another_companys_message(document: ElectronicDocument) -> None:
    delivery = tried(document, "accepted", queue=Queue.DONE, state=S.SENT, sent_at=NOON)
    url = f"anymail+postmark://?server_token=t&hook={'x' * 40}&hook.webhook_secret=a:b&reports=webhook"
    theirs = factories.mail_channel(factories.company(), url)
    body = json.dumps({"FromFull": {}, "RawEmail": RETURNED.format(to="a@x.co", token=delivery.token)}).encode()
    row = inbound.store(
        channel=theirs.name,
        provider="postmark",
        kind=InboundMessage.Kind.INBOUND,
        content_type="application/json",
        headers={},
        body=body,
        now=after(1),
    )
    assert row

    inbound.process_now(row, clock=lambda: after(1))

    delivery.refresh_from_db()
    assert (delivery.state, DeliveryEvent.across.get().delivery_id) == (S.SENT, None)


def test_a_returned_mail_without_a_date_is_one_fact_however_often_it_is_read(document: ElectronicDocument) -> None:
    delivery = tried(document, "accepted", queue=Queue.DONE, state=S.SENT, sent_at=NOON)
    raw = RETURNED.format(to=verp.return_path(delivery.token, "r.example.com"), token="").encode()
    row = inbound.store(
        channel="m", provider="imap", kind=InboundMessage.Kind.MAILBOX, content_type="message/rfc822", headers={}, body=raw, now=after(1)
    )
    assert row

    for minutes in (100, 200):
        inbound.read_again(row, now=after(minutes))
        inbound.process_now(row, clock=lambda at=minutes: after(at))  # type: ignore[misc]

    assert [event.occurred_at for event in DeliveryEvent.objects.all()] == [after(1)]


def answer(monkeypatch: pytest.MonkeyPatch, status: int, body: str) -> None:
    response = requests.Response()
    response.status_code, response._content = status, body.encode()
    monkeypatch.setattr(requests.Session, "request", lambda *_, **__: response)


PARTS = provider_api.Parts(
    sender="a@example.com",
    recipient="compras@example.com",
    reply_to="",
    subject="s",
    text="t",
    html="",
    headers={"X-Token": "0" * 32},
    metadata={"delivery": "1"},
)


@pytest.mark.parametrize(
    ("url", "status", "body", "reply"),
    [
        ("anymail+mandrill://?api_key=t", 200, '[{"email":"compras@example.com","status":"rejected","_id":"a1"}]', "rejected"),
        ("anymail+mandrill://?api_key=t", 200, '[{"email":"compras@example.com","status":"invalid","_id":"a1"}]', "invalid"),
        (
            "anymail+postmark://?server_token=t",
            422,
            '{"ErrorCode":406,"Message":"Found inactive addresses: compras@example.com."}',
            '{"ErrorCode":406,"Message":"Found inactive addresses: compras@example.com."}',
        ),
    ],
    ids=["rejected", "invalid", "unsaid"],
)
def test_one_refused_address_is_not_the_channels_fault(
    monkeypatch: pytest.MonkeyPatch, url: str, status: int, body: str, reply: str
) -> None:
    answer(monkeypatch, status, body)

    handover = provider_api.send_by_api(parse_channel("x", url), PARTS)

    assert (handover.outcome, handover.reply) == (Outcome.PERMANENT, reply)


def test_an_address_that_the_provider_refuses_is_suppressed_and_held_back(document: ElectronicDocument) -> None:
    delivery = leased(document)
    attempt = Attempt.objects.get(delivery=delivery)
    assert delivery.lease

    refused = Handover(Outcome.PERMANENT, "api", reply="rejected")
    settle.result(delivery_id=delivery.pk, attempt_id=attempt.pk, lease=delivery.lease, handover=refused, now=after(1))

    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason, Suppression.objects.get().source) == (S.SUPPRESSED, "suppressed", "provider")
