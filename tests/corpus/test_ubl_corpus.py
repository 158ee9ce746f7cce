"""Real files, where they lie beside the checkout: nothing but documents and refusals comes out of them."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from invoices.ubl.container import read_upload
from invoices.ubl.types import Document

pytestmark = pytest.mark.corpus
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "testdata"
FILES = sorted(
    path for folder in ("ubl", "containers", "zips") for path in (CORPUS / folder).rglob("*.*") if path.suffix in (".xml", ".zip")
)
SALES_ROOTS = ("Invoice", "CreditNote", "DebitNote")


def catalogue() -> Iterator[dict[str, str]]:
    if (CORPUS / "ubl" / "catalogue.csv").exists():
        with (CORPUS / "ubl" / "catalogue.csv").open(encoding="utf-8", newline="") as rows:
            yield from csv.DictReader(rows)


def documents(path: Path) -> list[Document]:
    return [piece.content for piece in read_upload(path.name, path.read_bytes()).pieces if isinstance(piece.content, Document)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_real_file_is_read_or_refused_with_a_reason(path: Path) -> None:
    upload = read_upload(path.name, path.read_bytes())

    assert upload.pieces or upload.refusals
    assert all(refusal.sentence.endswith(".") for refusal in upload.refusals)


@pytest.mark.parametrize("row", [row for row in catalogue() if row["root element"] in SALES_ROOTS], ids=lambda row: row["file"])
def test_a_catalogued_document_is_what_the_catalogue_says_or_refused(row: dict[str, str]) -> None:
    path = CORPUS / "ubl" / row["file"]
    upload = read_upload(path.name, path.read_bytes())
    found = [(document.root, document.number, document.currency) for document in documents(path)]

    assert found == [(row["root element"], row["number"], row["currency"])] or (not found and len(upload.refusals) == 1)


def test_every_sales_document_of_the_corpus_is_found() -> None:
    keys = {document.key for path in FILES for document in documents(path)}

    assert not FILES or len(keys) >= 14
