"""UBL documents for the demo: invented companies, the shape that DIAN's documents have."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

NAMESPACES = (
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd"


@dataclass(frozen=True, slots=True)
class DemoParty:
    """A seller or a buyer; ``emails`` as a seller would type them."""

    kind: str
    number: str
    digit: str
    name: str
    emails: str = ""


@dataclass(frozen=True, slots=True)
class DemoSale:
    """What one demo document says; ``rules`` are DIAN's, ``verdict`` its code."""

    root: str
    type_code: str
    number: str
    at: datetime
    due: date | None
    base: Decimal
    seller: DemoParty
    buyer: DemoParty
    verdict: str = "02"
    rules: tuple[tuple[str, str], ...] = ()
    salt: str = ""

    @property
    def key(self) -> str:
        """A key of the right shape; the technical key of a demo company is nobody's."""
        return hashlib.sha384(f"{self.seller.number}{self.type_code}{self.number}{self.salt}".encode()).hexdigest()

    @property
    def tax(self) -> Decimal:
        """IVA, 19 %."""
        return (self.base * Decimal("0.19")).quantize(Decimal("0.01"))


def attached_document(sale: DemoSale) -> bytes:
    """The container: the document, and DIAN's answer to it."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<AttachedDocument xmlns="{SCHEMA}:AttachedDocument-2" {NAMESPACES}>
<cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID><cbc:CustomizationID>Documentos adjuntos</cbc:CustomizationID>
<cbc:ProfileID>Factura Electrónica de Venta</cbc:ProfileID><cbc:ProfileExecutionID>1</cbc:ProfileExecutionID>
<cbc:ID>{sale.number}</cbc:ID><cbc:IssueDate>{sale.at:%Y-%m-%d}</cbc:IssueDate><cbc:IssueTime>{sale.at:%H:%M:%S}-05:00</cbc:IssueTime>
<cbc:DocumentType>Contenedor de Factura Electrónica</cbc:DocumentType><cbc:ParentDocumentID>{sale.number}</cbc:ParentDocumentID>
<cac:SenderParty>{_tax_scheme(sale.seller)}</cac:SenderParty><cac:ReceiverParty>{_tax_scheme(sale.buyer)}</cac:ReceiverParty>
<cac:Attachment><cac:ExternalReference><cbc:MimeCode>text/xml</cbc:MimeCode><cbc:EncodingCode>UTF-8</cbc:EncodingCode>
<cbc:Description><![CDATA[{document(sale)}]]></cbc:Description></cac:ExternalReference></cac:Attachment>
<cac:ParentDocumentLineReference><cbc:LineID>1</cbc:LineID><cac:DocumentReference><cbc:ID>{sale.number}</cbc:ID>
<cbc:UUID schemeName="CUFE-SHA384">{sale.key}</cbc:UUID><cbc:IssueDate>{sale.at:%Y-%m-%d}</cbc:IssueDate>
<cbc:DocumentType>ApplicationResponse</cbc:DocumentType><cac:Attachment><cac:ExternalReference><cbc:MimeCode>text/xml</cbc:MimeCode>
<cbc:EncodingCode>UTF-8</cbc:EncodingCode><cbc:Description><![CDATA[{dian_response(sale)}]]></cbc:Description></cac:ExternalReference>
</cac:Attachment><cac:ResultOfVerification><cbc:ValidatorID>Unidad Especial Dirección de Impuestos y Aduanas Nacionales</cbc:ValidatorID>
<cbc:ValidationResultCode>{sale.verdict}</cbc:ValidationResultCode><cbc:ValidationDate>{sale.at:%Y-%m-%d}</cbc:ValidationDate>
<cbc:ValidationTime>{sale.at:%H:%M:%S}-05:00</cbc:ValidationTime></cac:ResultOfVerification></cac:DocumentReference>
</cac:ParentDocumentLineReference></AttachedDocument>""".encode()


def document(sale: DemoSale) -> str:
    """The invoice or note itself."""
    total = sale.base + sale.tax
    totals = "RequestedMonetaryTotal" if sale.root == "DebitNote" else "LegalMonetaryTotal"
    due = f"<cbc:PaymentDueDate>{sale.due}</cbc:PaymentDueDate>" if sale.due else ""
    type_code = {
        "Invoice": f"<cbc:InvoiceTypeCode>{sale.type_code}</cbc:InvoiceTypeCode>",
        "CreditNote": "<cbc:CreditNoteTypeCode>91</cbc:CreditNoteTypeCode>",
    }
    return f"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<{sale.root} xmlns="{SCHEMA}:{sale.root}-2" {NAMESPACES}>
<cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID><cbc:CustomizationID>10</cbc:CustomizationID>
<cbc:ProfileID>DIAN 2.1: Factura Electrónica de Venta</cbc:ProfileID><cbc:ProfileExecutionID>1</cbc:ProfileExecutionID>
<cbc:ID>{sale.number}</cbc:ID><cbc:UUID schemeID="1" schemeName="CUFE-SHA384">{sale.key}</cbc:UUID>
<cbc:IssueDate>{sale.at:%Y-%m-%d}</cbc:IssueDate><cbc:IssueTime>{sale.at:%H:%M:%S}-05:00</cbc:IssueTime>
{type_code.get(sale.root, "")}<cbc:DocumentCurrencyCode>COP</cbc:DocumentCurrencyCode><cbc:LineCountNumeric>1</cbc:LineCountNumeric>
<cac:AccountingSupplierParty><cbc:AdditionalAccountID>1</cbc:AdditionalAccountID>{_party(sale.seller)}</cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cbc:AdditionalAccountID>1</cbc:AdditionalAccountID>{_party(sale.buyer)}</cac:AccountingCustomerParty>
<cac:PaymentMeans><cbc:ID>{"2" if sale.due else "1"}</cbc:ID><cbc:PaymentMeansCode>47</cbc:PaymentMeansCode>{due}</cac:PaymentMeans>
<cac:TaxTotal><cbc:TaxAmount currencyID="COP">{sale.tax}</cbc:TaxAmount></cac:TaxTotal>
<cac:{totals}><cbc:LineExtensionAmount currencyID="COP">{sale.base}</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="COP">{sale.base}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="COP">{total}</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID="COP">{total}</cbc:PayableAmount>
</cac:{totals}>{_only_line(sale)}</{sale.root}>"""


def _only_line(sale: DemoSale) -> str:
    """The one line of the document; its quantity is named after the kind of document."""
    quantity = {"Invoice": "Invoiced", "CreditNote": "Credited", "DebitNote": "Debited"}[sale.root]
    return f"""<cac:{sale.root}Line><cbc:ID>1</cbc:ID><cbc:{quantity}Quantity unitCode="94">1</cbc:{quantity}Quantity>
<cbc:LineExtensionAmount currencyID="COP">{sale.base}</cbc:LineExtensionAmount>
<cac:Item><cbc:Description>Mercancía de demostración</cbc:Description></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="COP">{sale.base}</cbc:PriceAmount></cac:Price></cac:{sale.root}Line>"""


def dian_response(sale: DemoSale) -> str:
    """DIAN's answer: 02 validated, 04 rejected, with its notices or errors."""
    words = "Documento validado por la DIAN" if sale.verdict == "02" else "Documento rechazado por la DIAN"
    authorised = "" if sale.verdict == "04" else _line("0", f"La factura {sale.number} ha sido autorizada.")
    lines = authorised + "".join(_line(code, message) for code, message in sale.rules)
    own_key = hashlib.sha384(f"ar{sale.key}".encode()).hexdigest()
    return f"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<ApplicationResponse xmlns="{SCHEMA}:ApplicationResponse-2" {NAMESPACES}>
<cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID><cbc:CustomizationID>1</cbc:CustomizationID><cbc:ProfileID>DIAN 2.1</cbc:ProfileID>
<cbc:ProfileExecutionID>1</cbc:ProfileExecutionID><cbc:ID>{own_key[:12]}</cbc:ID><cbc:UUID schemeName="CUDE-SHA384">{own_key}</cbc:UUID>
<cbc:IssueDate>{sale.at:%Y-%m-%d}</cbc:IssueDate><cbc:IssueTime>{sale.at:%H:%M:%S}-05:00</cbc:IssueTime>
<cac:SenderParty>{_tax_scheme(DIAN)}</cac:SenderParty><cac:ReceiverParty>{_tax_scheme(sale.seller)}</cac:ReceiverParty>
<cac:DocumentResponse><cac:Response><cbc:ResponseCode>{sale.verdict}</cbc:ResponseCode><cbc:Description>{words}</cbc:Description></cac:Response>
<cac:DocumentReference><cbc:ID>{sale.number}</cbc:ID><cbc:UUID schemeName="CUFE-SHA384">{sale.key}</cbc:UUID></cac:DocumentReference>
{lines}</cac:DocumentResponse></ApplicationResponse>"""


def buyer_event(sale: DemoSale, *, code: str, name: str, at: datetime, claim_code: str = "") -> bytes:
    """An event of the buyer about the sale, unsigned."""
    concept = f' listID="{claim_code}"' if claim_code else ""
    own_key = hashlib.sha384(f"{code}{sale.key}".encode()).hexdigest()
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ApplicationResponse xmlns="{SCHEMA}:ApplicationResponse-2" {NAMESPACES}>
<cbc:ID>{code}{sale.number}</cbc:ID><cbc:UUID schemeName="CUDE-SHA384">{own_key}</cbc:UUID>
<cbc:IssueDate>{at:%Y-%m-%d}</cbc:IssueDate><cbc:IssueTime>{at:%H:%M:%S}-05:00</cbc:IssueTime>
<cac:SenderParty>{_tax_scheme(sale.buyer)}</cac:SenderParty><cac:ReceiverParty>{_tax_scheme(sale.seller)}</cac:ReceiverParty>
<cac:DocumentResponse><cac:Response><cbc:ResponseCode{concept}>{code}</cbc:ResponseCode><cbc:Description>{name}</cbc:Description></cac:Response>
<cac:DocumentReference><cbc:ID>{sale.number}</cbc:ID><cbc:UUID schemeName="CUFE-SHA384">{sale.key}</cbc:UUID>
<cbc:DocumentTypeCode>{sale.type_code}</cbc:DocumentTypeCode></cac:DocumentReference></cac:DocumentResponse></ApplicationResponse>""".encode()


def _line(code: str, message: str) -> str:
    return (
        f"<cac:LineResponse><cac:LineReference><cbc:LineID>1</cbc:LineID></cac:LineReference><cac:Response>"
        f"<cbc:ResponseCode>{code}</cbc:ResponseCode><cbc:Description>{escape(message)}</cbc:Description></cac:Response></cac:LineResponse>"
    )


def _party(party: DemoParty) -> str:
    mail = f"<cac:Contact><cbc:ElectronicMail>{escape(party.emails)}</cbc:ElectronicMail></cac:Contact>" if party.emails else ""
    return (
        f"<cac:Party><cac:PartyName><cbc:Name>{escape(party.name)}</cbc:Name></cac:PartyName>{_tax_scheme(party)}"
        f"<cac:PartyLegalEntity><cbc:RegistrationName>{escape(party.name)}</cbc:RegistrationName></cac:PartyLegalEntity>{mail}</cac:Party>"
    )


def _tax_scheme(party: DemoParty) -> str:
    digit = f'schemeID="{party.digit}" ' if party.digit else ""
    return (
        f"<cac:PartyTaxScheme><cbc:RegistrationName>{escape(party.name)}</cbc:RegistrationName>"
        f'<cbc:CompanyID {digit}schemeName="{party.kind}">{party.number}</cbc:CompanyID>'
        f"<cac:TaxScheme><cbc:ID>01</cbc:ID><cbc:Name>IVA</cbc:Name></cac:TaxScheme></cac:PartyTaxScheme>"
    )


DIAN = DemoParty("31", "800197268", "4", "Unidad Especial Dirección de Impuestos y Aduanas Nacionales")
