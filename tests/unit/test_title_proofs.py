"""What is proven goes before what anybody may have written; whose signature it is."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from invoices.title_events import Event, judge_all, receipt_of
from invoices.title_proofs import Proof, signed_by
from tests.unit.test_title_event_rules import BEFORE, CLAIM, EXPRESS, FIRST, INVOICE, RECEIVED, TACIT, event, last, verdicts

SIGNED, VALIDATED = Proof.SIGNED, Proof.VALIDATED


@pytest.mark.parametrize(
    ("signer", "sender", "named"),
    [
        ("CONSTRUCCIONES ALTO PÁRAMO · 830777042", "830777042", True),
        ("CONSTRUCCIONES ALTO PÁRAMO · 8307770425", "830777042", True),
        ("CONSTRUCCIONES ALTO PÁRAMO · NIT 830.777.042-5", "830777042", True),
        ("CONSTRUCCIONES ALTO PÁRAMO · VATCO-830777042", "8307770425", True),
        ("830777042", "830777042", True),
        ("EMPRESA 830777042 · 900000001", "830777042", False),
        ("OTRA EMPRESA S.A.S. · 900000001", "830777042", False),
        ("CONSTRUCCIONES ALTO PÁRAMO · 83077704", "830777042", False),
        ("CONSTRUCCIONES ALTO PÁRAMO", "830777042", False),
        ("", "", False),
    ],
)
def test_a_certificate_names_its_owner_by_number(signer: str, sender: str, *, named: bool) -> None:
    assert signed_by(signer, sender) == named


@pytest.mark.parametrize("code", ["030", "031", "032", "033", "034"])
@pytest.mark.parametrize(("more", "less"), [(SIGNED, Proof.NONE), (VALIDATED, SIGNED)])
def test_of_two_events_of_a_kind_the_better_proven_counts_though_it_is_later(code: str, more: Proof, less: Proof) -> None:
    true, forged = event(code, days=9, proof=more), event(code, days=4, proof=less)

    found = verdicts(*BEFORE[: {"030": 0, "032": 1}.get(code, 2)], forged, true)

    assert (found[true.key][1], found[forged.key]) == ("", ("refused", "LGC01"))


@pytest.mark.parametrize("answers", list(permutations([CLAIM, EXPRESS, TACIT], 2)))
def test_an_answer_that_is_proven_is_not_refused_for_an_earlier_one_that_is_not(answers: tuple[Event, Event]) -> None:
    true, forged = replace(answers[0], proof=SIGNED), replace(answers[1], signed_at=FIRST + timedelta(days=2))

    assert last(*BEFORE, forged, true).counts
    assert not last(*BEFORE, true, forged).counts


def test_the_term_runs_from_the_receipt_that_is_proven() -> None:
    forged, true = event("032", days=0, proof=Proof.NONE), replace(RECEIVED, proof=SIGNED)

    assert receipt_of(judge_all([forged, true], document=INVOICE)) == true.signed_at


def test_what_a_person_brought_goes_before_what_came_by_mail() -> None:
    brought, mailed = event("032", days=2), event("032", days=1, mailed=True)

    assert receipt_of(judge_all([mailed, brought], document=INVOICE)) == brought.signed_at


def test_without_anything_against_it_an_event_by_mail_counts() -> None:
    assert last(*BEFORE, replace(CLAIM, mailed=True)).verdict == "accepted"


@pytest.mark.parametrize("proof", [SIGNED, VALIDATED])
def test_a_tacit_acceptance_by_mail_counts_where_it_is_proven(proof: Proof) -> None:
    assert last(*BEFORE, replace(TACIT, mailed=True, proof=proof)).verdict == "accepted"


def test_a_clock_may_be_ahead_by_a_day() -> None:
    assert last(replace(RECEIVED, signed_at=FIRST + timedelta(days=1), arrived_at=FIRST)).code == "LGC09"


def test_an_early_tacit_acceptance_does_not_keep_the_buyer_from_claiming() -> None:
    early, claim = event("034", days=2, term_over=False), event("031", days=3)

    assert last(*BEFORE, early, claim).verdict == "accepted"
    assert last(*BEFORE, claim, early).code == "LGC04"


def test_what_dian_validated_is_warned_and_says_so() -> None:
    found = last(*BEFORE, replace(TACIT, term_over=False, proof=VALIDATED))

    assert (found.verdict, found.code) == ("warned", "DC24e")
    assert found.sentence == "El plazo estimado para reclamar no había terminado: decide la DIAN. La DIAN lo validó."
