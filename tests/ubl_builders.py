"""
DIAN documents for tests and demonstrations: invented companies with true check digits, in the shape that real ones have.

Every builder gives the bytes of a file. What a test wants broken, it breaks itself: ``replace`` on bytes says it best.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from tests.ubl_parts import (
    CUSTOMER,
    DIAN,
    FINAL_CONSUMER,
    ISSUER,
    LINES,
    Line,
    Sale,
    Who,
    answer_of,
    application_response,
    attachment,
    container_line,
    document_of,
    fake_key,
    file_of,
    tax_scheme,
)

__all__ = [
    "CUSTOMER",
    "DIAN",
    "FINAL_CONSUMER",
    "ISSUER",
    "LINES",
    "PDF",
    "Line",
    "Sale",
    "Who",
    "build_attached_document",
    "build_credit_note",
    "build_debit_note",
    "build_event",
    "build_invoice",
    "build_response",
    "build_zip",
    "fake_key",
]

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ZIP_DATE = (2026, 3, 10, 10, 15, 0)
DESCRIPTIONS = {
    "02": "Documento validado por la DIAN",
    "04": "Documento rechazado por la DIAN",
    "030": "Acuse de recibo de Factura Electrónica de Venta",
    "031": "Reclamo de la Factura Electrónica de Venta",
    "032": "Recibo del bien y/o prestación del servicio",
    "033": "Aceptación expresa",
    "034": "Aceptación tácita",
}


def build_invoice(**overrides: Any) -> bytes:
    """An ``Invoice``; for the overrides see ``Sale``."""
    return document_of("Invoice", Sale(**overrides))


def build_credit_note(**overrides: Any) -> bytes:
    """A ``CreditNote`` (91) of the default invoice."""
    return document_of("CreditNote", Sale(**(_note("NC", "91") | overrides)))


def build_debit_note(**overrides: Any) -> bytes:
    """A ``DebitNote`` (92), which carries no type code, of the default invoice."""
    return document_of("DebitNote", Sale(**(_note("ND", "92") | overrides)))


def build_response(
    *,
    document: bytes = b"",
    code: str = "02",
    rules: Sequence[tuple[str, str]] = (),
    document_key: str = "",
    document_number: str = "",
    key: str = "",
    issued: tuple[str, str] = ("2026-03-10", "10:15:42-05:00"),
    sender: Who = DIAN,
    receiver: Who = ISSUER,
) -> bytes:
    """DIAN's answer about ``document`` (the default invoice), or about the key and number given."""
    number, about = _reference(document, document_number, document_key)
    lines = [("0000", "0"), *rules] if code == "04" else [("0", f"La Factura electrónica {number}, ha sido autorizada."), *rules]
    answer = answer_of(f"<cbc:ResponseCode>{code}</cbc:ResponseCode>", DESCRIPTIONS.get(code, ""), number, about, lines)
    return application_response("1", "350001234", key or fake_key(("response", code, about)), issued, (sender, receiver), [], answer)


def build_event(
    code: str = "030",
    *,
    claim_code: str = "",
    document: bytes = b"",
    document_key: str = "",
    document_number: str = "",
    number: str = "EV001",
    key: str = "",
    issued: tuple[str, str] = ("2026-03-11", "09:00:00-05:00"),
    sender: Who = CUSTOMER,
    receiver: Who = ISSUER,
    notes: Sequence[str] = (),
) -> bytes:
    """An event 030 to 034 about ``document`` (the default invoice), or about the key and number given."""
    about_number, about = _reference(document, document_number, document_key)
    claim = f' name="Mercancía no entregada" listID="{claim_code}"' if claim_code else ""
    answer = answer_of(f"<cbc:ResponseCode{claim}>{code}</cbc:ResponseCode>", DESCRIPTIONS.get(code, ""), about_number, about, [])
    return application_response("1", number, key or fake_key(("event", code, about)), issued, (sender, receiver), notes, answer)


def build_attached_document(
    document: bytes,
    response: bytes = b"",
    *,
    events: Sequence[bytes] = (),
    escaped: bool = False,
    bom: bool = False,
    split: bool = False,
    result_code: str = "02",
    number: str = "FE1001",
    sender: Who = ISSUER,
    receiver: Who = CUSTOMER,
) -> bytes:
    """
    The container that is mailed: a document (or an event), DIAN's answer, further events.

    :param escaped: nested as text instead of CDATA; ``split``: in two CDATA sections; ``bom``: with a BOM before it.
    """

    def nested(data: bytes) -> str:
        text = ("\ufeff" if bom else "") + data.decode()
        if escaped:
            return escape(text, quote=False)
        halves = (text[: len(text) // 2], text[len(text) // 2 :]) if split else (text,)
        return "".join(f"<![CDATA[{half}]]>" for half in halves)

    answers = [data for data in (response, *events) if data]
    lines = "".join(container_line(index, nested(data), result_code) for index, data in enumerate(answers, 1))
    return file_of(
        "AttachedDocument",
        f"<cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID><cbc:CustomizationID>Documentos adjuntos</cbc:CustomizationID>"
        f"<cbc:ProfileID>Factura Electrónica de Venta</cbc:ProfileID><cbc:ProfileExecutionID>1</cbc:ProfileExecutionID>"
        f"<cbc:ID>{number}-1</cbc:ID><cbc:IssueDate>2026-03-10</cbc:IssueDate><cbc:IssueTime>10:16:00</cbc:IssueTime>"
        f"<cbc:DocumentType>Contenedor de Factura Electrónica</cbc:DocumentType><cbc:ParentDocumentID>{number}</cbc:ParentDocumentID>"
        f"<cac:SenderParty>{tax_scheme(sender)}</cac:SenderParty><cac:ReceiverParty>{tax_scheme(receiver)}</cac:ReceiverParty>"
        f"{attachment(nested(document))}{lines}",
    )


def build_zip(members: Mapping[str, bytes]) -> bytes:
    """A ZIP with these members, in this order; the same members give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _note(prefix: str, type_code: str) -> dict[str, Any]:
    references = [("FE1001", fake_key((ISSUER.identification, "FE1001")))]
    return {"number": f"{prefix}7", "prefix": prefix, "type_code": type_code, "key_scheme": "CUDE-SHA384", "references": references}


def _reference(document: bytes, number: str, key: str) -> tuple[str, str]:
    """Number and key of the document that is answered."""
    text = (document or build_invoice()).decode()
    found = [re.search(rf"<cbc:{name}(?: [^>]*)?>([^<]*)<", text) for name in ("ID", "UUID")]
    printed = [match[1] if match else "" for match in found]
    return number or printed[0], key or printed[1]
