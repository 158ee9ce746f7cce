"""What is handed out again: the parts of a document, read out of the file in which they came."""

import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from invoices.models import DocumentFile, ElectronicDocument, TitleEvent
from invoices.ubl.container import read_member

Role = DocumentFile.Role
TYPES = {"xml": "application/xml", "pdf": "application/pdf", "zip": "application/zip"}
UNSAFE = re.compile(r"[^\w.-]+")


def has_response(document: ElectronicDocument) -> bool:
    """Whether DIAN's answer came as a file of its own."""
    return DocumentFile.objects.filter(document=document, role=Role.RESPONSE).exists()


def part(document: ElectronicDocument, name: str) -> tuple[str, bytes] | None:
    """
    File name and contents of one part.

    :param name: ``xml`` (the container where one came), ``pdf``, ``respuesta`` or ``zip``; anything else is None, and so is
        a part that never came.
    """
    files = _files([document])[document.pk]
    if name == "zip":
        return _zip(document, files)
    role = {"xml": Role.XML, "pdf": Role.PDF, "respuesta": Role.RESPONSE}.get(name)
    item = next((item for item in files if item.role == role), None)
    return None if item is None else _contents(document, item)


def event_file(event: TitleEvent) -> tuple[str, bytes]:
    """File name and contents of an event, as it came: alone, or in the container that was sent."""
    return f"{safe(event.document.number)}-{event.code}-{event.key[:8]}.xml", read_member(event.file.read(), event.member)


def bundle(documents: Iterable[ElectronicDocument]) -> IO[bytes]:
    """A ZIP with all parts of several documents, a folder for each: on disk, since 200 documents may be gigabytes; gone when closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever hands it out closes it
    _pack(_foldered(list(documents)), file)
    file.seek(0)
    return file


def _foldered(documents: list[ElectronicDocument]) -> Iterator[tuple[str, bytes]]:
    files = _files(documents)
    for document in documents:
        folder = f"{safe(document.number)}-{document.key[:8]}"
        for name, data in _named(document, files[document.pk]):
            yield f"{folder}/{name}", data


def _files(documents: Iterable[ElectronicDocument]) -> dict[object, list[DocumentFile]]:
    """The parts of each document, the container before the bare XML."""
    found: dict[object, list[DocumentFile]] = {document.pk: [] for document in documents}
    rows = DocumentFile.objects.filter(document__in=list(found)).select_related("file").order_by("-in_container", "pk")
    for row in rows:
        found[row.document_id].append(row)
    return found


def _zip(document: ElectronicDocument, files: list[DocumentFile]) -> tuple[str, bytes]:
    """The ZIP as it came, if it holds this document alone; otherwise one of its parts."""
    whole = next((item.file for item in files if item.sole), None)
    if whole is not None and all(item.file_id == whole.pk for item in files):
        return whole.name, whole.read()
    buffer = io.BytesIO()
    _pack(_named(document, files), buffer)
    return f"{safe(document.number)}.zip", buffer.getvalue()


def _named(document: ElectronicDocument, files: list[DocumentFile]) -> list[tuple[str, bytes]]:
    named: dict[str, bytes] = {}
    for item in files:
        name, data = _contents(document, item)
        named.setdefault(name, data)
    return list(named.items())


def _contents(document: ElectronicDocument, item: DocumentFile) -> tuple[str, bytes]:
    if item.role == Role.ANNEX:
        return f"anexos/{item.member or item.file.name}", read_member(item.file.read(), item.member)
    extension = "pdf" if item.role == Role.PDF else "xml"
    kind = {Role.RESPONSE: "-dian", Role.XML: "-contenedor" if item.in_container else ""}.get(Role(item.role), "")
    return f"{safe(document.number)}{kind}.{extension}", read_member(item.file.read(), item.member)


def _pack(members: Iterable[tuple[str, bytes]], into: IO[bytes]) -> None:
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)


def safe(name: str) -> str:
    """A document's number as part of a file name."""
    return UNSAFE.sub("_", name).strip("._") or "documento"


def attachment(name: str, data: bytes) -> HttpResponse:
    """A download that no browser opens in place."""
    response = HttpResponse(data, content_type=TYPES.get(name.rsplit(".", 1)[-1].lower(), "application/octet-stream"))
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
