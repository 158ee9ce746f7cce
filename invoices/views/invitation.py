"""The page behind the link of an invitation: whoever has the mail sees who invites, and only a button lets anybody in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from invoices import invitations
from invoices.invalid import Invalid
from invoices.members import MEANS, Role
from invoices.models import Invitation, Membership, User
from invoices.scope import company_scope
from invoices.settings_forms import JoinForm

BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_http_methods(["GET", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The token names company and invitation, and both are verified; looking changes nothing."""
    try:
        company_id, invitation_id = invitations.read_token(token)
    except BadSignature:
        return _closed(request, "unknown", status=404)
    with company_scope(company_id):
        found = Invitation.objects.select_related("company", "invited_by").filter(pk=invitation_id).first()
        response = _answer(request, found) if found else _closed(request, "unknown", status=404)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answer(request: HttpRequest, found: Invitation) -> HttpResponse:
    if found.accepted_by_id == request.user.pk and Membership.objects.filter(company=found.company, user=request.user.pk).exists():
        return redirect("documents", found.company.nit)
    if not found.is_open(timezone.now()):
        why = "used" if found.accepted_at else "withdrawn" if found.withdrawn_at else "expired"
        return _closed(request, why, status=410, company=found.company)
    way = _way(request, found)
    form = JoinForm(request.POST if request.method == "POST" and way == "join" else None, email=found.email)
    if request.method == "POST" and (way == "accept" or form.is_valid()):
        try:
            return _let_in(request, found, form if way == "join" else None)
        except Invalid as exc:
            if not exc.field:
                return redirect(request.path)  # somebody was faster: the page says what became of it
            form.refuse(exc)
    context = {"invitation": found, "company": found.company, "way": way, "form": form, "means": MEANS[Role(found.role)]}
    return render(request, "invoices/company/invitation.html", context, status=422 if form.errors else 200)


def _way(request: HttpRequest, found: Invitation) -> str:
    """What this visitor can do: accept, log in, make the account, or leave another one first."""
    if request.user.is_authenticated:
        return "accept" if request.user.email == found.email else "other"
    return "login" if User.objects.filter(email=found.email).exists() else "join"


def _let_in(request: HttpRequest, found: Invitation, form: JoinForm | None) -> HttpResponse:
    now = timezone.now()
    if form is None:
        assert isinstance(request.user, User)
        invitations.accept(invitation=found, user=request.user, at=now)
    else:
        login(request, invitations.join(invitation=found, at=now, **form.cleaned_data), backend=BACKEND)
    messages.success(request, f"Ya haces parte de {found.company}, como {found.get_role_display()}.")
    return redirect("documents", found.company.nit)


def _closed(request: HttpRequest, why: str, *, status: int, **context: Any) -> HttpResponse:
    return render(request, "invoices/company/invitation_closed.html", {"why": why, **context}, status=status)
