"""
Files as they come by mail → what they hold. The only door: it never raises for what is inside a file.

Limits: 5 MB per XML, 20 MB per ZIP, 200 members, 100:1. A ZIP inside a ZIP is an annex and is not opened.
"""

import hashlib
from dataclasses import dataclass, field, replace

from invoices.ubl.archive import MAX_ZIP_BYTES, Archive, Member, is_zip
from invoices.ubl.attached import Reading, nested_document, nested_response, read_xml
from invoices.ubl.pairing import pair
from invoices.ubl.refusal import Refused
from invoices.ubl.types import Document, Piece, Refusal, Upload
from invoices.ubl.xml import MAX_XML_BYTES

__all__ = ["Piece", "Refusal", "Upload", "nested_document", "nested_response", "read_member", "read_upload"]

SEPARATOR = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
PDF_MAGIC = b"%PDF-"
# A PDF may have other bytes before its header (ISO 32000-1, annex H.3.4.1).
PDF_HEADER_WITHIN = 1024
MAX_ANNEXES = 20


@dataclass(slots=True)
class _Contents:
    """What a ZIP gave so far."""

    pieces: list[Piece] = field(default_factory=list)
    refusals: dict[Refusal, None] = field(default_factory=dict)
    pdfs: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    xmls: int = 0
    unread_xmls: int = 0
    zips: int = 0

    def refuse(self, name: str, refused: Refused) -> None:
        """Keep it once; a dictionary, because a file may be made to be refused thousands of times."""
        self.refusals[Refusal(name, str(refused), refused.code)] = None


def read_upload(name: str, data: bytes) -> Upload:
    """
    Read a file by its content, whatever its name: an XML, or a ZIP with XMLs and PDFs.

    :param name: for the screen only.
    :returns: ``pieces`` that could be read and ``refusals`` for what could not, each with its sentence in Spanish. Never raises.
    """
    contents = _Contents()
    try:
        if is_zip(data):
            _read_zip(contents, name, Archive(data))
        else:
            _read_bare(contents, name, data)
    except Refused as refused:
        contents.refuse(name, refused)
    sha256 = hashlib.sha256(data).hexdigest()
    return Upload(name, data, sha256, tuple(contents.pieces), tuple(contents.refusals), tuple(contents.pdfs))


def read_member(data: bytes, member: str) -> bytes:
    """
    A file of an upload again, to be downloaded or sent.

    :param data: the upload, as it came.
    :param member: path inside the ZIP as a ``Piece`` gives it, or empty for the whole file.
    :raises Refused: there is no such member, or it cannot be read within the limits (20 MB, 100:1).
    """
    if not member:
        return data
    archive = Archive(data)
    found = next((candidate for candidate in archive.members() if candidate.name == member), None)
    if found is None:
        raise Refused("no_member", "Ese archivo no está en el ZIP.")
    return archive.read(found, limit=MAX_ZIP_BYTES)


def _read_bare(contents: _Contents, name: str, data: bytes) -> None:
    if PDF_MAGIC in data[:PDF_HEADER_WITHIN]:
        raise Refused("pdf", "Es un PDF: los datos se leen del XML o del ZIP que lo trae.")
    reading = _read_xml_or_say_what(data)
    contents.pieces += [replace(piece, name=name) for piece in reading.pieces]
    for refused in reading.refusals:
        contents.refuse(name, refused)


def _read_xml_or_say_what(data: bytes) -> Reading:
    try:
        return read_xml(data)
    except Refused as refused:
        if refused.code == "not_xml":
            raise Refused("unknown", "No es un XML ni un ZIP.") from None
        raise


def _read_zip(contents: _Contents, name: str, archive: Archive) -> None:
    for member in archive.members():
        shown = "".join(character if character.isprintable() else "�" for character in member.name)
        _take_member(contents, f"{name}{SEPARATOR}{shown}", archive, member)
    if not contents.pieces and contents.zips:
        raise Refused("zip_in_zip", "El ZIP trae otro ZIP: carga el de adentro.")
    if not contents.xmls and not contents.refusals:
        raise Refused("no_xml", "El ZIP no trae ningún XML.")
    _complete(contents)


def _take_member(contents: _Contents, name: str, archive: Archive, member: Member) -> None:
    extension = member.name.rpartition(".")[2].casefold()
    contents.xmls += extension == "xml"
    contents.zips += extension == "zip"
    try:
        if member.fault:
            raise member.fault
        if extension == "xml":
            _read_member_xml(contents, name, archive, member)
        elif extension == "pdf":
            contents.pdfs.append(member.name)
        else:
            archive.read(member, limit=MAX_ZIP_BYTES)
            contents.others.append(member.name)
    except Refused as refused:
        contents.unread_xmls += extension == "xml"
        contents.refuse(name, refused)


def _read_member_xml(contents: _Contents, name: str, archive: Archive, member: Member) -> None:
    reading = read_xml(archive.read(member, limit=MAX_XML_BYTES))
    contents.pieces += [replace(piece, member=member.name, name=name) for piece in reading.pieces]
    contents.unread_xmls += not reading.pieces
    for refused in reading.refusals:
        contents.refuse(name, refused)


def _complete(contents: _Contents) -> None:
    """What only the whole ZIP tells of a document: its PDF, its annexes, and whether the ZIP is its own."""
    places = [(piece.member, piece.content) for piece in contents.pieces if isinstance(piece.content, Document)]
    keys = {document.key for _, document in places}
    alone = len(keys) + contents.unread_xmls == 1
    pdfs = pair(places, contents.pdfs, alone=alone)
    rest = [member for member in contents.pdfs if member not in pdfs.values()] + contents.others
    annexes = tuple(rest[:MAX_ANNEXES]) if alone else ()
    sole = contents.xmls == 1 and not contents.refusals and len(places) == 1
    contents.pieces = [_completed(piece, pdfs, annexes, sole=sole and piece.in_container) for piece in contents.pieces]


def _completed(piece: Piece, pdfs: dict[str, str], annexes: tuple[str, ...], *, sole: bool) -> Piece:
    if not isinstance(piece.content, Document):
        return piece
    return replace(piece, pdf=pdfs.get(piece.content.key, ""), annexes=annexes, sole=sole)
