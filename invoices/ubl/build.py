"""A document and DIAN's answer → the ``AttachedDocument`` that goes to the buyer."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import etree

from invoices.ubl.attached import ENCODING
from invoices.ubl.types import Document, Party, Verdict
from invoices.ubl.xml import NAMESPACES, UBL, Element, decode, find, parse_text, text, trimmed

BOGOTA = ZoneInfo("America/Bogota")
CAC, CBC = NAMESPACES["cac"], NAMESPACES["cbc"]
DIAN_NAME = "Unidad Especial Dirección de Impuestos y Aduanas Nacionales"
AGENCY = {"schemeAgencyID": "195", "schemeAgencyName": "CO, DIAN (Dirección de Impuestos y Aduanas Nacionales)"}
NIT = "31"
CONTINGENCY = "04"
NO_ANSWER = "Sin respuesta de la DIAN"


@dataclass(frozen=True, slots=True)
class Source:
    """What goes into a container: the document as it was signed, and DIAN's answer, or nothing (type 04)."""

    xml: bytes
    document: Document
    response_xml: bytes = b""
    verdict: Verdict | None = None


def build_container(source: Source, *, container_id: str, at: datetime) -> bytes:
    """
    One ``AttachedDocument``, valid against UBL 2.1, that reads back to the same facts; the same arguments give the same bytes.

    :param container_id: free by the annex; unique for the issuer.
    :param at: when it is made, aware.

    Both nested files stay as they were signed: only the encoding of their declaration changes, which no signature covers. The
    container itself is not signed: that takes the issuer's certificate.

    Source: DIAN, Anexo Técnico Factura Electrónica de Venta 1.9, AttachedDocument; OASIS UBL 2.1.
    """
    local = at.astimezone(BOGOTA)
    inside = parse_text(decode(source.xml))
    root = etree.Element(f"{{{UBL}AttachedDocument-2}}AttachedDocument", nsmap={None: f"{UBL}AttachedDocument-2", "cac": CAC, "cbc": CBC})
    _basic(root, "UBLVersionID", "UBL 2.1")
    _basic(root, "CustomizationID", "Documentos adjuntos")
    _basic(root, "ProfileID", "Factura Electrónica de Venta")
    _basic(root, "ProfileExecutionID", source.document.environment or "1")
    _basic(root, "ID", container_id)
    _basic(root, "IssueDate", f"{local:%Y-%m-%d}")
    _basic(root, "IssueTime", f"{local:%H:%M:%S}-05:00")
    _basic(root, "DocumentType", "Contenedor de Factura Electrónica")
    _basic(root, "ParentDocumentID", source.document.number)
    _party(root, "SenderParty", source.document.issuer, find(inside, "cac:AccountingSupplierParty/cac:Party"))
    _party(root, "ReceiverParty", source.document.customer, find(inside, "cac:AccountingCustomerParty/cac:Party"))
    _attachment(root, source.xml)
    _answer(root, source)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _basic(parent: Element, name: str, value: str, **attributes: str) -> Element:
    element = etree.SubElement(parent, f"{{{CBC}}}{name}", attributes)
    element.text = value
    return element


def _aggregate(parent: Element, name: str) -> Element:
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def _party(root: Element, name: str, party: Party, printed: Element | None) -> None:
    """Who a party is, as the document says it: the responsibilities too, which a buyer's robot compares."""
    scheme = _aggregate(_aggregate(root, name), "PartyTaxScheme")
    _basic(scheme, "RegistrationName", party.name)
    attributes = dict(AGENCY)
    if party.check_digit:
        attributes["schemeID"] = party.check_digit
    if party.identification_type:
        attributes["schemeName"] = party.identification_type
    _basic(scheme, "CompanyID", party.identification, **attributes)
    level = text(printed, "cac:PartyTaxScheme/cbc:TaxLevelCode") if printed is not None else ""
    if level:
        _basic(scheme, "TaxLevelCode", level)
    tax = _aggregate(scheme, "TaxScheme")
    _basic(tax, "ID", "01")
    _basic(tax, "Name", "IVA")


def _attachment(parent: Element, data: bytes) -> None:
    reference = _aggregate(_aggregate(parent, "Attachment"), "ExternalReference")
    _basic(reference, "MimeCode", "text/xml")
    _basic(reference, "EncodingCode", "UTF-8")
    written = _nested(data)
    description = _basic(reference, "Description", "")
    # A CDATA section cannot hold its own end: there it is escaped, which every parser reads the same.
    description.text = written if "]]>" in written else etree.CDATA(written)


def _nested(data: bytes) -> str:
    """The file as text, whole; line ends as a parser gives them, so that nothing changes on the way in and out."""
    return ENCODING.sub(r"\1\2UTF-8\2", trimmed(decode(data))).replace("\r\n", "\n").replace("\r", "\n")


def _answer(root: Element, source: Source) -> None:
    line = _aggregate(root, "ParentDocumentLineReference")
    _basic(line, "LineID", "1")
    reference = _aggregate(line, "DocumentReference")
    document, verdict = source.document, source.verdict
    _basic(reference, "ID", document.number)
    _basic(reference, "UUID", document.key, schemeName=document.key_scheme or "CUFE-SHA384")
    if verdict is None or not source.response_xml:
        _basic(reference, "IssueDate", f"{document.issue_date:%Y-%m-%d}")
        _basic(reference, "DocumentType", f"{NO_ANSWER}: contingencia" if document.type_code == CONTINGENCY else NO_ANSWER)
        return
    validated = (verdict.validated_at or document.issued_at).astimezone(BOGOTA)
    _basic(reference, "IssueDate", f"{validated:%Y-%m-%d}")
    _basic(reference, "DocumentType", "ApplicationResponse")
    _attachment(reference, source.response_xml)
    result = _aggregate(reference, "ResultOfVerification")
    _basic(result, "ValidatorID", DIAN_NAME)
    _basic(result, "ValidationResultCode", verdict.code)
    _basic(result, "ValidationDate", f"{validated:%Y-%m-%d}")
    _basic(result, "ValidationTime", f"{validated:%H:%M:%S}-05:00")
