"""A person hurries one message, or stops it: what moves, what is told, and what a worker that was faster makes of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from invoices.invalid import Invalid
from invoices.models import Company, ElectronicDocument, HistoryEntry, Membership, User
from invoices.scope import company_scope
from notifications import outbox, steering
from notifications.models import Attempt, ChannelHealth, Delivery
from tests import factories
from tests.api import Api, key_of
from tests.factories import NOON
from tests.sink import Sink

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
Role = Membership.Role
PLACES: dict[str, dict[str, Any]] = {
    "ready": {"attempts": 2, "next_at": NOON + HOUR, "state": "deferred", "reason": "temporary"},
    "hold": {},
    "dead": {"attempts": 12, "crashes": 1, "settled_at": NOON, "state": "soft_bounced", "reason": "expired"},
    "waiting": {"attempts": 1, "uncertain": True},
    "done": {"attempts": 1, "state": "sent", "sent_at": NOON, "settled_at": NOON},
}


@pytest.fixture
def company() -> Company:
    return factories.company(nit="900373076")


@pytest.fixture
def accountant(company: Company) -> User:
    return factories.member(company, name="Marcela Ríos")


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    with company_scope(company.pk):
        return factories.document(company)


def owed(document: ElectronicDocument, queue: str, **fields: Any) -> Delivery:
    """A message in that place of the queue, after the tries that brought it there."""
    with company_scope(document.company_id):
        made = factories.delivery(document, **{"queue": queue, **PLACES[queue], **fields})
        if made.attempts:
            outcome = {"waiting": "unknown", "done": "accepted"}.get(queue, "temp")
            Attempt.objects.create(
                company=document.company,
                delivery=made,
                number=1,
                outcome=outcome,
                phase="rcpt",
                code=451,
                started_at=NOON,
                finished_at=NOON,
            )
        return made


def act(name: str, delivery: Delivery, by: User) -> Delivery:
    with company_scope(delivery.company_id):
        return getattr(steering, name)(delivery=delivery, by=by, now=NOON + HOUR / 2)


def kept(delivery: Delivery) -> Delivery:
    with company_scope(delivery.company_id):
        return Delivery.objects.get(pk=delivery.pk)


def told(delivery: Delivery) -> list[tuple[str, str]]:
    with company_scope(delivery.company_id):
        return list(HistoryEntry.objects.filter(document_id=delivery.document_id).order_by("seq").values_list("event", "actor_name"))[1:]


@pytest.mark.parametrize("queue", ["ready", "hold", "dead"])
def test_a_message_is_tried_at_once_when_a_person_says_so(queue: str, document: ElectronicDocument, accountant: User) -> None:
    delivery = owed(document, queue)

    act("retry_now", delivery, accountant)

    assert (kept(delivery).queue, kept(delivery).next_at) == ("ready", NOON + HOUR / 2)
    assert told(delivery) == [("retried", "Marcela Ríos")]


def test_a_message_that_was_given_up_has_all_its_tries_again(document: ElectronicDocument, accountant: User) -> None:
    delivery = owed(document, "dead")

    act("retry_now", delivery, accountant)

    again = kept(delivery)
    assert (again.attempts, again.crashes, again.settled_at, again.state) == (0, 0, None, "deferred")


def test_what_is_tried_again_leaves(document: ElectronicDocument, accountant: User, sink: Sink) -> None:
    delivery = owed(document, "dead")
    act("retry_now", delivery, accountant)

    outbox.drain(clock=lambda: NOON + HOUR)

    assert len(sink.to(delivery.address)) == 1
    assert (kept(delivery).queue, kept(delivery).state) == ("done", "sent")


@pytest.mark.parametrize("queue", ["ready", "hold", "dead"])
def test_a_canceled_message_never_leaves(queue: str, document: ElectronicDocument, accountant: User, sink: Sink) -> None:
    delivery = owed(document, queue)

    act("cancel", delivery, accountant)
    outbox.drain(clock=lambda: NOON + 24 * HOUR)

    over = kept(delivery)
    assert (over.queue, over.state, over.verdict, over.reason) == ("done", "canceled", "canceled", "")
    assert sink.envelopes == []
    assert told(delivery) == [("canceled", "Marcela Ríos")]


def test_a_canceled_message_does_not_count_for_its_document(document: ElectronicDocument, accountant: User) -> None:
    with company_scope(document.company_id):
        factories.delivery(document, "otro@example.com", **{"queue": "done", **PLACES["done"]})

    act("cancel", owed(document, "dead"), accountant)

    document.refresh_from_db()
    assert (document.deliveries_reached, document.deliveries_total, document.delivery_status) == (1, 1, "sent")


@pytest.mark.parametrize("name", ["retry_now", "cancel"])
@pytest.mark.parametrize(("queue", "why"), [("waiting", "Puede haber salido"), ("done", "Ya no se puede")])
def test_a_message_that_may_have_left_is_not_touched(
    queue: str, why: str, name: str, document: ElectronicDocument, accountant: User
) -> None:
    delivery = owed(document, queue)

    with pytest.raises(Invalid, match=why):
        act(name, delivery, accountant)

    assert (kept(delivery).queue, told(delivery)) == (queue, [])


@pytest.mark.parametrize("name", ["retry_now", "cancel"])
def test_a_worker_that_was_faster_wins(name: str, document: ElectronicDocument, accountant: User) -> None:
    delivery = owed(document, "ready", next_at=NOON)
    outbox.claim_due("default", now=NOON)

    with pytest.raises(Invalid, match="Ya estaba saliendo"):
        act(name, delivery, accountant)

    assert (kept(delivery).queue, told(delivery)) == ("leased", [])


@pytest.mark.parametrize("name", ["retry_now", "cancel"])
def test_a_message_that_another_took_the_place_of_is_over(name: str, document: ElectronicDocument, accountant: User) -> None:
    with company_scope(document.company_id):
        newer = factories.delivery(document, "bien@example.com")

    with pytest.raises(Invalid, match="Ya no se puede"):
        act(name, owed(document, "dead", replaced_by=newer), accountant)


def path(name: str, delivery: Delivery) -> str:
    return reverse(f"delivery_{name}", args=["900373076", delivery.document_id, delivery.pk])


def shown(client: Client, delivery: Delivery) -> str:
    return client.get(reverse("document", args=["900373076", delivery.document_id])).content.decode()


@pytest.mark.parametrize(("queue", "retry", "cancel"), [("ready", 1, 1), ("dead", 1, 1), ("hold", 1, 1), ("waiting", 0, 0), ("done", 0, 0)])
def test_a_card_offers_what_may_be_done(
    queue: str, retry: int, cancel: int, client: Client, document: ElectronicDocument, accountant: User
) -> None:
    client.force_login(accountant)

    text = shown(client, owed(document, queue))

    assert (text.count("Reintentar ahora"), text.count("Cancelar envío")) == (retry, cancel)


def test_a_message_that_has_not_had_its_turn_needs_no_hurry(client: Client, document: ElectronicDocument, accountant: User) -> None:
    client.force_login(accountant)

    text = shown(client, owed(document, "ready", attempts=0, next_at=NOON, state="queued", reason=""))

    assert (text.count("Reintentar ahora"), text.count("Cancelar envío")) == (0, 1)


def test_an_auditor_is_offered_nothing_and_may_nothing(client: Client, company: Company, document: ElectronicDocument) -> None:
    delivery = owed(document, "dead")
    client.force_login(factories.member(company, role=Role.AUDITOR))

    answers = [client.post(path(name, delivery)).status_code for name in ("retry", "cancel")]

    assert "Reintentar ahora" not in shown(client, delivery)
    assert answers == [403, 403]
    assert kept(delivery).queue == "dead"


def test_the_button_hurries_and_says_so(client: Client, document: ElectronicDocument, accountant: User) -> None:
    client.force_login(accountant)
    delivery = owed(document, "dead")

    response = client.post(path("retry", delivery), follow=True)

    assert "compras@example.com: sale en unos segundos." in response.content.decode()
    assert kept(delivery).queue == "ready"


def test_while_the_channel_rests_the_button_says_until_when(client: Client, document: ElectronicDocument, accountant: User) -> None:
    client.force_login(accountant)
    ChannelHealth.objects.create(name="default", failures=1, open_until=NOON.replace(year=2099))

    response = client.post(path("retry", owed(document, "dead")), follow=True)

    assert "sale cuando el canal vuelva a funcionar; lo probamos el 15/07/2099" in response.content.decode()


def test_the_question_is_asked_before_a_cancellation(client: Client, document: ElectronicDocument, accountant: User) -> None:
    client.force_login(accountant)
    delivery = owed(document, "ready")

    asked = client.get(path("cancel", delivery))
    before = kept(delivery).queue
    client.post(path("cancel", delivery))

    assert "no se vuelve a intentar" in asked.content.decode()
    assert (before, kept(delivery).state) == ("ready", "canceled")


def test_too_late_is_said_and_changes_nothing(client: Client, document: ElectronicDocument, accountant: User) -> None:
    client.force_login(accountant)
    delivery = owed(document, "done")

    responses = [client.post(path(name, delivery), follow=True).content.decode() for name in ("retry", "cancel")]

    assert ["Ya no se puede" in text for text in responses] == [True, True]
    assert kept(delivery).state == "sent"


def by_key(company: Company, name: str, delivery: Delivery, **options: Any) -> Any:
    return Api(key_of(company)).post(f"documents/{delivery.document_id}/deliveries/{delivery.pk}/{name}/", {}, **options)


@pytest.mark.parametrize(("name", "queue", "state"), [("retry", "ready", "deferred"), ("cancel", "done", "canceled")])
def test_a_program_steers_too(name: str, queue: str, state: str, company: Company, document: ElectronicDocument) -> None:
    delivery = owed(document, "dead")

    answer = by_key(company, name, delivery)

    assert (answer.status_code, answer.json()["state"], kept(delivery).queue) == (202, state, queue)


@pytest.mark.parametrize("name", ["retry", "cancel"])
def test_a_program_that_is_too_late_is_told_so(name: str, company: Company, document: ElectronicDocument) -> None:
    answer = by_key(company, name, owed(document, "done"))

    assert answer.status_code == 409
    assert "Ya no se puede" in answer.json()["detail"]
