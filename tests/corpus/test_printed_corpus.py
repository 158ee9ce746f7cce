"""Every document of the corpus that can be read can be printed; what cannot is refused with a reason."""

from pathlib import Path

import pytest

from invoices.ubl.attached import read_xml
from invoices.ubl.printed import read_printed
from invoices.ubl.printed_types import Printed
from invoices.ubl.refusal import Refused
from invoices.ubl.types import Document
from invoices.ubl.words import amount_in_words

pytestmark = pytest.mark.corpus
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "testdata"
FILES = sorted(path for folder in ("ubl", "containers") for path in (CORPUS / folder).rglob("*.xml"))


def document(data: bytes) -> Document | None:
    try:
        return next((piece.content for piece in read_xml(data).pieces if isinstance(piece.content, Document)), None)
    except Refused:
        return None


def printed(data: bytes) -> Printed | None:
    try:
        return read_printed(data)
    except Refused:
        return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_can_be_read_can_be_printed(path: Path) -> None:
    data = path.read_bytes()

    read, page = document(data), printed(data)

    assert (page.document if page else None) == read


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_its_taxes_add_up_and_its_total_has_words(path: Path) -> None:
    page = printed(path.read_bytes())

    if page:
        assert amount_in_words(page.totals.payable, page.document.currency)
        assert page.lines
        assert sum(tax.amount for tax in page.taxes) == page.document.taxes


def test_the_corpus_is_printed_nearly_whole() -> None:
    assert not FILES or sum(printed(path.read_bytes()) is not None for path in FILES) >= 60
