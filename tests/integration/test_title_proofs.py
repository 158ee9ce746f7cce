"""Events that were forged, against events that are proven: mailed, altered, signed by another, of the future, with DIAN's answer."""

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest

from invoices.models import Company, HistoryEntry, TitleEvent
from invoices.scope import company_scope
from notifications import inbound, intake
from notifications.models import InboundMessage
from tests import factories
from tests import signing as keys
from tests import ubl_builders as ubl
from tests.integration.test_title_values import FRIDAY, MONDAY, NOW, WEDNESDAY, event, state, take, verdicts
from tests.reply_mails import File, mail

pytestmark = pytest.mark.django_db
THURSDAY, SATURDAY = "2026-04-02", "2026-04-04"  # a holiday, and a weekend after the last day to claim
TERM = ("goods_received", date(2026, 4, 1))


@pytest.fixture
def company() -> Company:
    return factories.company(ubl.ISSUER.identification, name=ubl.ISSUER.name)


def signed(code: str, day: str, *, by: keys.Signer | None = None, **options: Any) -> bytes:
    """An event signed on its day: by its sender, where nobody else is named."""
    at = datetime.fromisoformat(f"{day}T14:00:00+00:00")
    return keys.sign(event(code, day, **options), by=by or (keys.seller() if code == "034" else keys.buyer()), at=at)


def arrive(*files: bytes, at: datetime = NOW) -> None:
    """Each in a mail of its own."""
    for number, data in enumerate(files):
        raw = mail(File("evento.xml", data, "text/xml"), subject=f"{number} {len(data)}").as_bytes()
        fields = {"channel": "default", "provider": "imap", "content_type": "message/rfc822", "headers": {}}
        inbound.store(kind=InboundMessage.Kind.MAILBOX, body=raw, now=at, **fields)
        inbound.process_waiting(clock=lambda: at)


def validated(of: bytes, *, code: str = "034", signer: keys.Signer | None = None, rules: Any = ()) -> bytes:
    """The event in a container with DIAN's answer about it, signed by somebody or by nobody."""
    key = intake.read_upload("x.xml", of).pieces[0].content.key  # type: ignore[union-attr]
    answer = ubl.build_response(document_key=key, document_number="EV001", rules=rules)
    answer = keys.sign(answer, by=signer) if signer else answer
    return ubl.build_attached_document(of, answer, number="EV001", sender=ubl.CUSTOMER, receiver=ubl.ISSUER)


def rows(company: Company, **fields: Any) -> list[TitleEvent]:
    with company_scope(company.pk):
        return list(TitleEvent.objects.filter(**fields).order_by("pk"))


def test_a_forged_receipt_of_an_earlier_day_does_not_move_the_term(company):
    take(company, ubl.build_invoice(), event("030", "2026-03-10"), signed("032", FRIDAY))

    arrive(event("032", "2026-03-11"))

    assert state(company) == TERM
    assert [(row.verdict, row.mailed) for row in rows(company, code="032")] == [("accepted", False), ("refused", True)]


def test_a_forged_acceptance_of_an_earlier_day_does_not_refuse_a_claim(company):
    claim = signed("031", "2026-03-31", claim_code="02")
    take(company, ubl.build_invoice(), event("030"), signed("032", FRIDAY), claim)

    arrive(event("033", "2026-03-30"), signed("033", "2026-03-29", by=keys.stranger()))

    assert state(company) == ("claimed", None)
    assert {row.rule for row in rows(company, code="033")} == {"LGC04"}


def test_what_is_proven_overturns_what_was_forged_before_it_came(company):
    take(company, ubl.build_invoice(), event("030"), event("032"))
    arrive(event("033", "2026-03-30"))
    before = state(company)

    arrive(signed("031", WEDNESDAY, claim_code="02"))

    assert (before, state(company)) == (("accepted", None), ("claimed", None))


@pytest.mark.parametrize("file", [event("033", MONDAY), signed("033", MONDAY, by=keys.stranger())], ids=["unsigned", "foreign"])
def test_an_event_against_which_nothing_speaks_counts_without_proof(company, file):
    take(company, ubl.build_invoice(), event("030"), event("032"))

    arrive(file)

    assert state(company) == ("accepted", None)


def test_a_tacit_acceptance_that_anybody_may_have_mailed_stays_apart(company):
    take(company, ubl.build_invoice(), event("030"), event("032"))
    altered = signed("034", MONDAY).replace(b"09:00:00", b"09:30:00")

    arrive(event("034", MONDAY), altered)

    assert state(company) == TERM
    assert {(row.verdict, row.rule, row.sentence) for row in rows(company, code="034")} == {
        ("orphan", "TV07", "Llegó por correo y nada prueba que la registró quien vendió: queda aparte.")
    }


def test_it_counts_once_a_person_brings_it_too(company):
    take(company, ubl.build_invoice(), event("030"), event("032"))
    arrive(event("034", MONDAY))

    [line] = take(company, event("034", MONDAY))

    assert (state(company), line.reason) == (("tacit", None), "")
    assert [row.mailed for row in rows(company, code="034")] == [False]
    with company_scope(company.pk):
        told = HistoryEntry.objects.filter(event="title_event", data__code="034").order_by("seq")
        assert [entry.data["verdict"] for entry in told] == ["orphan", "accepted"]


@pytest.mark.parametrize(
    "file",
    [signed("034", MONDAY), validated(signed("034", MONDAY, by=keys.stranger()), signer=keys.dian())],
    ids=["by the seller", "by DIAN"],
)
def test_a_tacit_acceptance_by_mail_counts_where_it_is_proven(company, file):
    take(company, ubl.build_invoice(), event("030"), event("032"))

    arrive(file)

    assert state(company) == ("tacit", None)


@pytest.mark.parametrize(
    "file",
    [
        validated(event("034", MONDAY)),
        validated(signed("034", MONDAY, by=keys.stranger()), signer=keys.stranger()),
        validated(event("034", MONDAY), signer=keys.dian()),
        validated(signed("034", MONDAY).replace(b"09:00:00", b"09:30:00"), signer=keys.dian()),
    ],
    ids=["answer unsigned", "answer of a stranger", "event unsigned", "event altered"],
)
def test_an_answer_of_dian_by_mail_proves_nothing_unless_all_is_signed(company, file):
    take(company, ubl.build_invoice(), event("030"), event("032"))

    arrive(file)

    assert verdicts(company)["034"] == ("orphan", "TV07")
    assert rows(company, code="034")[0].dian_label == "Trae una respuesta de la DIAN que no se pudo comprobar."


@pytest.mark.parametrize("day", ["2100-12-30", "2026-04-23"])
def test_an_event_of_a_day_after_its_arrival_does_not_count(company, day):
    take(company, ubl.build_invoice(), event("030", "2026-03-10"))

    arrive(event("032", day), signed("032", day))

    assert state(company) == ("acknowledged", None)
    assert {row.rule for row in rows(company, code="032")} == {"TV08"}


def test_whoever_is_first_with_an_altered_copy_keeps_the_true_one_not_out(company):
    true = signed("032", FRIDAY)
    take(company, ubl.build_invoice(), event("030", "2026-03-10"))

    arrive(true.replace(b"2026-03-27</cbc:IssueDate>", b"2026-03-11</cbc:IssueDate>"))
    before = state(company)
    arrive(true)

    assert (before[1], state(company)) == (date(2026, 3, 16), TERM)
    assert [row.signature for row in rows(company, code="032")] == ["intact"]


def test_any_order_of_arrival_gives_the_same_whatever_is_proven():
    true = signed("032", FRIDAY)
    copy = true.replace(b"2026-03-27</cbc:IssueDate>", b"2026-03-12</cbc:IssueDate>")
    files = [copy, true, signed("031", WEDNESDAY, claim_code="01"), event("033", "2026-03-30")]
    key = ubl.fake_key((ubl.ISSUER.identification, "FE1001"))  # what the events are about
    found = set()
    for order in permutations(files):
        seller = factories.company()
        take(seller, ubl.build_invoice(issuer=ubl.Who(seller.nit, seller.name), key=key), event("030", "2026-03-10"))
        for file in order:
            take(seller, file)
        found.add((state(seller), tuple(sorted(verdicts(seller).items()))))

    assert len(found) == 1
    assert found.pop()[0] == ("claimed", None)


@pytest.mark.parametrize(
    ("code", "day", "verdict"),
    [
        ("034", THURSDAY, ("warned", "DC24e")),
        ("034", SATURDAY, ("warned", "DC24e")),
        ("034", MONDAY, ("accepted", "")),
        ("031", SATURDAY, ("accepted", "")),
        ("033", SATURDAY, ("accepted", "")),
        ("033", MONDAY, ("warned", "DC24c")),
    ],
)
def test_the_term_is_compared_in_business_days(company, code, day, verdict):
    options = {"claim_code": "02"} if code == "031" else {}

    take(company, ubl.build_invoice(), event("030", "2026-03-10"), event("032"), event(code, day, **options))

    assert verdicts(company)[code] == verdict


@pytest.mark.parametrize(("rules", "label"), [((), "Validado por la DIAN"), ([("X1", "Aviso")], "Validado por la DIAN, con notificación")])
def test_the_answer_of_dian_is_kept_and_overrules_our_estimate(company, rules, label):
    take(company, ubl.build_invoice(), event("030", "2026-03-10"), event("032"))

    take(company, validated(event("034", "2026-03-31"), rules=rules))

    [row] = rows(company, code="034")
    assert (row.verdict, row.rule, row.dian_label) == ("warned", "DC24e", label)
    assert row.sentence.endswith("La DIAN lo validó.")
    assert row.dian_validated_at == datetime(2026, 3, 10, 15, 15, 42, tzinfo=UTC)
    assert state(company) == ("tacit", None)
