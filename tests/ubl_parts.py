"""The XML of which the builders put their files together, and the invented companies in it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import NamedTuple

from invoices.ubl.nit import check_digit

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
NAMESPACES = (
    f'xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:cbc="{UBL}CommonBasicComponents-2" '
    f'xmlns:ext="{UBL}CommonExtensionComponents-2" xmlns:sts="dian:gov:co:facturaelectronica:Structures-2-1"'
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>'


class Who(NamedTuple):
    """A company or person; ``kind`` is DIAN's code of the identification (31 NIT, 13 cédula)."""

    identification: str
    name: str
    kind: str = "31"
    trade_name: str = ""


class Line(NamedTuple):
    """One line of a document: quantity, price of one, and VAT in per cent."""

    description: str
    quantity: int
    price: Decimal
    vat: int = 19


ISSUER = Who("901555013", "FERRETERÍA LA TUERCA S.A.S.", trade_name="La Tuerca")
CUSTOMER = Who("830777042", "CONSTRUCCIONES ALTO PÁRAMO LTDA.")
FINAL_CONSUMER = Who("222222222222", "consumidor final", kind="13")
DIAN = Who("800197268", "Unidad Especial Dirección de Impuestos y Aduanas Nacionales")
LINES = (Line("Taladro percutor 1/2”", 2, Decimal("350000.00")), Line("Caja de tornillos", 10, Decimal("12500.50")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What the builders of documents can vary. ``key`` defaults to one that depends on issuer and number alone."""

    number: str = "FE1001"
    prefix: str = "FE"
    type_code: str = "01"
    key: str = ""
    key_scheme: str = "CUFE-SHA384"
    issue_date: str = "2026-03-10"
    issue_time: str = "10:15:00-05:00"
    due_date: str = "2026-04-09"
    payment_form: str = "2"
    environment: str = "1"
    currency: str = "COP"
    lines: Sequence[Line] = LINES
    issuer: Who = ISSUER
    customer: Who = CUSTOMER
    emails: str = "compras@altoparamo.example"
    note: str = "Gracias por su compra"
    references: Sequence[tuple[str, str]] = ()

    @property
    def subtotal(self) -> Decimal:
        """Before taxes."""
        return sum((line.quantity * line.price for line in self.lines), Decimal("0.00"))

    @property
    def vat(self) -> Decimal:
        """Rounded by line to cents."""
        return sum(((line.quantity * line.price * line.vat / 100).quantize(Decimal("0.01")) for line in self.lines), Decimal("0.00"))


def fake_key(seed: object) -> str:
    """A key of the right shape, always the same for the same seed."""
    return hashlib.sha384(repr(seed).encode()).hexdigest()


def file_of(root: str, body: str) -> bytes:
    return f'{DECLARATION}\n<{root} xmlns="{UBL}{root}-2" {NAMESPACES}>{body}</{root}>'.encode()


def document_of(root: str, sale: Sale) -> bytes:
    key = sale.key or fake_key((sale.issuer.identification, sale.number))
    type_code = "" if root == "DebitNote" else f"<cbc:{root}TypeCode>{sale.type_code}</cbc:{root}TypeCode>"
    due = f"<cbc:DueDate>{sale.due_date}</cbc:DueDate>" if root == "Invoice" and sale.due_date else ""
    payment_due = f"<cbc:PaymentDueDate>{sale.due_date}</cbc:PaymentDueDate>" if sale.due_date else ""
    return file_of(
        root,
        f"{extensions(sale, key)}<cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID><cbc:CustomizationID>10</cbc:CustomizationID>"
        f"<cbc:ProfileID>DIAN 2.1</cbc:ProfileID><cbc:ProfileExecutionID>{sale.environment}</cbc:ProfileExecutionID>"
        f"<cbc:ID>{escape(sale.number)}</cbc:ID>"
        f'<cbc:UUID schemeID="{sale.environment}" schemeName="{sale.key_scheme}">{key}</cbc:UUID>'
        f"<cbc:IssueDate>{sale.issue_date}</cbc:IssueDate><cbc:IssueTime>{sale.issue_time}</cbc:IssueTime>{due}{type_code}"
        f"<cbc:Note>{escape(sale.note)}</cbc:Note><cbc:DocumentCurrencyCode>{sale.currency}</cbc:DocumentCurrencyCode>"
        f"<cbc:LineCountNumeric>{len(sale.lines)}</cbc:LineCountNumeric>{references(sale)}"
        f"<cac:AccountingSupplierParty>{party(sale.issuer, 'facturacion@latuerca.example')}</cac:AccountingSupplierParty>"
        f"<cac:AccountingCustomerParty>{party(sale.customer, sale.emails)}</cac:AccountingCustomerParty>"
        f"<cac:PaymentMeans><cbc:ID>{sale.payment_form}</cbc:ID><cbc:PaymentMeansCode>31</cbc:PaymentMeansCode>{payment_due}</cac:PaymentMeans>"
        f"{tax_total(sale)}{totals(root, sale)}{''.join(line_of(root, sale, n, line) for n, line in enumerate(sale.lines, 1))}",
    )


def extensions(sale: Sale, key: str) -> str:
    return (
        "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><sts:DianExtensions><sts:InvoiceControl>"
        "<sts:InvoiceAuthorization>18764000000001</sts:InvoiceAuthorization><sts:AuthorizedInvoices>"
        f"<sts:Prefix>{sale.prefix}</sts:Prefix><sts:From>1</sts:From><sts:To>99999</sts:To>"
        "</sts:AuthorizedInvoices></sts:InvoiceControl>"
        f"<sts:QRCode>https://catalogo-vpfe.dian.gov.co/document/searchqr?documentkey={key}</sts:QRCode>"
        "</sts:DianExtensions></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )


def references(sale: Sale) -> str:
    return "".join(
        f'<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{number}</cbc:ID><cbc:UUID schemeName="CUFE-SHA384">{key}</cbc:UUID>'
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
        for number, key in sale.references
    )


def party(who: Who, emails: str) -> str:
    contact = f"<cac:Contact><cbc:ElectronicMail>{escape(emails)}</cbc:ElectronicMail></cac:Contact>" if emails else ""
    trade_name = f"<cac:PartyName><cbc:Name>{escape(who.trade_name or who.name)}</cbc:Name></cac:PartyName>"
    return f"<cac:Party>{trade_name}{tax_scheme(who)}{contact}</cac:Party>"


def tax_scheme(who: Who) -> str:
    digit = f' schemeID="{check_digit(who.identification)}"' if who.kind == "31" else ""
    return (
        f"<cac:PartyTaxScheme><cbc:RegistrationName>{escape(who.name)}</cbc:RegistrationName>"
        f'<cbc:CompanyID schemeAgencyID="195"{digit} schemeName="{who.kind}">{who.identification}</cbc:CompanyID>'
        "<cac:TaxScheme><cbc:ID>01</cbc:ID><cbc:Name>IVA</cbc:Name></cac:TaxScheme></cac:PartyTaxScheme>"
    )


def tax_total(sale: Sale) -> str:
    return (
        f'<cac:TaxTotal><cbc:TaxAmount currencyID="{sale.currency}">{sale.vat}</cbc:TaxAmount><cac:TaxSubtotal>'
        f'<cbc:TaxableAmount currencyID="{sale.currency}">{sale.subtotal}</cbc:TaxableAmount>'
        f'<cbc:TaxAmount currencyID="{sale.currency}">{sale.vat}</cbc:TaxAmount><cac:TaxCategory><cbc:Percent>19.00</cbc:Percent>'
        "<cac:TaxScheme><cbc:ID>01</cbc:ID><cbc:Name>IVA</cbc:Name></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>"
    )


def totals(root: str, sale: Sale) -> str:
    name = "RequestedMonetaryTotal" if root == "DebitNote" else "LegalMonetaryTotal"
    amounts = (("LineExtension", sale.subtotal), ("TaxExclusive", sale.subtotal), ("Payable", sale.subtotal + sale.vat))
    inside = "".join(f'<cbc:{kind}Amount currencyID="{sale.currency}">{amount}</cbc:{kind}Amount>' for kind, amount in amounts)
    return f"<cac:{name}>{inside}</cac:{name}>"


def line_of(root: str, sale: Sale, index: int, line: Line) -> str:
    quantity = {"Invoice": "InvoicedQuantity", "CreditNote": "CreditedQuantity", "DebitNote": "DebitedQuantity"}[root]
    return (
        f'<cac:{root}Line><cbc:ID>{index}</cbc:ID><cbc:{quantity} unitCode="94">{line.quantity}</cbc:{quantity}>'
        f'<cbc:LineExtensionAmount currencyID="{sale.currency}">{line.quantity * line.price}</cbc:LineExtensionAmount>'
        f"<cac:Item><cbc:Description>{escape(line.description)}</cbc:Description></cac:Item>"
        f'<cac:Price><cbc:PriceAmount currencyID="{sale.currency}">{line.price}</cbc:PriceAmount></cac:Price></cac:{root}Line>'
    )


def answer_of(code: str, description: str, number: str, key: str, lines: Sequence[tuple[str, str]]) -> str:
    rules = "".join(
        f"<cac:LineResponse><cac:LineReference><cbc:LineID>{index}</cbc:LineID></cac:LineReference><cac:Response>"
        f"<cbc:ResponseCode>{rule}</cbc:ResponseCode><cbc:Description>{escape(message)}</cbc:Description></cac:Response></cac:LineResponse>"
        for index, (rule, message) in enumerate(lines, 1)
    )
    return (
        f"<cac:DocumentResponse><cac:Response>{code}<cbc:Description>{description}</cbc:Description></cac:Response>"
        f'<cac:DocumentReference><cbc:ID>{escape(number)}</cbc:ID><cbc:UUID schemeName="CUFE-SHA384">{key}</cbc:UUID>'
        f"<cbc:DocumentTypeCode>01</cbc:DocumentTypeCode></cac:DocumentReference>{rules}</cac:DocumentResponse>"
    )


def application_response(
    environment: str, number: str, key: str, issued: tuple[str, str], parties: tuple[Who, Who], notes: Sequence[str], answer: str
) -> bytes:
    return file_of(
        "ApplicationResponse",
        f"<cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID><cbc:CustomizationID>1</cbc:CustomizationID><cbc:ProfileID>DIAN 2.1</cbc:ProfileID>"
        f"<cbc:ProfileExecutionID>{environment}</cbc:ProfileExecutionID><cbc:ID>{number}</cbc:ID>"
        f'<cbc:UUID schemeName="CUDE-SHA384">{key}</cbc:UUID>'
        f"<cbc:IssueDate>{issued[0]}</cbc:IssueDate><cbc:IssueTime>{issued[1]}</cbc:IssueTime>"
        f"{''.join(f'<cbc:Note>{escape(note)}</cbc:Note>' for note in notes)}"
        f"<cac:SenderParty>{tax_scheme(parties[0])}</cac:SenderParty><cac:ReceiverParty>{tax_scheme(parties[1])}</cac:ReceiverParty>{answer}",
    )


def attachment(content: str) -> str:
    return (
        "<cac:Attachment><cac:ExternalReference><cbc:MimeCode>text/xml</cbc:MimeCode><cbc:EncodingCode>UTF-8</cbc:EncodingCode>"
        f"<cbc:Description>{content}</cbc:Description></cac:ExternalReference></cac:Attachment>"
    )


def container_line(index: int, content: str, result_code: str) -> str:
    return (
        f"<cac:ParentDocumentLineReference><cbc:LineID>{index}</cbc:LineID><cac:DocumentReference><cbc:ID>{index}</cbc:ID>"
        f"<cbc:DocumentType>ApplicationResponse</cbc:DocumentType>{attachment(content)}<cac:ResultOfVerification>"
        f"<cbc:ValidatorID>{DIAN.name}</cbc:ValidatorID><cbc:ValidationResultCode>{result_code}</cbc:ValidationResultCode>"
        "<cbc:ValidationDate>2026-03-10</cbc:ValidationDate><cbc:ValidationTime>10:15:42.0000000-05:00</cbc:ValidationTime>"
        "</cac:ResultOfVerification></cac:DocumentReference></cac:ParentDocumentLineReference>"
    )
