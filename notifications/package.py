"""
The ZIP that goes to the buyer: one per document and set of files, at most 2 MB.

The ZIP that came in is sent as it came only when its XML is exactly one AttachedDocument, of this document. In every other
case a ZIP with this document's own files alone is packed: never another buyer's invoice.
"""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from invoices.models import DocumentFile, ElectronicDocument, StoredFile
from invoices.services import store_file
from invoices.ubl.container import read_member
from invoices.ubl.names import NAME_TAGS, file_name, is_rule_name
from notifications.models import Package, PackageCounter

# Anexo Técnico 1.9, section 9.1: 2 MB per send.
MAX_PACKAGE_BYTES = 2 * 1024 * 1024
# A fixed date inside the ZIP, so that the same files give the same bytes.
ZIP_DATE = (2020, 1, 1, 0, 0, 0)
Role = DocumentFile.Role


class PackageTooBig(Exception):
    """Even without its PDF the package passes 2 MB."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file that goes into a package."""

    tag: str
    extension: str
    data: bytes


def package_for(*, document: ElectronicDocument, now: datetime) -> Package:
    """
    The document's package, made now unless the same files made one before.

    :raises PackageTooBig: nothing that the annex allows can be sent.
    """
    files = list(DocumentFile.objects.filter(document=document).select_related("file").order_by("role", "pk"))
    xml = _best_xml(files)
    chosen = [xml, *(item for item in files if item.role != Role.XML)]
    sources = hashlib.sha256("\n".join(f"{item.role} {item.file.sha256} {item.member}" for item in chosen).encode()).hexdigest()
    known = Package.objects.filter(document=document, sources=sources).select_related("file").first()
    return known or _make(document, chosen, sources, now)


def _best_xml(files: Sequence[DocumentFile]) -> DocumentFile:
    """The container, if one came; else the bare XML."""
    return min((item for item in files if item.role == Role.XML), key=lambda item: not item.in_container)


def _make(document: ElectronicDocument, chosen: Sequence[DocumentFile], sources: str, now: datetime) -> Package:
    xml = chosen[0]
    came_whole = xml.sole and all(item.file_id == xml.file_id for item in chosen) and xml.file.size <= MAX_PACKAGE_BYTES
    without_pdf = False
    if came_whole and is_rule_name(xml.file.name):
        file, name = xml.file, xml.file.name
    else:
        consecutive = _next_consecutive(document, now)
        name = _name(document, "z", consecutive, now, "zip")
        if came_whole:
            file = xml.file
        else:
            data, without_pdf = _pack(document, chosen, consecutive, now)
            file = store_file(company_id=document.company_id, name=name, data=data, kind=StoredFile.Kind.PACKAGE)
    return Package.objects.create(
        company_id=document.company_id, document=document, sources=sources, file=file, name=name, without_pdf=without_pdf
    )


def _pack(document: ElectronicDocument, chosen: Sequence[DocumentFile], consecutive: int, now: datetime) -> tuple[bytes, bool]:
    parts = [_part(document, item) for item in chosen]
    for without_pdf in (False, True):
        kept = [part for part in parts if not (without_pdf and part.extension == "pdf")]
        data = _zip([(_name(document, part.tag, consecutive, now, part.extension), part.data) for part in kept])
        if len(data) <= MAX_PACKAGE_BYTES:
            return data, without_pdf
    raise PackageTooBig("el paquete pasa de 2 MB")


def _part(document: ElectronicDocument, item: DocumentFile) -> Part:
    data = read_member(item.file.read(), item.member)
    if item.role == Role.RESPONSE:
        return Part("ar", "xml", data)
    tag = "ad" if item.in_container else NAME_TAGS.get(document.type_code, "fv")
    if item.role == Role.PDF:
        return Part(tag, "pdf", data)
    return Part(tag, "xml", data)


def _name(document: ElectronicDocument, tag: str, consecutive: int, now: datetime, extension: str) -> str:
    return file_name(tag=tag, nit=document.company.nit, year=now.year, consecutive=consecutive, extension=extension)


def _zip(files: Sequence[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _next_consecutive(document: ElectronicDocument, now: datetime) -> int:
    """One counter per company and year; the row's lock keeps two documents apart."""
    counter, _ = PackageCounter.objects.select_for_update().get_or_create(company_id=document.company_id, year=now.year)
    PackageCounter.objects.filter(pk=counter.pk).update(value=F("value") + 1)
    return counter.value + 1
