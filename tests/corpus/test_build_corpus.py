"""Every document that can be read makes a container that UBL 2.1 allows and that reads back to the same facts."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from lxml import etree

from invoices.models import Company, DocumentFile, StoredFile
from invoices.scope import company_scope
from invoices.services import store_file
from invoices.ubl.attached import nested_document, nested_response, read_xml
from invoices.ubl.build import Source, build_container
from invoices.ubl.container import read_member, read_upload
from invoices.ubl.refusal import Refused
from invoices.ubl.types import Document, Verdict
from notifications.models import Package
from notifications.package import MAX_PACKAGE_BYTES, package_for
from tests import factories

SHARED = Path(__file__).resolve().parents[3] / "shared"
FILES = sorted((SHARED / "testdata" / "ubl").rglob("*.xml")) + sorted((SHARED / "testdata" / "containers").rglob("*.xml"))
SCHEMA = SHARED / "schemas" / "ubl21" / "maindoc" / "UBL-AttachedDocument-2.1.xsd"


def sources(path: Path) -> list[Source]:
    data = path.read_bytes()
    try:
        pieces = read_xml(data).pieces
    except Refused:
        return []
    found = [piece for piece in pieces if isinstance(piece.content, Document)]
    answers = [piece.verdict for piece in found if isinstance(piece.verdict, Verdict)]
    xml, response = nested_document(data) or data, nested_response(data) or b""
    return [Source(xml, piece.content, response if answers else b"", answers[0] if answers else None) for piece in found]


@pytest.mark.corpus
def test_every_document_of_the_corpus_makes_a_valid_container() -> None:
    if not FILES:
        pytest.skip("the corpus lies elsewhere")
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    made, wrong = 0, []

    for path in FILES:
        for source in sources(path):
            built = build_container(source, container_id="1", at=datetime(2026, 7, 15, 17, tzinfo=UTC))
            [piece] = read_xml(built).pieces
            made += 1
            if not schema.validate(etree.fromstring(built)) or piece.content != source.document:
                wrong.append((path.name, [error.message for error in schema.error_log][:1], piece.content == source.document))

    assert wrong == []
    assert made >= 60


@pytest.mark.corpus
@pytest.mark.django_db(transaction=True)
def test_every_document_that_is_taken_in_makes_a_package_that_holds_the_same_facts() -> None:
    if not FILES:
        pytest.skip("the corpus lies elsewhere")
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    made, wrong = 0, []

    for path in FILES:
        for source in sources(path):
            package, data = packed(path, source)
            [piece] = read_upload(package.name, data).pieces
            container = etree.fromstring(read_member(data, piece.member))
            made += 1
            if not schema.validate(container) or piece.content != source.document or len(data) > MAX_PACKAGE_BYTES:
                wrong.append((path.name, [error.message for error in schema.error_log][:1], len(data)))

    assert wrong == []
    assert made >= 60


def packed(path: Path, source: Source) -> tuple[Package, bytes]:
    """The document, taken in bare with DIAN's answer, and its package."""
    now = datetime(2026, 7, 15, 17, tzinfo=UTC)
    nit = source.document.issuer.identification
    company = Company.objects.filter(nit=nit).first() or factories.company(nit, name=path.stem)
    with company_scope(company.pk):
        document = factories.document(company, number=source.document.number, type_code=source.document.type_code)
        DocumentFile.objects.filter(document=document).delete()
        for role, data in (("xml", source.xml), ("response", source.response_xml)):
            if data:
                file = store_file(company_id=company.pk, name=f"{role}.xml", data=data, kind=StoredFile.Kind.RECEIVED)
                DocumentFile.objects.create(company=company, document=document, file=file, role=role)
        with transaction.atomic():
            package = package_for(document=document, now=now)
        return package, package.file.read()
