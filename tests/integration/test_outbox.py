"""The life of a delivery against a real SMTP server and a real PostgreSQL."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from invoices.models import HistoryEntry
from invoices.scope import company_scope
from notifications import outbox, settle
from notifications.lives import DeliveryState, Queue
from notifications.models import Attempt, ChannelHealth, Delivery
from notifications.retry import MAX_TRIES
from notifications.tracking import Outcome
from notifications.transport import Handover
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def at(moment):
    return lambda: moment


@pytest.fixture
def company():
    return factories.company()


@pytest.fixture
def document(company):
    with company_scope(company.pk):
        return factories.document(company)


@pytest.fixture
def delivery(company, document):
    with company_scope(company.pk):
        return factories.delivery(document)


def events(delivery):
    with company_scope(delivery.company_id):
        return list(HistoryEntry.objects.filter(document_id=delivery.document_id).order_by("seq").values_list("event", flat=True))


def test_a_due_message_leaves_and_says_so(sink, delivery):
    tries = outbox.drain(clock=at(NOON))

    delivery = Delivery.across.get(pk=delivery.pk)
    assert tries == 1
    assert [message["X-Token"] for message in sink.messages] == [delivery.token]
    assert (delivery.queue, delivery.state, delivery.sent_at) == (Queue.DONE, DeliveryState.SENT, NOON)
    assert events(delivery) == ["imported", "sent"]
    assert delivery.document.delivery_status == "sent"
    assert delivery.document.customer_status == "pending"


def test_the_attempt_keeps_what_the_server_said(sink, delivery):
    outbox.drain(clock=at(NOON))

    attempt = Attempt.across.get(delivery=delivery)
    assert (attempt.outcome, attempt.phase, attempt.code, attempt.reply) == ("accepted", "dot", 250, "2.0.0 Ok: queued as 4BX1")
    assert attempt.host == f"127.0.0.1:{sink.port}"
    assert len(attempt.sha256) == 64


def test_one_message_when_two_workers_wake(sink, delivery):
    def work():
        try:
            outbox.drain(clock=at(NOON))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [message["X-Token"] for message in sink.messages] == [delivery.token]


def test_a_greylisted_message_is_deferred_and_then_sent(sink, delivery):
    sink.replies[delivery.address] = ["451 4.7.1 Greylisted"]

    outbox.drain(clock=at(NOON))
    deferred = Delivery.across.get(pk=delivery.pk)
    outbox.drain(clock=at(deferred.next_at))

    sent = Delivery.across.get(pk=delivery.pk)
    assert deferred.state == DeliveryState.DEFERRED
    assert timedelta(seconds=45) <= deferred.next_at - NOON <= timedelta(seconds=75)
    assert sent.state == DeliveryState.SENT
    assert events(delivery) == ["imported", "deferred", "sent"]


def test_a_retry_sends_the_same_bytes(sink, delivery):
    sink.data_replies[delivery.address] = ["451 4.3.0 Later"]

    outbox.drain(clock=at(NOON))
    outbox.drain(clock=at(NOON + timedelta(hours=1)))

    digests = set(Attempt.across.filter(delivery=delivery).values_list("sha256", flat=True))
    assert Attempt.across.filter(delivery=delivery).count() == 2
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("reply", "state", "reason"),
    [
        ("550 5.1.1 User unknown", DeliveryState.BOUNCED, "no_mailbox"),
        ("550 No such user", DeliveryState.BOUNCED, "no_mailbox"),
        ("554 5.7.1 Refused", DeliveryState.REJECTED, "policy_spam"),
    ],
)
def test_a_permanent_reply_ends_the_delivery(sink, delivery, reply, state, reason):
    sink.replies[delivery.address] = [reply]

    outbox.drain(clock=at(NOON))

    delivery = Delivery.across.get(pk=delivery.pk)
    assert (delivery.queue, delivery.state, delivery.reason) == (Queue.DONE, state, reason)
    assert delivery.document.delivery_status == "problem"


def test_the_document_says_wrong_address_when_every_delivery_bounced(sink, delivery):
    sink.replies[delivery.address] = ["550 5.1.1 User unknown"]

    outbox.drain(clock=at(NOON))

    delivery = Delivery.across.get(pk=delivery.pk)
    assert delivery.document.customer_status == "invalid_address"
    assert events(delivery) == ["imported", "bounced", "invalid_address"]


def test_tries_run_out_after_twelve(sink, delivery):
    sink.replies[delivery.address] = ["451 4.2.2 Mailbox full"] * 20
    moment = NOON

    for _ in range(20):
        outbox.drain(clock=at(moment))
        moment += timedelta(hours=16)

    delivery = Delivery.across.get(pk=delivery.pk)
    assert (delivery.queue, delivery.state, delivery.reason) == (Queue.DEAD, DeliveryState.SOFT_BOUNCED, "mailbox_full")
    assert len(sink.rcpts) == MAX_TRIES


def test_a_lost_reply_waits_for_evidence_and_is_then_sent_again(sink, delivery):
    sink.data_replies[delivery.address] = ["drop"]

    outbox.drain(clock=at(NOON))
    waiting = Delivery.across.get(pk=delivery.pk)
    outbox.drain(clock=at(NOON + timedelta(minutes=9)))
    patient = len(sink.messages)
    outbox.drain(clock=at(NOON + timedelta(minutes=11)))

    sent = Delivery.across.get(pk=delivery.pk)
    assert (waiting.queue, waiting.state, waiting.uncertain) == (Queue.WAITING, DeliveryState.SENDING, True)
    assert patient == 1
    assert (sent.state, sent.uncertain) == (DeliveryState.SENT, True)
    assert {message["Message-ID"] for message in sink.messages} == {delivery.message_id}
    assert events(delivery) == ["imported", "uncertain", "duplicate", "sent"]


def test_a_dead_channel_burns_no_tries(sink, settings, company, document):
    with company_scope(company.pk):
        rows = [factories.delivery(document, f"a{number}@example.com") for number in range(30)]
    working = settings.CHANNELS
    settings.CHANNELS = {"default": working["default"].__class__(name="default", backend="smtp", reports="none", host="127.0.0.1", port=9)}

    outbox.drain(clock=at(NOON))

    assert Attempt.across.filter(outcome=Outcome.CHANNEL).count() == 1
    assert set(Delivery.across.values_list("queue", "state", "attempts")) == {(Queue.READY, DeliveryState.QUEUED, 0)}
    settings.CHANNELS = working
    outbox.drain(clock=at(NOON + timedelta(minutes=5)))
    assert len(sink.messages) == len(rows)
    assert ChannelHealth.objects.get().failures == 0


def test_a_worker_that_died_leaves_an_open_attempt_that_the_sweep_finds(sink, delivery):
    [claim] = outbox.claim_due("default", now=NOON)
    with settle.row_scope(claim.company_id):
        outbox.intent(claim, now=NOON)

    outbox.drain(clock=at(NOON + timedelta(minutes=21)))

    found = Delivery.across.get(pk=delivery.pk)
    assert (found.queue, found.crashes, found.uncertain) == (Queue.WAITING, 1, True)
    assert Attempt.across.get(delivery=delivery).outcome == Outcome.UNKNOWN


def test_a_row_that_was_claimed_and_never_tried_is_ready_again(sink, delivery):
    outbox.claim_due("default", now=NOON)

    outbox.drain(clock=at(NOON + timedelta(minutes=21)))

    found = Delivery.across.get(pk=delivery.pk)
    assert (found.state, found.crashes, found.uncertain) == (DeliveryState.SENT, 0, False)


def test_three_crashes_end_it(sink, delivery):
    moment = NOON
    for _ in range(3):
        [claim] = outbox.claim_due("default", now=moment)
        with settle.row_scope(claim.company_id):
            outbox.intent(claim, now=moment)
        outbox.sweep(now=moment + timedelta(minutes=21))
        outbox.sweep(now=moment + timedelta(minutes=32))
        moment += timedelta(minutes=32)

    found = Delivery.across.get(pk=delivery.pk)
    assert (found.queue, found.state, found.reason) == (Queue.DEAD, DeliveryState.FAILED, "poison")
    assert not sink.messages


def test_a_late_acceptance_wins_over_a_lost_lease(sink, delivery):
    [claim] = outbox.claim_due("default", now=NOON)
    with settle.row_scope(claim.company_id):
        _, attempt = outbox.intent(claim, now=NOON)
    outbox.sweep(now=NOON + timedelta(minutes=21))

    with settle.row_scope(claim.company_id):
        settle.result(
            delivery_id=delivery.pk,
            attempt_id=attempt.pk,
            lease=claim.lease,
            handover=Handover(Outcome.ACCEPTED, "dot", 250, "Ok"),
            now=NOON + timedelta(minutes=25),
        )

    found = Delivery.across.get(pk=delivery.pk)
    assert (found.queue, found.state) == (Queue.DONE, DeliveryState.SENT)


def test_a_late_failure_changes_nothing_but_its_attempt(sink, delivery):
    [claim] = outbox.claim_due("default", now=NOON)
    with settle.row_scope(claim.company_id):
        _, attempt = outbox.intent(claim, now=NOON)
    outbox.sweep(now=NOON + timedelta(minutes=21))
    outbox.drain(clock=at(NOON + timedelta(minutes=40)))

    with settle.row_scope(claim.company_id):
        settle.result(
            delivery_id=delivery.pk,
            attempt_id=attempt.pk,
            lease=claim.lease,
            handover=Handover(Outcome.PERMANENT, "rcpt", 550, "5.1.1 no"),
            now=NOON + timedelta(minutes=41),
        )

    found = Delivery.across.get(pk=delivery.pk)
    assert found.state == DeliveryState.SENT
    assert Attempt.across.get(pk=attempt.pk).outcome == Outcome.PERMANENT


def test_an_open_lease_is_not_tried_by_a_second_worker(sink, delivery):
    [claim] = outbox.claim_due("default", now=NOON)
    with settle.row_scope(claim.company_id):
        stranger = outbox.intent(outbox.Claim(claim.delivery_id, claim.company_id, delivery.pk), now=NOON)

    assert outbox.claim_due("default", now=NOON) == []
    assert stranger is None


def test_a_message_that_cannot_be_prepared_stops_no_other(sink, company, document, monkeypatch):
    with company_scope(company.pk):
        rows = [factories.delivery(document, f"a{number}@example.com") for number in range(3)]
    bad, build = rows[1].pk, outbox.message_bytes
    monkeypatch.setattr(outbox, "message_bytes", lambda delivery: 1 / 0 if delivery.pk == bad else build(delivery))

    outbox.drain(clock=at(NOON))

    states = dict(Delivery.across.values_list("address", "state"))
    assert states == {"a0@example.com": "sent", "a1@example.com": "deferred", "a2@example.com": "sent"}
    assert Attempt.across.get(delivery=bad).reply == "No se pudo preparar el mensaje (ZeroDivisionError)."


def test_an_error_of_ours_on_the_wire_is_unknown_and_stops_no_other(sink, company, document, monkeypatch):
    with company_scope(company.pk):
        for number in range(2):
            factories.delivery(document, f"a{number}@example.com")
    send = outbox._wire
    monkeypatch.setattr(outbox, "_wire", lambda c, d, t, p: 1 / 0 if d.address.startswith("a0") else send(c, d, t, p))

    outbox.drain(clock=at(NOON))

    assert dict(Delivery.across.values_list("address", "queue")) == {"a0@example.com": "waiting", "a1@example.com": "done"}
