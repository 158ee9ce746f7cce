"""What comes in without a PDF gets one from us before its buyer is told."""

import io
import threading
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from invoices.models import Company, DocumentFile, ElectronicDocument
from invoices.scope import company_scope
from notifications import first_notices, graphic, intake, services
from notifications.models import Delivery, Notification, OwedNotification, Package
from notifications.services import Target
from tests import factories
from tests import ubl_builders as ubl
from tests.factories import NOON
from tests.integration.graphic_pages import pages
from tests.sink import Sink
from tests.worker import running_worker, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
Delivered = ElectronicDocument.Delivery


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what does not depend on how it is printed."""
    monkeypatch.setattr(graphic, "render", lambda **_: b"%PDF-1.7 ours")


@pytest.fixture
def company() -> Company:
    return factories.company(ubl.ISSUER.identification, name="Ferretería La Tuerca S.A.S.")


def bring(company: Company, xml: bytes, *, pdf: bytes = b"", notify: intake.Notify = "yes", now: datetime = NOON) -> ElectronicDocument:
    """The document of one uploaded ZIP, with DIAN's answer and, where given, its PDF."""
    members = {"ad.xml": ubl.build_attached_document(xml, ubl.build_response(document=xml))} | ({"f.pdf": pdf} if pdf else {})
    [line] = intake.receive([("z.zip", ubl.build_zip(members))], companies={company.nit: company}, by=None, notify=notify, now=now)
    assert line.document
    with company_scope(company.pk):
        return ElectronicDocument.objects.get(pk=line.document.pk)


def work(now: datetime = NOON) -> int:
    return first_notices.work(clock=lambda: now)


def status(document: ElectronicDocument) -> str:
    return ElectronicDocument.across.get(pk=document.pk).delivery_status


def packed(document: ElectronicDocument) -> dict[str, bytes]:
    """What the newest package holds, by the ending of the name."""
    package = Package.across.filter(document=document).order_by("-pk")[0]
    with zipfile.ZipFile(io.BytesIO(package.file.read())) as archive:
        return {name.rpartition(".")[2]: archive.read(name) for name in archive.namelist()}


def invoice(**overrides: Any) -> bytes:
    return ubl.build_invoice(**{"emails": "a@example.com"} | overrides)


def test_the_buyer_gets_the_pdf_that_was_made_from_the_xml(sink: Sink, company: Company) -> None:
    document = bring(company, invoice(number="FE1001"))

    assert (Notification.across.count(), status(document)) == (0, Delivered.IN_PROGRESS)
    assert work() == 1

    [message] = sink.to("a@example.com")
    [attached] = message.iter_attachments()
    with zipfile.ZipFile(io.BytesIO(attached.get_content())) as archive:
        assert sorted(name.rpartition(".")[2] for name in archive.namelist()) == ["pdf", "xml"]
    [words] = pages(packed(document)["pdf"])
    assert "FE1001" in words
    assert "validó la DIAN" in words
    assert status(document) == Delivered.SENT
    assert not OwedNotification.across.exists()
    assert work() == 0


def test_what_comes_with_a_pdf_or_goes_to_nobody_waits_for_no_worker(company: Company) -> None:
    to_nobody = bring(company, invoice(number="FE2", emails=""))
    with_pdf = bring(company, invoice(number="FE1"), pdf=ubl.PDF)
    silent = bring(company, invoice(number="FE3"), notify="no")

    assert not OwedNotification.across.exists()
    assert Delivery.across.get().document_id == with_pdf.pk
    assert [status(to_nobody), status(silent)] == [Delivered.NO_ADDRESS, Delivered.NONE]


@pytest.mark.usefixtures("quick")
def test_the_sellers_own_pdf_takes_the_place_of_ours(sink: Sink, company: Company) -> None:
    document = bring(company, invoice())
    work()
    assert packed(document)["pdf"] != ubl.PDF

    bring(company, invoice(), pdf=ubl.PDF)
    with company_scope(company.pk):
        services.resend(document=document, targets=[Target("b@example.com")], note="", by=None, now=NOON)

    assert packed(document)["pdf"] == ubl.PDF
    assert list(DocumentFile.across.filter(role="pdf").values_list("made", flat=True)) == [False]


def test_ours_does_not_take_the_place_of_the_sellers(sink: Sink, company: Company) -> None:
    document = bring(company, invoice(), pdf=ubl.PDF)
    with company_scope(company.pk):
        services.resend(document=document, targets=[Target("b@example.com")], note="", by=None, now=NOON)

    assert packed(document)["pdf"] == ubl.PDF


def test_what_cannot_be_printed_is_told_without_a_pdf(sink: Sink, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: Any) -> bytes:
        raise ValueError("no font")

    monkeypatch.setattr(graphic, "render", fails)
    document = bring(company, invoice())
    work()

    assert set(packed(document)) == {"xml"}
    assert len(sink.to("a@example.com")) == 1


@pytest.mark.usefixtures("quick")
def test_whoever_was_told_meanwhile_is_not_told_twice(sink: Sink, company: Company) -> None:
    document = bring(company, invoice())
    with company_scope(company.pk):
        services.resend(document=document, targets=[Target("a@example.com")], note="", by=None, now=NOON)

    work()

    assert len(sink.to("a@example.com")) == 1
    assert Notification.across.get().origin == Notification.Origin.RESEND


@pytest.mark.usefixtures("quick")
def test_a_document_that_may_no_longer_be_told_shows_that_nothing_was_sent(company: Company) -> None:
    document = bring(company, invoice())
    ElectronicDocument.across.update(dian_status=ElectronicDocument.Dian.REJECTED)

    work()

    assert (Notification.across.count(), status(document)) == (0, Delivered.NONE)


@pytest.mark.usefixtures("quick")
def test_an_error_of_ours_is_tried_again_and_keeps_no_other_from_being_told(
    sink: Sink, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    notify = services.notify

    def breaks(*, document: ElectronicDocument, **how: Any) -> Notification | None:
        if document.number == "FE1":
            raise RuntimeError("broken")
        return notify(document=document, **how)

    monkeypatch.setattr(services, "notify", breaks)
    bring(company, invoice(number="FE1"))
    bring(company, invoice(number="FE2", emails="b@example.com"))

    work()
    assert [len(sink.to(address)) for address in ("a@example.com", "b@example.com")] == [0, 1]
    monkeypatch.undo()
    assert work(NOON + timedelta(minutes=4)) == 0
    assert work(NOON + first_notices.REST) == 1
    assert len(sink.to("a@example.com")) == 1


@pytest.mark.usefixtures("quick")
def test_a_big_upload_keeps_no_other_company_waiting(sink: Sink, company: Company) -> None:
    other_seller = ubl.ISSUER._replace(identification="900373115", name="Papelería Central S.A.S.")
    other = factories.company(other_seller.identification)
    many = 3 * first_notices.SLICE
    for number in range(many):
        bring(company, invoice(number=f"FE{number}"))
    bring(other, invoice(number="PC1", emails="b@example.com", issuer=other_seller))

    work()

    order = list(Notification.across.order_by("pk").values_list("company_id", flat=True))
    assert len(order) == many + 1
    assert order.index(other.pk) <= first_notices.SLICE


@pytest.mark.usefixtures("quick")
def test_two_workers_tell_nobody_twice(sink: Sink, company: Company) -> None:
    for number in range(6):
        bring(company, invoice(number=f"FE{number}", emails=f"c{number}@example.com"))

    def worker() -> None:
        work()
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(str(message["To"]) for message in sink.messages) == [f"c{number}@example.com" for number in range(6)]


@pytest.mark.xdist_group("worker")
def test_a_real_worker_is_woken_by_the_upload_alone(sink: Sink, company: Company, tmp_path: Path) -> None:
    with running_worker(sink, tmp_path):
        document = bring(company, invoice(), now=timezone.now())
        wait_for(lambda: sink.messages, seconds=30)

    assert [str(message["To"]) for message in sink.messages] == ["a@example.com"]
    assert DocumentFile.across.get(document=document, role="pdf").made
