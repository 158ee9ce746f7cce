"""Everything that is printed, read from the XML: exact, bounded, or refused."""

from datetime import date
from decimal import Decimal

import pytest

from invoices.ubl.printed import read_printed
from invoices.ubl.printed_lines import MAX_LINES
from invoices.ubl.printed_types import Adjustment, Authorization, ExchangeRate, Place, Printed, Reference, Software, Tax
from invoices.ubl.refusal import Refused
from tests import ubl_builders as ubl
from tests.ubl_printed_builders import SIX, Item, build_sheet

D = Decimal


def changed(old: str, new: str, **overrides: object) -> Printed:
    """What is read where one part of the XML is another."""
    xml = build_sheet(**overrides)
    assert old.encode() in xml
    return read_printed(xml.replace(old.encode(), new.encode()))


def test_the_seller_is_read_with_all_that_its_head_says() -> None:
    seller = read_printed(build_sheet()).issuer

    assert (seller.who.name, seller.who.trade_name) == ("Despensa y Café El Frailejón S.A.S.", "El Frailejón Despensa")
    assert (seller.who.identification, seller.who.check_digit, seller.computed_digit) == ("909214587", "8", "8")
    assert seller.place == Place("Carrera 24 # 63-41, bodega 3", "Bogotá, D.C., Colombia")
    assert (seller.phone, seller.mail) == ("(601) 555 0142", "ventas@elfrailejon.example.com")
    assert seller.qualities == ("Responsable de IVA", "Gran contribuyente", "Agente de retención de IVA")
    assert seller.activities == ("4631",)


def test_the_buyer_has_its_department_and_no_quality_that_says_nothing() -> None:
    buyer = read_printed(build_sheet()).customer

    assert buyer.place == Place("Km 54 vía Bucaramanga – San Gil", "Aratoca, Santander, Colombia")
    assert buyer.qualities == ("Responsable de IVA",)


def test_a_wrong_check_digit_stands_beside_the_computed_one() -> None:
    buyer = changed('schemeID="4" schemeName="31">908630142', 'schemeID="7" schemeName="31">908630142').customer

    assert (buyer.who.check_digit, buyer.computed_digit) == ("7", "4")


def test_only_a_nit_has_a_computed_check_digit() -> None:
    assert read_printed(build_sheet(buyer=ubl.FINAL_CONSUMER)).customer.computed_digit == ""


def test_an_address_is_taken_from_the_tax_register_where_there_is_no_other() -> None:
    xml = build_sheet().replace(b"cac:PhysicalLocation", b"cac:Nowhere")
    registered = "<cac:RegistrationAddress><cbc:CityName>Cali</cbc:CityName></cac:RegistrationAddress><cac:TaxScheme>"

    printed = read_printed(xml.replace(b"<cac:TaxScheme>", registered.encode()))

    assert printed.issuer.place == Place("", "Cali")


def test_the_authorisation_of_the_numbering_is_read() -> None:
    authorization = read_printed(build_sheet()).authorization

    assert authorization == Authorization("18764000012345", "FEV", "1", "50000", date(2026, 2, 2), date(2028, 2, 2))


@pytest.mark.parametrize(
    "namespace", ["dian:gov:co:facturaelectronica:Structures-2-1", "http://www.dian.gov.co/contratos/facturaelectronica/v1/Structures"]
)
def test_the_namespace_of_the_authorisation_may_be_an_older_one(namespace: str) -> None:
    authorization = changed("dian:gov:co:facturaelectronica:Structures-2-1", namespace).authorization

    assert authorization is not None
    assert authorization.number == "18764000012345"


def test_a_note_has_no_authorisation() -> None:
    assert read_printed(build_sheet(root="CreditNote", type_code="91")).authorization is None


def test_a_line_is_read_whole() -> None:
    first, second, *_ = read_printed(build_sheet()).lines

    assert (first.number, first.code, first.unit, first.quantity) == ("1", "CAF-0250", "Bolsa", D("4"))
    assert (first.description, first.details) == ("Café de origen tostado en grano, Huila, bolsa de 2,5 kg", ("Lote 2611-H",))
    assert (first.price, first.total, first.adjustments) == (D(79000), D(316000), ())
    assert second.adjustments == (Adjustment(is_charge=False, reason="", rate=D(5), amount=D(19000)),)
    assert second.taxes == (Tax("01", "IVA", D(19), None, D(361000), D("68590.00")),)
    assert second.discount == D(19000)


@pytest.mark.parametrize(
    ("code", "word"),
    [("94", "Unidad"), ("EA", "Unidad"), ("NIU", "Unidad"), ("KGM", "Kilogramo"), ("hur", "Hora"), ("ZZ", ""), ("WSD", "WSD"), ("", "")],
)
def test_the_unit_is_a_word_where_it_is_a_usual_one(code: str, word: str) -> None:
    [line] = read_printed(build_sheet(items=[SIX[0]._replace(unit=code)])).lines

    assert line.unit == word


def test_brand_notes_properties_and_the_principal_are_details_of_a_line() -> None:
    item = (
        "<cbc:BrandName>Andina</cbc:BrandName><cbc:ModelName>X-2</cbc:ModelName><cac:AdditionalItemProperty><cbc:Name>Color</cbc:Name>"
        "<cbc:Value>Rojo</cbc:Value></cac:AdditionalItemProperty><cac:AdditionalItemProperty><cbc:Name>01</cbc:Name><cbc:Value>13456</cbc:Value>"
        "</cac:AdditionalItemProperty><cac:InformationContentProviderParty><cac:PowerOfAttorney><cac:AgentParty><cac:PartyIdentification>"
        "<cbc:ID>900108281</cbc:ID></cac:PartyIdentification></cac:AgentParty></cac:PowerOfAttorney></cac:InformationContentProviderParty></cac:Item>"
    )

    [line] = changed("</cac:Item>", item, items=[SIX[1]]).lines

    assert line.details == ("Marca Andina", "Modelo X-2", "Color: Rojo", "Por cuenta de 900108281")


def test_a_gift_has_its_commercial_value() -> None:
    reference = (
        "<cac:PricingReference><cac:AlternativeConditionPrice><cbc:PriceAmount>100.00</cbc:PriceAmount></cac:AlternativeConditionPrice>"
    )

    [line] = changed("<cac:Item>", f"{reference}</cac:PricingReference><cac:Item>", items=[SIX[0]._replace(price=D("0.00"))]).lines

    assert (line.total, line.reference_price) == (D(0), D("100.00"))


def test_taxes_of_the_document_are_by_code_and_rate_with_their_base() -> None:
    taxes = read_printed(build_sheet()).taxes

    assert [(tax.name, tax.rate, tax.base, tax.amount) for tax in taxes] == [
        ("IVA", D(5), D(400000), D(20000)),
        ("IVA", D(19), D(1000000), D(190000)),
        ("IVA", D(0), D(175000), D(0)),
    ]


def test_two_totals_of_one_tax_and_rate_are_one_row() -> None:
    again = build_sheet(items=SIX[5:]).decode()
    total = again[again.index("<cac:TaxTotal>") : again.index("</cac:TaxTotal>") + len("</cac:TaxTotal>")]

    [tax] = read_printed(again.replace(total, total + total, 1).encode()).taxes

    assert (tax.base, tax.amount) == (D(606000), D("115140.00"))


def test_a_tax_per_unit_has_no_rate() -> None:
    nominal = "<cbc:PerUnitAmount>18.00</cbc:PerUnitAmount><cac:TaxCategory>"
    rated = "<cac:TaxCategory><cbc:Percent>19.000</cbc:Percent>"

    [tax] = changed(rated, nominal, items=SIX[5:]).taxes

    assert (tax.rate, tax.per_unit, tax.amount) == (None, D(18), D("57570.00"))


def test_a_tax_without_subtotals_is_still_told() -> None:
    xml = build_sheet(items=SIX[5:]).decode().replace("cac:TaxSubtotal>", "cac:Elsewhere>")

    [tax] = read_printed(xml.encode()).taxes

    assert (tax.name, tax.base, tax.amount) == ("Impuesto", None, D("57570.00"))


def test_withholdings_are_read_apart() -> None:
    printed = read_printed(build_sheet(withheld=[("06", D("2.5"), D(1575000)), ("07", D("1.104"), D(1575000))]))

    assert [(tax.name, tax.rate, tax.amount) for tax in printed.withholdings] == [
        ("ReteRenta", D("2.5"), D("39375.00")),
        ("ReteICA", D("1.104"), D("17388.00")),
    ]
    assert printed.totals.payable == D(1785000)


def test_a_charge_of_the_document_is_read() -> None:
    printed = read_printed(build_sheet(freight=D(185000)))

    assert printed.adjustments == (Adjustment(is_charge=True, reason="Flete", rate=None, amount=D(185000)),)
    assert (printed.totals.charges, printed.totals.payable) == (D(185000), D(1970000))


def test_prepaid_and_rounding_are_read() -> None:
    more = "<cbc:PrepaidAmount>1000.00</cbc:PrepaidAmount><cbc:PayableRoundingAmount>-0.25</cbc:PayableRoundingAmount><cbc:PayableAmount "

    totals = changed("<cbc:PayableAmount ", more).totals

    assert (totals.prepaid, totals.rounding, totals.with_taxes) == (D(1000), D("-0.25"), D(1785000))


def test_the_payment_is_in_words() -> None:
    payment = read_printed(build_sheet()).payment

    assert (payment.form, payment.means, payment.due) == ("Crédito", ("Transferencia crédito bancario",), date(2026, 12, 24))
    assert payment.references == ("FEV20418",)


def test_a_means_of_payment_that_says_nothing_is_left_out_and_an_unknown_one_stays_as_it_came() -> None:
    means = "<cbc:PaymentMeansCode>45<"

    assert changed(means, "<cbc:PaymentMeansCode>1<").payment.means == ()
    assert changed(means, "<cbc:PaymentMeansCode>Q7<").payment.means == ("Q7",)


def test_delivery_references_and_period_are_read() -> None:
    period = "<cac:InvoicePeriod><cbc:StartDate>2026-11-01</cbc:StartDate><cbc:EndDate>2026-11-30</cbc:EndDate></cac:InvoicePeriod>"

    printed = changed("<cac:OrderReference>", f"{period}<cac:OrderReference>")

    assert printed.delivery.place == Place("Km 54 vía Bucaramanga – San Gil, bodega de alimentos", "Aratoca, Santander, Colombia")
    assert [(one.kind, one.number) for one in printed.references] == [("Orden de compra", "OC-8841"), ("Remisión", "R-5527")]
    assert printed.period == (date(2026, 11, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("root", "concept", "words"),
    [
        ("CreditNote", "1", "Devolución parcial de los bienes y/o no aceptación parcial del servicio"),
        ("CreditNote", "02", "Anulación de factura electrónica"),
        ("CreditNote", "99", "Se devuelven dos cajas de vasos rotos"),
        ("DebitNote", "1", "Intereses"),
        ("DebitNote", "4", "Se devuelven dos cajas de vasos rotos"),
    ],
)
def test_a_note_says_why_by_the_list_or_in_the_seller_s_words(root: str, concept: str, words: str) -> None:
    printed = read_printed(build_sheet(root=root, type_code="91", concept=concept))

    assert printed.concepts == (words,)


def test_a_note_names_the_invoice_that_it_corrects() -> None:
    [corrected] = read_printed(build_sheet(root="DebitNote")).corrected

    assert corrected == Reference("Factura", "FEV20418", ubl.fake_key(("909214587", "FEV20418")), date(2026, 11, 24))


def test_the_exchange_rate_is_read() -> None:
    printed = read_printed(build_sheet(currency="USD", exchange=D("3987.45")))

    assert printed.exchange == ExchangeRate("USD", "COP", D("3987.45"), date(2026, 11, 24))


def test_the_software_is_named_by_the_pairs_of_its_maker() -> None:
    maker = (
        "<sts:FabricanteSoftware><sts:InformacionDelFabricanteDelSoftware><Name>RazonSocial</Name><Value>Hoja Blanca S.A.S.</Value>"
        "<Name>NombreSoftware</Name><Value>Hoja 6.2</Value></sts:InformacionDelFabricanteDelSoftware></sts:FabricanteSoftware><sts:QRCode>"
    )

    assert changed("<sts:QRCode>", maker).software == Software("907415263", "2", "Hoja 6.2", "Hoja Blanca S.A.S.")


def test_the_qr_of_the_issuer_keeps_its_lines_and_loses_its_indentation() -> None:
    assert read_printed(build_sheet(qr_text="NumFac: 1\n\t\t FecFac: 2\n\n")).qr_text == "NumFac: 1\nFecFac: 2"


def test_a_container_is_read_as_the_document_in_it() -> None:
    assert read_printed(ubl.build_attached_document(build_sheet())) == read_printed(build_sheet())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<cbc:PriceAmount currencyID="COP">79000<', '<cbc:PriceAmount currencyID="COP">79.000,00<'),
        ('unitCode="BG">4.000000<', 'unitCode="BG">cuatro<'),
        ("<cbc:Percent>5.000<", "<cbc:Percent>5%<"),
    ],
)
def test_a_figure_that_cannot_be_read_is_refused_rather_than_printed_wrong(old: str, new: str) -> None:
    with pytest.raises(Refused) as refused:
        changed(old, new)

    assert refused.value.code == "amount"


def test_more_lines_than_can_be_printed_are_refused() -> None:
    item = Item("A", "x", D(1), "94", D(1), None)

    with pytest.raises(Refused) as refused:
        read_printed(build_sheet(items=[item] * (MAX_LINES + 1)))

    assert refused.value.code == "too_many_lines"


@pytest.mark.parametrize(("items", "code"), [([SIX[1]], "too_many_adjustments"), (SIX, "too_many_taxes")])
def test_more_taxes_or_discounts_than_can_be_printed_are_refused(items: list[Item], code: str) -> None:
    discount = "<cac:AllowanceCharge><cbc:Amount>1</cbc:Amount></cac:AllowanceCharge>" * 21
    rates = "".join(f"<cac:TaxSubtotal><cbc:Percent>{rate}</cbc:Percent></cac:TaxSubtotal>" for rate in range(41))
    more = {"too_many_adjustments": f"{discount}<cac:TaxTotal>", "too_many_taxes": f"<cac:TaxTotal>{rates}"}

    with pytest.raises(Refused) as refused:
        changed("<cac:TaxTotal>", more[code], items=items)

    assert refused.value.code == code


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(Refused):
        read_printed(ubl.build_response())
