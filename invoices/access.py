"""The only doors through which a user reaches a row: a company's page opens for its members, and the scope with it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from invoices.models import Company, Membership, User
from invoices.scope import company_scope

P = ParamSpec("P")
Role = Membership.Role
ADMINISTRATORS = (Role.ADMINISTRATOR,)
WRITERS = (Role.ADMINISTRATOR, Role.ACCOUNTANT)
EVERYBODY = tuple(Role)


class CompanyRequest(HttpRequest):
    """A request inside one company: who asks, for which company, in which role."""

    user: User
    company: Company
    membership: Membership


def company_view(
    *, roles: tuple[str, ...] = EVERYBODY, scope: bool = True
) -> Callable[[Callable[Concatenate[CompanyRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """
    Open a page of ``/e/<nit>/…`` for members of that company; a stranger gets 404, a role that may not gets 403.

    :param scope: False for uploads, which open one scope per document.
    """

    def decorate(view: Callable[Concatenate[CompanyRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def wrapper(request: CompanyRequest, nit: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            request.membership = membership(request.user, nit)
            request.company = request.membership.company
            if request.membership.role not in roles:
                raise PermissionDenied("Tu rol en esta empresa no permite esta acción.")
            if not scope:
                return view(request, *args, **kwargs)
            with company_scope(request.company.pk):
                return view(request, *args, **kwargs)

        return wrapper

    return decorate


def membership(user: User, nit: str) -> Membership:
    """
    The user's membership in the company with this NIT.

    :raises Http404: there is none, or no such company: a stranger learns no difference.
    """
    found = Membership.objects.filter(user=user, company__nit=nit).select_related("company").first()
    if found is None:
        raise Http404
    return found


def writable_companies(user: User) -> dict[str, Company]:
    """The companies into which the user may bring documents, by NIT."""
    rows: Any = Membership.objects.filter(user=user, role__in=WRITERS).select_related("company")
    return {row.company.nit: row.company for row in rows}
