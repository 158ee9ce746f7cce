from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from invoices.ubl.documents import parse_document
from invoices.ubl.refusal import Refused
from invoices.ubl.types import Document, Party
from invoices.ubl.xml import parse_root
from tests.ubl_builders import CUSTOMER, FINAL_CONSUMER, ISSUER, build_credit_note, build_debit_note, build_event, build_invoice, fake_key

KEY = fake_key((ISSUER.identification, "FE1001"))


def parsed(data: bytes) -> Document:
    return parse_document(parse_root(data))


def refused(data: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        parsed(data)
    return caught.value


def without(data: bytes, tag: str) -> bytes:
    """The file without the first element of that name that has only text."""
    start = data.index(f"<{tag}".encode())
    end = data.index(f"</{tag}>".encode(), start) + len(tag) + 3
    return data[:start] + data[end:]


def test_an_invoice_says_what_is_traced() -> None:
    document = parsed(build_invoice())

    assert (document.root, document.type_code, document.number, document.prefix) == ("Invoice", "01", "FE1001", "FE")
    assert (document.key, document.key_scheme, document.environment) == (KEY, "CUFE-SHA384", "1")
    assert document.issued_at == datetime(2026, 3, 10, 10, 15, tzinfo=timezone(timedelta(hours=-5)))
    assert (document.issue_date, document.due_date, document.payment_form) == (date(2026, 3, 10), date(2026, 4, 9), "2")
    assert (document.currency, document.total, document.subtotal) == ("COP", Decimal("981755.95"), Decimal("825005.00"))
    assert document.taxes == Decimal("156750.95")
    assert document.issuer == Party("31", ISSUER.identification, "6", ISSUER.name, ISSUER.trade_name)
    assert document.customer == Party("31", CUSTOMER.identification, "5", CUSTOMER.name, CUSTOMER.name)
    assert document.customer_emails.deliverable == ("compras@altoparamo.example",)
    assert document.referenced_keys == ()


@pytest.mark.parametrize("type_code", ["01", "02", "03", "04", "20", "25", "27", "32", "35", "40", "45", "50", "55", "60"])
def test_every_type_of_invoice_and_equivalent_document_is_read(type_code: str) -> None:
    assert parsed(build_invoice(type_code=type_code)).type_code == type_code


@pytest.mark.parametrize(("printed", "type_code"), [("91", "91"), ("94", "94"), ("20", "91"), ("", "91")])
def test_a_credit_note_is_one_whatever_its_code_says(printed: str, type_code: str) -> None:
    assert parsed(build_credit_note(type_code=printed)).type_code == type_code


def test_a_debit_note_needs_no_type_code() -> None:
    document = parsed(build_debit_note())

    assert (document.root, document.type_code, document.total) == ("DebitNote", "92", Decimal("981755.95"))


def test_a_note_names_the_documents_that_it_corrects_once_each() -> None:
    references = [("FE1001", KEY.upper()), ("FE1001", KEY), ("SFR1", "a675432fecc1d537361dcdbdfbd08d6e5283f2bc")]

    assert parsed(build_credit_note(references=references)).referenced_keys == (KEY,)


@pytest.mark.parametrize("code", ["05", "95", "102", "103"])
def test_what_is_not_a_sale_is_refused_by_its_type(code: str) -> None:
    reason = refused(build_invoice(type_code=code))

    assert reason.code == "not_a_sale"
    assert str(reason).startswith("No es un documento de venta: es ")


@pytest.mark.parametrize("root", ["NominaIndividual", "NominaIndividualDeAjuste"])
def test_payroll_is_not_a_sale(root: str) -> None:
    assert refused(f'<{root} xmlns="dian:gov:co:facturaelectronica:{root}"/>'.encode()).code == "not_a_sale"


def test_an_adjustment_of_a_support_document_is_not_a_sale() -> None:
    assert refused(build_credit_note(type_code="95")).code == "not_a_sale"


@pytest.mark.parametrize("code", ["", "91", "99"])
def test_an_invoice_of_unknown_type_is_refused(code: str) -> None:
    assert refused(build_invoice(type_code=code)).code == "type"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("cbc:ID", "number"),
        ("cbc:UUID", "no_key"),
        ("cbc:IssueDate", "date"),
        ("cbc:DocumentCurrencyCode", "currency"),
        ("cac:AccountingSupplierParty", "issuer"),
        ("cac:AccountingCustomerParty", "customer"),
        ("cbc:PayableAmount", "amount"),
        ("cac:LegalMonetaryTotal", "amount"),
    ],
)
def test_a_document_without_what_identifies_it_is_refused(tag: str, code: str) -> None:
    reason = refused(without(build_invoice(), tag))

    assert reason.code == code
    assert str(reason).endswith(".")


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"key": "{UUID}"}, "bad_key"),
        ({"key": "a" * 95}, "bad_key"),
        ({"key": "  "}, "no_key"),
        ({"number": "9" * 61}, "number"),
        ({"issue_date": "2026-02-30"}, "date"),
        ({"issue_time": "25:00:00"}, "time"),
        ({"currency": "PESOS"}, "currency"),
    ],
)
def test_a_malformed_value_is_refused(overrides: dict[str, str], code: str) -> None:
    assert refused(build_invoice(**overrides)).code == code


@pytest.mark.parametrize("amount", [b"156750.95", b"825005.00", b"981755.95"])
def test_an_amount_that_is_no_number_is_refused(amount: bytes) -> None:
    assert refused(build_invoice().replace(amount, b"1.000,00")).code == "amount"


@pytest.mark.parametrize("tag", ["cac:AccountingSupplierParty", "cac:AccountingCustomerParty"])
def test_a_party_without_name_is_refused(tag: str) -> None:
    data = build_invoice(issuer=ISSUER._replace(trade_name=" "), customer=CUSTOMER._replace(name=" "))
    nameless = data.replace(f"<cbc:RegistrationName>{ISSUER.name}".encode(), b"<cbc:RegistrationName>") if "Supplier" in tag else data

    assert refused(nameless).code == ("issuer" if "Supplier" in tag else "customer")


def test_a_document_of_an_older_model_is_refused() -> None:
    older = build_invoice().replace(b"specification:ubl:schema:xsd:Invoice-2", b"specification:ubl:schema:xsd:Invoice-1")

    assert refused(older).code == "not_ubl"


def test_another_document_of_ubl_is_refused() -> None:
    assert refused(build_event()).code == "not_a_document"


def test_an_upper_case_key_with_blanks_is_the_same_key() -> None:
    assert parsed(build_invoice(key=f"\n  {KEY.upper()}  ")).key == KEY


def test_prefixes_of_namespaces_do_not_matter() -> None:
    renamed = build_invoice().replace(b"cbc:", b"x:").replace(b"xmlns:cbc", b"xmlns:x").replace(b"<Invoice xmlns", b"<fe:Invoice xmlns:fe")

    assert parsed(renamed.replace(b"</Invoice>", b"</fe:Invoice>")).number == "FE1001"


def test_a_time_without_zone_is_that_of_bogota() -> None:
    issued_at = parsed(build_invoice(issue_time="10:15:00")).issued_at

    assert issued_at.utcoffset() == timedelta(hours=-5)


def test_the_printed_date_stays_when_the_time_is_in_utc() -> None:
    assert parsed(build_invoice(issue_date="2026-03-10", issue_time="01:00:00Z")).issue_date == date(2026, 3, 10)


@pytest.mark.parametrize(
    ("number", "prefix", "expected"),
    [("SETP990000002", "SETP", "SETP"), ("FE1001", "", "FE"), ("FE1001", "OTRO", "FE"), ("1001", "", ""), ("A1B22", "A1B", "A1B")],
)
def test_the_prefix_is_the_authorised_one_or_what_stands_before_the_digits(number: str, prefix: str, expected: str) -> None:
    assert parsed(build_invoice(number=number, prefix=prefix)).prefix == expected


@pytest.mark.parametrize(("printed", "form"), [("1", "1"), ("2", "2"), ("", ""), ("ZZZ", "")])
def test_the_form_of_payment_is_cash_or_credit_or_unknown(printed: str, form: str) -> None:
    assert parsed(build_invoice(payment_form=printed)).payment_form == form


def test_one_instalment_on_credit_makes_a_sale_on_credit() -> None:
    means = b"<cac:PaymentMeans><cbc:ID>2</cbc:ID></cac:PaymentMeans><cac:TaxTotal>"

    assert parsed(build_invoice(payment_form="1").replace(b"<cac:TaxTotal>", means, 1)).payment_form == "2"


@pytest.mark.parametrize(("due_date", "expected"), [("", None), ("pronto", None), ("2026-04-09", date(2026, 4, 9))])
def test_a_due_date_that_cannot_be_read_is_as_good_as_none(due_date: str, expected: date | None) -> None:
    assert parsed(build_invoice(due_date=due_date)).due_date == expected


def test_the_due_date_of_a_note_is_that_of_its_payment() -> None:
    assert parsed(build_credit_note()).due_date == date(2026, 4, 9)


@pytest.mark.parametrize(
    ("profile", "scheme", "environment"), [(b"1", b"2", "1"), (b"WSHttpBinding", b"2", "2"), (b"WSHttpBinding", b"", "")]
)
def test_the_environment_is_read_past_rubbish(profile: bytes, scheme: bytes, environment: str) -> None:
    data = build_invoice().replace(b"<cbc:ProfileExecutionID>1<", b"<cbc:ProfileExecutionID>" + profile + b"<")

    assert parsed(data.replace(b'UUID schemeID="1"', b'UUID schemeID="' + scheme + b'"')).environment == environment


def test_taxes_are_added_up() -> None:
    more = b'<cac:TaxTotal><cbc:TaxAmount currencyID="COP">0.05</cbc:TaxAmount></cac:TaxTotal><cac:LegalMonetaryTotal>'

    assert parsed(build_invoice().replace(b"<cac:LegalMonetaryTotal>", more)).taxes == Decimal("156751.00")


def test_a_final_consumer_without_address_is_read() -> None:
    document = parsed(build_invoice(customer=FINAL_CONSUMER, emails=""))

    assert document.customer.identification == "222222222222"
    assert document.customer_emails.deliverable == document.customer_emails.undeliverable == ()


def test_addresses_that_cannot_be_mailed_are_kept_apart() -> None:
    emails = parsed(build_invoice(emails="A@X.CO;jlópez@x.co , b@y.co   ")).customer_emails

    assert emails.deliverable == ("a@x.co", "b@y.co")
    assert emails.undeliverable == ("jlópez@x.co",)


def test_content_is_judged_by_meaning_and_not_by_bytes() -> None:
    data = build_invoice()
    other_bytes = data.replace(b'schemeID="1" schemeName="CUFE-SHA384"', b"schemeName='CUFE-SHA384'   schemeID='1'").replace(b"\n", b"\r\n")

    assert other_bytes != data
    assert parsed(other_bytes).content_sha256 == parsed(data).content_sha256


def test_content_with_another_word_is_other_content() -> None:
    assert parsed(build_invoice(note="Otra cosa")).content_sha256 != parsed(build_invoice()).content_sha256


def test_a_namespace_that_cannot_be_written_canonically_is_refused() -> None:
    assert refused(build_invoice().replace(b"<cbc:Note>", b'<cbc:Note xmlns:r="../x">')).code == "namespaces"
