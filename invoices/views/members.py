"""*Usuarios*: who belongs to the company, in which role, and who is invited."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from invoices import invitations, members
from invoices.access import ADMINISTRATORS, CompanyRequest, company_view
from invoices.invalid import Invalid
from invoices.models import Invitation, Membership
from invoices.settings_forms import InvitationForm, RoleForm
from invoices.views.dialogs import settings_sheet


@require_GET
@company_view(roles=ADMINISTRATORS)
def company_users(request: CompanyRequest) -> HttpResponse:
    """Members and open invitations; together never more than ``MOST_PEOPLE``, unless the back office added some."""
    now = timezone.now()
    people = list(members.members(request.company)[: members.MOST_PEOPLE])
    waiting = [(row, row.is_open(now)) for row in invitations.pending(request.company)[: members.MOST_PEOPLE]]
    return render(request, "invoices/company/users.html", {"members": people, "invitations": waiting})


@require_http_methods(["GET", "POST"])
@company_view(roles=ADMINISTRATORS)
def invite(request: CompanyRequest) -> HttpResponse:
    """Ask somebody in by mail."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = invitations.invite(company=request.company, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as exc:
            form.refuse(exc)
        else:
            messages.success(request, f"La invitación va en camino a {sent.email}. Vence en 7 días.")
            return redirect("company_users", request.company.nit)
    return _sheet(request, "invite", {"form": form, "means": members.MEANS, "title": "Invitar a un usuario"})


@require_http_methods(["GET", "POST"])
@company_view(roles=ADMINISTRATORS)
def member_role(request: CompanyRequest, membership_id: UUID) -> HttpResponse:
    """Give a member another role; whoever gives up the own one is led to a page that is still open."""
    found = _member(request, membership_id)
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"role": found.role})
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        try:
            members.change_role(membership=found, role=role, by=request.user, at=timezone.now())
        except Invalid as exc:
            form.refuse(exc)
        else:
            messages.success(request, f"{found.user} tiene el rol {Membership.Role(role).label}.")
            still = found.user != request.user or role == Membership.Role.ADMINISTRATOR
            return redirect("company_users" if still else "company_settings", request.company.nit)
    return _sheet(request, "member_role", {"member": found, "form": form, "means": members.MEANS, "title": "Cambiar el rol"})


@require_http_methods(["GET", "POST"])
@company_view(roles=ADMINISTRATORS)
def member_remove(request: CompanyRequest, membership_id: UUID) -> HttpResponse:
    """Close the company to a member, after asking."""
    found = _member(request, membership_id)
    error = ""
    if request.method == "POST":
        try:
            members.remove(membership=found, by=request.user, at=timezone.now())
        except Invalid as exc:
            error = str(exc)
        else:
            messages.success(request, f"{found.user} ya no entra a {request.company}.")
            return redirect("home") if found.user == request.user else redirect("company_users", request.company.nit)
    return _sheet(request, "member_remove", {"member": found, "error": error, "title": "Quitar de la empresa"})


@require_POST
@company_view(roles=ADMINISTRATORS)
def invitation_resend(request: CompanyRequest, invitation_id: UUID) -> HttpResponse:
    """Mail the link again."""
    found = _invitation(invitation_id)
    try:
        invitations.resend(invitation=found, by=request.user, at=timezone.now())
    except Invalid as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, f"La invitación va otra vez en camino a {found.email}. Vence en 7 días.")
    return redirect("company_users", request.company.nit)


@require_POST
@company_view(roles=ADMINISTRATORS)
def invitation_withdraw(request: CompanyRequest, invitation_id: UUID) -> HttpResponse:
    """Make the link useless."""
    found = _invitation(invitation_id)
    invitations.withdraw(invitation=found, by=request.user, at=timezone.now())
    messages.success(request, f"La invitación de {found.email} ya no sirve.")
    return redirect("company_users", request.company.nit)


def _member(request: CompanyRequest, membership_id: UUID) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user", "company"), pk=membership_id, company=request.company)


def _invitation(invitation_id: UUID) -> Invitation:
    return get_object_or_404(Invitation.objects.select_related("company"), pk=invitation_id)


def _sheet(request: CompanyRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    context |= {"tab": "users", "back": reverse("company_users", args=[request.company.nit])}
    return settings_sheet(request, name, context, status=422 if request.method == "POST" else 200)
