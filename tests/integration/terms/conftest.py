"""A company with invoices of which the term runs, is over or has not begun, and its accountant."""

from datetime import date

import pytest
from django.test import Client

from invoices.models import Company
from invoices.scope import company_scope
from tests import factories
from tests.integration.terms.scene import on_credit, running


@pytest.fixture
def company() -> Company:
    return factories.company("900373076")


@pytest.fixture
def signed_in(client: Client, company: Company) -> Client:
    client.force_login(factories.member(company))
    return client


@pytest.fixture
def several(company: Company) -> None:
    """Two that end on Wednesday, one on the Tuesday after, and two of which no term runs."""
    with company_scope(company.pk):
        running(company, "FE-later", date(2026, 4, 7))
        running(company, "FE-first")
        running(company, "FE-second")
        running(company, "FE-over", date(2026, 3, 26))
        on_credit(company, "FE-none")
