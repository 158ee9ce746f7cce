"""Who belongs to a company, and in which role; the company never stays without an administrator who can come in."""

from datetime import datetime

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from invoices import audit
from invoices.audit import Action
from invoices.company import lock
from invoices.invalid import Invalid
from invoices.models import Company, Membership, User

Role = Membership.Role
# Members and open invitations together: the page shows them all.
MOST_PEOPLE = 200
LAST = "Es el único administrador: nombra antes a otro."
MEANS = {
    Role.ADMINISTRATOR: "Todo lo del Contador; además administra usuarios, llaves y configuración.",
    Role.ACCOUNTANT: "Consulta, carga documentos, reenvía notificaciones y pide informes. No administra usuarios.",
    Role.AUDITOR: "Solo consulta: no cambia ni envía nada.",
}


def members(company: Company) -> QuerySet[Membership]:
    """The company's people, by what they are called on screen."""
    called = Lower(Coalesce(NullIf("user__name", Value("")), "user__email"))
    return Membership.objects.filter(company=company).select_related("user").order_by(called, "pk")


def change_role(*, membership: Membership, role: str, by: User, at: datetime) -> None:
    """
    Give a member another role; the same one again changes nothing. In the company's scope.

    :raises Invalid: no such role, no longer a member, or nobody would be left to administer.
    """
    if role not in Role.values:
        raise Invalid("Elige un rol.", field="role")
    found = _locked(membership)
    if found.role == role:
        return
    if role != Role.ADMINISTRATOR:
        _check_another_administrator(found)
    before, found.role = found.role, role
    found.save(update_fields=["role"])
    _log(found, Action.ROLE_CHANGED, by, at, before=before, after=role)


def remove(*, membership: Membership, by: User, at: datetime) -> None:
    """
    Close the company to a member; the account, and whatever it did, stay. In the company's scope.

    :raises Invalid: no longer a member, or nobody would be left to administer.
    """
    found = _locked(membership)
    _check_another_administrator(found)
    _log(found, Action.MEMBER_REMOVED, by, at, role=found.role)
    found.delete()


def _locked(membership: Membership) -> Membership:
    lock(membership.company)
    found = Membership.objects.filter(pk=membership.pk).select_related("user").first()
    if found is None:
        raise Invalid("Esa persona ya no es usuario de la empresa.")
    return found


def _check_another_administrator(leaving: Membership) -> None:
    others = Membership.objects.filter(company_id=leaving.company_id, role=Role.ADMINISTRATOR, user__is_active=True)
    if leaving.role == Role.ADMINISTRATOR and not others.exclude(pk=leaving.pk).exists():
        raise Invalid(LAST, field="role")


def _log(membership: Membership, action: audit.Action, by: User, at: datetime, **more: str) -> None:
    data = {"email": membership.user.email} | more
    audit.record(company_id=membership.company_id, action=action, by=by, at=at, subject_id=membership.user_id, data=data)
