from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from invoices.ubl.types import Party
from invoices.ubl.values import BOGOTA, read_amount, read_date, read_moment, read_party
from invoices.ubl.xml import parse_root
from tests.ubl_parts import NAMESPACES

DAY = date(2022, 7, 12)
COLOMBIA = timezone(timedelta(hours=-5))
LEGAL_ENTITY = """<cac:PartyLegalEntity><cbc:RegistrationName>ACME</cbc:RegistrationName>
<cbc:CompanyID schemeName="31" schemeID="4">800197268</cbc:CompanyID></cac:PartyLegalEntity>"""
IDENTIFIED_PERSON = """<cac:PartyIdentification><cbc:ID schemeName="31" schemeID="4">800197268</cbc:ID></cac:PartyIdentification>
<cac:Person><cbc:FirstName>ACME</cbc:FirstName></cac:Person>"""


def party(inside: str) -> Party:
    return read_party(parse_root(f"<p {NAMESPACES}>{inside}</p>".encode()))


def tax_scheme(company_id: str, name: str = "<cbc:RegistrationName>ACME</cbc:RegistrationName>") -> str:
    return f"<cac:PartyTaxScheme>{name}{company_id}</cac:PartyTaxScheme>"


@pytest.mark.parametrize("written", ["2022-07-12", "2022-07-12-05:00", "2022-07-12Z", "2022-07-12T10:00:00", "12/07/2022"])
def test_dates_are_read_as_real_files_write_them(written: str) -> None:
    assert read_date(written) == DAY


@pytest.mark.parametrize(
    "written", ["", "2022-13-01", "2022-02-30", "32/01/2022", "1999-12-31", "9999-12-31", "ayer", "20220712", "2022-07-12 x"]
)
def test_what_is_no_date_of_this_century_is_none(written: str) -> None:
    assert read_date(written) is None


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("09:15:23-05:00", datetime(2022, 7, 12, 9, 15, 23, tzinfo=COLOMBIA)),
        ("09:15:23", datetime(2022, 7, 12, 9, 15, 23, tzinfo=BOGOTA)),
        ("14:15:23Z", datetime(2022, 7, 12, 14, 15, 23, tzinfo=UTC)),
        ("09:50:37.0000000-05:00", datetime(2022, 7, 12, 9, 50, 37, tzinfo=COLOMBIA)),
        ("09:50:37.1234567-05:00", datetime(2022, 7, 12, 9, 50, 37, 123456, tzinfo=COLOMBIA)),
        ("09:50:37.5", datetime(2022, 7, 12, 9, 50, 37, 500000, tzinfo=BOGOTA)),
        ("15:00:00+0100", datetime(2022, 7, 12, 15, tzinfo=timezone(timedelta(hours=1)))),
        ("", datetime(2022, 7, 12, tzinfo=BOGOTA)),
    ],
)
def test_times_are_read_with_their_own_zone_or_that_of_bogota(written: str, moment: datetime) -> None:
    found = read_moment(DAY, written)

    assert found == moment
    assert found.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize("written", ["24:00:00", "10:61:00", "10:00", "10:00:00-99:00", "mañana", "10:00:00 PM"])
def test_what_is_no_time_is_none(written: str) -> None:
    assert read_moment(DAY, written) is None


@pytest.mark.parametrize(
    ("written", "amount"),
    [("1785000.00", "1785000.00"), ("9.99", "9.99"), ("100", "100"), ("-5.5", "-5.5"), ("1.123456789", "1.123456"), ("0", "0")],
)
def test_amounts_are_exact_to_six_decimals(written: str, amount: str) -> None:
    assert str(read_amount(written)) == amount


@pytest.mark.parametrize("written", ["", "1.000,50", "1,000.50", "NaN", "Infinity", "1e9", "9" * 16, "$ 5", "\u0665"])
def test_what_is_no_amount_is_none(written: str) -> None:
    assert read_amount(written) is None


def test_a_huge_fraction_of_an_amount_is_cut_off() -> None:
    assert read_amount(f"{'9' * 15}.{'9' * 26}") == Decimal(f"{'9' * 15}.999999")


@pytest.mark.parametrize("number", ["800197268", " 800.197.268 ", "800197268-4", "800.197.268 - 4"])
def test_a_nit_is_read_without_dots_blanks_and_check_digit(number: str) -> None:
    found = party(tax_scheme(f'<cbc:CompanyID schemeName="31" schemeID="4">{number}</cbc:CompanyID>'))

    assert found == Party("31", "800197268", "4", "ACME", "")


@pytest.mark.parametrize("number", ["800197268-45", "800197268-4-1"])
def test_what_follows_a_nit_is_only_a_check_digit_when_it_is_one_digit(number: str) -> None:
    assert party(tax_scheme(f'<cbc:CompanyID schemeName="31">{number}</cbc:CompanyID>')).identification == number


def test_blanks_around_attributes_do_not_count() -> None:
    found = party(tax_scheme('<cbc:CompanyID schemeName=" 31 " schemeID=" 4 ">800197268</cbc:CompanyID>'))

    assert (found.identification_type, found.check_digit) == ("31", "4")


@pytest.mark.parametrize("digit", ["", "10", "x"])
def test_a_check_digit_that_is_none_is_left_out(digit: str) -> None:
    found = party(tax_scheme(f'<cbc:CompanyID schemeName="31" schemeID="{digit}">800197268</cbc:CompanyID>'))

    assert found.check_digit == ""


def test_only_a_nit_has_a_check_digit() -> None:
    found = party(tax_scheme('<cbc:CompanyID schemeName="41" schemeID="7">AB-123-4</cbc:CompanyID>'))

    assert (found.identification, found.check_digit) == ("AB-123-4", "")


@pytest.mark.parametrize("inside", [LEGAL_ENTITY, IDENTIFIED_PERSON, tax_scheme("<cbc:CompanyID> </cbc:CompanyID>") + LEGAL_ENTITY])
def test_a_party_is_read_from_where_it_stands(inside: str) -> None:
    assert party(inside) == Party("31", "800197268", "4", "ACME", "")


def test_a_person_is_named_by_its_parts() -> None:
    found = party("<cac:Person><cbc:FirstName>Ana</cbc:FirstName><cbc:FamilyName>Ruiz</cbc:FamilyName></cac:Person>")

    assert found.name == "Ana Ruiz"


def test_a_final_consumer_without_name_is_called_so() -> None:
    found = party(tax_scheme('<cbc:CompanyID schemeName="13">222222222222</cbc:CompanyID>', name=""))

    assert found.name == "Consumidor final"


def test_the_trade_name_is_the_first_name_of_the_party() -> None:
    names = "<cac:PartyName><cbc:Name> Mi \n Tienda </cbc:Name></cac:PartyName><cac:PartyName><cbc:Name>Otra</cbc:Name></cac:PartyName>"

    assert party(names + tax_scheme('<cbc:CompanyID schemeName="31">1</cbc:CompanyID>')).trade_name == "Mi Tienda"


def test_nobody_has_empty_fields() -> None:
    assert read_party(None) == party("") == Party("", "", "", "", "")
