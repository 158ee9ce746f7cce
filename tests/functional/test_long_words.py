"""Texts as long as they may be, and screens between a phone and a desk: nothing lies beyond the edge."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from invoices import audit
from invoices.models import Company, Membership, SalesTransaction
from invoices.scope import company_scope
from tests import factories
from tests.functional.conftest import shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Á" * 440


@pytest.fixture
def company(context: Any, sign_in: Any) -> Company:
    """A customer, a sale and an act with the longest names there can be."""
    company = factories.company()
    sign_in(context, factories.member(company, role=Membership.Role.ADMINISTRATOR))
    with company_scope(company.pk):
        customer = factories.customer(company, name=LONG)
        SalesTransaction.objects.create(
            company=company,
            customer=customer,
            type_code="01",
            number="F" * 59 + "1",
            number_key="F" * 59 + "1",
            issue_date=date(2026, 3, 9),
            currency="COP",
            total=Decimal("999999999999999999"),
        )
        audit.record(
            company_id=company.pk,
            action=audit.Action.CUSTOMER_ADDED,
            by=None,
            at=timezone.now(),
            subject_id=customer.pk,
            data={"name": LONG},
        )
    return company


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", ["customers", "sales", "audit_trail", "customer"])
def test_the_longest_names_stay_on_the_page(page: Page, live_server: Any, company: Company, name: str, width: int) -> None:
    with company_scope(company.pk):
        customer = SalesTransaction.objects.get().customer_id
    page.set_viewport_size({"width": width, "height": 800})

    page.goto(live_server.url + reverse(name, args=[company.nit, customer] if name == "customer" else [company.nit]))

    shoot(page, f"largo-{name}-{width}")
    assert page.get_by_text("ÁÁÁÁ").first.is_visible()
    assert sideways(page) == 0


@pytest.mark.parametrize("width", [965, 1024, 1150])
def test_the_bar_keeps_its_height_between_a_phone_and_a_desk(page: Page, live_server: Any, company: Company, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})

    page.goto(live_server.url + reverse("documents", args=[company.nit]))

    tops = page.eval_on_selector_all(".nav-m a", "links => links.map(link => Math.round(link.getBoundingClientRect().top))")
    shoot(page, f"barra-{width}")
    assert len(tops) >= 5
    assert len(set(tops)) == 1
    assert sideways(page) == 0
