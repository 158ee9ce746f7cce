"""Events 030 to 034 that come in: what they get, what the document amounts to, what the signature proves, what the history says."""

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest

from invoices.models import Company, ElectronicDocument, HistoryEntry, TitleEvent, WaitingResponse
from invoices.scope import company_scope
from invoices.services import Outcome
from notifications import intake, presenters, report_content
from notifications.intake import Line
from tests import factories
from tests import signing as keys
from tests import ubl_builders as ubl

pytestmark = pytest.mark.django_db
# A year in which nothing of this ends by itself.
NOW = datetime(2026, 4, 20, 17, 0, tzinfo=UTC)
STRANGER = ubl.Who("900000001", "OTRA EMPRESA S.A.S.")
# Domain example: the 032 of Friday 27 March; Holy Week follows; the last day to claim is Wednesday 1 April.
FRIDAY, WEDNESDAY, MONDAY = "2026-03-27", "2026-04-01", "2026-04-06"


@pytest.fixture
def company() -> Company:
    return factories.company(ubl.ISSUER.identification)


def event(code: str, day: str = FRIDAY, **options: Any) -> bytes:
    """An event about the default invoice, dated on a day at nine."""
    parties = {"sender": ubl.ISSUER, "receiver": ubl.CUSTOMER} if code == "034" else {}
    key = ubl.fake_key((code, day, str(options)))
    return ubl.build_event(code, **{"issued": (day, "09:00:00-05:00"), "key": key, **parties, **options})


def take(company: Company, *files: bytes) -> list[Line]:
    named = [(f"archivo{number}.xml", data) for number, data in enumerate(files)]
    return list(intake.receive(named, companies={company.nit: company}, by=None, notify="no", now=NOW))


def state(company: Company) -> tuple[str, date | None]:
    """What the document amounts to: the column, and the last day of the lists."""
    with company_scope(company.pk):
        document = ElectronicDocument.objects.get()
        return document.title_status, document.claim_last_day


def verdicts(company: Company) -> dict[str, tuple[str, str]]:
    with company_scope(company.pk):
        return {row.code: (row.verdict, row.rule) for row in TitleEvent.objects.all()}


def told(company: Company) -> list[str]:
    """The lines of the history about events, each with what explains it."""
    with company_scope(company.pk):
        rows = HistoryEntry.objects.filter(event="title_event").order_by("seq")
        return [" | ".join([presenters.sentence(row), *presenters.present(row).lines[:1]]) for row in rows]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], ("none", None)),
        ([event("030")], ("acknowledged", None)),
        ([event("030"), event("032")], ("goods_received", date(2026, 4, 1))),
        ([event("030"), event("032"), event("033", WEDNESDAY)], ("accepted", None)),
        ([event("030"), event("032"), event("031", WEDNESDAY, claim_code="02")], ("claimed", None)),
        ([event("030"), event("032"), event("034", MONDAY)], ("tacit", None)),
        ([event("030"), event("032"), event("034", WEDNESDAY)], ("tacit", None)),
    ],
    ids=["none", "030", "032", "033", "031", "034", "034 too early"],
)
def test_the_events_make_the_state_of_the_document(company, events, expected):
    take(company, ubl.build_invoice(), *events)

    assert state(company) == expected


def test_any_order_of_arrival_gives_the_same():
    files = [event("030"), event("032"), event("033", WEDNESDAY), event("031", WEDNESDAY, claim_code="01")]
    key = ubl.fake_key((ubl.ISSUER.identification, "FE1001"))  # what the events are about
    found = set()
    for order in permutations(files):
        seller = factories.company()
        take(seller, ubl.build_invoice(issuer=ubl.Who(seller.nit, seller.name), key=key))
        for file in order:
            take(seller, file)
        found.add((state(seller), tuple(sorted(verdicts(seller).items()))))

    assert len(found) == 1
    assert found.pop()[0] == ("claimed", None)


def test_a_later_event_changes_what_an_earlier_one_got(company):
    take(company, ubl.build_invoice(), event("032"))
    before = verdicts(company)["032"]

    take(company, event("030"))

    assert (before, verdicts(company)["032"]) == (("warned", "LGC09"), ("accepted", ""))


@pytest.mark.parametrize("options", [{"payment_form": "1"}, {"type_code": "02"}], ids=["cash", "export"])
def test_only_an_invoice_on_credit_has_a_last_day(company, options):
    take(company, ubl.build_invoice(**options), event("030"), event("032"))

    assert state(company) == ("goods_received", None)


def test_the_same_event_again_was_there(company):
    take(company, ubl.build_invoice(), event("030"))

    [line] = take(company, event("030"))

    assert (line.outcome, line.reason) == (Outcome.ALREADY, "Ya estaba.")
    assert len(told(company)) == 1


def test_a_second_event_of_a_kind_is_kept_and_does_not_count(company):
    take(company, ubl.build_invoice(), event("030"))

    [line] = take(company, event("030", MONDAY))

    assert (line.outcome, line.reason) == (Outcome.NEW, "No cuenta: Ya estaba registrado un evento igual.")


def test_an_event_of_another_sender_is_kept_apart(company):
    take(company, ubl.build_invoice(), event("030"), event("032"))

    [line] = take(company, event("031", WEDNESDAY, claim_code="04", sender=STRANGER))

    assert line.reason == "Queda aparte: No lo envía el comprador de la factura."
    assert verdicts(company)["031"] == ("orphan", "TV02")
    assert state(company) == ("goods_received", date(2026, 4, 1))


def test_an_event_about_another_invoice_waits_for_it(company):
    take(company, ubl.build_invoice())

    [line] = take(company, event("031", claim_code="01", document_key=ubl.fake_key("otra"), document_number="FE9"))

    assert (line.outcome, state(company)) == (Outcome.WAITING, ("none", None))
    with company_scope(company.pk):
        assert WaitingResponse.objects.count() == 1


def test_a_late_claim_counts_with_a_warning(company):
    take(company, ubl.build_invoice(), event("030"), event("032"), event("031", MONDAY, claim_code="03"))

    assert verdicts(company)["031"] == ("warned", "DC24z")
    assert told(company)[-1] == (
        "Evento 031 · Reclamo · mercancía entregada parcialmente, enviado por CONSTRUCCIONES ALTO PÁRAMO LTDA. | "
        "Cuenta, con advertencia: Llegó después del plazo estimado: decide la DIAN."
    )


def test_a_claim_of_no_known_concept_counts_with_a_warning(company):
    take(company, ubl.build_invoice(), event("030"), event("032"), event("031", WEDNESDAY, claim_code="09"))

    assert verdicts(company)["031"] == ("warned", "TV06")
    assert told(company)[-1].startswith("Evento 031 · Reclamo, enviado por")


SIGNED = keys.sign(event("032", "2026-03-10"), at=datetime(2026, 3, 27, 14, 0, tzinfo=UTC))
SIGNATURES = {
    "intact": SIGNED,
    "altered": SIGNED.replace(b"Recibo del bien", b"Recibo del mal"),
    "absent": event("032", "2026-03-27"),
    "unverifiable": keys.sign(event("032", "2026-03-27"), **keys.SHA1),
}


@pytest.mark.parametrize("status", SIGNATURES)
def test_a_signature_is_told_and_blocks_nothing(company, status):
    take(company, ubl.build_invoice(), event("030", "2026-03-10"), SIGNATURES[status])

    with company_scope(company.pk):
        row = TitleEvent.objects.get(code="032")
        assert (row.signature, bool(row.signer)) == (status, status == "intact")
        assert row.signature_why
        assert row.counts


def test_the_term_counts_from_the_intact_signature(company):
    take(company, ubl.build_invoice(), event("030", "2026-03-10"), SIGNED)

    assert state(company) == ("goods_received", date(2026, 4, 1))


def test_an_event_in_a_container_is_judged_and_its_own_signature_checked(company):
    take(company, ubl.build_invoice(), event("030"))

    take(company, ubl.build_attached_document(SIGNED, ubl.build_response(), sender=ubl.CUSTOMER, receiver=ubl.ISSUER))

    with company_scope(company.pk):
        assert TitleEvent.objects.get(code="032").signature == "intact"
    assert state(company)[0] == "goods_received"


def test_the_report_names_only_the_events_that_count(company):
    take(company, ubl.build_invoice(), event("030"), event("031", claim_code="01", sender=STRANGER))
    by = factories.member(company)

    with company_scope(company.pk):
        content = report_content.gather(company=company, documents=[ElectronicDocument.objects.get()], by=by, asked_at=NOW, made_at=NOW)

    assert content.sections[0].event_codes == ["030"]
