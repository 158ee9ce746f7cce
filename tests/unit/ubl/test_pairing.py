import pytest

from invoices.ubl.documents import parse_document
from invoices.ubl.pairing import pair
from invoices.ubl.types import Document
from invoices.ubl.xml import parse_root
from tests.ubl_builders import build_invoice


def document(number: str) -> Document:
    return parse_document(parse_root(build_invoice(number=number)))


ONE, TWO = document("FE1"), document("FE2")


@pytest.mark.parametrize(
    ("member", "pdfs", "pdf"),
    [
        ("ad.xml", ["otro.pdf"], "otro.pdf"),
        ("ad.xml", ["anexo.pdf", "ad.pdf"], "ad.pdf"),
        ("ad.xml", ["anexo.pdf", "FE1.pdf"], "FE1.pdf"),
        ("AD.XML", ["anexo.pdf", "Ad.Pdf"], "Ad.Pdf"),
        ("ad08001972680002600000001.xml", ["anexo.pdf", "fv08001972680002600000001.pdf"], "fv08001972680002600000001.pdf"),
        ("ad.xml", ["b.pdf", "a.pdf"], "b.pdf"),
    ],
)
def test_a_document_alone_has_the_pdf_of_its_name_or_else_the_first(member: str, pdfs: list[str], pdf: str) -> None:
    assert pair([(member, ONE)], pdfs, alone=True) == {ONE.key: pdf}


@pytest.mark.parametrize("alone", [True, False])
def test_without_pdfs_there_is_nothing_to_pair(alone: bool) -> None:
    assert pair([("ad.xml", ONE)], [], alone=alone) == {}


@pytest.mark.parametrize("pdf", ["FE1.pdf", "fe-1.pdf", "Factura FE 1.pdf", "fv_FE1_copia.pdf", "pdf/FE_1.pdf"])
def test_among_several_the_number_in_the_name_decides(pdf: str) -> None:
    assert pair([("a.xml", ONE), ("b.xml", TWO)], [pdf], alone=False) == {ONE.key: pdf}


@pytest.mark.parametrize("pdf", ["FE10.pdf", "XFE1.pdf", "FE1A.pdf", "factura.pdf", "1.pdf"])
def test_a_name_that_only_resembles_the_number_decides_nothing(pdf: str) -> None:
    assert pair([("a.xml", ONE), ("b.xml", TWO)], [pdf], alone=False) == {}


def test_numbers_are_compared_without_regard_to_case() -> None:
    assert pair([("a.xml", document("FE1001A")), ("b.xml", TWO)], ["fe1001a.pdf"], alone=False) == {document("FE1001A").key: "fe1001a.pdf"}


def test_the_same_name_in_the_same_folder_comes_first() -> None:
    places = [("1/factura.xml", ONE), ("2/factura.xml", TWO)]

    assert pair(places, ["2/factura.pdf", "1/factura.pdf"], alone=False) == {ONE.key: "1/factura.pdf", TWO.key: "2/factura.pdf"}


def test_the_same_name_in_another_folder_counts_when_nobody_else_has_it() -> None:
    assert pair([("xml/a.xml", ONE), ("xml/b.xml", TWO)], ["pdf/a.pdf"], alone=False) == {ONE.key: "pdf/a.pdf"}


def test_a_pdf_that_two_documents_could_claim_goes_to_neither() -> None:
    assert pair([("1/factura.xml", ONE), ("2/factura.xml", TWO)], ["factura.pdf"], alone=False) == {}


def test_a_document_that_could_claim_two_pdfs_gets_neither() -> None:
    assert pair([("a.xml", ONE), ("b.xml", TWO)], ["1/FE1.pdf", "2/FE1.pdf"], alone=False) == {}


def test_a_document_found_twice_has_one_pdf() -> None:
    assert pair([("a.xml", ONE), ("ad.xml", ONE), ("b.xml", TWO)], ["a.pdf"], alone=False) == {ONE.key: "a.pdf"}
