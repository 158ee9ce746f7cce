"""What is handed out again: exactly what came in, as a file that no browser opens."""

import io
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from invoices.models import Company, DocumentFile, ElectronicDocument, Membership, StoredFile
from invoices.scope import company_scope
from invoices.services import store_file
from tests import factories

pytestmark = pytest.mark.django_db
NIT = "900373076"
Role = DocumentFile.Role


@pytest.fixture
def company() -> Company:
    return factories.company(NIT)


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    with company_scope(company.pk):
        return factories.document(company, number="FE-7/1")


@pytest.fixture
def auditor(client: Client, company: Company) -> Client:
    client.force_login(factories.member(company, role=Membership.Role.AUDITOR))
    return client


def packed(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


def came_zipped(document: ElectronicDocument, data: bytes, *, sole: bool) -> None:
    """Let the document's parts lie in one ZIP, besides the XML that the factory gave it."""
    document.files.all().delete()
    file = store_file(company_id=document.company_id, name="z0900.zip", data=data, kind=StoredFile.Kind.RECEIVED)
    for role, member in ((Role.XML, "ad.xml"), (Role.PDF, "fe.pdf")):
        DocumentFile.objects.create(
            company=document.company, document=document, file=file, role=role, member=member, in_container=role == Role.XML, sole=sole
        )


def download(client: Client, document: ElectronicDocument, part: str) -> Any:
    return client.get(reverse("document_file", args=[NIT, document.pk, part]))


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_auditor_downloads_the_xml_as_a_file(auditor: Client, document: ElectronicDocument) -> None:
    response = download(auditor, document, "xml")

    assert response.content == f"<Invoice>{document.key}</Invoice>".encode()
    assert response["Content-Disposition"] == 'attachment; filename="FE-7_1.xml"'
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("part", ["pdf", "respuesta", "otro"])
def test_a_part_that_never_came_is_not_found(auditor: Client, document: ElectronicDocument, part: str) -> None:
    assert download(auditor, document, part).status_code == 404


def test_the_pdf_is_read_out_of_the_zip(auditor: Client, company: Company, document: ElectronicDocument) -> None:
    with company_scope(company.pk):
        came_zipped(document, packed(ad_xml=b"<AttachedDocument/>", fe_pdf=b"%PDF-1.7 hola"), sole=True)

    assert download(auditor, document, "pdf").content == b"%PDF-1.7 hola"


def test_a_zip_of_this_document_alone_is_handed_out_as_it_came(auditor: Client, company: Company, document: ElectronicDocument) -> None:
    received = packed(ad_xml=b"<AttachedDocument/>", fe_pdf=b"%PDF-1.7", anexo_txt=b"anexo")
    with company_scope(company.pk):
        came_zipped(document, received, sole=True)

    response = download(auditor, document, "zip")

    assert response.content == received
    assert "z0900.zip" in response["Content-Disposition"]


def test_of_a_zip_of_many_only_this_documents_parts_are_handed_out(auditor: Client, company: Company, document: ElectronicDocument) -> None:
    with company_scope(company.pk):
        came_zipped(document, packed(ad_xml=b"<AttachedDocument/>", fe_pdf=b"%PDF-1.7", otra_xml=b"<Invoice/>"), sole=False)

    response = download(auditor, document, "zip")

    assert members(response.content) == {"FE-7_1-contenedor.xml": b"<AttachedDocument/>", "FE-7_1.pdf": b"%PDF-1.7"}


def test_a_selection_comes_in_one_zip_with_a_folder_each(auditor: Client, company: Company, document: ElectronicDocument) -> None:
    with company_scope(company.pk):
        again = factories.document(company, number="FE-7/1")

    response: Any = auditor.post(reverse("documents_zip", args=[NIT]), {"doc": [document.pk, again.pk]})

    assert set(members(b"".join(response.streaming_content))) == {f"FE-7_1-{one.key[:8]}/FE-7_1.xml" for one in (document, again)}
    assert response["Content-Disposition"] == f'attachment; filename="documentos-{NIT}.zip"'


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [([], "Selecciona al menos un documento."), (["x"], "La selección no es válida."), ([str(uuid4())] * 201, "Selecciona hasta 200")],
)
def test_a_selection_that_is_none_is_refused_with_the_reason(
    auditor: Client, document: ElectronicDocument, chosen: list[str], reason: str
) -> None:
    response = auditor.post(reverse("documents_zip", args=[NIT]), {"doc": chosen})

    assert response.status_code == 400
    assert reason in response.content.decode()


def test_another_companys_document_does_not_come_along(auditor: Client, document: ElectronicDocument) -> None:
    other = factories.company()
    with company_scope(other.pk):
        foreign = factories.document(other)

    response: Any = auditor.post(reverse("documents_zip", args=[NIT]), {"doc": [document.pk, foreign.pk]})

    assert len(members(b"".join(response.streaming_content))) == 1
