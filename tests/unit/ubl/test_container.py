import codecs
import hashlib
from datetime import datetime, timedelta, timezone

import pytest

from invoices.ubl.attached import MAX_NESTED
from invoices.ubl.container import Piece, Upload, nested_document, nested_response, read_upload
from invoices.ubl.types import BuyerEvent, Document, Verdict
from tests.ubl_builders import (
    CUSTOMER,
    ISSUER,
    PDF,
    build_attached_document,
    build_credit_note,
    build_event,
    build_invoice,
    build_response,
    fake_key,
)

KEY = fake_key((ISSUER.identification, "FE1001"))
INVOICE, RESPONSE = build_invoice(), build_response()
CONTAINER = build_attached_document(INVOICE, RESPONSE)


def read(data: bytes) -> Upload:
    return read_upload("factura.xml", data)


def only(data: bytes) -> Piece:
    upload = read(data)
    assert upload.refusals == ()
    (piece,) = upload.pieces
    return piece


def codes(upload: Upload) -> list[str]:
    return [refusal.code for refusal in upload.refusals]


def verdict_of(piece: Piece) -> Verdict:
    assert piece.verdict is not None
    return piece.verdict


def test_a_bare_invoice_is_one_piece() -> None:
    upload = read(INVOICE)

    (piece,) = upload.pieces
    assert isinstance(piece.content, Document)
    assert (piece.member, piece.name, piece.in_container, piece.verdict, piece.sole) == ("", "factura.xml", False, None, False)
    assert (upload.name, upload.data, upload.sha256) == ("factura.xml", INVOICE, hashlib.sha256(INVOICE).hexdigest())


@pytest.mark.parametrize(("data", "kind"), [(RESPONSE, Verdict), (build_event(), BuyerEvent), (build_credit_note(), Document)])
def test_answers_events_and_notes_alone_are_pieces(data: bytes, kind: type) -> None:
    assert isinstance(only(data).content, kind)


@pytest.mark.parametrize(
    "data",
    [
        CONTAINER,
        build_attached_document(INVOICE, RESPONSE, escaped=True),
        build_attached_document(INVOICE, RESPONSE, split=True),
        build_attached_document(INVOICE, RESPONSE, bom=True),
        build_attached_document(b"\r\n\r\n   " + INVOICE, b"\n" + RESPONSE),
        CONTAINER.decode().replace('encoding="UTF-8"', 'encoding="ISO-8859-1"', 1).replace("”", '"').encode("latin-1"),
        codecs.BOM_UTF8 + CONTAINER,
        CONTAINER.decode().encode("utf-16"),
        CONTAINER.replace(b"\n", b"\r\n"),
    ],
)
def test_a_container_gives_its_document_with_dians_answer(data: bytes) -> None:
    piece = only(data)

    assert isinstance(piece.content, Document)
    assert (piece.content.key, piece.in_container) == (KEY, True)
    assert piece.content.issuer.name == ISSUER.name
    assert verdict_of(piece).document_key == KEY
    assert piece.verdict_in_container


@pytest.mark.parametrize("escaped", [True, False])
def test_a_document_has_the_same_content_inside_a_container(escaped: bool) -> None:
    bare, nested = only(INVOICE).content, only(build_attached_document(INVOICE, RESPONSE, escaped=escaped)).content

    assert isinstance(bare, Document)
    assert isinstance(nested, Document)
    assert nested.content_sha256 == bare.content_sha256


def test_a_container_without_answer_gives_a_document_without_verdict() -> None:
    piece = only(build_attached_document(INVOICE))

    assert (piece.in_container, piece.verdict, piece.verdict_in_container) == (True, None, False)


def test_the_nested_answer_decides_and_the_result_code_is_only_passed_on() -> None:
    verdict = verdict_of(only(build_attached_document(INVOICE, build_response(code="04", rules=[("FAD06", "CUFE")]), result_code="00")))

    assert (verdict.rejected, verdict.result_code) == (True, "00")


@pytest.mark.parametrize("written", ["2026-03-10", "10/03/2026"])
def test_the_container_says_when_dian_validated_where_the_answer_does_not(written: str) -> None:
    container = build_attached_document(INVOICE, build_response(issued=("", "")))
    dated = container.replace(b"<cbc:ValidationDate>2026-03-10", b"<cbc:ValidationDate>" + written.encode())

    assert verdict_of(only(dated)).validated_at == datetime(2026, 3, 10, 10, 15, 42, tzinfo=timezone(timedelta(hours=-5)))


def test_nobody_says_when_dian_validated() -> None:
    container = build_attached_document(INVOICE, build_response(issued=("", "")))

    assert verdict_of(only(container.replace(b"<cbc:ValidationDate>2026-03-10", b"<cbc:ValidationDate>"))).validated_at is None


def test_of_two_answers_about_the_document_the_last_counts() -> None:
    assert verdict_of(only(build_attached_document(INVOICE, build_response(code="04"), events=[RESPONSE]))).accepted


def test_an_answer_about_another_document_is_left_out_and_named() -> None:
    upload = read(build_attached_document(INVOICE, build_response(document_key=fake_key("otra"), document_number="FE9")))

    assert [piece.verdict for piece in upload.pieces] == [None]
    assert codes(upload) == ["other_document"]
    assert "(FE9)" in upload.refusals[0].sentence


def test_an_answer_that_cannot_be_read_does_not_take_the_document_along() -> None:
    upload = read(build_attached_document(INVOICE, RESPONSE[:-9]))

    assert len(upload.pieces) == 1
    assert upload.refusals[0].sentence.startswith("La respuesta que trae el contenedor no se tuvo en cuenta: el XML está dañado")


def test_a_document_that_cannot_be_read_is_not_taken_for_an_answer() -> None:
    (refusal,) = read(build_attached_document(INVOICE[:-9], RESPONSE)).refusals

    assert refusal.sentence.startswith("El XML está dañado")


def test_an_answer_of_another_kind_in_a_container_is_named() -> None:
    assert codes(read(build_attached_document(INVOICE, RESPONSE, events=[build_event("036")]))) == ["not_handled"]


def test_the_answer_to_a_refused_document_is_of_no_use() -> None:
    support = build_invoice(type_code="05")
    upload = read(build_attached_document(support, build_response(document=support)))

    assert upload.pieces == ()
    assert codes(upload) == ["not_a_sale"]


def test_events_in_the_same_container_are_pieces_of_their_own() -> None:
    upload = read(build_attached_document(INVOICE, RESPONSE, events=[build_event("030"), build_event("032")]))

    assert [type(piece.content) for piece in upload.pieces] == [Document, BuyerEvent, BuyerEvent]
    assert all(piece.in_container for piece in upload.pieces)


def test_a_container_of_the_buyer_gives_its_event() -> None:
    event = build_event("033")
    validated = build_response(document=event, receiver=CUSTOMER)
    piece = only(build_attached_document(event, validated, sender=CUSTOMER, receiver=ISSUER))

    assert isinstance(piece.content, BuyerEvent)
    assert (piece.content.code, piece.in_container) == ("033", True)


def test_an_event_that_dian_rejected_did_not_happen() -> None:
    event = build_event("033")
    upload = read(build_attached_document(event, build_response(document=event, code="04")))

    assert upload.pieces == ()
    assert codes(upload) == ["event_rejected"]


def test_a_container_may_hold_dians_answer_alone() -> None:
    piece = only(build_attached_document(RESPONSE))

    assert isinstance(piece.content, Verdict)
    assert piece.in_container


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (PDF, "pdf"),
        (b"\n\n" + PDF, "pdf"),
        (b"Rar!\x1a\x07\x00", "unknown"),
        (b"PK\x05", "unknown"),
        (INVOICE[: len(INVOICE) // 2], "malformed"),
        (build_attached_document(b""), "empty_container"),
        (build_attached_document(CONTAINER.replace(b"]]>", b"")), "malformed"),
        (build_attached_document(build_attached_document(INVOICE, escaped=True)), "nested_container"),
        (b'<GetStatusResponse xmlns="http://wcf.dian.colombia"/>', "service_answer"),
        (b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>', "service_answer"),
        (b"<html/>", "not_a_document"),
        (b'<NominaIndividual xmlns="dian:gov:co:facturaelectronica:NominaIndividual"/>', "not_a_sale"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(data: bytes, code: str) -> None:
    upload = read(data)

    assert upload.pieces == ()
    assert codes(upload) == [code]
    assert upload.refusals[0].name == "factura.xml"
    assert upload.refusals[0].sentence.endswith(".")


def test_the_same_refusal_is_said_once() -> None:
    twice = build_attached_document(INVOICE, events=[build_event("036"), build_event("036")])

    assert codes(read(twice)) == ["not_handled"]


def test_nested_files_come_out_as_they_went_in() -> None:
    assert nested_document(CONTAINER) == INVOICE
    assert nested_response(CONTAINER) == RESPONSE


def test_a_broken_document_does_not_hide_the_answer_beside_it() -> None:
    assert nested_response(build_attached_document(INVOICE[:-9], RESPONSE)) == RESPONSE


def test_a_nested_declaration_tells_the_truth_about_the_bytes() -> None:
    latin = INVOICE.replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"')

    assert nested_document(build_attached_document(latin)) == INVOICE


@pytest.mark.parametrize("data", [INVOICE, build_attached_document(b"<roto"), build_attached_document(build_event())])
def test_there_may_be_nothing_nested(data: bytes) -> None:
    assert nested_document(data) is None
    assert nested_response(data) is None


def test_a_container_with_too_many_files_inside_is_not_read() -> None:
    enough, too_many = (build_attached_document(INVOICE, events=[build_event("030")] * number) for number in (MAX_NESTED - 1, MAX_NESTED))

    assert len(read(enough).pieces) == MAX_NESTED
    assert (read(too_many).pieces, codes(read(too_many))) == ((), ["too_many_nested"])
