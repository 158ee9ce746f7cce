"""What comes in: documents, answers, events, and what is refused."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from invoices.models import (
    Company,
    Customer,
    DocumentConflict,
    DocumentFile,
    ElectronicDocument,
    HistoryEntry,
    RecipientEmail,
    SalesTransaction,
    StoredFile,
    TitleEvent,
    WaitingResponse,
)
from invoices.scope import company_scope
from invoices.services import Outcome
from notifications import first_notices, intake
from notifications.models import Delivery, Notification
from tests import factories
from tests import ubl_builders as ubl

pytestmark = pytest.mark.django_db
# The day of the builders' documents.
TODAY = datetime(2026, 3, 10, 12, 0, tzinfo=ZoneInfo("America/Bogota"))
LATER = datetime(2026, 9, 10, 12, 0, tzinfo=ZoneInfo("America/Bogota"))


@pytest.fixture
def company() -> Company:
    return factories.company(ubl.ISSUER.identification)


def take(company, *files, notify="no", now=TODAY, **options):
    named = [(f"archivo{number}.xml", data) if isinstance(data, bytes) else data for number, data in enumerate(files)]
    return list(intake.receive(named, companies={company.nit: company}, by=None, notify=notify, now=now, **options))


def container(document=None, **options):
    document = document or ubl.build_invoice()
    return ubl.build_attached_document(document, ubl.build_response(document=document, **options))


def outcomes(lines):
    return [line.outcome for line in lines]


def test_a_zip_becomes_a_document_with_its_customer_sale_and_addresses(company):
    data = ubl.build_zip(
        {"ad.xml": container(ubl.build_invoice(emails="A@X.example;b@y.example , jlópez@z.example")), "factura.pdf": ubl.PDF}
    )

    [line] = take(company, ("z.zip", data))

    with company_scope(company.pk):
        document = ElectronicDocument.objects.get()
        assert line.outcome == Outcome.NEW
        assert (document.dian_status, document.customer.identification) == ("accepted", ubl.CUSTOMER.identification)
        assert document.undeliverable_addresses == ["jlópez@z.example"]
        assert set(RecipientEmail.objects.values_list("address_key", flat=True)) == {"a@x.example", "b@y.example"}
        assert set(DocumentFile.objects.values_list("role", "member", "sole")) == {("xml", "ad.xml", True), ("pdf", "factura.pdf", False)}
        assert StoredFile.objects.count() == 1
        assert list(HistoryEntry.objects.order_by("seq").values_list("event", flat=True)) == ["imported", "dian_accepted"]


def test_the_same_file_again_changes_nothing(company):
    take(company, container())

    lines = take(company, container())

    with company_scope(company.pk):
        assert outcomes(lines) == [Outcome.ALREADY]
        assert HistoryEntry.objects.count() == 2


def test_a_container_completes_a_bare_document(company):
    take(company, ubl.build_invoice())

    lines = take(company, container())

    with company_scope(company.pk):
        document = ElectronicDocument.objects.get()
        assert outcomes(lines) == [Outcome.ALREADY]
        assert document.dian_status == "accepted"
        assert sorted(DocumentFile.objects.values_list("in_container", flat=True)) == [False, True]


def test_the_same_key_with_other_content_is_a_conflict_for_a_person(company):
    take(company, container())
    other = ubl.build_invoice(note="Otra nota")

    lines = take(company, other, other)

    with company_scope(company.pk):
        assert outcomes(lines) == [Outcome.CONFLICT, Outcome.CONFLICT]
        assert DocumentConflict.objects.count() == 1
        assert ElectronicDocument.objects.get().content_sha256 != DocumentConflict.objects.get().content_sha256


def test_an_answer_that_comes_first_waits_for_its_document(company):
    invoice = ubl.build_invoice()
    waiting = take(company, ubl.build_response(document=invoice))

    lines = take(company, invoice)

    with company_scope(company.pk):
        assert outcomes(waiting) == [Outcome.WAITING]
        assert outcomes(lines) == [Outcome.NEW, Outcome.NEW]
        assert ElectronicDocument.objects.get().dian_status == "accepted"
        assert not WaitingResponse.objects.exists()


def test_in_a_batch_documents_go_first(company):
    invoice = ubl.build_invoice()

    lines = take(company, ubl.build_event("030", document=invoice), ubl.build_response(document=invoice), invoice)

    with company_scope(company.pk):
        assert outcomes(lines) == [Outcome.NEW] * 3
        assert TitleEvent.objects.get().code == "030"
        assert list(HistoryEntry.objects.order_by("seq").values_list("event", flat=True)) == ["imported", "title_event", "dian_accepted"]


@pytest.mark.parametrize(
    ("code", "rules", "status"),
    [
        ("02", [], "accepted"),
        ("02", [("FAJ43b", "Nombre distinto al RUT")], "accepted_with_notices"),
        ("04", [("FAD09e", "Fecha de emisión posterior")], "rejected"),
    ],
)
def test_the_nested_answer_decides_the_verdict(company, code, rules, status):
    take(company, container(code=code, rules=rules))

    with company_scope(company.pk):
        document = ElectronicDocument.objects.get()
        assert document.dian_status == status
        assert [rule["code"] for rule in document.dian_rules] == [rule for rule, _ in rules if rule not in {"0", "0000"}] + []


def test_an_acceptance_is_not_taken_back(company):
    invoice = ubl.build_invoice()
    take(company, container(invoice))

    take(company, ubl.build_response(document=invoice, code="04", rules=[("90", "Procesado anteriormente")], key="f" * 96))

    with company_scope(company.pk):
        assert ElectronicDocument.objects.get().dian_status == "accepted"


def test_what_was_rejected_comes_again_with_the_same_number(company):
    rejected = ubl.build_invoice(key=ubl.fake_key("first"))
    accepted = ubl.build_invoice(key=ubl.fake_key("second"))

    take(company, container(rejected, code="04"), container(accepted))

    with company_scope(company.pk):
        assert SalesTransaction.objects.count() == 1
        assert set(ElectronicDocument.objects.values_list("dian_status", flat=True)) == {"rejected", "accepted"}


def test_what_others_issued_is_refused(company):
    stranger = factories.company("830999111")

    [line] = take(stranger, ubl.build_invoice())

    assert line.outcome == Outcome.REFUSED
    assert "no es una de tus empresas" in line.reason


def test_a_document_in_which_the_company_is_the_buyer_is_not_a_sale(company):
    buyer = factories.company(ubl.CUSTOMER.identification, name="Construcciones Alto Páramo Ltda.")

    [line] = take(buyer, ubl.build_invoice())

    assert line.reason == "No es un documento de venta: Construcciones Alto Páramo Ltda. es el comprador."


def test_one_bad_file_undoes_nothing_else(company):
    lines = take(company, b"esto no es XML", container(), b"PK\x03\x04roto")

    assert outcomes(lines) == [Outcome.REFUSED, Outcome.NEW, Outcome.REFUSED]
    assert all(line.reason.endswith(".") for line in lines if line.outcome == Outcome.REFUSED)


def test_an_error_of_ours_refuses_one_file_and_is_logged(company, monkeypatch, caplog):
    monkeypatch.setattr(intake, "record_document", lambda **_: 1 / 0)

    lines = take(company, container())

    assert outcomes(lines) == [Outcome.REFUSED]
    assert "ZeroDivisionError" in caplog.text


def test_companies_are_created_when_that_is_asked_for():
    lines = list(intake.receive([("a.xml", ubl.build_invoice())], companies={}, by=None, notify="no", now=TODAY, create_companies=True))

    assert outcomes(lines) == [Outcome.NEW]
    assert Company.objects.get().nit == ubl.ISSUER.identification


@pytest.mark.parametrize(("notify", "now", "told"), [("auto", TODAY, 1), ("auto", LATER, 0), ("yes", LATER, 1), ("no", TODAY, 0)])
def test_only_recent_documents_are_notified_by_themselves(company, sink, notify, now, told):
    take(company, container(), notify=notify, now=now)
    first_notices.work(clock=lambda: now)

    with company_scope(company.pk):
        assert Notification.objects.count() == told


def test_a_document_without_answer_is_told_when_the_answer_comes(company, sink):
    invoice = ubl.build_invoice()
    take(company, invoice, notify="auto")
    first_notices.work(clock=lambda: TODAY)
    with company_scope(company.pk):
        before = Notification.objects.count()

    take(company, ubl.build_response(document=invoice), notify="auto")
    first_notices.work(clock=lambda: TODAY)

    with company_scope(company.pk):
        assert (before, Notification.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("type_code", "emails", "told"),
    [
        ("04", "compras@altoparamo.example", 1),
        ("20", "compras@altoparamo.example", 1),
        ("20", "", 0),
        ("01", "compras@altoparamo.example", 0),
    ],
)
def test_contingency_and_equivalents_do_not_wait_for_dian(company, sink, type_code, emails, told):
    take(company, ubl.build_invoice(type_code=type_code, emails=emails), notify="yes")
    first_notices.work(clock=lambda: TODAY)

    with company_scope(company.pk):
        assert Notification.objects.count() == told


def test_a_final_consumer_without_address_is_no_problem(company):
    invoice = ubl.build_invoice(customer=ubl.FINAL_CONSUMER, emails="")

    take(company, container(invoice), notify="yes")

    with company_scope(company.pk):
        document = ElectronicDocument.objects.select_related("customer").get()
        assert document.delivery_status == "no_address"
        assert document.customer.is_final_consumer
        assert Customer.objects.count() == 1
        assert not Delivery.objects.exists()
