"""A company with one customer and one address, looked at by an accountant or an auditor."""

import pytest
from django.test import Client

from invoices.models import Company, Customer, Membership, RecipientEmail, User
from invoices.scope import company_scope
from tests import factories
from tests.integration.customer_pages import ADDRESS, LISTED, NIT, listed


@pytest.fixture
def company() -> Company:
    return factories.company(NIT)


@pytest.fixture
def auditor(company: Company, client: Client) -> User:
    person = factories.member(company, Membership.Role.AUDITOR)
    client.force_login(person)
    return person


@pytest.fixture
def buyer(company: Company) -> Customer:
    with company_scope(company.pk):
        return factories.customer(company, identification="901555013", name="Droguería Salud Vital S.A.S.")


@pytest.fixture
def email(company: Company, buyer: Customer) -> RecipientEmail:
    with company_scope(company.pk):
        return factories.email(buyer, ADDRESS)


@pytest.fixture
def differing(buyer: Customer, email: RecipientEmail) -> Customer:
    """The customer has one address of its own, and another in DIAN's list."""
    listed(buyer.identification, LISTED)
    return buyer
