"""Two administrators who press at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from invoices import invitations
from invoices.invalid import Invalid
from invoices.models import Company, Invitation, User
from invoices.scope import company_scope
from tests.factories import NOON
from tests.integration.invitations.scene import Role

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(company: Company, by: User, emails: list[str]) -> list[str]:
    """What each of the threads that start together was told."""
    gate = threading.Barrier(len(emails))

    def one(email: str) -> str:
        gate.wait()
        try:
            with company_scope(company.pk):
                invitations.invite(company=company, email=email, role=Role.AUDITOR, by=by, at=NOON)
        except Invalid as exc:
            return str(exc)
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(len(emails)) as pool:
        return list(pool.map(one, emails))


def test_one_address_is_invited_once_and_the_others_are_told(company: Company, admin: User) -> None:
    told = at_once(company, admin, ["laura@example.com"] * 6)

    assert sum(not sentence for sentence in told) == 1
    assert all("ya tiene una invitación pendiente" in sentence for sentence in told if sentence)
    with company_scope(company.pk):
        assert Invitation.objects.count() == 1


def test_the_last_place_goes_to_one(company: Company, admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MOST_PEOPLE", 3)

    told = at_once(company, admin, [f"p{number}@example.com" for number in range(6)])

    assert sum(not sentence for sentence in told) == 2
    with company_scope(company.pk):
        assert Invitation.objects.count() == 2
