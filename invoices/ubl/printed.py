"""One document → everything that its *representación gráfica* prints."""

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from invoices.ubl.attached import nested_document
from invoices.ubl.documents import TOTALS, parse_document
from invoices.ubl.nit import check_digit
from invoices.ubl.printed_codes import CREDIT_CONCEPTS, DEBIT_CONCEPTS, PAYMENT_FORMS, PAYMENT_MEANS, QUALITIES
from invoices.ubl.printed_lines import ZERO, amount, read_adjustments, read_lines, read_taxes, short
from invoices.ubl.printed_types import (
    Authorization,
    Delivery,
    ExchangeRate,
    Payment,
    Place,
    Printed,
    PrintedParty,
    Reference,
    Software,
    Totals,
)
from invoices.ubl.types import Document, Party
from invoices.ubl.values import NIT, read_date
from invoices.ubl.xml import Element, find, find_all, parse_root, raw_text, text, texts

MAX_NOTES, MAX_NOTE, MAX_NOTES_TEXT, MAX_FIELD, MAX_ITEMS = 12, 800, 2000, 200, 10
MACHINE = re.compile(r'\{\s*["}]|\[\s*[\[{"]|<|.*base64,', re.DOTALL)
# A word that no person writes: the string under the CUFE, a digest, a picture.
ENDLESS = re.compile(r"(?<!\S)(?!https?://)\S{61,}")
REFERENCES = (
    ("Orden de compra", "cac:OrderReference"),
    ("Remisión", "cac:DespatchDocumentReference"),
    ("Recepción", "cac:ReceiptDocumentReference"),
    ("Contrato", "cac:ContractDocumentReference"),
)
CORRECTED = (
    ("Factura", "InvoiceDocumentReference"),
    ("Nota crédito", "CreditNoteDocumentReference"),
    ("Nota débito", "DebitNoteDocumentReference"),
)


def read_printed(data: bytes) -> Printed:
    """
    Read all that is printed of an invoice or note.

    :param data: its XML, or the ``AttachedDocument`` that holds it; at most 5 MB.
    :raises Refused: what ``parse_document`` refuses, more lines, taxes or discounts than can be printed, or an amount
        that cannot be read.

    Source: DIAN, Anexo Técnico Factura Electrónica de Venta 1.9; Resolución 165 de 2023, art. 11 (what an invoice must say).
    """
    element = parse_root(nested_document(data) or data)
    document = parse_document(element)
    return Printed(
        document=document,
        issuer=_party(element, "AccountingSupplierParty", document.issuer),
        customer=_party(element, "AccountingCustomerParty", document.customer),
        authorization=_authorization(element),
        lines=read_lines(element, document.root),
        taxes=read_taxes(element, "TaxTotal"),
        withholdings=read_taxes(element, "WithholdingTaxTotal"),
        adjustments=read_adjustments(element),
        totals=_totals(element, document),
        payment=_payment(element, document),
        delivery=_delivery(element),
        period=_period(element),
        references=tuple(_references(element))[:MAX_ITEMS],
        corrected=tuple(_corrected(element))[:MAX_ITEMS],
        concepts=tuple(dict.fromkeys(_concepts(element, document)))[:MAX_ITEMS],
        notes=_notes(element, document),
        exchange=_exchange(element),
        software=_software(element),
        qr_text=_qr_text(element),
    )


def _party(element: Element, name: str, who: Party) -> PrintedParty:
    account = find(element, f"cac:{name}")
    party = find(element, f"cac:{name}/cac:Party")
    assert account is not None
    assert party is not None  # parse_document read it
    is_nit = who.identification_type == NIT and who.identification.isascii() and who.identification.isdigit()
    return PrintedParty(
        who=who,
        computed_digit=check_digit(who.identification) if is_nit else "",
        place=_place(party, "cac:PhysicalLocation/cac:Address", "cac:PartyTaxScheme/cac:RegistrationAddress"),
        phone=_field(party, "cac:Contact/cbc:Telephone"),
        mail=_field(party, "cac:Contact/cbc:ElectronicMail"),
        qualities=tuple(dict.fromkeys(word for word in _qualities(party) if word)),
        activities=tuple(code for written in texts(party, "cbc:IndustryClassificationCode") for code in re.findall(r"\d{4}", written))[:5],
    )


def _field(element: Element, path: str) -> str:
    return short(text(element, path), MAX_FIELD)


def _qualities(party: Element) -> Iterator[str]:
    """The regime stands in an attribute of the list of responsibilities, which are separated by semicolons."""
    for level in find_all(party, "cac:PartyTaxScheme/cbc:TaxLevelCode"):
        regime = level.get("listName", "").strip()
        yield QUALITIES.get(regime, "")
        yield from (QUALITIES.get(code.strip(), "") for code in raw_text(level).split(";"))


def _place(element: Element, *paths: str) -> Place:
    """The first address that names a street or a city."""
    for path in paths:
        for address in find_all(element, path):
            street = short(", ".join(texts(address, "cac:AddressLine/cbc:Line")), MAX_FIELD)
            city = _city(address)
            if street or city:
                return Place(street, city)
    return Place("", "")


def _city(address: Element) -> str:
    """*Aratoca, Santander, Colombia*: a department that the city's name repeats is left out."""
    city, department = _field(address, "cbc:CityName"), _field(address, "cbc:CountrySubentity")
    country = _field(address, "cac:Country/cbc:Name") or _field(address, "cac:Country/cbc:IdentificationCode")
    if city.casefold().startswith(department.casefold()) or department.casefold().startswith(city.casefold()):
        department = "" if city else department
    return ", ".join(part for part in (city, department, "Colombia" if country == "CO" else country) if part)


def _local(element: Element, name: str) -> Element | None:
    """DIAN's own elements have changed their namespace over time: they are found by their name."""
    return next(iter(element.iter(f"{{*}}{name}")), None)


def _local_text(element: Element, name: str) -> str:
    found = _local(element, name)
    return "" if found is None else short(text(found, "."), MAX_FIELD)


def _authorization(element: Element) -> Authorization | None:
    control = _local(element, "InvoiceControl")
    if control is None or not _local_text(control, "InvoiceAuthorization"):
        return None
    return Authorization(
        number=_local_text(control, "InvoiceAuthorization"),
        prefix=_local_text(control, "Prefix"),
        first=_local_text(control, "From"),
        last=_local_text(control, "To"),
        since=read_date(_local_text(control, "StartDate")),
        until=read_date(_local_text(control, "EndDate")),
    )


def _software(element: Element) -> Software:
    """The provider by DIAN's extension; program and maker by the pairs of name and value that the annex of 2023 adds for POS."""
    found = _local(element, "ProviderID")
    pairs = _local(element, "InformacionDelFabricanteDelSoftware")
    named = {} if pairs is None else _pairs(pairs)
    return Software(
        provider="" if found is None else text(found, ".")[:20],
        provider_digit="" if found is None else found.get("schemeID", "").strip()[:1],
        name=named.get("NombreSoftware", ""),
        maker=named.get("RazonSocial", ""),
    )


def _pairs(element: Element) -> dict[str, str]:
    words = [(name.rpartition("}")[2], short(text(item, "."), MAX_FIELD)) for item in element if isinstance(name := item.tag, str)]
    return {key: value for (kind, key), (_, value) in pairwise(words) if kind == "Name"}


def _qr_text(element: Element) -> str:
    """Its line breaks count; its indentation does not."""
    found = _local(element, "QRCode")
    lines = raw_text(found).splitlines() if found is not None else []
    return "\n".join(line.strip() for line in lines if line.strip())[:MAX_NOTE]


def _totals(element: Element, document: Document) -> Totals:
    total = find(element, f"cac:{TOTALS[document.root]}MonetaryTotal")
    assert total is not None  # parse_document read it
    return Totals(
        subtotal=document.subtotal,
        discounts=amount(total, "cbc:AllowanceTotalAmount"),
        charges=amount(total, "cbc:ChargeTotalAmount"),
        with_taxes=amount(total, "cbc:TaxInclusiveAmount"),
        prepaid=amount(total, "cbc:PrepaidAmount"),
        rounding=amount(total, "cbc:PayableRoundingAmount"),
        payable=document.total,
    )


def _payment(element: Element, document: Document) -> Payment:
    codes = dict.fromkeys(texts(element, "cac:PaymentMeans/cbc:PaymentMeansCode"))
    means = (PAYMENT_MEANS.get(code, code[:20]) for code in codes)
    return Payment(
        form=PAYMENT_FORMS.get(document.payment_form, ""),
        means=tuple(word for word in means if word)[:MAX_ITEMS],
        due=document.due_date,
        references=_unique(element, "cac:PaymentMeans/cbc:PaymentID"),
        accounts=_unique(element, "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"),
        terms=_unique(element, "cac:PaymentTerms/cbc:Note"),
    )


def _unique(element: Element, path: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(short(found, MAX_FIELD) for found in texts(element, path)))[:4]


def _delivery(element: Element) -> Delivery:
    found = find(element, "cac:Delivery")
    if found is None:
        return Delivery("", Place("", ""), None)
    name = _field(found, "cac:DeliveryLocation/cbc:Name")
    place = _place(found, "cac:DeliveryAddress", "cac:DeliveryLocation/cac:Address")
    return Delivery(name, place, read_date(text(found, "cbc:ActualDeliveryDate")))


def _period(element: Element) -> tuple[date, date] | None:
    first, last = (read_date(text(element, f"cac:InvoicePeriod/cbc:{end}Date")) for end in ("Start", "End"))
    return (first, last) if first and last else None


def _references(element: Element) -> Iterator[Reference]:
    for kind, path in REFERENCES:
        for number in texts(element, f"{path}/cbc:ID"):
            yield Reference(kind, short(number, 60), "", None)


def _corrected(element: Element) -> Iterator[Reference]:
    for kind, name in CORRECTED:
        for found in find_all(element, f"cac:BillingReference/cac:{name}"):
            number = text(found, "cbc:ID")
            if number:
                yield Reference(kind, short(number, 60), text(found, "cbc:UUID")[:96], read_date(text(found, "cbc:IssueDate")))


def _concepts(element: Element, document: Document) -> Iterator[str]:
    """By DIAN's list; the seller's own words where the code says nothing or only *Otros*."""
    known = DEBIT_CONCEPTS if document.root == "DebitNote" else CREDIT_CONCEPTS
    for found in find_all(element, "cac:DiscrepancyResponse"):
        listed = known.get(text(found, "cbc:ResponseCode").lstrip("0"), "")
        own = _field(found, "cbc:Description")
        concept = own if not listed or (listed == "Otros" and own) else listed
        if concept:
            yield concept


def _notes(element: Element, document: Document) -> tuple[str, ...]:
    """What people wrote to people, bounded: pictures, JSON, labels of nothing and the string of which the CUFE is made are left out."""
    kept: list[str] = []
    left = MAX_NOTES_TEXT
    for note in dict.fromkeys(texts(element, "cbc:Note")):
        if left > 0 and len(kept) < MAX_NOTES and not _for_machines(note, document):
            kept.append(short(note, min(MAX_NOTE, left)))
            left -= len(kept[-1])
    return tuple(kept)


def _for_machines(note: str, document: Document) -> bool:
    if MACHINE.match(note) or note.endswith(":") or hashlib.sha384(note.encode()).hexdigest() == document.key:
        return True
    return ENDLESS.search(note) is not None and (" " not in note or f"{document.number}{document.issue_date}" in note)


def _exchange(element: Element) -> ExchangeRate | None:
    found = find(element, "cac:PaymentExchangeRate")
    rate = amount(found, "cbc:CalculationRate") if found is not None else None
    if found is None or not rate or rate < ZERO:
        return None
    source, target = (text(found, f"cbc:{end}CurrencyCode")[:3].upper() for end in ("Source", "Target"))
    return ExchangeRate(source, target, rate, read_date(text(found, "cbc:Date")))
