"""What waits: how often its file is read; and what came by mail brings events and never DIAN's verdict, whoever settles it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from invoices.models import Company, ElectronicDocument, TitleEvent, WaitingResponse
from notifications import intake
from notifications.intake import Line
from tests import factories
from tests import ubl_builders as ubl

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 12, 12, 0, tzinfo=ZoneInfo("America/Bogota"))
NUMBERS = ("FE1001", "FE1002")
INVOICE = ("fe.xml", ubl.build_invoice())
# The buyer's event, and beside it what looks like DIAN's rejection of the invoice itself.
BESIDE = ("ad.xml", ubl.build_attached_document(ubl.build_event("030"), ubl.build_response(code="04")))


@pytest.fixture
def company() -> Company:
    return factories.company(ubl.ISSUER.identification)


def take(company: Company, *files: tuple[str, bytes], mailed: bool = False) -> list[Line]:
    return list(intake.receive(files, companies={company.nit: company}, by=None, notify="no", now=NOON, events_only=mailed))


def found() -> tuple[str, list[str], int]:
    """What DIAN said of the invoice, the events about it, and how much still waits."""
    status = ElectronicDocument.across.get(number="FE1001").dian_status
    return status, list(TitleEvent.across.values_list("code", flat=True)), WaitingResponse.across.count()


def test_an_upload_that_comes_while_a_mail_is_taken_in_settles_its_event_only(company):
    take(company, INVOICE)
    mail = intake.receive([BESIDE], companies={company.nit: company}, by=None, notify="no", now=NOON, events_only=True)
    next(mail)

    take(company, ("otra.xml", ubl.build_invoice(number="FE1002")))

    assert found() == ("not_sent", ["030"], 0)
    assert list(mail) == []


def test_its_event_waits_for_the_invoice_and_the_verdict_beside_it_does_not(company):
    take(company, BESIDE, mailed=True)

    take(company, INVOICE)

    assert found() == ("not_sent", ["030"], 0)


@pytest.mark.parametrize("mailed", [(True, False), (False, True), (True, False, True)])
def test_what_a_person_brings_too_brings_all_that_it_holds(company, mailed):
    for each in mailed:
        take(company, BESIDE, mailed=each)

    take(company, INVOICE)

    assert found() == ("rejected", ["030"], 0)


def test_a_mail_does_not_settle_what_a_person_brought(company, monkeypatch):
    take(company, BESIDE)
    with monkeypatch.context() as broken:
        broken.setattr(intake.title_values, "record", lambda **_: 1 / 0)
        take(company, INVOICE)

    lines = take(company, BESIDE, mailed=True)

    assert [line.reason for line in lines] == ["Ya estaba.", intake.EVENTS_ONLY]
    assert found() == ("not_sent", [], 1)


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """The name of each upload, as often as it is read."""
    names: list[str] = []
    whole = intake.read_upload
    monkeypatch.setattr(intake, "read_upload", lambda name, data: (names.append(name), whole(name, data))[1])
    return names


@pytest.mark.parametrize("mailed", [True, False])
def test_a_file_with_many_events_is_read_once_for_all_of_them(company, reads, mailed):
    invoices = [ubl.build_invoice(number=f"FE{2000 + number}") for number in range(4)]
    take(company, *[(f"{number}.xml", invoice) for number, invoice in enumerate(invoices)])
    events = [ubl.build_event("030", document=invoice, key=ubl.fake_key(number)) for number, invoice in enumerate(invoices)]
    packed = ubl.build_zip({f"{number}.xml": event for number, event in enumerate(events)})

    take(company, ("eventos.zip", packed), mailed=mailed)

    assert (TitleEvent.across.count(), WaitingResponse.across.count()) == (4, 0)
    assert reads.count("eventos.zip") == 2  # as it came in, and when what waits in it is settled


def test_one_event_that_breaks_leaves_the_others_of_its_file(company, monkeypatch):
    take(company, INVOICE, ("otra.xml", ubl.build_invoice(number="FE1002")))
    invoices = {number: ubl.build_invoice(number=number) for number in NUMBERS}
    events = {f"{number}.xml": ubl.build_event("030", document=invoice, key=ubl.fake_key(number)) for number, invoice in invoices.items()}
    whole = intake.title_values.record
    monkeypatch.setattr(intake.title_values, "record", lambda **given: 1 / 0 if given["document"].number == NUMBERS[0] else whole(**given))

    take(company, ("eventos.zip", ubl.build_zip(events)))

    assert list(TitleEvent.across.values_list("document__number", flat=True)) == ["FE1002"]
    assert WaitingResponse.across.count() == 1
