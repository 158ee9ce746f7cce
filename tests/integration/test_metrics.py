"""What Prometheus reads: the work of all companies in numbers, and no row of anybody."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from einvoice_trace.metrics import Work
from invoices.identifiers import uuid7
from invoices.models import Company, ElectronicDocument, StoredFile, WaitingResponse
from invoices.scope import company_scope
from invoices.services import store_file
from notifications import beats, breaker
from notifications.lives import DeliveryState, Queue
from notifications.models import HistoryReport, OwedNotification
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-watchers"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def gauges(now: datetime = NOON) -> dict[tuple[str, ...], float]:
    """The values by name and label."""
    families = list(Work(now=now).collect())
    return {(sample.name.removeprefix("traza_"), *sample.labels.values()): sample.value for family in families for sample in family.samples}


@pytest.fixture
def company() -> Company:
    return factories.company()


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    with company_scope(company.pk):
        return factories.document(company)


def deliver(document: ElectronicDocument, queue: Queue = Queue.READY, *, made: datetime = NOON, **fields: Any) -> None:
    """A message in its place of the outbox."""
    lease = {"lease": uuid4(), "lease_until": made} if queue == Queue.LEASED else {}
    with company_scope(document.company_id):
        factories.delivery(document, id=uuid7(made), queue=queue, **{"at": made, **lease, **fields})


def report(company: Company, status: HistoryReport.Status, *, made: datetime = NOON) -> None:
    """A report that somebody asked for."""
    with company_scope(company.pk):
        HistoryReport.objects.create(
            id=uuid7(made), company=company, requested_by=factories.user(), address="a@b.co", requested_at=made, status=status
        )


def test_without_a_token_in_the_environment_the_address_is_not_there(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""

    codes = [client.get("/metrics", headers=headers).status_code for headers in ({}, {"Authorization": "Bearer "})]

    assert codes == [404, 404]


@pytest.mark.parametrize("given", ["", TOKEN, "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", "Bearer ñ"])
def test_a_stranger_is_told_nothing(client: Client, settings: Any, given: str) -> None:
    settings.METRICS_TOKEN = TOKEN

    response = client.get("/metrics", headers={"Authorization": given})

    assert (response.status_code, response.content) == (401, b"")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_prometheus_can_read_it(client: Client, settings: Any, document: ElectronicDocument) -> None:
    settings.METRICS_TOKEN = TOKEN
    deliver(document, Queue.DEAD)

    response = client.get("/metrics", headers=BEARER)

    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }
    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    assert samples["traza_outbox_deliveries", "dead"] == 1
    assert samples["process_resident_memory_bytes",] > 0


def test_it_is_only_read(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN

    assert client.post("/metrics", headers=BEARER).status_code == 405


def test_a_scrape_asks_few_and_always_the_same_number_of_questions(
    client: Client, settings: Any, document: ElectronicDocument, django_assert_num_queries: Any
) -> None:
    settings.METRICS_TOKEN = TOKEN
    for queue in (Queue.READY, Queue.LEASED, Queue.WAITING, Queue.HOLD, Queue.DEAD, Queue.DONE):
        deliver(document, queue)

    with django_assert_num_queries(20):  # 17 and the transaction with its limit
        client.get("/metrics", headers=BEARER)


def test_no_question_may_take_long(company: Company) -> None:
    rows = Work(now=NOON).collect()

    next(iter(rows))

    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("3s",)


def test_the_age_of_the_queue_is_that_of_its_oldest_due_message(document: ElectronicDocument) -> None:
    for minutes in (5, 12, -30):
        deliver(document, next_at=NOON - timedelta(minutes=minutes))
    deliver(document, Queue.WAITING, next_at=NOON - timedelta(hours=5))

    assert gauges()["outbox_oldest_due_seconds",] == 12 * 60


def test_a_queue_in_which_nothing_is_due_has_no_age(document: ElectronicDocument) -> None:
    deliver(document, next_at=NOON + timedelta(minutes=1))

    assert gauges()["outbox_oldest_due_seconds",] == 0


def test_the_outbox_is_counted_over_all_companies_and_what_is_done_is_not(document: ElectronicDocument) -> None:
    other = factories.company()
    with company_scope(other.pk):
        theirs = factories.document(other)
    for queue in (Queue.READY, Queue.LEASED, Queue.WAITING, Queue.HOLD, Queue.DEAD, Queue.DEAD, Queue.DONE):
        deliver(document, queue)
    deliver(theirs, Queue.READY)

    counted = {key[1]: value for key, value in gauges().items() if key[0] == "outbox_deliveries"}
    assert counted == {"ready": 2, "leased": 1, "waiting": 1, "hold": 1, "dead": 2}


def test_states_are_those_of_the_messages_of_the_last_day(document: ElectronicDocument) -> None:
    deliver(document, Queue.DONE, state=DeliveryState.SENT, made=NOON - timedelta(hours=23, minutes=59))
    deliver(document, Queue.DONE, state=DeliveryState.BOUNCED, made=NOON - timedelta(hours=24, minutes=1))

    counted = {key[1]: value for key, value in gauges().items() if key[0] == "deliveries_state"}
    assert set(counted) == {str(state) for state in DeliveryState}
    assert {state: number for state, number in counted.items() if number} == {"sent": 1}


def test_answers_without_their_document_are_counted(company: Company) -> None:
    with company_scope(company.pk):
        file = store_file(company_id=company.pk, name="ar.xml", data=b"<x/>", kind=StoredFile.Kind.RECEIVED)
        WaitingResponse.objects.create(company=company, document_key="0" * 96, file=file)

    assert gauges()["waiting_responses",] == 1


def test_documents_that_wait_for_their_pdf_are_counted(company: Company) -> None:
    with company_scope(company.pk):
        OwedNotification.objects.create(company=company, document=factories.document(company), due_at=NOON)

    assert gauges()["first_notices_owed",] == 1


def test_a_channel_is_open_from_its_first_failure_until_it_works_again(settings: Any) -> None:
    settings.CHANNELS = dict.fromkeys(("default", "gmail"), settings.CHANNELS["default"])

    breaker.trip("gmail", error="535 no", now=NOON)
    resting, trying = gauges(), gauges(NOON + timedelta(hours=1))
    breaker.close("gmail")

    channels = [{key[1]: value for key, value in seen.items() if key[0] == "channel_open"} for seen in (resting, trying, gauges())]
    assert channels == [{"default": 0, "gmail": 1}, {"default": 0, "gmail": 1}, {"default": 0, "gmail": 0}]


def test_a_mailbox_that_cannot_be_read_is_seen_by_every_process(settings: Any) -> None:
    settings.MAILBOXES = {}

    breaker.trip("buzon:default", error="NO no", now=NOON)
    resting = gauges()
    breaker.close("buzon:default")

    assert (resting["channel_open", "buzon:default"], gauges()["channel_open", "buzon:default"]) == (1, 0)


def test_reports_are_counted_while_they_are_open(company: Company) -> None:
    for status in HistoryReport.Status:
        report(company, status)

    assert {key[1]: value for key, value in gauges().items() if key[0] == "reports"} == {"requested": 1, "running": 1}


def test_reports_that_failed_are_those_of_the_last_day(company: Company) -> None:
    report(company, HistoryReport.Status.FAILED)
    report(company, HistoryReport.Status.FAILED, made=NOON - timedelta(hours=25))

    assert gauges()["reports_failed",] == 1


def test_movements_that_no_month_took_are_counted(company: Company) -> None:
    before = gauges()["history_default_rows",]
    with company_scope(company.pk):
        factories.document(company, at=datetime(2041, 1, 1, 12, tzinfo=NOON.tzinfo))

    assert (before, gauges()["history_default_rows",]) == (0, 1)


def test_the_beat_is_as_old_as_its_newest_slot() -> None:
    for minutes in (25, 5, 15):
        beats.wins("auto-confirm", NOON - timedelta(minutes=minutes))

    assert {key[1:]: value for key, value in gauges().items() if key[0] == "last_beat_seconds"} == {("auto-confirm",): 300}


def test_the_runbook_tells_of_every_gauge_and_of_no_other(settings: Any) -> None:
    runbook = (settings.BASE_DIR / "docs" / "runbook.md").read_text()

    assert set(re.findall(r"\btraza_[a-z_]*[a-z]", runbook)) - {"traza_metrics_token"} == {f.name for f in Work(now=NOON).collect()}
