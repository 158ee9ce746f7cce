"""Lotes over the API."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from invoices.models import Company
from invoices.scope import company_scope
from notifications import batches
from notifications.models import Notification, ResendBatch
from tests import factories
from tests.api import Api, key_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return factories.company()


@pytest.fixture
def api(company: Company) -> Api:
    return Api(key_of(company))


@pytest.fixture
def documents(company: Company) -> list[str]:
    """One that can be sent and one without an address."""
    with company_scope(company.pk):
        return [str(factories.document(company, addresses=addresses).pk) for addresses in (("ana@example.com",), ())]


def work(company: Company) -> None:
    """Resend everything, hand nothing over."""
    batch = ResendBatch.across.get()
    while batches._some(batch.pk, company.pk, clock=lambda: timezone.now() + timedelta(minutes=1)):
        pass


def test_a_batch_is_asked_for_sent_and_told(api: Api, company: Company, documents: list[str]) -> None:
    answer = api.post("batches/", {"documents": documents, "note": "copia"})
    work(company)
    seen = api.get(f"batches/{answer.json()['id']}/").json()
    items = api.get(f"batches/{answer.json()['id']}/items/").json()["results"]

    assert (answer.status_code, answer.json()["status"], answer.json()["requested_by"]) == (202, "running", "API · ERP")
    assert (seen["status"], seen["summary"]) == ("done", "Se reenvió 1; 1 sin correo.")
    assert seen["counts"] == {"waiting": 0, "sent": 1, "skipped": 1, "failed": 0, "canceled": 0}
    assert sorted((item["document"]["id"], item["group"], [sent["address"] for sent in item["deliveries"]]) for item in items) == sorted(
        [(documents[0], "send", ["ana@example.com"]), (documents[1], "no_address", [])]
    )
    assert str(Notification.across.get(origin="bulk").requester) == "API · ERP"


def test_the_same_key_again_makes_no_second_batch(api: Api, documents: list[str]) -> None:
    answers = [api.post("batches/", {"documents": documents}, key="lote-1") for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert ResendBatch.across.count() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [({"documents": []}, 400), ({"documents": ["x"]}, 400), ({"documents": [str(uuid4())]}, 400), ({}, 400)],
)
def test_what_names_no_document_is_refused(api: Api, body: Any, status: int) -> None:
    assert api.post("batches/", body).status_code == status
    assert not ResendBatch.across.exists()


def test_a_batch_in_which_nobody_can_be_told_is_a_conflict_and_leaves_nothing(api: Api, documents: list[str]) -> None:
    answer = api.post("batches/", {"documents": documents[1:]})

    assert answer.status_code == 409
    assert not ResendBatch.across.exists()


def test_a_reading_key_reads_and_a_stranger_sees_nothing(api: Api, company: Company, documents: list[str]) -> None:
    made = api.post("batches/", {"documents": documents}).json()["id"]
    reader, stranger = Api(key_of(company, "read", name="Lectura")), Api(key_of(factories.company()))

    assert reader.post("batches/", {"documents": documents}).status_code == 403
    assert [row["id"] for row in reader.get("batches/").json()["results"]] == [made]
    assert stranger.get("batches/").json()["results"] == []
    assert [stranger.get(f"batches/{made}/{part}").status_code for part in ("", "items/")] == [404, 404]


def test_the_items_are_filtered_by_their_result(api: Api, documents: list[str]) -> None:
    made = api.post("batches/", {"documents": documents}).json()["id"]

    skipped = api.get(f"batches/{made}/items/", status="skipped").json()["results"]

    assert [item["document"]["id"] for item in skipped] == documents[1:]
