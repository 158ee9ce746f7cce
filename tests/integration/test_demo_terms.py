"""The demo's legal terms."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from invoices.models import ElectronicDocument
from invoices.scope import company_scope
from notifications import intake
from notifications.demo import terms
from notifications.demo.files import zip_of
from notifications.demo.ubl import DemoParty, DemoSale
from notifications.moments import local
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
BUYER = DemoParty("31", "908046239", "6", "Hotel Mirador del Cocora S.A.S.")


def test_two_terms_run_whenever_the_demo_is_made() -> None:
    company = factories.company()
    person = factories.member(company)
    seller = DemoParty("31", company.nit, company.check_digit, company.name)
    sales = []
    for age, on_credit in ((9, True), (8, True), (7, False), (6, True), (0, True)):
        at = local(NOON - timedelta(days=age))
        due = at.date() + timedelta(days=30) if on_credit else None
        sales.append(DemoSale("Invoice", "01", f"FER-{age}", at, due, Decimal(100_000), seller, BUYER))
    list(intake.receive([zip_of(sale, pdf=False) for sale in sales], companies={company.nit: company}, by=person, notify="no", now=NOON))

    terms.run(company=company, sales=sales, by=person, now=NOON)

    with company_scope(company.pk):
        found = ElectronicDocument.objects.exclude(claim_last_day=None).values_list("number", "claim_last_day", "title_status")
        assert sorted(found) == [
            ("FER-6", date(2026, 7, 21), "goods_received"),
            ("FER-8", date(2026, 7, 17), "goods_received"),
        ]
