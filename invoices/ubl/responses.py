"""UBL 2.1 ``ApplicationResponse``: DIAN's verdicts and the events 030 to 034."""

from datetime import datetime
from typing import Literal

from invoices.ubl.keys import is_key, normalise_key
from invoices.ubl.refusal import Refused
from invoices.ubl.types import BuyerEvent, Rule, Verdict
from invoices.ubl.values import read_date, read_moment, read_party
from invoices.ubl.xml import Element, find, find_all, is_ubl, local_name, text, texts

Response = Verdict | BuyerEvent
# Real files also write 002 and 004.
VERDICTS: dict[str, Literal["02", "04"]] = {"02": "02", "002": "02", "04": "04", "004": "04"}
# RADIAN 1.1, section 14.2.1: the names that the screen shows where the file gives none.
EVENTS = {
    "030": "Acuse de recibo de Factura Electrónica de Venta",
    "031": "Reclamo de la Factura Electrónica de Venta",
    "032": "Recibo del bien y/o prestación del servicio",
    "033": "Aceptación expresa",
    "034": "Aceptación tácita",
}
CLAIM = "031"
# DIAN's answers and the buyers' events answer once; whoever answers a thousand times in one file wants a thousand rows.
MAX_RESPONSES = 100
# Notes of a claim are a few sentences, whatever fits into 5 MB: what is beyond this stays in the XML, and the last words say so.
MAX_NOTES = 10
MAX_NOTE = 1000
DIAN_NIT = "800197268"


def parse_response(element: Element) -> tuple[Response, ...]:
    """
    Read every verdict and event of one ``ApplicationResponse``, at least one.

    :raises Refused: not one could be read; the reason is that of the first. ``not_handled``: another kind of response.
    """
    responses, refusals = read_responses(element)
    if not responses:
        raise refusals[0]
    return responses


def read_responses(element: Element) -> tuple[tuple[Response, ...], tuple[Refused, ...]]:
    """
    Read one ``ApplicationResponse``, which may answer several times: what could be read, and why the rest could not.

    :raises Refused: it is no ``ApplicationResponse``.

    Source: OASIS UBL 2.1; DIAN, Anexo Técnico Factura Electrónica de Venta 1.9, Anexo Técnico RADIAN 1.1.
    """
    if local_name(element) != "ApplicationResponse" or not is_ubl(element):
        raise Refused("not_a_response", "No es una respuesta de la DIAN ni un evento.")
    answers = find_all(element, "cac:DocumentResponse")
    if not answers:
        return (), (Refused("no_response", "La respuesta no responde por ningún documento."),)
    if len(answers) > MAX_RESPONSES:
        return (), (Refused("too_many_responses", f"Responde más de {MAX_RESPONSES} veces en un solo XML: no se leyó."),)
    responses: list[Response] = []
    refusals: list[Refused] = []
    for answer in answers:
        try:
            responses.append(_response(element, answer))
        except Refused as refusal:
            refusals.append(refusal)
    return tuple(responses), tuple(refusals)


def _response(element: Element, answer: Element) -> Response:
    code = text(answer, "cac:Response/cbc:ResponseCode")
    if code in VERDICTS:
        return _verdict(element, answer, VERDICTS[code])
    if code in EVENTS:
        return _event(element, answer, code)
    sentence = f"Es una respuesta de tipo «{code[:20]}»: solo se leen las de la DIAN (02 y 04) y los eventos 030 a 034."
    raise Refused("not_handled", sentence)


def _verdict(element: Element, answer: Element, code: Literal["02", "04"]) -> Verdict:
    sender = read_party(find(element, "cac:SenderParty"))
    if sender.identification not in ("", DIAN_NIT):
        raise Refused("not_dian", "Dice que la DIAN validó o rechazó el documento, pero no la envía la DIAN.")
    key = text(element, "cbc:UUID")
    return Verdict(
        code=code,
        description=text(answer, "cac:Response/cbc:Description"),
        document_key=_document_key(answer),
        document_number=text(answer, "cac:DocumentReference/cbc:ID"),
        key=normalise_key(key) if is_key(key) else "",
        validated_at=_moment(element),
        rules=_rules(answer),
        sender=sender,
        receiver=read_party(find(element, "cac:ReceiverParty")),
    )


def _rules(answer: Element) -> tuple[Rule, ...]:
    """Code 0, however many zeros, is the plain sentence that the document was authorised."""
    lines = find_all(answer, "cac:LineResponse/cac:Response")
    rules = (Rule(text(line, "cbc:ResponseCode"), text(line, "cbc:Description")) for line in lines)
    return tuple(rule for rule in rules if rule.code.strip("0"))


def _event(element: Element, answer: Element, code: str) -> BuyerEvent:
    key = text(element, "cbc:UUID")
    if not is_key(key):
        raise Refused("bad_key", f"El evento {code} no trae un CUDE válido.")
    moment = _moment(element)
    sender = read_party(find(element, "cac:SenderParty"))
    if not sender.identification:
        raise Refused("sender", f"El evento {code} no dice quién lo envía.")
    if moment is None:
        raise Refused("date", f"El evento {code} no trae fecha y hora válidas.")
    return BuyerEvent(
        code=code,
        name=text(answer, "cac:Response/cbc:Description") or EVENTS[code],
        number=text(element, "cbc:ID"),
        key=normalise_key(key),
        issued_at=moment,
        document_key=_document_key(answer),
        document_number=text(answer, "cac:DocumentReference/cbc:ID"),
        document_type=text(answer, "cac:DocumentReference/cbc:DocumentTypeCode"),
        sender=sender,
        receiver=read_party(find(element, "cac:ReceiverParty")),
        claim_code=_claim_code(answer) if code == CLAIM else "",
        notes=_notes(element),
    )


def _notes(element: Element) -> tuple[str, ...]:
    """Bounded in number and length; what was cut says so."""
    notes = list(texts(element, "cbc:Note"))
    kept = [note if len(note) <= MAX_NOTE else f"{note[:MAX_NOTE]}… (sigue en el XML)" for note in notes[:MAX_NOTES]]
    left = len(notes) - len(kept)
    return (*kept, f"Hay más notas en el XML: {left}.") if left else tuple(kept)


def _document_key(answer: Element) -> str:
    key = text(answer, "cac:DocumentReference/cbc:UUID")
    if not is_key(key):
        raise Refused("bad_reference", "La respuesta no dice el CUFE o CUDE de su documento.")
    return normalise_key(key)


def _claim_code(answer: Element) -> str:
    found = find(answer, "cac:Response/cbc:ResponseCode")
    code = "" if found is None else found.get("listID", "").strip()
    return code if len(code) == 2 and code.isdigit() else ""


def _moment(element: Element) -> datetime | None:
    day = read_date(text(element, "cbc:IssueDate"))
    return read_moment(day, text(element, "cbc:IssueTime")) if day else None
