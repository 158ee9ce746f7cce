"""Invitations into a company: asked by an administrator, sent by mail, accepted once and within their days."""

from datetime import datetime, timedelta
from email.utils import formataddr
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from invoices import audit
from invoices.addresses import one_address
from invoices.audit import Action
from invoices.company import lock
from invoices.invalid import Invalid
from invoices.members import MEANS, MOST_PEOPLE, Role
from invoices.models import Company, Invitation, Membership, User
from invoices.written import one_line

VALID = timedelta(days=7)
# Nobody's mailbox is filled from here.
PAUSE = timedelta(minutes=5)
MOST_A_DAY = 50
LINK_SALT = "invitation"
CLOSED = "Esta invitación ya no se puede aceptar."


def pending(company: Company) -> QuerySet[Invitation]:
    """Neither accepted nor withdrawn, the newest first; some may have expired."""
    rows = Invitation.objects.filter(company=company, accepted_at=None, withdrawn_at=None)
    return rows.select_related("invited_by").order_by("-invited_at", "-id")


def invite(*, company: Company, email: str, role: str, by: User, at: datetime) -> Invitation:
    """
    Ask somebody in by mail; an invitation that expired begins anew, with this role. In the company's scope.

    :raises Invalid: no such role, an address that cannot receive mail, already a member, already invited, or too many people.
    """
    if role not in Role.values:
        raise Invalid("Elige un rol.", field="role")
    address, error = one_address(email)
    if error:
        raise Invalid(error, field="email")
    lock(company)
    member = Membership.objects.filter(company=company, user__email=address).first()
    if member:
        raise Invalid(f"{address} ya es usuario de esta empresa, como {member.get_role_display()}.", field="email")
    waiting = pending(company).filter(email=address).first()
    if waiting and waiting.is_open(at):
        raise Invalid(f"{address} ya tiene una invitación pendiente: reenvíala o retírala.", field="email")
    if waiting is None and Membership.objects.filter(company=company).count() + pending(company).count() >= MOST_PEOPLE:
        raise Invalid(f"Caben {MOST_PEOPLE} personas entre usuarios e invitaciones.", field="email")
    if Invitation.objects.filter(company=company, email=address, invited_at__gt=at - PAUSE).exists():
        raise Invalid(f"A {address} se le escribió hace menos de 5 minutos: espera un poco.", field="email")
    if Invitation.objects.filter(company=company, invited_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Invalid(f"Hoy ya se enviaron {MOST_A_DAY} invitaciones: sigue mañana.", field="email")
    invitation = waiting or Invitation(company=company, email=address)
    invitation.role = role
    _send(invitation, by, at, again=waiting is not None)
    return invitation


def resend(*, invitation: Invitation, by: User, at: datetime) -> None:
    """
    Mail the same link again and begin its days anew. In the company's scope.

    :raises Invalid: it was accepted or withdrawn, or the last mail left less than ``PAUSE`` ago.
    """
    lock(invitation.company)
    found = pending(invitation.company).filter(pk=invitation.pk).first()
    if found is None:
        raise Invalid("Esa invitación ya no está pendiente.")
    if at - found.invited_at < PAUSE:
        raise Invalid(f"A {found.email} se le escribió hace menos de 5 minutos: espera un poco y mira también en correo no deseado.")
    _send(found, by, at, again=True)


def withdraw(*, invitation: Invitation, by: User, at: datetime) -> None:
    """The link opens nothing from now on; a second time changes nothing. In the company's scope."""
    if pending(invitation.company).filter(pk=invitation.pk).update(withdrawn_at=at):
        _log(invitation, Action.INVITATION_WITHDRAWN, by, at)


def accept(*, invitation: Invitation, user: User, at: datetime) -> None:
    """
    Let the invited person in, once: who is a member already keeps the role. In the company's scope.

    :raises Invalid: no longer open, or meant for another address.
    """
    found = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if found.accepted_by_id == user.pk:
        return
    if not found.is_open(at):
        raise Invalid(CLOSED)
    if found.email != user.email:
        raise Invalid("Esta invitación es para otro correo.", field="email")
    membership, _ = Membership.objects.get_or_create(company_id=found.company_id, user=user, defaults={"role": found.role})
    found.accepted_at, found.accepted_by = at, user
    found.save(update_fields=["accepted_at", "accepted_by"])
    data = {"email": found.email, "role": membership.role}
    audit.record(company_id=found.company_id, action=Action.JOINED, by=user, at=at, subject_id=user.pk, data=data)


def join(*, invitation: Invitation, name: str, password: str, at: datetime) -> User:
    """
    Make the account of the invited address and let it in, or do neither. In the company's scope.

    :param password: checked by the project's validators.
    :raises Invalid: no longer open, no name, or somebody made the account meanwhile.
    """
    name = one_line(name)
    if not name or len(name) > 150:
        raise Invalid("Escribe tu nombre (hasta 150 letras).", field="name")
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name)
            accept(invitation=invitation, user=user, at=at)
    except IntegrityError as exc:
        raise Invalid("Ya hay una cuenta con este correo: ingresa con ella.") from exc
    return user


def write_token(invitation: Invitation) -> str:
    """The token of the link: it names company and invitation, and is signed."""
    return signing.dumps([invitation.company_id.hex, invitation.pk.hex], salt=LINK_SALT)


def read_token(token: str) -> tuple[UUID, UUID]:
    """
    Company and invitation of a link; whether they exist is for the caller to see.

    :raises django.core.signing.BadSignature: the token is not ours.
    """
    company, invitation = signing.loads(token, salt=LINK_SALT)
    return UUID(company), UUID(invitation)


def _send(invitation: Invitation, by: User, at: datetime, *, again: bool) -> None:
    """Keep who asked and until when, and owe the mail in the same transaction."""
    invitation.invited_by, invitation.invited_at, invitation.expires_at = by, at, at + VALID
    invitation.save()
    mail(invitation).send()
    _log(invitation, Action.INVITED, by, at, **({"again": True} if again else {}))


def mail(invitation: Invitation) -> EmailMultiAlternatives:
    """The invitation as text and HTML, from the product; answers go to whoever invites."""
    company, by = invitation.company, invitation.invited_by
    subject = one_line(f"{by} te invita a {company.trade_name or company.name} en Traza")
    context = {
        "subject": subject,
        "invitation": invitation,
        "company": company,
        "company_nit": f"NIT {company.formatted_nit}",
        "role": f"{invitation.get_role_display()}. {MEANS[Role(invitation.role)]}",
        "link": settings.PUBLIC_URL + reverse("invitation", args=[write_token(invitation)]),
    }
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("mail/invitation.txt", context),
        from_email=formataddr(("Traza", settings.DEFAULT_FROM_EMAIL)),
        to=[invitation.email],
        reply_to=[by.email],
    )
    message.attach_alternative(render_to_string("mail/invitation.html", context), "text/html")
    return message


def _log(invitation: Invitation, action: audit.Action, by: User, at: datetime, **more: object) -> None:
    data = {"email": invitation.email, "role": invitation.role} | more
    audit.record(company_id=invitation.company_id, action=action, by=by, at=at, subject_id=invitation.pk, data=data)
