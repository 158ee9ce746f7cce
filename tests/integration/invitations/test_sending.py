"""Invitations: who is asked in, by which mail, until when."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from invoices import invitations
from invoices.invalid import Invalid
from invoices.models import Company, Invitation, User
from invoices.scope import company_scope
from notifications import outbox
from notifications.models import Delivery, Notification
from tests import factories
from tests.factories import NOON
from tests.integration.invitations.scene import FORM, LAURA, WEEK, Role, door, invited, kept, trail
from tests.sink import Sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(admin: User) -> Client:
    """The administrator's browser."""
    client = Client()
    client.force_login(admin)
    return client


def test_an_invitation_leaves_by_the_outbox_with_a_personal_link(office: Client, company: Company) -> None:
    office.post(reverse("invite", args=[company.nit]), {"email": " Laura@Example.com ", "role": "auditor"})

    with company_scope(company.pk):
        invitation = Invitation.objects.get()
    mail = Delivery.across.get()
    assert (invitation.email, invitation.role, invitation.expires_at) == (LAURA, "auditor", NOON + WEEK)
    assert (mail.notification.kind, mail.address, mail.reply_to) == (Notification.Kind.ACCOUNT, LAURA, "mariana@example.com")
    assert mail.subject == "Mariana Peñuela te invita a Ferretería El Roble S.A.S. en Traza"
    assert door(invitation) in mail.text_body
    assert door(invitation) in mail.html_body
    assert trail(company) == ["invited"]


def test_the_link_is_forgotten_once_the_mail_is_out(company: Company, admin: User, sink: Sink) -> None:
    invitation = invited(company, admin)

    outbox.drain(clock=lambda: NOON)

    mail = Delivery.across.get()
    assert len(sink.messages) == 1
    assert (mail.text_body, mail.html_body) == ("", "")
    assert kept(invitation).is_open(NOON)


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({"email": ""}, "email", "Escribe un correo."),
        ({"email": "laura@"}, "email", "no puede recibir correo"),
        ({"email": "mariana@example.com"}, "email", "mariana@example.com ya es usuario de esta empresa, como Administrador."),
        ({"role": ""}, "role", "Elige un rol."),
        ({"role": "owner"}, "role", "Elige un rol."),
    ],
)
def test_who_cannot_be_invited_is_told_at_the_field(office: Client, company: Company, form: Any, field: str, sentence: str) -> None:
    response: Any = office.post(reverse("invite", args=[company.nit]), {"email": LAURA, "role": "accountant", **form})

    assert response.status_code == 422
    assert sentence in response.context["form"].errors[field][0]
    assert not Delivery.across.exists()


def test_who_is_invited_already_is_not_invited_twice(company: Company, admin: User) -> None:
    invited(company, admin)

    with pytest.raises(Invalid, match="ya tiene una invitación pendiente"):
        invited(company, admin)


def test_the_database_too_keeps_one_open_invitation_per_address(company: Company, admin: User) -> None:
    invited(company, admin)

    with pytest.raises(IntegrityError), company_scope(company.pk):
        Invitation.objects.create(company=company, email=LAURA, role="auditor", invited_by=admin, invited_at=NOON, expires_at=NOON)


def test_an_invitation_that_expired_begins_anew(company: Company, admin: User) -> None:
    old = invited(company, admin)

    new = invited(company, admin, role=Role.AUDITOR, at=NOON + WEEK)

    assert (new.pk, kept(new).role, kept(new).expires_at) == (old.pk, "auditor", NOON + 2 * WEEK)


def test_two_companies_may_invite_the_same_person(company: Company, admin: User) -> None:
    other = factories.company()
    invited(company, admin)

    assert invited(other, factories.member(other)).email == LAURA


def test_there_is_an_end_to_people(company: Company, admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MOST_PEOPLE", 2)
    invited(company, admin)

    with pytest.raises(Invalid, match="Caben 2 personas"):
        invited(company, admin, "julian@example.com")


def test_an_invitation_is_mailed_again_with_the_same_link_and_new_days(office: Client, company: Company, admin: User) -> None:
    invitation = invited(company, admin, at=NOON - timedelta(days=6))

    office.post(reverse("invitation_resend", args=[company.nit, invitation.pk]))

    assert kept(invitation).expires_at == NOON + WEEK
    assert [door(invitation) in mail.text_body for mail in Delivery.across.all()] == [True, True]
    assert trail(company) == ["invited", "invited"]


def test_nobody_is_mailed_twice_within_five_minutes(office: Client, company: Company, admin: User) -> None:
    invitation = invited(company, admin, at=NOON - timedelta(minutes=4, seconds=59))

    response = office.post(reverse("invitation_resend", args=[company.nit, invitation.pk]), follow=True)

    assert "se le escribió hace menos de 5 minutos" in response.content.decode()
    assert Delivery.across.count() == 1


def test_withdrawing_and_inviting_again_fills_no_mailbox(company: Company, admin: User) -> None:
    with company_scope(company.pk):
        invitations.withdraw(invitation=invited(company, admin), by=admin, at=NOON)

        with pytest.raises(Invalid, match="hace menos de 5 minutos"):
            invited(company, admin, at=NOON + timedelta(minutes=4))
        invited(company, admin, at=NOON + timedelta(minutes=6))


def test_a_company_invites_so_many_people_a_day(company: Company, admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MOST_A_DAY", 2)
    for number in range(2):
        invited(company, admin, f"p{number}@example.com")

    with pytest.raises(Invalid, match="Hoy ya se enviaron 2"):
        invited(company, admin, "p2@example.com", at=NOON + timedelta(hours=23))
    invited(company, admin, "p2@example.com", at=NOON + timedelta(hours=25))


def test_a_withdrawn_invitation_opens_nothing_and_is_not_mailed_again(
    office: Client, client: Client, company: Company, admin: User
) -> None:
    invitation = invited(company, admin, at=NOON - timedelta(days=1))
    office.post(reverse("invitation_withdraw", args=[company.nit, invitation.pk]))
    office.post(reverse("invitation_withdraw", args=[company.nit, invitation.pk]))

    again = office.post(reverse("invitation_resend", args=[company.nit, invitation.pk]), follow=True)
    response = client.post(door(invitation), FORM)

    assert "ya no está pendiente" in again.content.decode()
    assert (response.status_code, "Esta invitación se retiró" in response.content.decode()) == (410, True)
    assert not User.objects.filter(email=LAURA).exists()
    assert trail(company) == ["invitation_withdrawn", "invited"]


def test_an_invitation_of_another_company_is_not_reached(office: Client, company: Company) -> None:
    other = factories.company()
    invitation = invited(other, factories.member(other), at=NOON - timedelta(days=1))

    answers = [
        office.post(reverse(name, args=[company.nit, invitation.pk])).status_code for name in ("invitation_resend", "invitation_withdraw")
    ]

    assert answers == [404, 404]
    assert kept(invitation).is_open(NOON)


def test_the_service_refuses_another_address_too(company: Company, admin: User) -> None:
    invitation = invited(company, admin)

    with company_scope(company.pk), pytest.raises(Invalid) as refused:
        invitations.accept(invitation=invitation, user=factories.user("otra@example.com"), at=NOON)

    assert refused.value.field == "email"


def test_an_account_that_was_made_meanwhile_is_not_overrun(company: Company, admin: User) -> None:
    invitation = invited(company, admin)
    factories.user(LAURA)

    with company_scope(company.pk):
        with pytest.raises(Invalid, match="Ya hay una cuenta"):
            invitations.join(invitation=invitation, name="Laura", password="x", at=NOON)
        assert Invitation.objects.get().accepted_at is None
