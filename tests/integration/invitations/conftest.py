"""A company whose administrator invites people at noon."""

from typing import Any

import pytest
import time_machine

from invoices.models import Company, User
from tests import factories
from tests.factories import NOON
from tests.integration.invitations.scene import Role


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def company() -> Company:
    return factories.company("909482675", name="Ferretería El Roble S.A.S.")


@pytest.fixture
def admin(company: Company) -> User:
    return factories.member(company, role=Role.ADMINISTRATOR, email="mariana@example.com", name="Mariana Peñuela")
