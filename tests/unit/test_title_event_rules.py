"""Which of a buyer's events count, and by which rule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoices.models import ElectronicDocument
from invoices.title_events import ANOTHER, CLAIMS, RULES, STATES, Document, Event, Judged, Verdict, judge, judge_all, receipt_of, summary
from invoices.title_proofs import Proof
from invoices.ubl.responses import EVENTS

BUYER, SELLER, STRANGER = "830777042", "901555013", "900000001"
INVOICE = Document(key="f" * 96, type_code="01", issuer=SELLER, buyer=BUYER)
NOTE = replace(INVOICE, type_code="91")
FIRST = datetime(2026, 3, 27, 9, 0, tzinfo=ZoneInfo("America/Bogota"))
ORPHAN, REFUSED, WARNED, ACCEPTED = Verdict.ORPHAN, Verdict.REFUSED, Verdict.WARNED, Verdict.ACCEPTED


def event(code: str, *, days: int = 0, **changes: Any) -> Event:
    """An event as it should be, some days after the first."""
    usual: dict[str, Any] = {"sender": SELLER if code == "034" else BUYER}
    usual |= {"claim_code": "02"} if code == "031" else {}
    usual |= {"term_over": code == "034"} if code in {"031", "033", "034"} else {}
    fields = {"key": f"{code}-{days}", "document_key": INVOICE.key, "signed_at": FIRST + timedelta(days=days)}
    return Event(code, **(fields | usual | changes))


def verdicts(*events: Event, document: Document | None = INVOICE) -> dict[str, Any]:
    """Verdict and rule by the event's own key."""
    return {found.event.key: (found.verdict, found.code) for found in judge_all(events, document=document)}


def last(*events: Event, document: Document | None = INVOICE) -> Judged:
    """What the last one given got."""
    (found,) = (found for found in judge_all(events, document=document) if found.event is events[-1])
    return found


ACKNOWLEDGED, RECEIVED = event("030"), event("032", days=1)
BEFORE = (ACKNOWLEDGED, RECEIVED)
CLAIM, EXPRESS, TACIT = event("031", days=3), event("033", days=3), event("034", days=10)
# Each rule: what comes before, and the event that breaks it.
BREACHES: dict[str, tuple[Verdict, tuple[Event, ...]]] = {
    "TV01": (ORPHAN, (*BEFORE, replace(EXPRESS, document_key="a" * 96))),
    "TV02": (ORPHAN, (*BEFORE, replace(EXPRESS, sender=STRANGER))),
    "TV03": (REFUSED, (*BEFORE, replace(TACIT, sender=BUYER))),
    "LGC01": (REFUSED, (ACKNOWLEDGED, event("030", days=1))),
    "LGC02": (REFUSED, (*BEFORE, EXPRESS, event("031", days=4))),
    "LGC04": (REFUSED, (*BEFORE, CLAIM, event("033", days=4))),
    "LGC05": (REFUSED, (*BEFORE, EXPRESS, TACIT)),
    "LGC07": (REFUSED, (*BEFORE, TACIT, event("033", days=11))),
    "TV07": (ORPHAN, (*BEFORE, replace(TACIT, mailed=True))),
    "TV08": (REFUSED, (*BEFORE, replace(EXPRESS, arrived_at=FIRST + timedelta(days=1, hours=23)))),
    "DC24e": (WARNED, (*BEFORE, replace(TACIT, term_over=False))),
    "LGC09": (WARNED, (RECEIVED,)),
    "DC24b": (WARNED, (event("030", days=2), RECEIVED)),
    "LGC03": (WARNED, (ACKNOWLEDGED, CLAIM)),
    "LGC13": (WARNED, (RECEIVED, EXPRESS)),
    "LGC12": (WARNED, (ACKNOWLEDGED, EXPRESS)),
    "LGC14": (WARNED, (ACKNOWLEDGED, TACIT)),
    "TV05": (WARNED, (*BEFORE, replace(TACIT, term_over=None))),
    "DC24c": (WARNED, (*BEFORE, replace(EXPRESS, term_over=True))),
    "DC24z": (WARNED, (*BEFORE, replace(CLAIM, term_over=True))),
    "TV06": (WARNED, (*BEFORE, replace(CLAIM, claim_code="05"))),
}


@pytest.mark.parametrize("code", BREACHES)
def test_a_rule_broken_is_told(code: str) -> None:
    verdict, events = BREACHES[code]

    found = last(*events)

    assert (found.verdict, found.code) == (verdict, code)
    assert found.sentence == next(rule.sentence for rule in RULES if rule.code == code)


def test_a_claim_needs_the_acknowledgement_too() -> None:
    assert last(RECEIVED, CLAIM).code == "LGC03"


def test_an_event_about_another_type_of_document_is_warned() -> None:
    assert verdicts(ACKNOWLEDGED, document=NOTE) == {"030-0": (WARNED, "TV04")}


def test_every_rule_is_broken_by_a_test() -> None:
    assert {*BREACHES, "TV04"} == {rule.code for rule in RULES}
    assert len({rule.code for rule in RULES}) == len(RULES)


def test_every_rule_fits_its_column_and_is_a_sentence() -> None:
    for rule in RULES:
        assert len(rule.code) <= 10
        assert rule.sentence[0].isupper()
        assert rule.sentence.endswith(".")
        assert set(rule.codes.split()) <= EVENTS.keys()


def test_the_gravest_rules_come_first() -> None:
    order = [list(Verdict).index(rule.verdict) for rule in RULES]

    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize("answer", [CLAIM, EXPRESS, TACIT], ids=lambda answer: answer.code)
def test_the_events_in_their_order_are_accepted(answer: Event) -> None:
    assert {verdict for verdict, _ in verdicts(*BEFORE, answer).values()} == {ACCEPTED}
    assert last(*BEFORE, answer).sentence == ""


@pytest.mark.parametrize(
    ("earlier", "later", "rule"),
    [
        ("031", "033", "LGC04"),
        ("031", "034", "LGC04"),
        ("033", "031", "LGC02"),
        ("033", "034", "LGC05"),
        ("034", "031", "LGC02"),
        ("034", "033", "LGC07"),
    ],
)
def test_of_claim_and_acceptances_the_first_signed_counts(earlier: str, later: str, rule: str) -> None:
    first, second = event(earlier, days=5), event(later, days=6)

    found = verdicts(second, first, *BEFORE)

    assert (found[first.key], found[second.key]) == ((ACCEPTED, ""), (REFUSED, rule))


@pytest.mark.parametrize("code", EVENTS)
def test_an_event_counts_once(code: str) -> None:
    events = [] if code == "030" else [ACKNOWLEDGED] if code == "032" else [*BEFORE]

    assert last(*events, event(code, days=10), event(code, days=11)).code == "LGC01"


@pytest.mark.parametrize("code", ["030", "031", "032", "033"])
@pytest.mark.parametrize("sender", [STRANGER, SELLER, ""])
def test_what_the_buyer_did_not_send_is_kept_and_does_not_count(code: str, sender: str) -> None:
    found = last(*BEFORE, event(code, days=3, sender=sender))

    assert (found.verdict, found.code, found.counts) == (ORPHAN, "TV02", False)


@pytest.mark.parametrize("sender", ["830777042", "8307770425", "830.777.042-5", "0830777042", " 830777042 "])
def test_the_buyer_is_the_buyer_with_or_without_check_digit(sender: str) -> None:
    assert last(event("030", sender=sender)).verdict == ACCEPTED
    assert last(ACKNOWLEDGED, document=replace(INVOICE, buyer=sender)).verdict == ACCEPTED


@pytest.mark.parametrize(("buyer", "sender", "verdict"), [("AB12", "ab-12", ACCEPTED), ("AB12", "AB13", ORPHAN), ("", "", ORPHAN)])
def test_an_identification_that_is_no_nit_is_compared_as_it_is(buyer: str, sender: str, verdict: Verdict) -> None:
    assert last(event("030", sender=sender), document=replace(INVOICE, buyer=buyer)).verdict == verdict


def test_without_its_invoice_an_event_waits() -> None:
    found = judge(EXPRESS, known=[], document=None)

    assert (found.verdict, found.rules) == (ORPHAN, (ANOTHER,))


def test_what_does_not_count_is_no_reason_against_another() -> None:
    foreign = event("031", days=2, sender=STRANGER)

    assert last(*BEFORE, foreign, EXPRESS).verdict == ACCEPTED


@pytest.mark.parametrize("code", CLAIMS)
def test_the_known_concepts_of_a_claim_are_accepted(code: str) -> None:
    assert last(*BEFORE, replace(CLAIM, claim_code=code)).verdict == ACCEPTED


def test_a_claim_without_a_concept_is_warned() -> None:
    assert last(*BEFORE, replace(CLAIM, claim_code="")).code == "TV06"


def test_a_receipt_of_the_same_day_is_not_before_the_acknowledgement() -> None:
    """DIAN compares dates, and many events carry no time of day."""
    assert last(event("030"), event("032", signed_at=FIRST - timedelta(hours=5))).verdict == ACCEPTED


def test_the_day_is_that_of_colombia() -> None:
    evening = event("032", signed_at=datetime(2026, 3, 27, 4, 59, tzinfo=UTC))

    assert last(ACKNOWLEDGED, evening).code == "DC24b"


def test_an_event_that_comes_late_changes_the_warning_of_an_earlier_one() -> None:
    assert verdicts(RECEIVED) == {"032-1": (WARNED, "LGC09")}
    assert verdicts(RECEIVED, ACKNOWLEDGED) == {"030-0": (ACCEPTED, ""), "032-1": (ACCEPTED, "")}


def test_several_warnings_are_all_told() -> None:
    claim = replace(CLAIM, claim_code="9", term_over=True)

    found = last(ACKNOWLEDGED, claim, document=NOTE)

    assert [rule.code for rule in found.rules] == ["TV04", "LGC03", "DC24z", "TV06"]
    assert len(found.sentence) <= 300


def test_what_does_not_count_has_one_reason() -> None:
    assert [rule.code for rule in last(*BEFORE, EXPRESS, replace(TACIT, sender=BUYER, term_over=False)).rules] == ["TV03"]


def test_the_term_runs_from_the_receipt_that_counts() -> None:
    foreign = event("032", sender=STRANGER)

    assert receipt_of(judge_all([foreign, RECEIVED, event("032", days=9), ACKNOWLEDGED], document=INVOICE)) == RECEIVED.signed_at
    assert receipt_of(judge_all([foreign], document=INVOICE)) is None


@pytest.mark.parametrize(
    ("events", "code", "label"),
    [
        ([], "none", "Sin eventos"),
        ([replace(ACKNOWLEDGED, sender=STRANGER)], "none", "Sin eventos"),
        ([ACKNOWLEDGED], "acknowledged", "Acuse de recibo"),
        ([*BEFORE], "goods_received", "Recibo del bien"),
        ([*BEFORE, CLAIM], "claimed", "Reclamo: mercancía no entregada"),
        ([*BEFORE, replace(CLAIM, claim_code="7")], "claimed", "Reclamo"),
        ([*BEFORE, CLAIM, TACIT], "claimed", "Reclamo: mercancía no entregada"),
        ([*BEFORE, EXPRESS], "accepted", "Aceptación expresa · Título Valor"),
        ([*BEFORE, TACIT], "tacit", "Aceptación tácita · Título Valor"),
        ([RECEIVED, EXPRESS], "accepted", "Aceptación expresa"),
        ([*BEFORE, replace(TACIT, term_over=False)], "tacit", "Aceptación tácita · Título Valor"),
        ([*BEFORE, replace(TACIT, mailed=True)], "goods_received", "Recibo del bien"),
    ],
)
def test_the_list_shows_how_far_the_events_are(events: list[Event], code: str, label: str) -> None:
    assert summary(judge_all(events, document=INVOICE)) == (code, label)


def test_what_is_no_invoice_is_no_negotiable_instrument() -> None:
    assert summary(judge_all([*BEFORE, EXPRESS], document=NOTE)) == ("accepted", "Aceptación expresa")


def test_the_codes_are_those_of_the_column() -> None:
    assert {"none", *(code for code, _ in STATES.values())} == set(ElectronicDocument.TitleStatus.values)
    assert all(ElectronicDocument.TitleStatus(code).label == label for code, label in STATES.values())


some = st.builds(
    event,
    st.sampled_from(sorted(EVENTS)),
    days=st.integers(0, 4),
    key=st.sampled_from(["a", "b"]),
    sender=st.sampled_from([BUYER, SELLER, STRANGER]),
    document_key=st.sampled_from([INVOICE.key, INVOICE.key, INVOICE.key, "a" * 96]),
    claim_code=st.sampled_from(["01", ""]),
    term_over=st.sampled_from([True, False, None]),
    proof=st.sampled_from(Proof),
    mailed=st.booleans(),
    arrived_at=st.sampled_from([None, FIRST + timedelta(days=2)]),
)
documents = st.sampled_from([INVOICE, INVOICE, NOTE, None])


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(some, max_size=5), documents)
def test_the_order_of_arrival_does_not_matter(events: list[Event], document: Document | None) -> None:
    expected = judge_all(events, document=document)

    assert all(judge_all(order, document=document) == expected for order in permutations(events))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(some, max_size=12), documents)
def test_nothing_counts_twice_and_one_answer_at_most(events: list[Event], document: Document | None) -> None:
    judged = judge_all(events, document=document)
    counting = [found.event.code for found in judged if found.counts]

    assert len(judged) == len(events)
    assert len(set(counting)) == len(counting)
    assert len({"031", "033", "034"} & set(counting)) <= 1
    assert all(len(found.sentence) <= 300 and bool(found.sentence) == (found.verdict != ACCEPTED) for found in judged)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(some, max_size=8), documents)
def test_what_does_not_count_changes_nothing_for_the_others(events: list[Event], document: Document | None) -> None:
    judged = judge_all(events, document=document)
    counting = [found for found in judged if found.counts]

    assert judge_all([found.event for found in counting], document=document) == counting
    assert summary(counting) == summary(judged)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.lists(some, max_size=10), documents, st.sampled_from(Proof))
def test_what_is_proven_counts_the_same_without_what_is_proven_less(events: list[Event], document: Document | None, proof: Proof) -> None:
    """Nobody can exclude, refuse or move it by writing something."""
    among_all = judge_all(events, document=document)
    alone = judge_all([event for event in events if event.proof >= proof], document=document)

    assert [found.event for found in alone if found.counts] == [
        found.event for found in among_all if found.counts and found.event.proof >= proof
    ]
    if (receipt := receipt_of(alone)) is not None:
        assert receipt_of(among_all) == receipt
