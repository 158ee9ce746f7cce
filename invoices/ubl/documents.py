"""UBL 2.1 sales documents: ``Invoice``, ``CreditNote``, ``DebitNote``."""

import hashlib
import re
from datetime import date, datetime
from decimal import Decimal
from typing import NoReturn, TypeVar, get_args

from lxml import etree

from invoices.ubl.addresses import split_addresses
from invoices.ubl.keys import is_key, normalise_key
from invoices.ubl.refusal import Refused
from invoices.ubl.types import Document, Party, Root
from invoices.ubl.values import read_amount, read_date, read_moment, read_party
from invoices.ubl.xml import Element, find, is_ubl, local_name, text, texts

Value = TypeVar("Value")
ROOTS: dict[str, Root] = {root: root for root in get_args(Root)}
SALES: dict[Root, frozenset[str]] = {
    "Invoice": frozenset({"01", "02", "03", "04", "20", "25", "27", "32", "35", "40", "45", "50", "55", "60"}),
    "CreditNote": frozenset({"91", "94"}),
    "DebitNote": frozenset({"92", "93"}),
}
# A DebitNote has no type code in UBL 2.1, and that of a CreditNote is often left out or wrong.
NOTE_TYPES: dict[Root, str] = {"CreditNote": "91", "DebitNote": "92"}
NOT_SALES = {
    "05": "un documento soporte, que expide quien compra",
    "95": "una nota de ajuste de un documento soporte, que expide quien compra",
    "101": "un documento de nómina electrónica",
    "102": "un documento de nómina electrónica",
    "103": "una nota de ajuste de nómina electrónica",
}
PAYROLL = {"NominaIndividual": NOT_SALES["102"], "NominaIndividualDeAjuste": NOT_SALES["103"]}
TOTALS: dict[Root, str] = {"Invoice": "Legal", "CreditNote": "Legal", "DebitNote": "Requested"}
REFERENCES = ("InvoiceDocumentReference", "CreditNoteDocumentReference", "DebitNoteDocumentReference")
MAX_NUMBER = 60
MAX_SCHEME = 40


def parse_document(element: Element) -> Document:
    """
    Read what this product traces from one sales document.

    :param element: the root, whatever its prefixes; DIAN's extensions are not required.
    :raises Refused: another kind of document (``not_a_sale`` for support documents and payroll), or number, key, date,
        issuer, customer, currency or amounts are missing or malformed.

    Source: OASIS UBL 2.1; DIAN, Anexo Técnico Factura Electrónica de Venta 1.9.
    """
    root = _root(element)
    type_code = _type_code(element, root)
    number = _number(element)
    issue_date, issued_at = _issued(element)
    total, subtotal, taxes = _amounts(element, root)
    payment_form, due_date = _payment(element)
    issuer = _party(element, "cac:AccountingSupplierParty/cac:Party", "issuer", "al emisor")
    customer = _party(element, "cac:AccountingCustomerParty/cac:Party", "customer", "al adquiriente")
    return Document(
        root=root,
        type_code=type_code,
        number=number,
        prefix=_prefix(element, number),
        key=_key(element),
        key_scheme=_scheme(element, "schemeName")[:MAX_SCHEME],
        issued_at=issued_at,
        issue_date=issue_date,
        due_date=due_date,
        currency=_currency(element),
        total=total,
        subtotal=subtotal,
        taxes=taxes,
        payment_form=payment_form,
        environment=_environment(element),
        issuer=issuer,
        customer=customer,
        customer_emails=split_addresses(";".join(texts(element, "cac:AccountingCustomerParty/cac:Party/cac:Contact/cbc:ElectronicMail"))),
        referenced_keys=_references(element),
        content_sha256=_content_sha256(element),
    )


def refuse_payroll(element: Element) -> None:
    """Payroll travels in DIAN's own schemas, not in UBL."""
    if local_name(element) in PAYROLL:
        _not_a_sale(PAYROLL[local_name(element)])


def _not_a_sale(what: str) -> NoReturn:
    raise Refused("not_a_sale", f"No es un documento de venta: es {what}.")


def _root(element: Element) -> Root:
    root = ROOTS.get(local_name(element))
    if root is None:
        refuse_payroll(element)
        raise Refused("not_a_document", "No es una factura ni una nota electrónica.")
    if not is_ubl(element):
        raise Refused("not_ubl", "No está en UBL 2.1: es de un modelo anterior o de otro país.")
    return root


def _type_code(element: Element, root: Root) -> str:
    printed = text(element, f"cbc:{root}TypeCode").zfill(2)
    if printed in NOT_SALES:
        _not_a_sale(NOT_SALES[printed])
    if printed in SALES[root]:
        return printed
    if root in NOTE_TYPES:
        return NOTE_TYPES[root]
    raise Refused("type", "El XML no dice un tipo de documento que se conozca (InvoiceTypeCode).")


def _required(value: Value | None, code: str, sentence: str) -> Value:
    if value is None or value == "":
        raise Refused(code, sentence)
    return value


def _number(element: Element) -> str:
    number = _required(text(element, "cbc:ID"), "number", "El documento no trae número.")
    if len(number) > MAX_NUMBER:
        raise Refused("number", "El número del documento es demasiado largo.")
    return number


def _prefix(element: Element, number: str) -> str:
    """As the issuer's authorisation says it; else what stands before the last digits."""
    printed = [text(found, ".") for found in element.iter("{*}Prefix")]
    printed.append(text(element, "cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cac:CorporateRegistrationScheme/cbc:ID"))
    fitting = next((prefix for prefix in printed if prefix and number.startswith(prefix)), None)
    return fitting or re.sub(r"\d+$", "", number, flags=re.ASCII)


def _key(element: Element) -> str:
    printed = _required(text(element, "cbc:UUID"), "no_key", "El documento no trae CUFE ni CUDE.")
    if not is_key(printed):
        raise Refused("bad_key", "El CUFE o CUDE del documento no es válido: no tiene 96 dígitos hexadecimales.")
    return normalise_key(printed)


def _scheme(element: Element, attribute: str) -> str:
    found = find(element, "cbc:UUID")
    return "" if found is None else found.get(attribute, "").strip()


def _issued(element: Element) -> tuple[date, datetime]:
    day = _required(read_date(text(element, "cbc:IssueDate")), "date", "El documento no trae una fecha de expedición válida.")
    moment = read_moment(day, text(element, "cbc:IssueTime"))
    return day, _required(moment, "time", "La hora de expedición del documento no es válida.")


def _currency(element: Element) -> str:
    currency = text(element, "cbc:DocumentCurrencyCode").upper()
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise Refused("currency", "El documento no dice una moneda válida.")
    return currency


def _amounts(element: Element, root: Root) -> tuple[Decimal, Decimal, Decimal]:
    total = _amount(element, f"cac:{TOTALS[root]}MonetaryTotal/cbc:PayableAmount", "El documento no trae un total a pagar válido.")
    subtotal = _amount(element, f"cac:{TOTALS[root]}MonetaryTotal/cbc:LineExtensionAmount", "El documento no trae un subtotal válido.")
    taxes = [read_amount(written) for written in texts(element, "cac:TaxTotal/cbc:TaxAmount")]
    known = [tax for tax in taxes if tax is not None]
    if len(known) != len(taxes):
        raise Refused("amount", "Un impuesto del documento no es un valor válido.")
    return total, subtotal, sum(known, Decimal(0))


def _amount(element: Element, path: str, sentence: str) -> Decimal:
    return _required(read_amount(text(element, path)), "amount", sentence)


def _payment(element: Element) -> tuple[str, date | None]:
    """One instalment on credit makes the sale a sale on credit. A due date that cannot be read is as good as none."""
    forms = list(texts(element, "cac:PaymentMeans/cbc:ID"))
    form = next((known for known in ("2", "1") if known in forms), "")
    written = [*texts(element, "cbc:DueDate"), *texts(element, "cac:PaymentMeans/cbc:PaymentDueDate")]
    return form, next((day for day in map(read_date, written) if day), None)


def _environment(element: Element) -> str:
    printed = (text(element, "cbc:ProfileExecutionID"), _scheme(element, "schemeID"))
    return next((known for known in printed if known in ("1", "2")), "")


def _party(element: Element, path: str, code: str, whom: str) -> Party:
    party = read_party(find(element, path))
    if not party.identification or not party.name:
        raise Refused(code, f"El documento no identifica {whom}.")
    return party


def _references(element: Element) -> tuple[str, ...]:
    paths = (f"cac:BillingReference/cac:{kind}/cbc:UUID" for kind in REFERENCES)
    return tuple(dict.fromkeys(normalise_key(key) for path in paths for key in texts(element, path) if is_key(key)))


def _content_sha256(element: Element) -> str:
    try:
        canonical = etree.tostring(element, method="c14n", exclusive=False, with_comments=False)
    except etree.C14NError:
        raise Refused("namespaces", "El XML usa espacios de nombres que no son válidos.") from None
    return hashlib.sha256(canonical).hexdigest()
