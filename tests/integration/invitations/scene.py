"""What the tests of invitations share: an invitation, its link, and what became of it."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

from invoices import invitations
from invoices.models import AuditEntry, Company, Invitation, Membership, User
from invoices.scope import company_scope
from tests.factories import NOON

Role = Membership.Role
LAURA = "laura@example.com"
FORM = {"name": "Laura Restrepo", "password": "Girasol-amarillo-9"}
WEEK = timedelta(days=7)


def invited(company: Company, by: User, email: str = LAURA, **fields: Any) -> Invitation:
    with company_scope(company.pk):
        return invitations.invite(company=company, email=email, by=by, **{"role": Role.ACCOUNTANT, "at": NOON, **fields})


def door(invitation: Invitation) -> str:
    return reverse("invitation", args=[invitations.write_token(invitation)])


def kept(invitation: Invitation) -> Invitation:
    with company_scope(invitation.company_id):
        return Invitation.objects.get(pk=invitation.pk)


def trail(company: Company) -> list[str]:
    """By name: the clock stands still."""
    with company_scope(company.pk):
        return sorted(AuditEntry.objects.values_list("action", flat=True))


def roles(person: User) -> list[tuple[str, str]]:
    return list(Membership.objects.filter(user=person).values_list("company__nit", "role"))
