"""What comes in about a message: kept once, matched, folded, told."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from invoices.models import Company, ElectronicDocument, HistoryEntry
from invoices.scope import company_scope
from notifications import facts, suppressions
from notifications.facts import NewFact
from notifications.lives import DeliveryState, Engagement, Queue, ReportKind
from notifications.models import Attempt, Delivery, DeliveryEvent, SecurityEvent, Suppression
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
K, S = ReportKind, DeliveryState
LATER = NOON + timedelta(minutes=20)


@pytest.fixture
def company() -> Company:
    return factories.company()


@pytest.fixture
def document(company: Company) -> Iterator[ElectronicDocument]:
    with company_scope(company.pk):
        yield factories.document(company)


def sent(document: ElectronicDocument, address: str = "compras@example.com", **fields: Any) -> Delivery:
    """A message that our relay accepted."""
    fields = {"queue": Queue.DONE, "state": S.SENT, "sent_at": NOON, "attempts": 1} | fields
    delivery = factories.delivery(document, address, **fields)
    Attempt.objects.create(
        company=document.company,
        delivery=delivery,
        number=1,
        outcome="accepted",
        phase="dot",
        code=250,
        provider_id="4F2A9",
        started_at=NOON,
        finished_at=NOON,
    )
    return delivery


@pytest.fixture
def delivery(document: ElectronicDocument) -> Delivery:
    return sent(document)


def fact(kind: ReportKind, of: Delivery | None = None, **fields: Any) -> NewFact:
    """A fact that names the delivery by our token, from its own channel."""
    named = {"token": of.token, "channel": of.channel} if of else {}
    return NewFact(**({"kind": kind, "provider": "postmark", "occurred_at": LATER} | named | fields))


def record(*found: NewFact) -> list[DeliveryEvent | None]:
    return [facts.record(item, inbound=None, now=LATER) for item in found]


def lines(document: ElectronicDocument, event: str) -> int:
    return HistoryEntry.objects.filter(document_id=document.pk, event=event).count()


def test_a_delivered_message_is_shown_as_delivered(document: ElectronicDocument, delivery: Delivery) -> None:
    [event] = record(fact(K.DELIVERED, delivery, text="250 ok", host="mx.example.com"))

    delivery.refresh_from_db()
    document.refresh_from_db()
    assert event
    assert (delivery.state, delivery.decided_by) == (S.DELIVERED, f"event:{event.pk}")
    assert document.delivery_status == "delivered"
    assert lines(document, "delivered") == 1


def test_the_same_fact_twice_is_one_fact(document: ElectronicDocument, delivery: Delivery) -> None:
    told = fact(K.DELIVERED, delivery, event_id="e-1")

    first, again = record(told, told)

    assert (first is not None, again) == (True, None)
    assert (DeliveryEvent.objects.count(), lines(document, "delivered")) == (1, 1)


def test_one_identifier_for_two_recipients_is_two_facts(document: ElectronicDocument, delivery: Delivery) -> None:
    other = sent(document, "otra@example.com")

    record(fact(K.BOUNCED, delivery, event_id="sns-1"), fact(K.BOUNCED, other, event_id="sns-1"))

    assert DeliveryEvent.objects.count() == 2


@pytest.mark.parametrize("name", [{"message_id": "4F2A9"}, {"message_id": "<4F2A9>"}])
def test_the_providers_identifier_finds_the_message_on_its_channel(delivery: Delivery, name: dict[str, str]) -> None:
    [event] = record(fact(K.DELIVERED, channel="default", **name))

    assert event
    assert event.delivery_id == delivery.pk


def test_a_message_id_of_ours_finds_the_message(delivery: Delivery) -> None:
    [event] = record(fact(K.BOUNCED, provider="dsn", message_id=delivery.message_id.strip("<>")))

    assert event
    assert event.delivery_id == delivery.pk


def test_the_providers_identifier_of_another_channel_is_not_ours(delivery: Delivery) -> None:
    [event] = record(fact(K.DELIVERED, channel="gmail", message_id="4F2A9"))

    assert event
    assert (event.delivery_id, event.orphan_reason) == (None, "No nombra ningún envío nuestro.")


def test_a_fact_from_another_channel_is_an_orphan_and_a_security_event(delivery: Delivery) -> None:
    [event] = record(fact(K.DELIVERED, delivery, channel="gmail"))

    delivery.refresh_from_db()
    assert event
    assert (event.delivery_id, event.company_id) == (None, None)
    assert event.orphan_reason == "Habla de un envío que salió por otro canal."
    assert delivery.state == S.SENT
    assert list(SecurityEvent.objects.values_list("kind", "channel", "count")) == [("wrong_channel", "gmail", 1)]


def test_a_returned_mail_needs_no_channel(delivery: Delivery) -> None:
    record(fact(K.BOUNCED, delivery, provider="dsn", channel="", reason="no_mailbox"))

    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (S.BOUNCED, "no_mailbox")


def test_an_orphan_finds_its_delivery_once_the_identifier_is_known(document: ElectronicDocument, delivery: Delivery) -> None:
    record(fact(K.DELIVERED, channel="default", message_id="late-id"))
    Attempt.objects.filter(delivery=delivery).update(provider_id="late-id")

    early = facts.match_orphans(now=LATER)
    found = facts.match_orphans(now=LATER + timedelta(seconds=6))

    delivery.refresh_from_db()
    assert (early, found, delivery.state) == (0, 1, S.DELIVERED)
    assert DeliveryEvent.objects.get().orphan_reason == ""
    assert lines(document, "delivered") == 1


def test_an_orphan_that_finds_nobody_is_left_in_sight(delivery: Delivery) -> None:
    record(fact(K.DELIVERED, channel="default", message_id="nobody"))

    moment = LATER
    for _ in range(8):
        moment += timedelta(days=2)
        facts.match_orphans(now=moment)

    orphan = DeliveryEvent.across.get()
    assert (orphan.retry_at, orphan.delivery_id, orphan.retries) == (None, None, len(facts.RETRIES))


def test_a_bounce_holds_the_address_back(delivery: Delivery) -> None:
    record(fact(K.BOUNCED, delivery, reason="no_mailbox", text="550 5.1.1 no such user"))

    held = Suppression.objects.get()
    assert (held.address_key, held.reason, held.source, held.delivery_id) == ("compras@example.com", "no_mailbox", "bounce", delivery.pk)
    assert held.detail == "550 5.1.1 no such user"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(K.REJECTED, "policy_spam"), (K.SOFT_BOUNCED, "mailbox_full"), (K.DEFERRED, "temporary"), (K.SOFT_BOUNCED, "bad_domain")],
)
def test_what_may_pass_holds_nothing_back(delivery: Delivery, kind: ReportKind, reason: str) -> None:
    record(fact(kind, delivery, reason=reason))

    assert not Suppression.objects.exists()


def test_a_complaint_holds_the_address_back_and_stays(delivery: Delivery) -> None:
    record(fact(K.COMPLAINED, delivery), fact(K.DELIVERED, delivery))

    delivery.refresh_from_db()
    assert (delivery.complained, delivery.state) == (True, S.DELIVERED)
    assert Suppression.objects.get().source == "complaint"


def test_a_released_address_is_not_held_back_again_by_the_same_fact(company: Company, delivery: Delivery) -> None:
    record(fact(K.COMPLAINED, delivery))
    suppressions.release(suppression_id=Suppression.objects.get().pk, note="Fue sin querer", by=factories.member(company), at=LATER)

    record(fact(K.DELIVERED, delivery))

    assert not suppressions.held([delivery.address_key])


def test_evidence_ends_the_wait_and_nothing_is_sent_twice(document: ElectronicDocument) -> None:
    waiting = factories.delivery(document, queue=Queue.WAITING, state=S.SENDING, attempts=1, uncertain=True)
    Attempt.objects.create(company=document.company, delivery=waiting, number=1, outcome="unknown", started_at=NOON, finished_at=NOON)

    record(fact(K.SENT, waiting))

    waiting.refresh_from_db()
    assert (waiting.queue, waiting.state, waiting.sent_at) == (Queue.DONE, S.SENT, LATER)


def test_a_fact_about_a_message_that_was_never_tried_does_not_take_it_from_the_queue(document: ElectronicDocument) -> None:
    due = factories.delivery(document)

    record(fact(K.OPENED, due, human=False))

    due.refresh_from_db()
    assert (due.queue, due.state) == (Queue.READY, S.QUEUED)


def test_a_machine_that_opens_writes_no_line(document: ElectronicDocument, delivery: Delivery) -> None:
    record(fact(K.OPENED, delivery, human=False), fact(K.OPENED, delivery, human=None, event_id="2"))

    delivery.refresh_from_db()
    assert (delivery.engagement, delivery.state, lines(document, "opened")) == (Engagement.MACHINE, S.SENT, 0)


def test_a_second_opening_writes_no_second_line(document: ElectronicDocument, delivery: Delivery) -> None:
    record(fact(K.OPENED, delivery, human=True, event_id="1"), fact(K.OPENED, delivery, human=True, event_id="2"))

    delivery.refresh_from_db()
    assert (delivery.engagement, delivery.inferred, lines(document, "opened")) == (Engagement.OPENED, True, 1)


def test_silence_is_noted_where_the_channel_reports(delivery: Delivery, settings: Any) -> None:
    settings.CHANNELS = {name: _with_reports(channel, "webhook") for name, channel in settings.CHANNELS.items()}

    early = facts.fall_silent(now=NOON + timedelta(hours=71))
    due = facts.fall_silent(now=NOON + timedelta(hours=73))
    again = facts.fall_silent(now=NOON + timedelta(hours=74))

    delivery.refresh_from_db()
    assert (early, due, again, delivery.state) == (0, 1, 0, S.UNCONFIRMED)


def _with_reports(channel: Any, reports: str) -> Any:
    return replace(channel, reports=reports)


def test_a_blind_channel_never_falls_silent(delivery: Delivery) -> None:
    assert facts.fall_silent(now=NOON + timedelta(days=9)) == 0


def test_a_later_message_to_a_new_address_resolves_the_failure(document: ElectronicDocument, delivery: Delivery) -> None:
    record(fact(K.BOUNCED, delivery, reason="no_mailbox"))
    rescue = sent(document, "nueva@example.com", at=LATER)
    assert Delivery.objects.filter(Delivery.OPEN_PROBLEM).count() == 1

    record(fact(K.DELIVERED, rescue))

    document.refresh_from_db()
    assert not Delivery.objects.filter(Delivery.OPEN_PROBLEM).exists()
    assert (document.delivery_status, lines(document, "resolved")) == ("delivered", 1)


def test_a_failure_is_open_again_when_what_resolved_it_came_back(document: ElectronicDocument, delivery: Delivery) -> None:
    record(fact(K.BOUNCED, delivery, reason="no_mailbox"))
    rescue = sent(document, "nueva@example.com", at=LATER)
    record(fact(K.DELIVERED, rescue))

    record(fact(K.BOUNCED, rescue, reason="no_mailbox"))

    assert Delivery.objects.filter(Delivery.OPEN_PROBLEM).count() == 2


def test_the_other_recipients_of_the_same_act_resolve_nothing(document: ElectronicDocument, delivery: Delivery) -> None:
    record(fact(K.BOUNCED, delivery, reason="no_mailbox"))
    beside = sent(document, "otra@example.com", notification=delivery.notification, at=NOON)

    record(fact(K.DELIVERED, beside))

    assert Delivery.objects.filter(Delivery.OPEN_PROBLEM).count() == 1


def test_any_order_and_repetition_of_what_came_in_ends_the_same(company: Company, document: ElectronicDocument) -> None:
    kinds = [K.SENT, K.DEFERRED, K.DELIVERED, K.OPENED, K.COMPLAINED, K.SOFT_BOUNCED]
    ends = set()
    for seed in range(12):
        one = sent(document, f"buzon{seed}@example.com", at=NOON + timedelta(minutes=seed))
        told = [fact(kind, one, occurred_at=NOON + timedelta(hours=index)) for index, kind in enumerate(kinds)] * 2
        random.Random(seed).shuffle(told)
        record(*told)
        one.refresh_from_db()
        ends.add((one.state, one.reason, one.complained, one.engagement, one.conflict, one.inferred))

    assert len(ends) == 1
