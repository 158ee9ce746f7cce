"""The emailed history, from the request to the file that expires; PDFs and workbooks are read back."""

import hashlib
import io
import os
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pypdf
import pytest
from celery import current_app
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from kombu.exceptions import OperationalError

from invoices import history
from invoices.models import Company, ElectronicDocument, HistoryEntry, Membership, User
from invoices.scope import company_scope
from notifications import outbox, report_content, report_mail, report_pdf, reports, services
from notifications.models import Attachment, Delivery, HistoryReport
from notifications.services import Target
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)
Event = history.Event
Status = HistoryReport.Status
LATER = NOON + timedelta(days=120)


def at(moment: datetime) -> Any:
    """A clock that stands still."""
    return lambda: moment


@pytest.fixture
def company() -> Company:
    return factories.company("909214587", name="Despensa y Café El Frailejón S.A.S.")


@pytest.fixture
def laura(company: Company) -> User:
    return factories.member(company, email="laura@contadores.example.com", name="Laura Restrepo")


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    with company_scope(company.pk):
        return factories.document(company, number="FEV20418")


wake = reports._wake


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "_wake", lambda: None)


def ask(company: Company, by: User, *documents: ElectronicDocument, address: str = "") -> HistoryReport:
    """A report that was asked for at ``LATER``."""
    with company_scope(company.pk):
        return reports.request(documents=documents, address=address or by.email, by=by, now=LATER)


def make(company: Company, report: HistoryReport, *, moment: datetime = LATER) -> HistoryReport:
    """The report after a worker came by, with its files."""
    reports.make_due(clock=at(moment))
    with company_scope(company.pk):
        return HistoryReport.objects.select_related("pdf", "workbook", "notification").get(pk=report.pk)


def pdf(report: HistoryReport) -> pypdf.PdfReader:
    assert report.pdf is not None
    return pypdf.PdfReader(io.BytesIO(report.pdf.read()))


def text(reader: pypdf.PdfReader) -> str:
    """The words of all pages, one blank between them."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def events(company: Company, document: ElectronicDocument) -> list[tuple[str, str]]:
    """What the history says of reports: event and address."""
    with company_scope(company.pk):
        rows = HistoryEntry.objects.filter(document_id=document.pk, event__startswith="report").order_by("seq")
        return list(rows.values_list("event", "address"))


def lengthen(company: Company, document: ElectronicDocument, count: int) -> None:
    """Give the document many movements, one every three hours."""
    with company_scope(company.pk):
        for index in range(count):
            moment = NOON + timedelta(hours=3 * index)
            history.append(
                document=document, event=Event.DEFERRED, at=moment, address="a@example.com", data={"reply": "451 4.7.1 Greylisted"}
            )


def test_a_request_is_a_row_and_a_line_in_each_history(company: Company, laura: User, document: ElectronicDocument) -> None:
    with company_scope(company.pk):
        other = factories.document(company)

    report = ask(company, laura, other, document, address="otra@example.com")

    assert (report.status, report.requested_at, report.requested_by) == (Status.REQUESTED, LATER, laura)
    assert events(company, document) == events(company, other) == [("report_requested", "otra@example.com")]


@pytest.mark.parametrize("count", [0, 201])
def test_a_request_is_for_one_to_two_hundred_documents(company: Company, laura: User, document: ElectronicDocument, count: int) -> None:
    with company_scope(company.pk), pytest.raises(ValueError, match="1 to 200"):
        reports.request(documents=[document] * count, address=laura.email, by=laura, now=LATER)


def test_a_worker_is_woken_when_the_request_commits(
    company: Company, laura: User, document: ElectronicDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[bool] = []
    monkeypatch.setattr(reports, "_wake", lambda: woken.append(connection.in_atomic_block))

    ask(company, laura, document)

    assert woken == [False]


def test_a_broker_that_is_away_stops_nobody(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(current_app, "send_task", away)

    wake()

    assert "no wake-up: no broker" in caplog.text


def test_the_report_arrives_by_mail_as_a_pdf(sink: Any, company: Company, laura: User, document: ElectronicDocument) -> None:
    report = make(company, ask(company, laura, document))
    outbox.drain(clock=at(LATER))

    [message] = sink.to("laura@contadores.example.com")
    [attached] = message.iter_attachments()
    assert message["Subject"] == f"Detalle Historial de FEV20418 – {document.customer.name}"
    assert attached.get_filename() == "historial-FEV20418-20261112.pdf"
    assert report.pdf is not None
    assert hashlib.sha256(attached.get_content()).hexdigest() == report.pdf.sha256


def test_the_mail_gives_the_digest_of_the_file(company: Company, laura: User, document: ElectronicDocument) -> None:
    report = make(company, ask(company, laura, document))

    delivery = Delivery.across.get(notification=report.notification)
    assert report.pdf is not None
    assert report.pdf.sha256 in delivery.text_body
    assert report.pdf.sha256 in delivery.html_body


def test_a_report_that_is_made_says_so(company: Company, laura: User, document: ElectronicDocument) -> None:
    report = make(company, ask(company, laura, document), moment=LATER + timedelta(minutes=1))

    assert (report.status, report.movements, report.pages) == (Status.READY, 2, len(pdf(report).pages))
    assert report.expires_at == LATER + timedelta(days=30, minutes=1)
    assert events(company, document) == [("report_requested", laura.email), ("report_sent", laura.email)]


def test_the_pdf_tells_addresses_movements_servers_words_and_the_closing_digest(
    sink: Any, company: Company, laura: User, document: ElectronicDocument
) -> None:
    sink.replies["compras@example.com"] = ["550 5.1.1 User unknown"]
    with company_scope(company.pk):
        services.notify(document=document, now=NOON)
    outbox.drain(clock=at(NOON))
    with company_scope(company.pk):
        document.refresh_from_db()
        services.resend(
            document=document, targets=[Target("cartera@example.com", corrects="compras@example.com")], note="No llegó", by=laura, now=NOON
        )
        document.refresh_from_db()

    report = make(company, ask(company, laura, document))

    said = text(pdf(report))
    with company_scope(company.pk):
        closing = HistoryEntry.objects.get(document_id=document.pk, seq=report.movements).hash
    for words in (
        "Factura electrónica de venta FEV20418",
        "Devuelto (dirección inválida)",
        "En cola",
        "550 5.1.1 User unknown",
        "Nota: No llegó",
        "Laura Restrepo",
        "La cadena coincide",
    ):
        assert words in said
    assert closing in said


def test_a_chain_that_was_changed_is_named(company: Company, laura: User, document: ElectronicDocument) -> None:
    report = ask(company, laura, document)
    with company_scope(company.pk):
        content = report_content.gather(company=company, documents=[document], by=laura, asked_at=LATER, made_at=LATER, report_id=report.pk)
    [section] = content.sections
    broken = report_content.Content(
        company=company,
        sections=[_with_breach(section)],
        asked_by=laura,
        asked_at=LATER,
        role="",
        made_at=LATER,
    )

    said = text(pypdf.PdfReader(io.BytesIO(report_pdf.render(broken).data)))

    assert "La cadena no coincide desde el movimiento 2" in said


def _with_breach(section: report_content.Section) -> report_content.Section:
    values = {name: getattr(section, name) for name in section.__slots__}
    return report_content.Section(**{**values, "breach": history.Break(section.document.pk, 2, "hash")})


def test_several_documents_each_begin_on_a_page_of_their_own(company: Company, laura: User, document: ElectronicDocument) -> None:
    with company_scope(company.pk):
        others = [factories.document(company, number=f"FEV3000{index}") for index in range(2)]

    report = make(company, ask(company, laura, document, *others))

    first_lines = [page.extract_text() for page in pdf(report).pages]
    assert "3 documentos" in first_lines[0]
    assert [number in page for number, page in zip(("FEV20418", "FEV30000", "FEV30001"), first_lines[1:], strict=True)] == [True] * 3


def test_the_same_content_gives_the_same_bytes(company: Company, laura: User, document: ElectronicDocument) -> None:
    ask(company, laura, document)
    with company_scope(company.pk):
        content = report_content.gather(company=company, documents=[document], by=laura, asked_at=LATER, made_at=LATER)

    first, second = report_pdf.render(content), report_pdf.render(content)

    metadata = pypdf.PdfReader(io.BytesIO(first.data)).metadata
    assert first.data == second.data
    assert metadata is not None
    assert metadata.creation_date == metadata.modification_date == LATER


def test_another_process_gives_the_same_bytes() -> None:
    page = "<html lang='es'><head><title>Ñ</title><meta name='dcterms.created' content='2026-07-15T12:00:00-05:00'>"
    page += (
        "<meta name='dcterms.modified' content='2026-07-15T12:00:00-05:00'></head><body><h1>Año</h1><p class='code'>ab</p></body></html>"
    )
    code = (
        "import sys, hashlib, django; django.setup(); from notifications.report_pdf import print_page;"
        "print(hashlib.sha256(print_page(sys.argv[1]).data).hexdigest())"
    )

    digests = {
        subprocess.run(
            [sys.executable, "-c", code, page],
            cwd=settings.BASE_DIR,
            env=os.environ | {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "einvoice_trace.settings"},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(digests) == 1


def test_the_fonts_in_the_pdf_are_exactly_ours(company: Company, laura: User, document: ElectronicDocument) -> None:
    report = make(company, ask(company, laura, document))

    fonts = {
        str(font["/BaseFont"]).split("+")[1]
        for page in pdf(report).pages
        for font in (item.get_object() for item in page["/Resources"]["/Font"].values())  # type: ignore[index]
    }
    assert fonts == {"Inter", "Inter-Semi-Bold", "Inter-Bold", "Plex-Code"}


def test_the_pdf_is_an_archive_file_with_a_structure(company: Company, laura: User, document: ElectronicDocument) -> None:
    reader = pdf(make(company, ask(company, laura, document)))

    assert reader.xmp_metadata is not None
    assert b"pdfaid" in reader.xmp_metadata.stream.get_data()
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "es-CO"


def test_nothing_from_outside_is_fetched() -> None:
    with pytest.raises(ValueError, match="/etc/hostname"):
        report_pdf.print_page("<img src='file:///etc/hostname'>")


def test_what_a_buyer_wrote_is_text_and_no_markup(company: Company, laura: User, document: ElectronicDocument) -> None:
    with company_scope(company.pk):
        history.append(
            document=document, event=Event.CONFIRMED, at=NOON, by="Ana", address="a@example.com", data={"message": "<img src=x> <b>hola"}
        )

    report = make(company, ask(company, laura, document))

    assert "«<img src=x> <b>hola»" in text(pdf(report))


def test_above_five_hundred_movements_the_pdf_summarises_and_the_workbook_has_them_all(
    company: Company, laura: User, document: ElectronicDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_content, "MAX_ROWS", 20)
    lengthen(company, document, 300)

    report = make(company, ask(company, laura, document))

    said = text(pdf(report))
    assert report.workbook is not None
    sheet = openpyxl.load_workbook(io.BytesIO(report.workbook.read())).active
    assert sheet is not None
    assert "El libro de Excel que acompaña este informe los trae todos." in said
    assert "Agosto de 2026 · 168 movimientos, aquí los 19 más nuevos" in said
    assert "Julio de 2026 · 133 movimientos" in said
    assert sheet.max_row == report.movements + 1 == 303


def test_what_a_buyer_wrote_is_no_formula(
    company: Company, laura: User, document: ElectronicDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_content, "MAX_ROWS", 1)
    with company_scope(company.pk):
        history.append(document=document, event=Event.CONFIRMED, at=LATER, by='=HYPERLINK("http://x")', address="a@example.com")

    report = make(company, ask(company, laura, document))

    assert report.workbook is not None
    sheet = openpyxl.load_workbook(io.BytesIO(report.workbook.read())).active
    assert sheet is not None
    assert (sheet["H3"].value, sheet["H3"].data_type) == ('=HYPERLINK("http://x")', "s")


def test_a_short_history_has_no_workbook(company: Company, laura: User, document: ElectronicDocument) -> None:
    report = make(company, ask(company, laura, document))

    assert report.workbook is None


@pytest.mark.parametrize(
    ("counts", "dealt"), [([3, 4], [3, 4]), ([2, 100, 3], [2, 5, 3]), ([100, 100], [5, 5]), ([1, 9, 9, 9], [1, 3, 3, 3])]
)
def test_what_a_short_history_does_not_need_goes_to_the_long_ones(counts: list[int], dealt: list[int]) -> None:
    assert report_content.shares(counts, 10) == dealt


def test_a_file_too_big_for_a_mail_waits_in_mis_informes(
    company: Company, laura: User, document: ElectronicDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_mail, "MAX_ATTACHED_BYTES", 1000)

    report = make(company, ask(company, laura, document))

    delivery = Delivery.across.get(notification=report.notification)
    assert not Attachment.across.filter(notification=report.notification).exists()
    assert "descárgalo en Mis informes" in " ".join(delivery.text_body.split())


def test_a_report_that_fails_says_so_and_holds_up_no_other(
    company: Company, laura: User, document: ElectronicDocument, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = ask(company, laura, document), ask(company, laura, document)
    real, calls = report_pdf.render, iter([True, False])

    def fails_once(content: report_content.Content) -> report_pdf.Printed:
        if next(calls):
            raise MemoryError
        return real(content)

    monkeypatch.setattr(report_pdf, "render", fails_once)
    reports.make_due(clock=at(LATER))

    found = {row.pk: row for row in HistoryReport.across.all()}
    assert {found[first.pk].status, found[second.pk].status} == {Status.FAILED, Status.READY}
    assert [row.error for row in found.values() if row.status == Status.FAILED] == [reports.FAILED]
    assert "could not be made" in caplog.text


def test_what_a_dead_worker_left_is_taken_up_after_fifteen_minutes(company: Company, laura: User, document: ElectronicDocument) -> None:
    report = ask(company, laura, document)
    HistoryReport.across.filter(pk=report.pk).update(status=Status.RUNNING, running_since=LATER)

    early = make(company, report, moment=LATER + timedelta(minutes=14))
    late = make(company, report, moment=LATER + timedelta(minutes=16))

    assert (early.status, late.status) == (Status.RUNNING, Status.READY)


def test_a_worker_that_was_taken_for_dead_hands_nothing_over(
    company: Company, laura: User, document: ElectronicDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = ask(company, laura, document)
    real = report_pdf.render

    def slow(content: report_content.Content) -> report_pdf.Printed:
        HistoryReport.across.filter(pk=report.pk).update(running_since=LATER + timedelta(minutes=16))
        return real(content)

    monkeypatch.setattr(report_pdf, "render", slow)
    found = make(company, report)

    assert (found.status, found.notification) == (Status.RUNNING, None)
    assert not Delivery.across.exists()


def test_a_movement_that_comes_meanwhile_breaks_no_report(
    company: Company, laura: User, document: ElectronicDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = report_content.recipients

    def meanwhile(found: ElectronicDocument) -> Any:
        history.append(document=found, event=Event.COMPLETED, at=LATER)
        return real(found)

    monkeypatch.setattr(report_content, "recipients", meanwhile)
    report = make(company, ask(company, laura, document))

    assert report.movements == 2
    assert "La cadena coincide, 2 de 2" in text(pdf(report))


def test_an_auditor_gets_the_same_report_at_once_and_nobody_a_mail(company: Company, document: ElectronicDocument) -> None:
    auditor = factories.member(company, Membership.Role.AUDITOR, name="Paola Gil")
    with company_scope(company.pk):
        data = reports.make_now(document=document, by=auditor, now=LATER)

    said = text(pypdf.PdfReader(io.BytesIO(data)))
    assert "Consultado por Paola Gil (Auditor)" in said
    assert "Historial consultado" in said
    assert events(company, document) == [("report_read", "")]
    assert not Delivery.across.exists()


def test_files_go_after_thirty_days(company: Company, laura: User, document: ElectronicDocument) -> None:
    report = make(company, ask(company, laura, document))
    assert report.pdf is not None

    early = reports.expire(now=LATER + timedelta(days=29))
    there = default_storage.exists(report.pdf.path)
    late = reports.expire(now=LATER + timedelta(days=30))

    assert (early, there, late) == (0, True, 1)
    assert not default_storage.exists(report.pdf.path)
    assert HistoryReport.across.get(pk=report.pk).status == Status.EXPIRED


def test_a_file_that_another_report_still_offers_stays(company: Company, laura: User, document: ElectronicDocument) -> None:
    report = make(company, ask(company, laura, document))
    assert report.pdf is not None
    HistoryReport.across.create(
        company=company,
        requested_by=laura,
        address=laura.email,
        requested_at=LATER,
        status=Status.READY,
        expires_at=LATER + timedelta(days=60),
        pdf=report.pdf,
    )

    reports.expire(now=LATER + timedelta(days=31))

    assert default_storage.exists(report.pdf.path)
