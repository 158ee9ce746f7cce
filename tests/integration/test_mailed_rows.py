"""What waits and came by mail: whoever settles it, it brings events and never DIAN's verdict."""

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
