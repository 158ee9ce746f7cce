"""Whole invoices and notes, with all that a *representación gráfica* prints: invented companies, figures that add up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape
from typing import Any, NamedTuple

from invoices.ubl.nit import check_digit
from tests.ubl_parts import Who, fake_key, file_of

CENT = Decimal("0.01")
SELLER = Who("909214587", "Despensa y Café El Frailejón S.A.S.", trade_name="El Frailejón Despensa")
BUYER = Who("908630142", "Hotel Mirador del Chicamocha S.A.S.")
TAX_NAMES = {"01": "IVA", "03": "ICA", "04": "INC", "05": "ReteIVA", "06": "ReteRenta", "07": "ReteICA", "34": "IBUA", "35": "ICUI"}


class Item(NamedTuple):
    """One line: ``vat`` in per cent, nothing for what carries none; ``icui`` in per cent beside it; ``discount`` in per cent."""

    code: str
    description: str
    quantity: Decimal
    unit: str
    price: Decimal
    vat: Decimal | None = Decimal(19)
    discount: Decimal = Decimal(0)
    lot: str = ""
    icui: Decimal | None = None

    @property
    def off(self) -> Decimal:
        return (self.quantity * self.price * self.discount / 100).quantize(CENT)

    @property
    def total(self) -> Decimal:
        return (self.quantity * self.price).quantize(CENT) - self.off

    @property
    def taxes(self) -> list[tuple[str, Decimal, Decimal, Decimal]]:
        """Code, rate, base, amount."""
        rates = (("01", self.vat), ("35", self.icui))
        return [(code, rate, self.total, (self.total * rate / 100).quantize(CENT)) for code, rate in rates if rate is not None]


SIX = (
    Item("CAF-0250", "Café de origen tostado en grano, Huila, bolsa de 2,5 kg", Decimal(4), "BG", Decimal(79000), Decimal(5), lot="2611-H"),
    Item("VAS-0800", "Vaso biodegradable de 8 onzas, caja por 1.000", Decimal(2), "BX", Decimal(190000), discount=Decimal(5)),
    Item("AGU-0300", "Agua mineral con gas, botella de vidrio de 300 ml, caja por 24", Decimal(8), "BX", Decimal(42000)),
    Item("AZU-1000", "Azúcar blanca en sobres de 5 g, caja por 1.000", Decimal(3), "BX", Decimal(28000), Decimal(5)),
    Item("LEC-1012", "Leche entera UHT, caja por 12 bolsas de 1 litro", Decimal(5), "BX", Decimal(35000), Decimal(0)),
    Item("SER-0101", "Calibración de molino y máquina de espresso en sitio", Decimal(1), "E48", Decimal(303000)),
)
MORE = (
    *SIX,
    Item("ARR-0050", "Arroz blanco, bulto de 50 kg", Decimal(4), "SA", Decimal(198000), None),
    Item("CRE-0006", "Crema de leche UHT, caja por 6 unidades de 1 litro", Decimal(8), "BX", Decimal(87400), discount=Decimal(3)),
    Item("GAL-0024", "Galleta de avena con chips de chocolate, caja por 24", Decimal(12), "BX", Decimal("31250.50"), icui=Decimal(20)),
    Item("SER-0202", "Capacitación de baristas, sesión de 4 horas", Decimal("1.5"), "HUR", Decimal(480000), discount=Decimal(10)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the builder can vary; ``extra`` goes before the tax totals, ``exchange`` is pesos for one unit of the currency."""

    root: str = "Invoice"
    type_code: str = "01"
    number: str = "FEV20418"
    prefix: str = "FEV"
    key: str = ""
    environment: str = "1"
    currency: str = "COP"
    exchange: Decimal | None = None
    seller: Who = SELLER
    buyer: Who = BUYER
    buyer_mail: str = "recepcionfe@hotelmirador.example.org"
    items: Sequence[Item] = SIX
    freight: Decimal = Decimal(0)
    withheld: Sequence[tuple[str, Decimal, Decimal]] = ()
    notes: Sequence[str] = ("Recepción de mercancía de 7:00 a 11:00 por la portería de proveedores. Novedades en las 24 horas siguientes.",)
    concept: str = "1"
    qr_text: str = ""
    extra: str = ""
    issue_date: str = "2026-11-24"
    due_date: str = "2026-12-24"


def build_sheet(**overrides: Any) -> bytes:
    """One document; for the overrides see ``Sheet``."""
    sheet = replace(Sheet(), **overrides)
    subtotal = sum((item.total for item in sheet.items), Decimal(0))
    taxes = merged(sheet.items)
    payable = subtotal + sheet.freight + sum((amount for *_, amount in taxes), Decimal(0))
    key = sheet.key or fake_key((sheet.seller.identification, sheet.number))
    is_note = sheet.root != "Invoice"
    return file_of(
        sheet.root,
        extensions(sheet)
        + "<cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID><cbc:CustomizationID>10</cbc:CustomizationID><cbc:ProfileID>DIAN 2.1</cbc:ProfileID>"
        + f"<cbc:ProfileExecutionID>{sheet.environment}</cbc:ProfileExecutionID><cbc:ID>{escape(sheet.number)}</cbc:ID>"
        + f'<cbc:UUID schemeID="{sheet.environment}" schemeName="{"CUDE" if is_note else "CUFE"}-SHA384">{key}</cbc:UUID>'
        + f"<cbc:IssueDate>{sheet.issue_date}</cbc:IssueDate><cbc:IssueTime>08:41:07-05:00</cbc:IssueTime>"
        + ("" if is_note or not sheet.due_date else f"<cbc:DueDate>{sheet.due_date}</cbc:DueDate>")
        + ("" if sheet.root == "DebitNote" else f"<cbc:{sheet.root}TypeCode>{sheet.type_code}</cbc:{sheet.root}TypeCode>")
        + "".join(f"<cbc:Note>{escape(note)}</cbc:Note>" for note in sheet.notes)
        + f"<cbc:DocumentCurrencyCode>{sheet.currency}</cbc:DocumentCurrencyCode>"
        + f"<cbc:LineCountNumeric>{len(sheet.items)}</cbc:LineCountNumeric>"
        + (correction(sheet) if is_note else "")
        + "<cac:OrderReference><cbc:ID>OC-8841</cbc:ID></cac:OrderReference>"
        + (invoice_reference() if is_note else "")
        + "<cac:DespatchDocumentReference><cbc:ID>R-5527</cbc:ID></cac:DespatchDocumentReference>"
        + seller(sheet)
        + buyer(sheet)
        + ("" if is_note else delivery())
        + payment(sheet)
        + sheet.extra
        + freight(sheet)
        + exchange(sheet)
        + tax_totals("TaxTotal", taxes, sheet)
        + (
            ""
            if is_note
            else tax_totals("WithholdingTaxTotal", [(c, r, b, (b * r / 100).quantize(CENT)) for c, r, b in sheet.withheld], sheet)
        )
        + totals(sheet, subtotal, payable)
        + "".join(line(sheet, number, item) for number, item in enumerate(sheet.items, 1)),
    )


def many(count: int) -> tuple[Item, ...]:
    """So many different lines."""
    items = (MORE[index % len(MORE)] for index in range(count))
    return tuple(item._replace(code=f"{item.code[:3]}-{number:04}") for number, item in enumerate(items, 1))


def merged(items: Sequence[Item]) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    together: dict[tuple[str, Decimal], list[Decimal]] = {}
    for item in items:
        for code, rate, base, amount in item.taxes:
            sums = together.setdefault((code, rate), [Decimal(0), Decimal(0)])
            sums[0] += base
            sums[1] += amount
    return [(code, rate, base, amount) for (code, rate), (base, amount) in together.items()]


def extensions(sheet: Sheet) -> str:
    control = (
        "<sts:InvoiceControl><sts:InvoiceAuthorization>18764000012345</sts:InvoiceAuthorization><sts:AuthorizationPeriod>"
        "<cbc:StartDate>2026-02-02</cbc:StartDate><cbc:EndDate>2028-02-02</cbc:EndDate></sts:AuthorizationPeriod><sts:AuthorizedInvoices>"
        f"<sts:Prefix>{sheet.prefix}</sts:Prefix><sts:From>1</sts:From><sts:To>50000</sts:To></sts:AuthorizedInvoices></sts:InvoiceControl>"
    )
    return (
        "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><sts:DianExtensions>"
        f"{control if sheet.root == 'Invoice' else ''}"
        '<sts:SoftwareProvider><sts:ProviderID schemeID="2" schemeName="31">907415263</sts:ProviderID>'
        "<sts:SoftwareID>56f2ae4e-9812-4fad-9255-08fcfcd5ccb0</sts:SoftwareID></sts:SoftwareProvider>"
        '<sts:AuthorizationProvider><sts:AuthorizationProviderID schemeID="4" schemeName="31">800197268</sts:AuthorizationProviderID>'
        f"</sts:AuthorizationProvider><sts:QRCode>{escape(sheet.qr_text)}</sts:QRCode>"
        "</sts:DianExtensions></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )


def correction(sheet: Sheet) -> str:
    return (
        f"<cac:DiscrepancyResponse><cbc:ReferenceID>FEV20418</cbc:ReferenceID><cbc:ResponseCode>{sheet.concept}</cbc:ResponseCode>"
        "<cbc:Description>Se devuelven dos cajas de vasos rotos</cbc:Description></cac:DiscrepancyResponse>"
    )


def invoice_reference() -> str:
    return (
        f'<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>FEV20418</cbc:ID><cbc:UUID schemeName="CUFE-SHA384">'
        f"{fake_key((SELLER.identification, 'FEV20418'))}</cbc:UUID><cbc:IssueDate>2026-11-24</cbc:IssueDate>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
    )


def seller(sheet: Sheet) -> str:
    return (
        "<cac:AccountingSupplierParty><cbc:AdditionalAccountID>1</cbc:AdditionalAccountID><cac:Party>"
        "<cbc:IndustryClassificationCode>4631</cbc:IndustryClassificationCode>"
        f"<cac:PartyName><cbc:Name>{escape(sheet.seller.trade_name or sheet.seller.name)}</cbc:Name></cac:PartyName>"
        f"<cac:PhysicalLocation>{address('Carrera 24 # 63-41, bodega 3', 'Bogotá, D.C.', 'Bogotá')}</cac:PhysicalLocation>"
        f"{tax_scheme(sheet.seller, 'O-13;O-23', '48')}"
        "<cac:Contact><cbc:Telephone>(601) 555 0142</cbc:Telephone><cbc:ElectronicMail>ventas@elfrailejon.example.com</cbc:ElectronicMail>"
        "</cac:Contact></cac:Party></cac:AccountingSupplierParty>"
    )


def buyer(sheet: Sheet) -> str:
    return (
        "<cac:AccountingCustomerParty><cbc:AdditionalAccountID>1</cbc:AdditionalAccountID><cac:Party>"
        f"<cac:PartyName><cbc:Name>{escape(sheet.buyer.trade_name or sheet.buyer.name)}</cbc:Name></cac:PartyName>"
        f"<cac:PhysicalLocation>{address('Km 54 vía Bucaramanga – San Gil', 'Aratoca', 'Santander')}</cac:PhysicalLocation>"
        f"{tax_scheme(sheet.buyer, 'R-99-PN', '48')}<cac:Contact><cbc:Telephone>(607) 555 0188</cbc:Telephone>"
        f"<cbc:ElectronicMail>{escape(sheet.buyer_mail)}</cbc:ElectronicMail></cac:Contact></cac:Party></cac:AccountingCustomerParty>"
    )


def address(street: str, city: str, department: str, tag: str = "Address") -> str:
    return (
        f"<cac:{tag}><cbc:ID>11001</cbc:ID><cbc:CityName>{city}</cbc:CityName><cbc:CountrySubentity>{department}</cbc:CountrySubentity>"
        f"<cac:AddressLine><cbc:Line>{escape(street)}</cbc:Line></cac:AddressLine><cac:Country><cbc:IdentificationCode>CO</cbc:IdentificationCode>"
        f"<cbc:Name>Colombia</cbc:Name></cac:Country></cac:{tag}>"
    )


def tax_scheme(who: Who, levels: str, regime: str) -> str:
    digit = f' schemeID="{check_digit(who.identification)}"' if who.kind == "31" else ""
    return (
        f"<cac:PartyTaxScheme><cbc:RegistrationName>{escape(who.name)}</cbc:RegistrationName>"
        f'<cbc:CompanyID schemeAgencyID="195"{digit} schemeName="{who.kind}">{who.identification}</cbc:CompanyID>'
        f'<cbc:TaxLevelCode listName="{regime}">{levels}</cbc:TaxLevelCode>'
        "<cac:TaxScheme><cbc:ID>01</cbc:ID><cbc:Name>IVA</cbc:Name></cac:TaxScheme></cac:PartyTaxScheme>"
    )


def delivery() -> str:
    where = address("Km 54 vía Bucaramanga – San Gil, bodega de alimentos", "Aratoca", "Santander", "DeliveryAddress")
    return f"<cac:Delivery>{where}</cac:Delivery>"


def payment(sheet: Sheet) -> str:
    due = f"<cbc:PaymentDueDate>{sheet.due_date}</cbc:PaymentDueDate>" if sheet.due_date else ""
    return (
        f"<cac:PaymentMeans><cbc:ID>{2 if sheet.due_date else 1}</cbc:ID><cbc:PaymentMeansCode>45</cbc:PaymentMeansCode>{due}"
        f"<cbc:PaymentID>{escape(sheet.number)}</cbc:PaymentID></cac:PaymentMeans>"
    )


def freight(sheet: Sheet) -> str:
    if not sheet.freight:
        return ""
    return (
        "<cac:AllowanceCharge><cbc:ID>1</cbc:ID><cbc:ChargeIndicator>true</cbc:ChargeIndicator>"
        f"<cbc:AllowanceChargeReason>Flete</cbc:AllowanceChargeReason>{money('Amount', sheet.freight, sheet)}</cac:AllowanceCharge>"
    )


def exchange(sheet: Sheet) -> str:
    if sheet.exchange is None:
        return ""
    return (
        f"<cac:PaymentExchangeRate><cbc:SourceCurrencyCode>{sheet.currency}</cbc:SourceCurrencyCode>"
        "<cbc:SourceCurrencyBaseRate>1.00</cbc:SourceCurrencyBaseRate><cbc:TargetCurrencyCode>COP</cbc:TargetCurrencyCode>"
        f"<cbc:TargetCurrencyBaseRate>1.00</cbc:TargetCurrencyBaseRate><cbc:CalculationRate>{sheet.exchange}</cbc:CalculationRate>"
        f"<cbc:Date>{sheet.issue_date}</cbc:Date></cac:PaymentExchangeRate>"
    )


def money(name: str, amount: Decimal, sheet: Sheet) -> str:
    return f'<cbc:{name} currencyID="{sheet.currency}">{amount}</cbc:{name}>'


def tax_totals(name: str, taxes: Sequence[tuple[str, Decimal, Decimal, Decimal]], sheet: Sheet) -> str:
    """One for each code, with a subtotal for each rate."""
    written = ""
    for code in dict.fromkeys(code for code, *_ in taxes):
        of_code = [tax for tax in taxes if tax[0] == code]
        written += f"<cac:{name}>{money('TaxAmount', sum((tax[3] for tax in of_code), Decimal(0)), sheet)}"
        for _, rate, base, amount in of_code:
            written += (
                f"<cac:TaxSubtotal>{money('TaxableAmount', base, sheet)}{money('TaxAmount', amount, sheet)}<cac:TaxCategory>"
                f"<cbc:Percent>{rate:.3f}</cbc:Percent><cac:TaxScheme><cbc:ID>{code}</cbc:ID><cbc:Name>{TAX_NAMES[code]}</cbc:Name></cac:TaxScheme>"
                "</cac:TaxCategory></cac:TaxSubtotal>"
            )
        written += f"</cac:{name}>"
    return written


def totals(sheet: Sheet, subtotal: Decimal, payable: Decimal) -> str:
    name = "RequestedMonetaryTotal" if sheet.root == "DebitNote" else "LegalMonetaryTotal"
    charges = money("ChargeTotalAmount", sheet.freight, sheet) if sheet.freight else ""
    return (
        f"<cac:{name}>{money('LineExtensionAmount', subtotal, sheet)}{money('TaxExclusiveAmount', subtotal, sheet)}"
        f"{money('TaxInclusiveAmount', payable - sheet.freight, sheet)}{charges}{money('PayableAmount', payable, sheet)}</cac:{name}>"
    )


def line(sheet: Sheet, number: int, item: Item) -> str:
    quantity = {"Invoice": "InvoicedQuantity", "CreditNote": "CreditedQuantity", "DebitNote": "DebitedQuantity"}[sheet.root]
    off = (
        "<cac:AllowanceCharge><cbc:ID>1</cbc:ID><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
        f"<cbc:MultiplierFactorNumeric>{item.discount}</cbc:MultiplierFactorNumeric>{money('Amount', item.off, sheet)}"
        f"{money('BaseAmount', (item.quantity * item.price).quantize(CENT), sheet)}</cac:AllowanceCharge>"
    )
    lot = (
        f"<cac:ItemInstance><cac:LotIdentification><cbc:LotNumberID>{item.lot}</cbc:LotNumberID></cac:LotIdentification></cac:ItemInstance>"
    )
    taxes, discount = tax_totals("TaxTotal", item.taxes, sheet), off if item.discount else ""
    return (
        f'<cac:{sheet.root}Line><cbc:ID>{number}</cbc:ID><cbc:{quantity} unitCode="{item.unit}">{item.quantity:.6f}</cbc:{quantity}>'
        + money("LineExtensionAmount", item.total, sheet)
        + (taxes + discount if sheet.root != "Invoice" else discount + taxes)
        + f"<cac:Item><cbc:Description>{escape(item.description)}</cbc:Description>"
        + f"<cac:SellersItemIdentification><cbc:ID>{escape(item.code)}</cbc:ID></cac:SellersItemIdentification>"
        + f"{lot if item.lot else ''}</cac:Item>"
        + f"<cac:Price>{money('PriceAmount', item.price, sheet)}</cac:Price></cac:{sheet.root}Line>"
    )
