"""What the printed document says: rows, totals, taxes, payment, exchange, QR."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import segno

from invoices.models import Company
from invoices.ubl.attached import read_xml
from invoices.ubl.printed import read_printed
from invoices.ubl.types import Verdict
from notifications import qr
from notifications.graphic_content import Content, content_of
from tests.ubl_builders import FINAL_CONSUMER, build_response, fake_key
from tests.ubl_printed_builders import MORE, SIX, build_sheet

D = Decimal
NBSP = "\N{NO-BREAK SPACE}"
CREATED = datetime(2026, 11, 24, 13, 41, 12, tzinfo=UTC)


def content(*, response: Verdict | None = None, nit: str = "909214587", change: tuple[str, str] = ("", ""), **sheet: Any) -> Content:
    """The content of a document of which one part may be changed."""
    xml = build_sheet(**sheet).replace(change[0].encode(), change[1].encode()) if change[0] else build_sheet(**sheet)
    company = Company(nit=nit, name="Despensa", reply_address="acuses@elfrailejon.example.com")
    return content_of(read_printed(xml), response=response, company=company, created=CREATED)


def verdict(code: str = "02", **about: Any) -> Verdict:
    [piece] = read_xml(build_response(document=build_sheet(), code=code, **about)).pieces
    assert isinstance(piece.content, Verdict)
    return piece.content


def sums(of: Content) -> list[tuple[str, str]]:
    return [(row.label.replace(NBSP, " "), row.figure.replace(NBSP, " ")) for row in of.sums]


def test_a_line_is_written_out() -> None:
    row = content(items=SIX[1:2]).table.rows[0]

    assert (row.quantity, row.unit, row.price, row.discount, row.taxes, row.total) == (
        "2",
        "Caja",
        "190.000,00",
        f"5{NBSP}%",
        (f"19{NBSP}%",),
        "361.000,00",
    )


def test_with_several_taxes_each_rate_carries_its_name() -> None:
    table = content(items=MORE).table

    assert table.rows[8].taxes == (f"IVA 19{NBSP}%", f"ICUI 20{NBSP}%")
    assert "Impuestos" in [column.heading for column in table.columns]


def test_columns_in_which_nothing_stands_are_left_out() -> None:
    table = content(items=[SIX[0]._replace(code="", vat=None)]).table

    assert [column.heading for column in table.columns] == ["N.º", "Descripción", "Cantidad", "Unidad", "Valor unitario", "Valor"]


def test_a_column_is_as_wide_as_its_longest_figure() -> None:
    widths = [
        float(
            next(column.width for column in content(items=[SIX[0]._replace(price=D(price))]).table.columns if column.name == "total")[:-2]
        )
        for price in (1, 1_000_000, 1_000_000_000)
    ]

    assert widths == sorted(set(widths))


def test_several_discounts_of_a_line_are_their_sum_and_their_reasons_stand_below() -> None:
    second = (
        "</cac:AllowanceCharge><cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReason>Pronto pago"
        '</cbc:AllowanceChargeReason><cbc:Amount currencyID="COP">1000.00</cbc:Amount></cac:AllowanceCharge>'
    )

    row = content(items=SIX[1:2], change=("</cac:AllowanceCharge>", second)).table.rows[0]

    assert (row.discount, row.small) == ("20.000,00", ("Pronto pago: 1.000,00",))


def test_a_tax_per_unit_says_in_the_line_what_it_comes_to() -> None:
    nominal = "<cbc:PerUnitAmount>18.00</cbc:PerUnitAmount><cac:TaxCategory>"

    page = content(items=SIX[5:], change=("<cac:TaxCategory><cbc:Percent>19.000</cbc:Percent>", nominal))

    assert page.table.rows[0].taxes == ("57.570,00",)


def test_the_last_three_rows_keep_together() -> None:
    table = content().table

    assert (len(table.first), len(table.last)) == (3, 3)


def test_the_totals_go_from_the_lines_to_what_is_to_be_paid() -> None:
    page = content(items=MORE, freight=D(185000), withheld=[("06", D("2.5"), D(1000000)), ("07", D("0.966"), D(1000000))])

    assert sums(page) == [
        ("Valor bruto", "4.180.206,00"),
        ("Descuentos en líneas", "−111.976,00"),
        ("Subtotal", "4.068.230,00"),
        ("Flete", "185.000,00"),
        ("IVA", "533.233,70"),
        ("ICUI", "75.001,20"),
        ("Total a pagar", "$ 4.861.464,90"),
        ("Retención en la fuente 2,5 %", "−25.000,00"),
        ("Retención de ICA 0,966 %", "−9.660,00"),
        ("Neto si el comprador retiene", "4.826.804,90"),
    ]


def test_what_was_paid_before_and_the_rounding_stand_before_the_total() -> None:
    paid = "<cbc:PrepaidAmount>1000.00</cbc:PrepaidAmount><cbc:PayableRoundingAmount>-0.25</cbc:PayableRoundingAmount><cbc:PayableAmount "

    rows = sums(content(items=SIX[:1], change=("<cbc:PayableAmount ", paid)))

    assert rows[2:5] == [("Total con impuestos", "331.800,00"), ("Anticipos", "−1.000,00"), ("Redondeo", "−0,25")]


def test_a_total_of_discounts_without_its_parts_is_one_row() -> None:
    allowance = '<cbc:AllowanceTotalAmount currencyID="COP">500.00</cbc:AllowanceTotalAmount><cbc:PayableAmount '

    assert ("Descuentos", "−500,00") in sums(content(items=SIX[:1], change=("<cbc:PayableAmount ", allowance)))


def test_taxes_have_their_base_and_lines_without_iva_are_told() -> None:
    taxes = [tuple(text.replace(NBSP, " ") for text in row) for row in content(items=MORE[4:7]).taxes]

    assert taxes == [
        ("IVA 0 %", "175.000,00", "0,00"),
        ("IVA 19 %", "303.000,00", "57.570,00"),
        ("Sin IVA", "792.000,00", "no aplica"),
    ]


def test_a_tax_of_nothing_on_nothing_is_no_row() -> None:
    assert content(items=[SIX[0]._replace(price=D(0))]).taxes == ()


def test_a_note_is_totalled_as_a_note() -> None:
    assert sums(content(root="CreditNote", type_code="91"))[-1] == ("Total de la nota", "$ 1.785.000,00")


@pytest.mark.parametrize(
    ("due", "first"), [("2026-12-24", "Crédito a 30 días"), ("2026-11-25", "Crédito a 1 día"), ("2026-11-24", "Crédito"), ("", "Contado")]
)
def test_the_payment_says_the_form_and_the_days(due: str, first: str) -> None:
    assert content(due_date=due).payment[0] == first


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (("", ""), "1 USD = 3.987,45 COP (24/11/2026). El total equivale a $ 7.117.598.250,00 COP."),
        (
            (
                "<cbc:SourceCurrencyCode>USD</cbc:SourceCurrencyCode><cbc:SourceCurrencyBaseRate>1.00</cbc:SourceCurrencyBaseRate><cbc:TargetCurrencyCode>COP",
                "<cbc:SourceCurrencyCode>COP</cbc:SourceCurrencyCode><cbc:TargetCurrencyCode>USD",
            ),
            "1 USD = 3.987,45 COP (24/11/2026). El total equivale a $ 7.117.598.250,00 COP.",
        ),
        (("<cbc:TargetCurrencyCode>COP", "<cbc:TargetCurrencyCode>EUR"), "1 USD = 3.987,45 EUR (24/11/2026)."),
        (("<cbc:TargetCurrencyCode>COP", "<cbc:TargetCurrencyCode>USD"), ""),
    ],
    ids=["to pesos", "the other way round", "no pesos", "itself"],
)
def test_a_total_in_another_currency_is_told_in_pesos(change: tuple[str, str], text: str) -> None:
    said = content(currency="USD", exchange=D("3987.45"), change=change).exchange

    assert said.replace(NBSP, " ") == (f"Tasa de cambio: {text}" if text else "")


def test_without_a_rate_nothing_is_said_of_it() -> None:
    assert content().exchange == ""


@pytest.mark.parametrize(
    ("environment", "code", "band"),
    [("1", "02", ""), ("2", "02", "Sin validez: ambiente de pruebas"), ("1", "04", "Sin validez: rechazada por la DIAN"), ("", "", "")],
)
def test_what_is_worth_nothing_says_so(environment: str, code: str, band: str) -> None:
    assert content(environment=environment, response=verdict(code) if code else None).band == band


def test_the_answer_about_another_document_is_not_shown() -> None:
    page = content(response=verdict(document_key=fake_key("another")))

    assert page.verdict is None
    assert "validó" not in page.standing


def test_another_company_s_paper_carries_nothing_of_ours() -> None:
    assert content(nit="900100200").seller is None


@pytest.mark.parametrize(
    ("nit", "text"), [("907415263", "de proveedor tecnológico, NIT 907.415.263-2"), ("909214587", "propio, NIT 909.214.587-2")]
)
def test_the_software_says_whose_it_is(nit: str, text: str) -> None:
    assert content(change=('schemeName="31">907415263<', f'schemeName="31">{nit}<')).provider == text


def test_the_final_consumer_is_named_as_one() -> None:
    assert content(buyer=FINAL_CONSUMER).customer_identification == f"C.C.{NBSP}222.222.222.222"


def test_the_qr_has_the_eleven_lines_of_the_annex() -> None:
    key = fake_key(("909214587", "FEV20418"))

    assert qr.qr_text(content(items=MORE).printed).splitlines() == [
        "NumFac: FEV20418",
        "FecFac: 2026-11-24",
        "HorFac: 08:41:07-05:00",
        "NitFac: 909214587",
        "DocAdq: 908630142",
        "ValFac: 4068230.00",
        "ValIva: 533233.70",
        "ValOtroIm: 75001.20",
        "ValTolFac: 4676464.90",
        f"CUFE: {key}",
        f"https://catalogo-vpfe.dian.gov.co/document/searchqr?documentkey={key}",
    ]


def test_the_qr_of_a_note_names_its_cude_and_tests_lead_to_the_catalogue_of_tests() -> None:
    lines = qr.qr_text(content(root="CreditNote", type_code="91", environment="2").printed).splitlines()

    assert lines[9].startswith("CUDE: ")
    assert lines[10].startswith("https://catalogo-vpfe-hab.dian.gov.co/document/searchqr?documentkey=")


def test_the_issuer_s_own_text_is_drawn_where_it_has_the_form_of_the_annex() -> None:
    own = (
        f"NumFac: FEV20418\nCUFE: x\nhttps://catalogo-vpfe.dian.gov.co/document/searchqr?documentkey={fake_key(('909214587', 'FEV20418'))}"
    )

    assert qr.qr_text(content(qr_text=own).printed) == own


@pytest.mark.parametrize("other", ["NroFactura=FEV20418", "NumFac: FEV20418\nhttps://example.com/?documentkey=1", "https://example.com"])
def test_a_qr_that_leads_elsewhere_is_not_drawn(other: str) -> None:
    assert qr.qr_text(content(qr_text=other).printed).startswith("NumFac: FEV20418\nFecFac: 2026-11-24")


def test_the_drawing_is_the_text_at_level_m(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    real = segno.make
    monkeypatch.setattr(segno, "make", lambda text, **how: given.append((text, how)) or real(text, **how))

    page = content()

    assert given == [(qr.qr_text(page.printed), {"error": "m", "micro": False, "boost_error": False})]
    assert page.qr.startswith("<svg")
