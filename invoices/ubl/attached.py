"""One XML file → what it holds: a document, answers, or an ``AttachedDocument`` with some of them inside."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from invoices.ubl.documents import PAYROLL, ROOTS, parse_document
from invoices.ubl.refusal import Refused
from invoices.ubl.responses import read_responses
from invoices.ubl.types import BuyerEvent, Document, Piece, Verdict
from invoices.ubl.values import read_date, read_moment
from invoices.ubl.xml import Element, find_all, is_ubl, local_name, parse_root, parse_text, raw_text, text, trimmed

DESCRIPTION = "cac:Attachment/cac:ExternalReference/cbc:Description"
# An invoice and DIAN's answer, or the events about one; the same bound as for the answers of one response.
MAX_NESTED = 100
ENCODING = re.compile(r"""^(<\?xml\s[^>]*?encoding\s*=\s*)(["'])[^"'>]*\2""")


@dataclass(slots=True)
class Reading:
    """What one XML gave; the pieces have no member and no name yet."""

    pieces: list[Piece] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Nested:
    """One XML inside a container, as its content or as an answer, and the container's own words about DIAN's validation."""

    xml: str
    is_answer: bool
    result_code: str = ""
    validated_at: datetime | None = None


def read_xml(data: bytes) -> Reading:
    """
    Read one XML file of at most 5 MB.

    :raises Refused: nothing in it could be read.
    """
    element = parse_root(data)
    if _is_container(element):
        return _read_container(element)
    if local_name(element) == "ApplicationResponse":
        responses, refusals = read_responses(element)
        return Reading([Piece("", "", response) for response in responses], list(refusals))
    return Reading([Piece("", "", _document(element))])


def nested_document(data: bytes) -> bytes | None:
    """
    The invoice or note inside an ``AttachedDocument``, as UTF-8; nothing where the file is no container or holds none.

    :raises Refused: as ``read_xml`` does for the container itself.
    """
    return _first_nested(data, Document)


def nested_response(data: bytes) -> bytes | None:
    """DIAN's answer inside an ``AttachedDocument``, as UTF-8; otherwise as ``nested_document``."""
    return _first_nested(data, Verdict)


def _is_container(element: Element) -> bool:
    return local_name(element) == "AttachedDocument" and is_ubl(element)


def _document(element: Element) -> Document:
    root = local_name(element)
    if root in ROOTS or root in PAYROLL:
        return parse_document(element)
    if root == "Envelope" or root.endswith("Response"):
        raise Refused("service_answer", "Es la respuesta de una consulta al servicio de la DIAN, no un documento ni su acuse.")
    raise Refused("not_a_document", f"El XML no es un documento electrónico de la DIAN: su raíz es «{root[:40]}».")


def _read_container(element: Element) -> Reading:
    """The nested answer decides the verdict; the container's own result code is only passed on."""
    contents, refusals = _read_nested(element)
    documents = [content for content in contents if isinstance(content, Document)]
    events = [content for content in contents if isinstance(content, BuyerEvent)]
    verdicts = [content for content in contents if isinstance(content, Verdict)]
    reading = Reading(refusals=refusals)
    for document in documents:
        own = [verdict for verdict in verdicts if verdict.document_key == document.key]
        reading.pieces.append(Piece("", "", document, in_container=True, verdict=own[-1] if own else None))
    _add_events(reading, events, verdicts)
    known = {document.key for document in documents} | {event.key for event in events}
    strays = [verdict for verdict in verdicts if verdict.document_key not in known]
    if documents:
        reading.refusals += [_about_another(verdict) for verdict in strays]
    elif not refusals:  # the answer to a document that was refused is of no use either
        reading.pieces += [Piece("", "", verdict, in_container=True) for verdict in strays]
    return reading


def _read_nested(element: Element) -> tuple[list[Document | Verdict | BuyerEvent], list[Refused]]:
    contents: list[Document | Verdict | BuyerEvent] = []
    refusals: list[Refused] = []
    for place, nested in enumerate(_nested(element)):
        if place == MAX_NESTED:
            raise Refused("too_many_nested", f"El contenedor (AttachedDocument) trae más de {MAX_NESTED} XML adentro: no se leyó.")
        try:
            found, refused = _contents(nested)
        except Refused as refusal:
            found, refused = [], [_of_answer(refusal) if nested.is_answer else refusal]
        contents += found
        refusals += refused
    if not contents and not refusals:
        raise Refused("empty_container", "El contenedor (AttachedDocument) no trae ningún documento adentro.")
    return contents, refusals


def _nested(element: Element) -> Iterator[_Nested]:
    for description in find_all(element, DESCRIPTION):
        yield _Nested(raw_text(description), is_answer=False)
    for reference in find_all(element, "cac:ParentDocumentLineReference/cac:DocumentReference"):
        code = text(reference, "cac:ResultOfVerification/cbc:ValidationResultCode")
        day = read_date(text(reference, "cac:ResultOfVerification/cbc:ValidationDate"))
        moment = read_moment(day, text(reference, "cac:ResultOfVerification/cbc:ValidationTime")) if day else None
        for description in find_all(reference, DESCRIPTION):
            yield _Nested(raw_text(description), is_answer=True, result_code=code, validated_at=moment)


def _contents(nested: _Nested) -> tuple[list[Document | Verdict | BuyerEvent], list[Refused]]:
    if not trimmed(nested.xml):
        return [], []
    element = parse_text(nested.xml)
    if _is_container(element):
        raise Refused("nested_container", "El contenedor trae otro contenedor: carga el de adentro.")
    if local_name(element) != "ApplicationResponse":
        return [_document(element)], []
    responses, refusals = read_responses(element)
    return [_completed(response, nested) for response in responses], list(refusals)


def _completed(response: Verdict | BuyerEvent, nested: _Nested) -> Verdict | BuyerEvent:
    if isinstance(response, BuyerEvent):
        return response
    return replace(response, result_code=nested.result_code, validated_at=response.validated_at or nested.validated_at)


def _add_events(reading: Reading, events: list[BuyerEvent], verdicts: list[Verdict]) -> None:
    """In a container of the buyer, DIAN's answer is about the event: what DIAN rejected did not happen, what it validated did."""
    rejected = {verdict.document_key for verdict in verdicts if verdict.rejected}
    for event in events:
        if event.key in rejected:
            reading.refusals.append(Refused("event_rejected", f"La DIAN rechazó el evento {event.code}: no se tuvo en cuenta."))
        else:
            own = [verdict for verdict in verdicts if verdict.document_key == event.key]
            reading.pieces.append(Piece("", "", event, in_container=True, verdict=own[-1] if own else None))


def _about_another(verdict: Verdict) -> Refused:
    number = verdict.document_number[:60] or "sin número"
    return Refused("other_document", f"La respuesta de la DIAN que trae el contenedor es de otro documento ({number}): no se usó.")


def _of_answer(refusal: Refused) -> Refused:
    sentence = str(refusal)
    return Refused(refusal.code, f"La respuesta que trae el contenedor no se tuvo en cuenta: {sentence[0].lower()}{sentence[1:]}")


def _first_nested(data: bytes, kind: type[Document | Verdict]) -> bytes | None:
    element = parse_root(data)
    if not _is_container(element):
        return None
    for nested in _nested(element):
        try:
            contents, _ = _contents(nested)
        except Refused:
            continue
        if any(isinstance(content, kind) for content in contents):
            return ENCODING.sub(r"\1\2UTF-8\2", trimmed(nested.xml)).encode()
    return None
