"""Sales that are told by themselves: kept once, and matched with the document that comes before or after."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from invoices import selectors
from invoices.invalid import Invalid
from invoices.models import Company, Customer, ElectronicDocument, SalesTransaction, StoredFile
from invoices.sales import Sale, checked, record_sale
from invoices.scope import company_scope
from invoices.services import Outcome, record_document, store_file
from invoices.ubl.container import read_upload
from tests import factories
from tests import ubl_builders as ubl
from tests.factories import NOON

pytestmark = pytest.mark.django_db
TODAY = date(2026, 7, 15)
SALE = Sale("01", "FE-1001", date(2026, 7, 10), "COP", Decimal("1785000.00"), "31", "900.373.076-4", "Droguería  Salud Vital")


@pytest.fixture
def company() -> Company:
    return factories.company(nit=ubl.ISSUER.identification)


def test_a_new_sale_is_kept_with_its_customer(company: Company) -> None:
    with company_scope(company.pk):
        recorded = record_sale(company=company, given=SALE, today=TODAY)

        sale = SalesTransaction.objects.select_related("customer").get()
    assert (recorded.outcome, recorded.sale) == (Outcome.NEW, sale)
    assert (sale.type_code, sale.number, sale.number_key, sale.issue_date) == ("01", "FE-1001", "FE1001", date(2026, 7, 10))
    assert (sale.currency, sale.total) == ("COP", Decimal("1785000.00"))
    assert (sale.customer.identification, sale.customer.name) == ("900373076", "Droguería Salud Vital")


def test_the_same_sale_again_is_there_already_however_its_number_is_written(company: Company) -> None:
    with company_scope(company.pk):
        record_sale(company=company, given=SALE, today=TODAY)

        again = record_sale(company=company, given=replace(SALE, number="fe1001", total=Decimal("1785000")), today=TODAY)

        assert again.outcome == Outcome.ALREADY
        assert SalesTransaction.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"total": Decimal(1)}, {"issue_date": date(2026, 7, 9)}, {"currency": "USD"}, {"identification": "800197268"}]
)
def test_another_sale_with_the_number_is_a_conflict_and_changes_nothing(company: Company, change: dict[str, object]) -> None:
    with company_scope(company.pk):
        record_sale(company=company, given=SALE, today=TODAY)

        conflict = record_sale(company=company, given=replace(SALE, **change), today=TODAY)  # type: ignore[arg-type]

        assert conflict.outcome == Outcome.CONFLICT
        assert SalesTransaction.objects.get().total == SALE.total
        assert Customer.objects.count() == 1


def test_another_type_with_the_same_number_is_another_sale(company: Company) -> None:
    with company_scope(company.pk):
        record_sale(company=company, given=SALE, today=TODAY)

        assert record_sale(company=company, given=replace(SALE, type_code="91"), today=TODAY).outcome == Outcome.NEW


def test_the_same_number_in_another_company_is_another_sale(company: Company) -> None:
    other = factories.company()
    with company_scope(company.pk):
        record_sale(company=company, given=SALE, today=TODAY)

    with company_scope(other.pk):
        assert record_sale(company=other, given=SALE, today=TODAY).outcome == Outcome.NEW


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type_code": "77"}, "type_code"),
        ({"number": "--"}, "number"),
        ({"number": "F" * 61}, "number"),
        ({"number": "FE\x001"}, "number"),
        ({"number": "ﬃ" * 30}, "number"),
        ({"issue_date": TODAY + timedelta(days=1)}, "issue_date"),
        ({"issue_date": date(1999, 12, 31)}, "issue_date"),
        ({"currency": "cop"}, "currency"),
        ({"currency": "PESO"}, "currency"),
        ({"total": Decimal(-1)}, "total"),
        ({"total": Decimal("NaN")}, "total"),
        ({"total": Decimal("0.1234567")}, "total"),
        ({"total": Decimal(10) ** 18}, "total"),
        ({"identification_type": "99"}, "identification_type"),
        ({"identification": ""}, "identification"),
        ({"identification": "900373076-8"}, "identification"),
        ({"customer_name": "  "}, "customer_name"),
        ({"customer_name": "N" * 451}, "customer_name"),
    ],
)
def test_a_field_that_does_not_hold_is_named(change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(SALE, **change), today=TODAY)  # type: ignore[arg-type]

    assert refused.value.field == field


def test_a_sale_of_today_and_for_nothing_holds() -> None:
    assert checked(replace(SALE, issue_date=TODAY, total=Decimal(0)), today=TODAY).total == 0


def test_a_document_that_comes_later_belongs_to_the_sale(company: Company) -> None:
    bill = ubl.build_invoice()
    (piece,) = read_upload("fe.xml", bill).pieces
    with company_scope(company.pk):
        sale = record_sale(company=company, given=replace(SALE, number="FE-1001"), today=TODAY).sale
        file = store_file(company_id=company.pk, name="fe.xml", data=bill, kind=StoredFile.Kind.RECEIVED)

        document = record_document(company=company, piece=piece, file=file, by=None, at=NOON).document

        assert document.number == "FE1001"
        assert document.sale == sale
        assert SalesTransaction.objects.count() == 1


def test_a_sale_whose_document_came_first_is_there_already(company: Company) -> None:
    with company_scope(company.pk):
        document = factories.document(company, number="FE-1001", at=NOON)
        given = Sale("01", "FE1001", TODAY, "COP", document.total, "31", document.customer.identification, "Otro nombre")

        recorded = record_sale(company=company, given=given, today=TODAY)

        assert (recorded.outcome, recorded.sale) == (Outcome.ALREADY, document.sale)


def test_a_sale_without_document_stands_in_transactions_only(client: Client, company: Company) -> None:
    with company_scope(company.pk):
        record_sale(company=company, given=SALE, today=TODAY)
        assert not ElectronicDocument.objects.exists()
        assert [sale.number for sale in selectors.sales(selectors.Filters(q="salud vital"))] == ["FE-1001"]
    client.force_login(factories.member(company))

    listed = client.get(reverse("sales", args=[company.nit])).content.decode()
    documents = client.get(reverse("documents", args=[company.nit])).content.decode()

    assert "Sin documento electrónico" in listed
    assert "FE-1001" in listed
    assert "FE-1001" not in documents
