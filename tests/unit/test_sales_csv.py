"""A CSV of sales: how its bytes become rows, which column is recognised as what, and how a row becomes a sale."""

from datetime import date
from decimal import Decimal

import pytest

from invoices import sales_csv
from invoices.invalid import Invalid
from invoices.sales import Sale
from invoices.sales_columns import FIELDS, MARK, check_mapping, propose
from invoices.sales_csv import Row, Sheet, sale_of

HEADERS = "Número;Fecha;Total;NIT;Cliente"
LINE = "FE1001;15/07/2026;1.785.000,00;900373076;Peñaranda y Cía."


def read(text: str, encoding: str = "utf-8") -> Sheet:
    return sales_csv.read(text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_accents_survive_the_encodings_of_excel(encoding: str) -> None:
    assert read(f"{HEADERS}\r\n{LINE}\r\n", encoding).rows[0].cells[4] == "Peñaranda y Cía."


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_is_recognised(delimiter: str) -> None:
    line = LINE.replace("1.785.000,00", '"1.785.000,00"')

    sheet = read(f"{HEADERS}\n{line}".replace(";", delimiter))

    assert sheet == Sheet(HEADERS.split(";"), [Row(2, LINE.split(";"))])


def test_commas_in_amounts_and_names_do_not_outvote_the_semicolon() -> None:
    sheet = read("Número;Fecha;Total, con IVA;NIT;Cliente\n1;2;3,4,5;6;a, b, c, d\n")

    assert len(sheet.headers) == 5


def test_titles_above_the_header_and_empty_lines_are_passed_over_and_lines_keep_their_number() -> None:
    sheet = read(f"Informe de ventas\n\nDesde;01/07/2026\n{HEADERS}\n;;;;\n{LINE}\n")

    assert sheet.headers == HEADERS.split(";")
    assert [row.line for row in sheet.rows] == [6]


def test_a_quoted_cell_may_hold_delimiter_quote_and_line_break() -> None:
    sheet = read(f'{HEADERS}\n1;2;3;4;"Hotel ""El Sol""; \nMedellín"\n{LINE}')

    assert sheet.rows[0].cells[4] == 'Hotel "El Sol"; \nMedellín'
    assert [row.line for row in sheet.rows] == [2, 4]


def test_headers_without_a_name_or_with_the_same_can_be_told_apart() -> None:
    assert read("Valor;;Valor;Fecha\n1;2;3;4").headers == ["Valor", "Columna 2", "Valor (3)", "Fecha"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "fila de encabezados"),
        (b"a;b\n1;2\n", "fila de encabezados"),
        (HEADERS.encode(), "ninguna venta"),
        (b"PK\x03\x04resto", "libro de Excel"),
        (HEADERS.encode("utf-16"), "como texto"),
        (b"a;b;c\n\x81;2;3", "como texto"),
        (f'{HEADERS}\n{LINE}\n"FE2;1'.encode(), "comillas mal puestas o sin cerrar en la línea 3"),
        (b"x" * 4_000_000, "línea 1"),
        (b"x" * 5_000_001, "pesa 5,0 MB"),
        (b"a;b;c\n" + b"1;2;3\n" * 20_001, "20.000 filas"),
        ((";".join("abc" * 40) + "\n1;2;3").encode(), "120 columnas"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(data: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        sales_csv.read(data)


def test_twenty_thousand_rows_are_not_too_many() -> None:
    assert len(sales_csv.read(b"a;b;c\n" + b"1;2;3\n" * 20_000).rows) == 20_000


@pytest.mark.parametrize(
    ("headers", "field", "header"),
    [
        (["No.", "Fecha de la factura"], "issue_date", "Fecha de la factura"),
        (["No.", "Fecha"], "number", "No."),
        (["Tipo de documento", "NIT / C.C."], "identification", "NIT / C.C."),
        (["Razón Social", "Valor Total"], "customer_name", "Razón Social"),
        (["Subtotal", "Valor Total", "Total"], "total", "Total"),
        (["NÚMERO DE IDENTIFICACIÓN", "Número"], "number", "Número"),
        (["Vendedor"], "customer_name", ""),
    ],
)
def test_a_column_is_recognised_by_the_words_of_its_header(headers: list[str], field: str, header: str) -> None:
    assert propose(headers, {})[field] == header


def test_what_was_chosen_the_last_time_comes_before_what_the_words_say() -> None:
    remembered = {"total": "Neto", "type_code": "", "number": "Consecutivo", MARK: ","}

    found = propose(["Total", "Neto", "Tipo", "Número"], remembered)

    assert (found["total"], found["type_code"], found["number"], found[MARK]) == ("Neto", "", "Número", ",")


def test_the_example_file_is_understood_without_a_choice(settings: object) -> None:
    sheet = sales_csv.read((getattr(settings, "BASE_DIR") / "static/app/ventas-ejemplo.csv").read_bytes())  # noqa: B009
    mapping = propose(sheet.headers, {})
    check_mapping(sheet.headers, mapping)

    sales = [sale_of(row, sheet.headers, mapping) for row in sheet.rows]

    assert all(mapping[field.name] for field in FIELDS)
    assert [(sale.number, sale.total) for sale in sales] == [
        ("FE1001", Decimal(1785000)),
        ("FE1002", Decimal("642600.50")),
        ("NC418", Decimal(95200)),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"total": ""}, "total"), ({"total": "Neto"}, "total"), ({"prefix": "Serie"}, "prefix"), ({MARK: ";"}, MARK)],
)
def test_a_mapping_that_does_not_hold_names_its_field(changes: dict[str, str], field: str) -> None:
    headers = HEADERS.split(";")

    with pytest.raises(Invalid) as refused:
        check_mapping(headers, propose(headers, {}) | changes)

    assert refused.value.field == field


def as_sale(**cells: str) -> Sale:
    """The sale of a row in which the fields are the headers."""
    given = {"number": "1001", "issue_date": "15/07/2026", "total": "100", "identification": "900373076", "customer_name": "ACME"} | cells
    return sale_of(Row(2, list(given.values())), list(given), {name: name for name in given})


def test_what_is_not_in_the_file_has_its_default() -> None:
    assert as_sale() == Sale("01", "1001", date(2026, 7, 15), "COP", Decimal(100), "31", "900373076", "ACME")


@pytest.mark.parametrize(
    ("written", "code"),
    [("01", "01"), ("1", "01"), ("91", "91"), ("Nota crédito", "91"), ("FACTURA ELECTRÓNICA DE VENTA", "01"), ("", "01"), ("FV", "FV")],
)
def test_a_type_is_a_code_or_its_name(written: str, code: str) -> None:
    assert as_sale(type_code=written).type_code == code


@pytest.mark.parametrize(("written", "code"), [("13", "13"), ("C.C.", "13"), ("cc", "13"), ("Cédula", "13"), ("nit", "31"), ("?", "?")])
def test_a_type_of_identification_is_a_code_or_its_name(written: str, code: str) -> None:
    assert as_sale(identification_type=written).identification_type == code


@pytest.mark.parametrize(
    ("prefix", "number", "whole"),
    [("FE", "1001", "FE1001"), ("FE", "FE-1001", "FE-1001"), ("", "FE1001", "FE1001"), ("10", "1001", "101001")],
)
def test_prefix_and_number_make_the_number_once(prefix: str, number: str, whole: str) -> None:
    assert as_sale(prefix=prefix, number=number).number == whole


def test_a_row_longer_than_the_header_is_refused() -> None:
    headers = HEADERS.split(";")

    with pytest.raises(Invalid, match="más columnas"):
        sale_of(Row(2, [*LINE.split(";"), "S.A."]), headers, propose(headers, {}))


def test_a_row_shorter_than_the_header_lacks_what_it_lacks() -> None:
    headers = HEADERS.split(";")

    with pytest.raises(Invalid, match="no es una fecha"):
        sale_of(Row(2, ["FE1"]), headers, propose(headers, {}))
