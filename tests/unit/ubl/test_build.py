"""A document and DIAN's answer become one container that reads back to the same facts."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree

from invoices.ubl.attached import nested_document, nested_response, read_xml
from invoices.ubl.build import Source, build_container
from invoices.ubl.types import Document, Verdict
from tests import ubl_builders as ubl

NOON = datetime(2026, 7, 15, 17, tzinfo=UTC)
INVOICE = ubl.build_invoice()
ANSWER = ubl.build_response(rules=[("FAJ43b", "El nombre no es el del RUT")])


def source(xml: bytes = INVOICE, answer: bytes = ANSWER) -> Source:
    [piece] = read_xml(xml).pieces
    assert isinstance(piece.content, Document)
    if not answer:
        return Source(xml, piece.content)
    [told] = read_xml(answer).pieces
    assert isinstance(told.content, Verdict)
    return Source(xml, piece.content, answer, told.content)


def built(given: Source) -> bytes:
    return build_container(given, container_id="1", at=NOON)


@pytest.mark.parametrize("xml", [INVOICE, ubl.build_credit_note(), ubl.build_debit_note()], ids=["invoice", "credit", "debit"])
def test_it_reads_back_to_the_same_facts(xml: bytes) -> None:
    key = source(xml, b"").document.key
    given = source(xml, ANSWER.replace(source().document.key.encode(), key.encode()))

    [piece] = read_xml(built(given)).pieces

    assert piece.content == given.document
    assert piece.in_container
    assert replace(piece.verdict, result_code="") == given.verdict  # type: ignore[type-var]


@pytest.mark.parametrize(
    "xml",
    [
        INVOICE.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + INVOICE,
        INVOICE.decode().replace("UTF-8", "windows-1252", 1).encode("cp1252"),
        INVOICE.replace(b"<cbc:ID>", b"<!-- ]]> --><cbc:ID>", 1),
    ],
    ids=["CRLF", "BOM", "Windows-1252", "end of CDATA"],
)
def test_a_nested_file_keeps_what_was_signed(xml: bytes) -> None:
    given = source(xml, ANSWER)

    nested = nested_document(built(given))

    assert nested is not None
    assert _canonical(nested) == _canonical(xml)
    assert nested_response(built(given)) is not None


def _canonical(data: bytes) -> bytes:
    return etree.tostring(etree.fromstring(data), method="c14n")


def test_without_an_answer_there_is_only_the_document() -> None:
    [piece] = read_xml(built(source(answer=b""))).pieces

    assert (piece.content, piece.verdict) == (source().document, None)


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert built(source()) == built(source())


def test_the_parties_carry_their_responsibilities() -> None:
    root = etree.fromstring(built(source()))
    levels = root.findall(".//{*}SenderParty/{*}PartyTaxScheme/{*}TaxLevelCode")
    own = etree.fromstring(INVOICE).find("{*}AccountingSupplierParty/{*}Party/{*}PartyTaxScheme/{*}TaxLevelCode")

    assert [level.text for level in levels] == ([own.text] if own is not None else [])


@pytest.mark.parametrize(
    ("type_code", "said"),
    [("04", "Sin respuesta de la DIAN: contingencia"), ("20", "Sin respuesta de la DIAN")],
    ids=["contingency", "POS"],
)
def test_what_goes_without_an_answer_says_so_and_only_a_contingency_is_called_one(type_code: str, said: str) -> None:
    container = built(source(ubl.build_invoice(type_code=type_code), b""))

    assert f"DocumentType>{said}<".encode() in container.replace(b"cbc:", b"")
