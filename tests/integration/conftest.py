"""Who sits at the screen."""

import pytest
from django.test import Client

from invoices.models import Company, User
from tests import factories


@pytest.fixture
def accountant(company: Company, client: Client) -> User:
    """An accountant of the module's own company, signed in."""
    person = factories.member(company, name="Marcela Ríos")
    client.force_login(person)
    return person
