"""``Idempotency-Key``: the same POST again is answered as the first one, and done once."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.utils import timezone

from invoices.api import idempotency
from invoices.models import Company, ElectronicDocument, IdempotentAnswer, SalesTransaction
from invoices.scope import company_scope
from notifications import intake
from notifications.models import Delivery, Notification
from tests import factories
from tests import ubl_builders as ubl
from tests.api import Api, key_of

pytestmark = pytest.mark.django_db(transaction=True)
SALE = {"type": "01", "number": "POS-1", "issue_date": "2026-03-09", "total": "1", "identification": "800197268", "customer_name": "C"}
KEY = "0b9f-1"


@pytest.fixture
def company() -> Company:
    return factories.company(ubl.ISSUER.identification)


@pytest.fixture
def api(company: Company) -> Api:
    return Api(key_of(company))


@pytest.fixture
def resend(company: Company) -> str:
    """Where a document is sent again."""
    with company_scope(company.pk):
        return f"documents/{factories.document(company).pk}/notifications/"


def notifications(company: Company) -> int:
    with company_scope(company.pk):
        return Notification.objects.count()


BODY = {"addresses": [{"address": "a@example.com"}]}


def test_a_repeated_resend_sends_once_and_is_answered_alike(api: Api, company: Company, resend: str) -> None:
    first, again = api.post(resend, BODY, key=KEY), api.post(resend, BODY, key=KEY)

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.content == again.content
    assert (first.has_header("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (False, "true")
    assert notifications(company) == 1


def test_without_a_key_or_with_another_it_is_done_again(api: Api, company: Company, resend: str) -> None:
    api.post(resend, BODY, key=KEY)

    api.post(resend, BODY, key="otra")
    api.post(resend, BODY)

    assert notifications(company) == 3


def test_a_key_with_another_body_or_address_is_refused(api: Api, company: Company, resend: str) -> None:
    api.post(resend, BODY, key=KEY)

    answers = [api.post(resend, {**BODY, "note": "x"}, key=KEY), api.post("sales/", SALE, key=KEY)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert notifications(company) == 1


def invoice(number: str) -> bytes:
    return ubl.build_invoice(number=number)


def numbers(company: Company) -> set[str]:
    with company_scope(company.pk):
        return set(ElectronicDocument.objects.values_list("number", flat=True))


def test_a_key_with_another_body_that_is_a_file_is_refused_and_loses_nothing(api: Api, company: Company) -> None:
    first = api.post("documents/", invoice("FE9001"), key=KEY, content_type="application/xml")

    other = api.post("documents/", invoice("FE9002"), key=KEY, content_type="application/xml")
    again = api.post("documents/", invoice("FE9002"), key="otra", content_type="application/xml")

    assert (first.status_code, other.status_code, again.status_code) == (201, 422, 201)
    assert numbers(company) == {"FE9001", "FE9002"}


def test_a_key_with_another_file_of_the_same_name_is_refused(api: Api, company: Company) -> None:
    def push(number: str) -> Any:
        return api.upload("documents/", [SimpleUploadedFile("factura.xml", invoice(number))], key=KEY)

    answers = [push("FE9001"), push("FE9002"), push("FE9001")]

    assert [answer.status_code for answer in answers] == [201, 422, 201]
    assert answers[2]["Idempotent-Replayed"] == "true"
    assert numbers(company) == {"FE9001"}


def test_an_upload_that_was_refused_leaves_the_key_free(api: Api, company: Company) -> None:
    refused = api.post("documents/", b"<a/>", key=KEY, content_type="application/xml")

    accepted = api.post("documents/", invoice("FE9001"), key=KEY, content_type="application/xml")

    assert (refused.status_code, accepted.status_code) == (422, 201)
    assert numbers(company) == {"FE9001"}


def test_an_error_of_ours_in_an_upload_is_not_remembered(api: Api, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [SimpleUploadedFile(f"{number}.xml", invoice(number)) for number in ("FE9001", "FE9002")]
    record = intake.record_document

    def once(*, piece: Any, **more: Any) -> Any:
        if piece.content.number == "FE9002":
            raise RuntimeError
        return record(piece=piece, **more)

    with monkeypatch.context() as patch:
        patch.setattr(intake, "record_document", once)
        first = api.upload("documents/", files, key=KEY)
    for file in files:
        file.seek(0)
    again = api.upload("documents/", files, key=KEY)

    assert [line["outcome"] for line in first.json()["results"]] == ["new", "refused"]
    assert [line["outcome"] for line in again.json()["results"]] == ["already", "new"]
    assert numbers(company) == {"FE9001", "FE9002"}


def test_the_key_belongs_to_the_company_not_to_the_program(company: Company, resend: str) -> None:
    other = factories.company()
    one, two = Api(key_of(company, name="uno")), Api(key_of(company, name="dos"))
    one.post(resend, BODY, key=KEY)

    mine, theirs = two.post(resend, BODY, key=KEY), Api(key_of(other)).post("sales/", SALE, key=KEY)

    assert (mine["Idempotent-Replayed"], theirs.status_code) == ("true", 201)
    assert notifications(company) == 1


def test_a_refusal_is_judged_anew(api: Api) -> None:
    refused = api.post("sales/", SALE | {"total": "-1"}, key=KEY)

    accepted = api.post("sales/", SALE, key=KEY)

    assert (refused.status_code, accepted.status_code) == (400, 201)


def test_a_day_later_the_key_is_free_again(api: Api, company: Company, resend: str) -> None:
    api.post(resend, BODY, key=KEY)
    with company_scope(company.pk):
        IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))

    answer = api.post(resend, BODY, key=KEY)

    assert (answer.status_code, answer.has_header("Idempotent-Replayed"), notifications(company)) == (202, False, 2)


def test_answers_of_yesterday_are_forgotten(api: Api, company: Company, resend: str) -> None:
    api.post(resend, BODY, key=KEY)

    kept = idempotency.forget_before(timezone.now() - timedelta(hours=24))
    gone = idempotency.forget_before(timezone.now())

    assert (kept, gone) == (0, 1)


@pytest.mark.parametrize("key", ["x" * 256, "ñ"])
def test_a_key_that_is_none_is_refused(api: Api, resend: str, key: str) -> None:
    assert api.post(resend, BODY, key=key).status_code == 400


def test_what_fails_halfway_leaves_neither_the_act_nor_the_answer(
    api: Api, company: Company, resend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "_remember", lambda *_: 1 / 0)
        broken = api.post(resend, BODY, key=KEY)

    answer = api.post(resend, BODY, key=KEY)

    assert (broken.status_code, answer.status_code, notifications(company)) == (500, 202, 1)


def test_a_twin_in_flight_is_a_conflict(api: Api, company: Company, resend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "PATIENCE_SECONDS", 0.1)
    number = int.from_bytes(hashlib.sha256(f"{company.pk}:{KEY}".encode()).digest()[:8], signed=True)
    database = connection.settings_dict
    with closing(psycopg2.connect(host=database["HOST"], user=database["USER"], dbname=database["NAME"])) as twin, twin.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])

        during = api.post(resend, BODY, key=KEY)

    after = api.post(resend, BODY, key=KEY)
    assert (during.status_code, during["Retry-After"]) == (409, "1")
    assert (after.status_code, notifications(company)) == (202, 1)


def at_once(times: int, call: Any) -> list[Any]:
    """The same call from many threads that start together, each with its own connection."""
    gate = threading.Barrier(times)

    def one(_: int) -> Any:
        gate.wait()
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_the_same_push_fifty_times_at_once_is_one_document_one_notification_and_one_answer(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "PATIENCE_SECONDS", 60.0)  # fifty threads on the two cores of a test machine
    document = ubl.build_invoice(emails="compras@example.com")
    package = ubl.build_zip({"ad.xml": ubl.build_attached_document(document, ubl.build_response(document=document)), "f.pdf": ubl.PDF})
    key = key_of(company)

    answers = at_once(50, lambda: Api(key).upload("documents/?notify=yes", [SimpleUploadedFile("factura.zip", package)], key="la-misma"))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum(answer.has_header("Idempotent-Replayed") for answer in answers) == 49
    with company_scope(company.pk):
        assert (ElectronicDocument.objects.count(), Notification.objects.count(), Delivery.objects.count()) == (1, 1, 1)


def test_the_same_sale_many_times_at_once_is_one_sale(company: Company) -> None:
    key = key_of(company)

    answers = at_once(10, lambda: Api(key).post("sales/", SALE))

    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    with company_scope(company.pk):
        assert SalesTransaction.objects.count() == 1
