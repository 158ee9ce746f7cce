"""
The ZIP that goes to the buyer: one per document and set of files, at most 2 MB.

The ZIP that came in is sent as it came only when its XML is exactly one AttachedDocument, of this document. In every other
case a ZIP with this document's own files alone is packed: never another buyer's invoice. A bare XML gets its container, with
DIAN's answer in it.
"""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import F

from invoices.models import DocumentFile, ElectronicDocument, StoredFile
from invoices.services import store_file
from invoices.ubl.attached import nested_document, nested_response, read_xml
from invoices.ubl.build import Source, build_container
from invoices.ubl.container import read_member
from invoices.ubl.names import NAME_TAGS, file_name, is_rule_name
from invoices.ubl.refusal import Refused
from invoices.ubl.types import Document, Verdict
from notifications import conformity
from notifications.models import Package, PackageCounter

# Anexo Técnico 1.9, section 9.1: 2 MB per send.
MAX_PACKAGE_BYTES = 2 * 1024 * 1024
# A fixed date inside the ZIP, so that the same files give the same bytes.
ZIP_DATE = (2020, 1, 1, 0, 0, 0)
Role = DocumentFile.Role
ANNEXES = "anexos.zip"
Content = TypeVar("Content", Document, Verdict)


class PackageTooBig(Exception):
    """Even without its PDF the package passes 2 MB."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file that goes into a package, under the name that the rule gives it; the annexes under their own."""

    tag: str
    extension: str
    data: bytes
    name: str = ""


def package_for(*, document: ElectronicDocument, now: datetime) -> Package:
    """
    The document's package, made now unless the same files made one before for the same buyer's demands.

    One that the review held back is reviewed again: it never went, and what stopped it may be gone.

    :raises PackageTooBig: nothing that the annex allows can be sent.
    """
    files = list(DocumentFile.objects.filter(document=document).select_related("file").order_by("role", "pk"))
    xml = _best_xml(files)
    chosen = [xml, *(item for item in files if item.role != Role.XML)]
    sources = _fingerprint(document, chosen)
    known = Package.objects.filter(document=document, sources=sources).select_related("file").first()
    if known is None:
        return _make(document, chosen, sources, now)
    if not conformity.went(known):
        conformity.review(known)
    known.used_at = now
    known.save(update_fields=["grade", "review", "used_at"])
    return known


def _fingerprint(document: ElectronicDocument, chosen: Sequence[DocumentFile]) -> str:
    """What the package is made of, and for whom; a bare XML whose container we build counts as something else than the XML alone."""
    whole = chosen[0].in_container and all(item.role != Role.RESPONSE for item in chosen)
    built = [] if whole else ["container"]
    lines = built + [f"{item.role} {item.file.sha256} {item.member}" for item in chosen] + conformity.fingerprint(document)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _best_xml(files: Sequence[DocumentFile]) -> DocumentFile:
    """The container, if one came; else the bare XML."""
    return min((item for item in files if item.role == Role.XML), key=lambda item: not item.in_container)


def _make(document: ElectronicDocument, chosen: Sequence[DocumentFile], sources: str, now: datetime) -> Package:
    xml = chosen[0]
    came_whole = xml.sole and all(item.file_id == xml.file_id for item in chosen) and xml.file.size <= MAX_PACKAGE_BYTES
    left_out = frozenset[str]()
    if came_whole and is_rule_name(xml.file.name):
        file, name = xml.file, xml.file.name
    else:
        consecutive = _next_consecutive(document, now)
        name = _name(document, "z", consecutive, now, "zip")
        if came_whole:
            file = xml.file
        else:
            data, left_out = _pack(document, chosen, consecutive, now)
            file = store_file(company_id=document.company_id, name=name, data=data, kind=StoredFile.Kind.PACKAGE)
    package = Package(company_id=document.company_id, document=document, sources=sources, file=file, name=name, used_at=now)
    package.without_pdf, package.without_annexes = "pdf" in left_out, "zip" in left_out
    conformity.review(package)
    package.save(force_insert=True)
    return package


def _pack(document: ElectronicDocument, chosen: Sequence[DocumentFile], consecutive: int, now: datetime) -> tuple[bytes, frozenset[str]]:
    """
    The bytes, and the extensions of what did not fit.

    The annexes give way first, then the PDF: the buyer downloads what is left out by the link.
    """
    parts = _parts(document, chosen, consecutive, now)
    for give_way in ((), ("zip",), ("zip", "pdf")):
        kept = [part for part in parts if part.extension not in give_way]
        data = _zip([(part.name or _name(document, part.tag, consecutive, now, part.extension), part.data) for part in kept])
        if len(data) <= MAX_PACKAGE_BYTES:
            return data, frozenset(part.extension for part in parts if part not in kept)
    raise PackageTooBig("el paquete pasa de 2 MB")


def _parts(document: ElectronicDocument, chosen: Sequence[DocumentFile], consecutive: int, now: datetime) -> list[Part]:
    container = _container(document, chosen, consecutive, now)
    annexes = [(item.member or item.file.name, _bytes(item)) for item in chosen if item.role == Role.ANNEX]
    apart = [Part("", "zip", _zip(annexes), ANNEXES)] if annexes else []
    if container is None:
        return [_as_it_came(document, item) for item in chosen if item.role != Role.ANNEX] + apart
    return [Part("ad", "xml", container), *(Part("ad", "pdf", _bytes(item)) for item in chosen if item.role == Role.PDF), *apart]


def _container(document: ElectronicDocument, chosen: Sequence[DocumentFile], consecutive: int, now: datetime) -> bytes | None:
    """
    The container as it came when DIAN's answer is in it, or came nowhere; else one built around the document and the answer.

    None for what can no longer be read: it goes as it came, as it went before there was a container.
    """
    xml = _bytes(chosen[0])
    answers = [_bytes(item) for item in chosen if item.role == Role.RESPONSE]
    try:
        if chosen[0].in_container and (not answers or nested_response(xml)):
            return xml
        source = _source(nested_document(xml) or xml, answers)
    except (Refused, StopIteration):
        return None
    return build_container(source, container_id=f"{document.number}-{consecutive}", at=now)


def _source(xml: bytes, answers: Sequence[bytes]) -> Source:
    return Source(xml, _read(xml, Document), answers[-1], _read(answers[-1], Verdict)) if answers else Source(xml, _read(xml, Document))


def _read(xml: bytes, kind: type[Content]) -> Content:
    return next(piece.content for piece in read_xml(xml).pieces if isinstance(piece.content, kind))


def _bytes(item: DocumentFile) -> bytes:
    return read_member(item.file.read(), item.member)


def _as_it_came(document: ElectronicDocument, item: DocumentFile) -> Part:
    if item.role == Role.RESPONSE:
        return Part("ar", "xml", _bytes(item))
    tag = "ad" if item.in_container else NAME_TAGS.get(document.type_code, "fv")
    return Part(tag, "pdf" if item.role == Role.PDF else "xml", _bytes(item))


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
