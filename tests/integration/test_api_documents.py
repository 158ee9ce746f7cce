"""Documents by the API: pushed, looked up, sent again, their history and its report."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from invoices import history
from invoices.models import Company, ElectronicDocument, HistoryEntry
from invoices.scope import company_scope
from notifications import acknowledgements, first_notices, reports, services
from notifications.models import Delivery, HistoryReport, Notification
from tests import factories
from tests import ubl_builders as ubl
from tests.api import Api, key_of
from tests.sink import Sink

pytestmark = pytest.mark.django_db
# The day of the builders' documents.
TODAY = datetime(2026, 3, 10, 12, 0, tzinfo=ZoneInfo("America/Bogota"))
Event = history.Event


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def company() -> Company:
    return factories.company(ubl.ISSUER.identification, name="Emisora S.A.S.")


@pytest.fixture
def api(company: Company) -> Api:
    return Api(key_of(company))


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    with company_scope(company.pk):
        return factories.document(company, at=TODAY)


def container(**options: Any) -> bytes:
    document = ubl.build_invoice(**options)
    return ubl.build_attached_document(document, ubl.build_response(document=document))


def file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_a_pushed_zip_becomes_a_document_and_its_buyer_is_told(api: Api, company: Company, sink: Sink) -> None:
    answer = api.upload("documents/", [file("factura.zip", ubl.build_zip({"ad.xml": container(emails="compras@example.com")}))])

    [line] = answer.json()["results"]
    assert (answer.status_code, line["outcome"], line["file"], line["reason"]) == (201, "new", "factura.zip › ad.xml", "")
    first_notices.work(clock=timezone.now)
    with company_scope(company.pk):
        assert str(ElectronicDocument.objects.get().pk) == line["document"]["id"]
        assert list(Delivery.objects.values_list("address_key", flat=True)) == ["compras@example.com"]
        assert set(HistoryEntry.objects.filter(event__in=["imported", "notified"]).values_list("actor_name", flat=True)) == {"API · ERP"}


def test_the_body_may_be_the_xml_itself(api: Api) -> None:
    answer = api.post("documents/?notify=no", container(), content_type="application/xml; charset=utf-8")

    assert (answer.status_code, [line["outcome"] for line in answer.json()["results"]]) == (201, ["new"])


def test_the_body_may_be_a_zip(api: Api) -> None:
    answer = api.post("documents/?notify=no", ubl.build_zip({"ad.xml": container()}), content_type="application/zip")

    assert answer.status_code == 201


def test_what_was_there_already_is_200(api: Api) -> None:
    api.post("documents/?notify=no", container(), content_type="application/xml")

    answer = api.post("documents/?notify=no", container(), content_type="application/xml")

    assert (answer.status_code, answer.json()["results"][0]["outcome"]) == (200, "already")


def test_one_bad_file_undoes_no_other(api: Api) -> None:
    answer = api.upload("documents/?notify=no", [file("a.xml", b"<x"), file("b.xml", container())])

    assert answer.status_code == 201
    assert [line["outcome"] for line in answer.json()["results"]] == ["refused", "new"]


def test_nothing_but_refusals_is_422_each_with_its_sentence(api: Api) -> None:
    elsewhere = ubl.build_invoice(issuer=ubl.CUSTOMER)

    answer = api.upload("documents/", [file("a.xml", b"<x"), file("b.xml", elsewhere)])

    lines = answer.json()["results"]
    assert (answer.status_code, [line["outcome"] for line in lines]) == (422, ["refused", "refused"])
    assert "no es una de tus empresas" in lines[1]["reason"]


def test_nothing_sent_and_too_much_sent_are_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.api.uploads.MAX_FILE_BYTES", 100)

    answers = [
        api.post("documents/", b"", content_type="application/xml"),
        api.upload("documents/", []),
        api.upload("documents/", [file("a.xml", b"x" * 101)]),
        api.post("documents/", b"x" * 101, content_type="application/zip"),
        api.post("documents/", b"{}", content_type="application/json"),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 413, 413, 415]
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}


def test_a_document_tells_where_it_stands(api: Api, document: ElectronicDocument) -> None:
    found = api.get(f"documents/{document.pk}/").json()

    assert (found["number"], found["type"], found["key"], found["total"]) == (document.number, "01", document.key, "1785000")
    assert found["dian"] == {"status": "accepted", "label": "Confirmado", "description": "", "rules": [], "validated_at": None}
    assert found["delivery"] == {"status": "none", "label": "Sin envíos", "reached": 0, "total": 0}
    assert found["answer"]["status"] == "not_sent"
    assert found["customer"]["identification"] == document.customer.identification


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ({}, 2),
        ({"q": "FE-77"}, 1),
        ({"q": "800999888"}, 1),
        ({"q": "cliente raro"}, 1),
        ({"delivery": "problem"}, 1),
        ({"dian": "rejected"}, 0),
        ({"answer": "not_sent", "type": "01"}, 2),
        ({"type": "91"}, 0),
        ({"since": "2026-03-10", "until": "2026-03-10"}, 1),
        ({"until": "2026-03-09"}, 1),
        ({"order": "movement"}, 2),
    ],
)
def test_the_list_takes_the_filters_of_the_page(api: Api, company: Company, query: dict[str, str], hits: int) -> None:
    with company_scope(company.pk):
        buyer = factories.customer(company, identification="800999888", name="Cliente Raro Ltda.")
        factories.document(company, number="FE-77", customer=buyer, at=TODAY, delivery_status="problem")
        factories.document(company, number="FX-1", at=TODAY - timedelta(days=30))

    assert len(api.get("documents/", **query).json()["results"]) == hits


def moved(document: ElectronicDocument, *moments: datetime) -> None:
    """More lines of history, one at each moment."""
    with company_scope(document.company_id):
        for moment in moments:
            history.append(document=document, event=Event.PENDING, at=moment, address="compras@example.com")


def test_the_history_is_the_window_and_from_to_the_rest(api: Api, company: Company) -> None:
    with company_scope(company.pk):
        document = factories.document(company, at=TODAY - timedelta(days=69))  # 31 December, 12:00
    moved(document, datetime(2026, 1, 31, 23, 59, tzinfo=history.BOGOTA), datetime(2026, 2, 1, 0, 0, tzinfo=history.BOGOTA), TODAY)
    path = f"documents/{document.pk}/history/"

    window = api.get(path).json()
    january = api.get(path, **{"from": "2026-01-01", "to": "2026-01-31"}).json()
    before = api.get(path, to="2025-12-31").json()
    since = api.get(path, **{"from": "2026-01-31"}).json()

    assert [line["seq"] for line in window["results"]] == [4, 3]
    assert window["since"] == "2026-02-01T00:00:00-05:00"
    assert [line["seq"] for line in january["results"]] == [2]
    assert [line["seq"] for line in before["results"]] == [1]
    assert [line["seq"] for line in since["results"]] == [4, 3, 2]
    assert (window["results"][0]["sentence"], window["results"][0]["address"]) == (
        "Pendiente Confirmación · compras@example.com",
        "compras@example.com",
    )


def test_a_long_history_is_read_page_by_page(api: Api, document: ElectronicDocument) -> None:
    moved(document, *(TODAY + timedelta(seconds=second) for second in range(4)))

    first = api.get(f"documents/{document.pk}/history/", limit=3).json()
    second = api.get(first["next"]).json()

    assert [line["seq"] for line in first["results"] + second["results"]] == [5, 4, 3, 2, 1]
    assert second["next"] is None
    assert second["results"][0]["hash"] == first["results"][-1]["previous_hash"]


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"cursor": "-1"}, {"from": "0000-01-01"}, {"to": "31/01/2026"}])
def test_a_part_of_the_history_that_makes_no_sense_is_refused(api: Api, document: ElectronicDocument, query: dict[str, str]) -> None:
    assert api.get(f"documents/{document.pk}/history/", **query).status_code == 400


@pytest.mark.parametrize("query", [{"from": "0001-01-01"}, {"to": "9999-12-31"}, {"from": "9999-12-31", "to": "0001-01-01"}])
def test_the_ends_of_the_calendar_do_no_harm(api: Api, document: ElectronicDocument, query: dict[str, str]) -> None:
    assert api.get(f"documents/{document.pk}/history/", **query).status_code == 200


def test_a_resend_owes_one_message_to_each_address_and_says_who_asked(api: Api, document: ElectronicDocument, company: Company) -> None:
    with company_scope(company.pk):
        services.notify(document=document, now=TODAY - timedelta(minutes=1))
    body = {
        "addresses": [{"address": "Cartera@example.com", "corrects": "compras@example.com", "save": True}, {"address": "dos@example.com"}],
        "note": "la pidió cartera",
    }

    answer = api.post(f"documents/{document.pk}/notifications/", body)

    sent = answer.json()
    assert (answer.status_code, sent["origin"], sent["requested_by"], sent["note"]) == (202, "api", "API · ERP", "la pidió cartera")
    assert [(item["address"], item["state"]) for item in sent["deliveries"]] == [
        ("cartera@example.com", "queued"),
        ("dos@example.com", "queued"),
    ]
    listed = api.get(f"documents/{document.pk}/notifications/").json()["results"]
    assert [item["origin"] for item in listed] == ["api", "initial"]
    assert listed[1]["deliveries"][0]["replaced_by"] == sent["deliveries"][0]["id"]
    with company_scope(company.pk):
        assert document.customer.emails.filter(address_key="cartera@example.com").exists()
        assert HistoryEntry.objects.get(event="resent").actor_name == "API · ERP"


def test_what_dian_rejected_is_not_sent(api: Api, company: Company) -> None:
    with company_scope(company.pk):
        document = factories.document(company, at=TODAY, dian_status="rejected")

    answer = api.post(f"documents/{document.pk}/notifications/", {"addresses": [{"address": "a@example.com"}]})

    assert (answer.status_code, answer.json()["detail"]) == (409, "La DIAN lo rechazó: no se notifica al cliente.")
    with company_scope(company.pk):
        assert not Notification.objects.exists()


def test_the_acknowledgements_tell_each_address_and_the_buyers_words(api: Api, document: ElectronicDocument, company: Company) -> None:
    with company_scope(company.pk):
        services.notify(document=document, now=TODAY)
        acknowledgements.confirm(delivery=Delivery.objects.get(), name="Ana", message="Recibida", now=TODAY)

    found = api.get(f"documents/{document.pk}/acknowledgements/").json()

    assert (found["status"], found["label"]) == ("confirmed_by_customer", "Confirmado por el Cliente")
    [recipient] = found["recipients"]
    assert (recipient["address"], recipient["state"], recipient["sends"], recipient["confirmed"]) == (
        "compras@example.com",
        "delivered",
        1,
        True,
    )
    assert (found["answer"]["name"], found["answer"]["message"]) == ("Ana", "Recibida")
    assert found["events"] == []


def test_a_report_is_asked_for_made_and_fetched(api: Api, document: ElectronicDocument, company: Company) -> None:
    answer = api.post(f"documents/{document.pk}/history-reports/", {"email": "Contador@example.com"})
    report = answer.json()
    early = api.get(f"history-reports/{report['id']}/file/")
    reports.make_due(clock=lambda: TODAY)

    ready = api.get(f"history-reports/{report['id']}/").json()
    pdf = api.get(f"history-reports/{report['id']}/file/")

    assert (answer.status_code, report["status"], report["email"], report["requested_by"]) == (
        202,
        "requested",
        "contador@example.com",
        "API · ERP",
    )
    assert early.status_code == 409
    assert (ready["status"], ready["documents"], ready["delivery"]["address"]) == ("ready", [str(document.pk)], "contador@example.com")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert api.get(f"history-reports/{report['id']}/file/", kind="xlsx").status_code == 404
    with company_scope(company.pk):
        HistoryReport.objects.update(status="expired")
    assert api.get(f"history-reports/{report['id']}/file/").status_code == 410


def test_a_report_goes_to_one_address_that_can_receive_mail(api: Api, document: ElectronicDocument) -> None:
    answer = api.post(f"documents/{document.pk}/history-reports/", {"email": "a@example.com, b@example.com"})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "email")
