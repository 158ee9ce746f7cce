"""The signatures of real files, where they lie beside the checkout. Most official samples were edited after they were signed."""

from collections import Counter
from pathlib import Path

import pytest

from invoices.ubl.attached import nested_document
from invoices.ubl.refusal import Refused
from invoices.ubl.signatures import Status, check_signature
from tests.corpus.test_ubl_corpus import CORPUS, catalogue

pytestmark = [pytest.mark.corpus, pytest.mark.skipif(not CORPUS.exists(), reason="no corpus beside the checkout")]
ANSWERS: dict[str, set[Status]] = {"yes": {"intact"}, "no": {"altered", "unverifiable"}, "n/a": {"absent", "unverifiable"}}


def nested(path: Path) -> bytes | None:
    try:
        return nested_document(path.read_bytes())
    except Refused:
        return None


def test_the_signatures_of_the_files_are_what_they_are_known_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    counted = Counter(check_signature(path.read_bytes()).status for path in (CORPUS / "ubl").rglob("*.xml"))

    with capsys.disabled():
        print(f"\nsignatures: {dict(counted)}")  # noqa: T201  the figures are what this is run for
    assert counted == {"intact": 6, "altered": 34, "absent": 15, "unverifiable": 4}


def test_the_signatures_in_containers_are_what_they_are_known_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    documents = [data for path in (CORPUS / "containers").rglob("*.xml") if (data := nested(path))]
    counted = Counter(check_signature(data).status for data in documents)

    with capsys.disabled():
        print(f"\nsignatures in containers: {dict(counted)}")  # noqa: T201
    assert counted == {"intact": 3, "altered": 15, "absent": 4}


@pytest.mark.parametrize("row", list(catalogue()), ids=lambda row: row["file"])
def test_a_signature_is_what_the_catalogue_says(row: dict[str, str]) -> None:
    found = check_signature((CORPUS / "ubl" / row["file"]).read_bytes())

    assert found.status in ANSWERS[row["signature intact"].split(" ")[0]]
