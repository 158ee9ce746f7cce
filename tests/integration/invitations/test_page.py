"""The page behind the link of an invitation: who comes in by it, and that the door opens once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test import Client
from django.urls import reverse

from invoices import invitations, members
from invoices.invalid import Invalid
from invoices.models import Company, Membership, User
from invoices.scope import company_scope
from tests import factories
from tests.factories import NOON
from tests.integration.invitations.scene import FORM, LAURA, WEEK, Role, door, invited, kept, roles, trail

pytestmark = pytest.mark.django_db


def test_looking_shows_company_inviter_and_role_and_changes_nothing(client: Client, company: Company, admin: User) -> None:
    invitation = invited(company, admin)

    response = client.get(door(invitation))

    body = response.content.decode()
    assert all(words in body for words in ("Mariana Peñuela te invita a Ferretería El Roble S.A.S.", "<b>Contador</b>", LAURA))
    assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == ("noindex, nofollow", "same-origin")
    assert "no-store" in response["Cache-Control"]
    assert kept(invitation).accepted_at is None
    assert not User.objects.filter(email=LAURA).exists()


def test_whoever_has_no_account_makes_it_and_is_in(client: Client, company: Company, admin: User) -> None:
    invitation = invited(company, admin)

    response = client.post(door(invitation), FORM, follow=True)

    laura = User.objects.get(email=LAURA)
    assert response.redirect_chain[-1][0] == reverse("documents", args=[company.nit])
    assert "Ya haces parte de Ferretería El Roble S.A.S., como Contador." in response.content.decode()
    assert (laura.name, laura.check_password(FORM["password"]), roles(laura)) == ("Laura Restrepo", True, [(company.nit, "accountant")])
    assert (kept(invitation).accepted_by_id, kept(invitation).accepted_at) == (laura.pk, NOON)
    assert trail(company) == ["invited", "joined"]


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ({"name": " "}, "name", "Escribe tu nombre"),
        ({"name": "x" * 151}, "name", "hasta 150 letras"),
        ({"password": ""}, "password", "Escribe una contraseña."),
        ({"password": "12345678"}, "password", "demasiado común"),
        ({"password": "corta"}, "password", "demasiado corta"),
        ({"password": "laura@example.com"}, "password", "demasiado similar"),
    ],
)
def test_what_is_wrong_with_the_account_is_told_and_the_door_stays(
    client: Client, company: Company, admin: User, form: Any, field: str, words: str
) -> None:
    invitation = invited(company, admin)

    response: Any = client.post(door(invitation), FORM | form)

    assert response.status_code == 422
    assert words in " ".join(response.context["form"].errors[field])
    assert not User.objects.filter(email=LAURA).exists()
    assert kept(invitation).is_open(NOON)


def test_the_form_decides_neither_address_nor_role(client: Client, company: Company, admin: User) -> None:
    invitation = invited(company, admin)

    client.post(door(invitation), FORM | {"email": "otra@example.com", "role": "administrator", "is_staff": "1", "is_superuser": "1"})

    laura = User.objects.get(email=LAURA)
    assert (roles(laura), laura.is_staff, laura.is_superuser) == ([(company.nit, "accountant")], False, False)


def test_whoever_has_an_account_is_sent_to_the_login_and_back(client: Client, company: Company, admin: User) -> None:
    factories.user(LAURA)
    invitation = invited(company, admin)

    shown = client.get(door(invitation)).content.decode()
    done = client.post(reverse("account_login"), {"login": LAURA, "password": "secreto-123", "next": door(invitation)})

    assert f"{reverse('account_login')}?next={door(invitation).replace(':', '%3A')}" in shown
    assert done["Location"] == door(invitation)


def test_an_account_is_not_made_anew_nor_its_password_changed(client: Client, company: Company, admin: User) -> None:
    laura = factories.user(LAURA)

    response = client.post(door(invited(company, admin)), FORM)

    laura.refresh_from_db()
    assert (response.status_code, roles(laura), laura.check_password("secreto-123")) == (200, [], True)
    assert "Ya tienes una cuenta" in response.content.decode()


def test_whoever_is_logged_in_accepts_with_a_button(client: Client, company: Company, admin: User) -> None:
    laura = factories.member(factories.company("900111222"), email=LAURA)
    client.force_login(laura)
    invitation = invited(company, admin)

    shown = client.get(door(invitation)).content.decode()
    client.post(door(invitation))

    assert "Entras con tu cuenta" in shown
    assert sorted(roles(laura)) == [("900111222", "accountant"), ("909482675", "accountant")]


def test_accepting_again_leads_into_the_company_and_leaves_one_line(client: Client, company: Company, admin: User) -> None:
    client.force_login(factories.user(LAURA))
    invitation = invited(company, admin)
    client.post(door(invitation))

    answers = [client.post(door(invitation)), client.get(door(invitation))]

    assert [response["Location"] for response in answers] == [reverse("documents", args=[company.nit])] * 2
    assert trail(company) == ["invited", "joined"]


def test_whoever_was_removed_does_not_come_back_by_the_old_link(client: Client, company: Company, admin: User) -> None:
    laura = factories.user(LAURA)
    client.force_login(laura)
    invitation = invited(company, admin)
    client.post(door(invitation))
    with company_scope(company.pk):
        members.remove(membership=Membership.objects.get(user=laura), by=admin, at=NOON)

    response = client.post(door(invitation))

    assert (response.status_code, roles(laura)) == (410, [])


def test_another_account_cannot_accept(client: Client, company: Company, admin: User) -> None:
    other = factories.user("otra@example.com")
    client.force_login(other)
    invitation = invited(company, admin)

    response = client.post(door(invitation), FORM)

    assert "ingresaste como" in response.content.decode()
    assert roles(other) == []
    assert kept(invitation).is_open(NOON)


def test_the_service_lets_in_once_and_only_while_it_is_open(company: Company, admin: User) -> None:
    laura = factories.user(LAURA)
    invitation = invited(company, admin)

    with company_scope(company.pk):
        with pytest.raises(Invalid, match="ya no se puede aceptar"):
            invitations.accept(invitation=invitation, user=laura, at=NOON + WEEK)
        invitations.accept(invitation=invitation, user=laura, at=NOON)
        invitations.accept(invitation=invitation, user=laura, at=NOON + WEEK)

    assert roles(laura) == [(company.nit, "accountant")]
    assert kept(invitation).accepted_at == NOON
    assert trail(company) == ["invited", "joined"]


def test_whoever_became_a_member_meanwhile_keeps_the_role(client: Client, company: Company, admin: User) -> None:
    laura = factories.user(LAURA)
    invitation = invited(company, admin, role=Role.ADMINISTRATOR)
    Membership.objects.create(company=company, user=laura, role=Role.AUDITOR)
    client.force_login(laura)

    client.post(door(invitation))

    assert roles(laura) == [(company.nit, "auditor")]


@pytest.mark.parametrize(("after", "status"), [(WEEK - timedelta(seconds=1), 200), (WEEK, 410)])
def test_an_invitation_is_good_for_seven_days(client: Client, company: Company, admin: User, after: timedelta, status: int) -> None:
    invitation = invited(company, admin)

    with time_machine.travel(NOON + after, tick=False):
        response = client.get(door(invitation))

    assert response.status_code == status
    assert ("Esta invitación venció" in response.content.decode()) is (status == 410)


def test_a_used_invitation_says_so_to_anybody_else(client: Client, company: Company, admin: User) -> None:
    invitation = invited(company, admin)
    Client().post(door(invitation), FORM)

    response = client.get(door(invitation))

    assert (response.status_code, "Esta invitación ya se aceptó" in response.content.decode()) == (410, True)


def test_a_link_that_is_not_ours_opens_nothing(client: Client, company: Company, admin: User) -> None:
    invitation, other = invited(company, admin), factories.company()
    right = invitations.write_token(invitation)
    of_another = signing.dumps([other.pk.hex, invitation.pk.hex], salt=invitations.LINK_SALT)
    of_a_buyer = signing.dumps([company.pk.hex, invitation.pk.hex], salt="buyer")

    answers = [client.get(reverse("invitation", args=[token])).status_code for token in (right, right[:-1], of_another, of_a_buyer, "x")]

    assert answers == [200, 404, 404, 404, 404]


def test_the_page_asks_few_questions(client: Client, company: Company, admin: User, django_assert_max_num_queries: Any) -> None:
    invitation = invited(company, admin)

    with django_assert_max_num_queries(6):
        client.get(door(invitation))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False], ids=["with an account", "without"])
def test_eight_presses_at_once_let_one_person_in_once(known: bool) -> None:
    company = factories.company()
    laura = factories.user(LAURA) if known else None
    invitation = invited(company, factories.member(company, role=Role.ADMINISTRATOR))
    start, answers = threading.Barrier(8), []

    def press() -> None:
        client = Client()
        if laura:
            client.force_login(laura)
        start.wait()
        answers.append(client.post(door(invitation), FORM).status_code)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 8
    assert set(answers) <= {302, 410, 200}
    assert Membership.objects.filter(company=company, user__email=LAURA).count() == 1
    assert trail(company) == ["invited", "joined"]
