"""A file as a buyer's robot sees it: how it is packed, and what its container says beside what it holds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from invoices.ubl.archive import Archive, is_zip
from invoices.ubl.container import read_member, read_upload
from invoices.ubl.refusal import Refused
from invoices.ubl.types import Document, Piece, Upload, Verdict
from invoices.ubl.values import read_party
from invoices.ubl.xml import Element, decode, find, local_name, parse_text, text

ESCAPED = re.compile(r"Description>\s*&lt;")
NESTED_BOM = re.compile("<!\\[CDATA\\[\\s*(?:\ufeff|\u00ef\u00bb\u00bf)")
DECLARED = re.compile(r"<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']+)")
LINE = "cac:ParentDocumentLineReference/cac:DocumentReference"


@dataclass(frozen=True, slots=True)
class Container:
    """What the ``AttachedDocument`` itself says, apart from the files inside it; empty where it says nothing."""

    encoding: str
    parent_number: str
    sender: str
    receiver: str
    reference_key: str
    result_code: str
    escaped: bool
    nested_bom: bool
    type_code_for_type: bool


@dataclass(frozen=True, slots=True)
class Parcel:
    """
    One file that is checked.

    ``documents`` are the sales documents in it; ``container`` is there only when there is exactly one; ``xml`` holds the bytes of
    the file in which the first document came.
    """

    name: str
    size: int
    zipped: bool
    members: Sequence[str]
    upload: Upload
    documents: Sequence[Piece]
    xml: bytes
    container: Container | None

    @property
    def document(self) -> Document | None:
        """The only document, if there is exactly one."""
        content = self.documents[0].content if len(self.documents) == 1 else None
        return content if isinstance(content, Document) else None

    @property
    def verdict(self) -> Verdict | None:
        """DIAN's answer about the only document, wherever in the file it is."""
        if self.document is None:
            return None
        apart = [piece.content for piece in self.upload.pieces if isinstance(piece.content, Verdict)]
        own = [verdict for verdict in apart if verdict.document_key == self.document.key]
        return self.documents[0].verdict or (own[-1] if own else None)


def open_parcel(name: str, data: bytes) -> Parcel:
    """Look at a ZIP or an XML; never raises: what cannot be read stands in ``upload.refusals``."""
    upload = read_upload(name, data)
    documents = [piece for piece in upload.pieces if isinstance(piece.content, Document)]
    xml = _bytes_of(data, documents)
    return Parcel(name, len(data), is_zip(data), _members(data), upload, documents, xml, _container(xml))


def _members(data: bytes) -> list[str]:
    if not is_zip(data):
        return []
    try:
        return [member.name for member in Archive(data).members()]
    except Refused:
        return []


def _bytes_of(data: bytes, documents: Sequence[Piece]) -> bytes:
    try:
        return read_member(data, documents[0].member) if documents else b""
    except Refused:
        return b""


def _container(xml: bytes) -> Container | None:
    if not xml:
        return None
    written = decode(xml)
    root = parse_text(written)
    if local_name(root) != "AttachedDocument":
        return None
    declared = DECLARED.match(written.lstrip("\ufeff \r\n\t"))
    return Container(
        encoding=declared[1] if declared else "",
        parent_number=text(root, "cbc:ParentDocumentID"),
        sender=read_party(find(root, "cac:SenderParty")).identification,
        receiver=read_party(find(root, "cac:ReceiverParty")).identification,
        reference_key=text(root, f"{LINE}/cbc:UUID").lower(),
        result_code=text(root, f"{LINE}/cac:ResultOfVerification/cbc:ValidationResultCode"),
        escaped=bool(ESCAPED.search(written)),
        nested_bom=bool(NESTED_BOM.search(written)),
        type_code_for_type=_type_code_for_type(root),
    )


def _type_code_for_type(root: Element) -> bool:
    """Some vendors write ``DocumentTypeCode`` where the annex has ``DocumentType``."""
    return not text(root, "cbc:DocumentType") and bool(text(root, "cbc:DocumentTypeCode"))
