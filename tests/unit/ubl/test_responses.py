from datetime import datetime, timedelta, timezone

import pytest

from invoices.ubl.refusal import Refused
from invoices.ubl.responses import MAX_NOTE, MAX_NOTES, MAX_RESPONSES, parse_response, read_responses
from invoices.ubl.types import BuyerEvent, Rule, Verdict
from invoices.ubl.xml import parse_root
from tests.ubl_builders import CUSTOMER, DIAN, ISSUER, build_event, build_invoice, build_response, fake_key

KEY = fake_key((ISSUER.identification, "FE1001"))
COLOMBIA = timezone(timedelta(hours=-5))
NOTICE = ("FAJ43b", "Nombre informado No corresponde al registrado en el RUT.")


def verdict(data: bytes) -> Verdict:
    (found,) = parse_response(parse_root(data))
    assert isinstance(found, Verdict)
    return found


def event(data: bytes) -> BuyerEvent:
    (found,) = parse_response(parse_root(data))
    assert isinstance(found, BuyerEvent)
    return found


def refused(data: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        parse_response(parse_root(data))
    return caught.value


def joined(*files: bytes) -> bytes:
    """One response that answers as often as all of them."""
    answers = [data[data.index(b"<cac:DocumentResponse>") : data.index(b"</ApplicationResponse>")] for data in files]
    return files[0].replace(answers[0], b"".join(answers))


def test_dians_answer_says_what_it_is_about() -> None:
    found = verdict(build_response())

    assert (found.code, found.description) == ("02", "Documento validado por la DIAN")
    assert (found.document_key, found.document_number) == (KEY, "FE1001")
    assert found.key == fake_key(("response", "02", KEY))
    assert found.validated_at == datetime(2026, 3, 10, 10, 15, 42, tzinfo=COLOMBIA)
    assert (found.sender.identification, found.receiver.identification) == (DIAN.identification, ISSUER.identification)
    assert found.result_code == ""


@pytest.mark.parametrize(
    ("code", "rules", "states"),
    [
        ("02", [], (True, False, False)),
        ("002", [NOTICE], (True, True, False)),
        ("04", [("FAD06", "Valor del CUFE no está calculado correctamente.")], (False, False, True)),
        ("004", [], (False, False, True)),
    ],
)
def test_a_document_is_accepted_with_notices_or_rejected(code: str, rules: list[tuple[str, str]], states: tuple[bool, bool, bool]) -> None:
    found = verdict(build_response(code=code, rules=rules))

    assert (found.accepted, found.accepted_with_notices, found.rejected) == states
    assert found.rules == tuple(Rule(*rule) for rule in rules)


@pytest.mark.parametrize("code", ["0", "0000", ""])
def test_the_sentence_that_it_was_authorised_is_no_notice(code: str) -> None:
    assert verdict(build_response(rules=[(code, "La Factura ha sido autorizada.")])).rules == ()


@pytest.mark.parametrize("code", ["030", "031", "032", "033", "034"])
def test_every_event_of_a_buyer_is_read(code: str) -> None:
    assert event(build_event(code)).code == code


def test_an_event_says_who_says_what_about_which_document() -> None:
    found = event(build_event("031", claim_code="02", number="REC1", notes=["Faltó una caja", "  "]))

    assert (found.name, found.number, found.claim_code) == ("Reclamo de la Factura Electrónica de Venta", "REC1", "02")
    assert (found.document_key, found.document_number, found.document_type) == (KEY, "FE1001", "01")
    assert (found.sender.identification, found.receiver.identification) == (CUSTOMER.identification, ISSUER.identification)
    assert found.issued_at == datetime(2026, 3, 11, 9, tzinfo=COLOMBIA)
    assert found.key == fake_key(("event", "031", KEY))
    assert found.notes == ("Faltó una caja",)


@pytest.mark.parametrize(("code", "claim_code"), [("030", "02"), ("031", ""), ("031", "x2"), ("031", "002")])
def test_only_a_claim_has_a_claim_code(code: str, claim_code: str) -> None:
    assert event(build_event(code, claim_code=claim_code)).claim_code == ""


def test_an_event_without_description_has_the_name_of_its_code() -> None:
    nameless = build_event("033").replace("<cbc:Description>Aceptación expresa</cbc:Description>".encode(), b"")

    assert event(nameless).name == "Aceptación expresa"


def test_an_answer_without_its_own_key_and_date_is_still_an_answer() -> None:
    found = verdict(build_response(key="x", issued=("", "")))

    assert (found.key, found.validated_at) == ("", None)


def test_an_answer_without_sender_is_taken_for_dians() -> None:
    data = build_response()
    start, end = data.index(b"<cac:SenderParty>"), data.index(b"<cac:ReceiverParty>")

    assert verdict(data[:start] + data[end:]).accepted


def test_a_verdict_that_dian_did_not_send_is_refused() -> None:
    assert refused(build_response(sender=CUSTOMER)).code == "not_dian"


@pytest.mark.parametrize("code", ["036", "051", "91", "", "35"])
def test_other_responses_are_not_handled(code: str) -> None:
    assert refused(build_event(code)).code == "not_handled"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (build_response(document_key="SIN-CUFE"), "bad_reference"),
        (build_event(document_key="SIN-CUFE"), "bad_reference"),
        (build_event(key="SIN-CUDE"), "bad_key"),
        (build_event(issued=("", "09:00:00")), "date"),
        (build_event(issued=("2026-03-11", "ayer")), "date"),
        (build_event().replace(b"SenderParty", b"OtherParty"), "sender"),
        (build_event().replace(b"DocumentResponse>", b"OtherResponse>"), "no_response"),
        (build_event().replace(b"ApplicationResponse-2", b"ApplicationResponse-1"), "not_a_response"),
        (build_invoice(), "not_a_response"),
    ],
)
def test_a_response_that_cannot_be_attributed_is_refused(data: bytes, code: str) -> None:
    assert refused(data).code == code


def test_one_file_may_answer_several_times() -> None:
    codes = ["030", "032", "033"] * 3
    found = parse_response(parse_root(joined(*(build_event(code, document_key=fake_key(n)) for n, code in enumerate(codes)))))

    assert [response.code for response in found] == codes
    assert {response.document_key for response in found} == {fake_key(n) for n in range(9)}


def test_the_first_reason_is_given_when_no_answer_can_be_read() -> None:
    assert refused(joined(build_event("036"), build_event("030", document_key="x"))).code == "not_handled"


def test_what_cannot_be_read_of_several_answers_does_not_hide_the_rest() -> None:
    found, refusals = read_responses(parse_root(joined(build_event("036"), build_event("030"))))

    assert [response.code for response in found] == ["030"]
    assert [refusal.code for refusal in refusals] == ["not_handled"]


def test_a_response_that_answers_too_often_is_not_read() -> None:
    enough, too_often = ([build_event("030")] * number for number in (MAX_RESPONSES, MAX_RESPONSES + 1))

    assert len(parse_response(parse_root(joined(*enough)))) == MAX_RESPONSES
    assert refused(joined(*too_often)).code == "too_many_responses"


def test_the_notes_of_an_event_are_cut_and_say_so() -> None:
    found = event(build_event("031", notes=["x" * (MAX_NOTE + 1), "y" * MAX_NOTE, *["z"] * MAX_NOTES]))

    assert found.notes[0] == "x" * MAX_NOTE + "… (sigue en el XML)"
    assert found.notes[1] == "y" * MAX_NOTE
    assert (len(found.notes), found.notes[-1]) == (MAX_NOTES + 1, "Hay más notas en el XML: 2.")
