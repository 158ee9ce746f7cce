"""Usuarios: roles, removal, and that somebody always administers."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from invoices import members
from invoices.invalid import Invalid
from invoices.models import AuditEntry, Company, Membership, User
from invoices.scope import company_scope
from tests import factories
from tests.factories import NOON
from tests.locks import somebody_waits

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def company() -> Company:
    return factories.company("909482675")


@pytest.fixture
def admin(company: Company, client: Client) -> User:
    person = factories.member(company, role=Role.ADMINISTRATOR, email="mariana@example.com", name="Mariana Peñuela")
    client.force_login(person)
    return person


@pytest.fixture
def other(company: Company) -> User:
    """A second person, an accountant."""
    return factories.member(company, email="julian@example.com", name="Julián Torres")


def of(person: User) -> Membership:
    return Membership.objects.get(user=person)


def address(name: str, person: User) -> str:
    return reverse(name, args=["909482675", of(person).pk])


def trail(company: Company) -> list[tuple[str, Any]]:
    with company_scope(company.pk):
        return [(entry.action, entry.data) for entry in AuditEntry.objects.order_by("recorded_at", "id")]


def test_a_role_is_changed_and_said_in_the_trail(client: Client, company: Company, admin: User, other: User) -> None:
    response = client.post(address("member_role", other), {"role": "auditor"})

    assert response["Location"] == reverse("company_users", args=[company.nit])
    assert of(other).role == Role.AUDITOR
    assert trail(company) == [("role_changed", {"email": "julian@example.com", "before": "accountant", "after": "auditor"})]


def test_the_same_role_again_leaves_no_trail(client: Client, company: Company, admin: User, other: User) -> None:
    client.post(address("member_role", other), {"role": "accountant"})

    assert trail(company) == []


@pytest.mark.parametrize("role", ["", "owner", "superuser"])
def test_only_the_roles_that_there_are_can_be_given(client: Client, admin: User, other: User, role: str) -> None:
    response = client.post(address("member_role", other), {"role": role})

    assert response.status_code == 422
    assert "Elige un rol." in response.content.decode()
    assert of(other).role == Role.ACCOUNTANT


def test_a_member_is_removed_at_once_and_keeps_the_account(client: Client, company: Company, admin: User, other: User) -> None:
    theirs = Client()
    theirs.force_login(other)

    client.post(address("member_remove", other))

    assert not Membership.objects.filter(user=other).exists()
    assert theirs.get(reverse("documents", args=[company.nit])).status_code == 404
    assert User.objects.filter(pk=other.pk, is_active=True).exists()
    assert trail(company) == [("member_removed", {"email": "julian@example.com", "role": "accountant"})]


def test_asking_to_remove_removes_nobody(client: Client, admin: User, other: User) -> None:
    response = client.get(address("member_remove", other))

    assert "deja de entrar a" in response.content.decode()
    assert of(other)


@pytest.mark.parametrize(("name", "form"), [("member_role", {"role": "auditor"}), ("member_remove", {})])
def test_the_last_administrator_stays_one(client: Client, company: Company, admin: User, other: User, name: str, form: Any) -> None:
    response = client.post(address(name, admin), form)

    assert response.status_code == 422
    assert members.LAST in response.content.decode()
    assert (of(admin).role, trail(company)) == (Role.ADMINISTRATOR, [])


def test_an_administrator_who_cannot_come_in_does_not_count(client: Client, company: Company, admin: User) -> None:
    factories.member(company, role=Role.ADMINISTRATOR, is_active=False)

    assert client.post(address("member_remove", admin)).status_code == 422


def test_an_administrator_of_another_company_does_not_count(client: Client, company: Company, admin: User) -> None:
    factories.member(factories.company(), role=Role.ADMINISTRATOR)

    assert client.post(address("member_remove", admin)).status_code == 422


def test_whoever_leaves_is_led_home(client: Client, company: Company, admin: User) -> None:
    factories.member(company, role=Role.ADMINISTRATOR)

    response = client.post(address("member_remove", admin))

    assert response["Location"] == reverse("home")
    assert not Membership.objects.filter(user=admin).exists()


def test_whoever_gives_up_the_own_role_is_led_to_an_open_page(client: Client, company: Company, admin: User) -> None:
    factories.member(company, role=Role.ADMINISTRATOR)

    response = client.post(address("member_role", admin), {"role": "auditor"}, follow=True)

    assert (response.status_code, response.redirect_chain[-1][0]) == (200, reverse("company_settings", args=[company.nit]))


def test_a_member_of_another_company_is_not_reached(client: Client, company: Company, admin: User) -> None:
    stranger = factories.member(factories.company())

    answers = [client.post(address(name, stranger), {"role": "auditor"}).status_code for name in ("member_role", "member_remove")]

    assert answers == [404, 404]
    assert of(stranger).role == Role.ACCOUNTANT


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.AUDITOR])
@pytest.mark.parametrize("name", ["company_users", "invite", "api_keys", "api_key_create", "audit_trail"])
def test_only_an_administrator_opens_the_page(client: Client, company: Company, role: Role, name: str) -> None:
    client.force_login(factories.member(company, role=role))

    assert client.get(reverse(name, args=[company.nit])).status_code == 403


def test_the_people_are_listed_by_what_they_are_called(client: Client, company: Company, admin: User, other: User) -> None:
    factories.member(company, email="laura@example.com")

    response: Any = client.get(reverse("company_users", args=[company.nit]))

    assert [str(row.user) for row in response.context["members"]] == ["Julián Torres", "laura@example.com", "Mariana Peñuela"]


def test_a_name_is_text_and_no_markup(client: Client, company: Company, admin: User) -> None:
    factories.member(company, name="<b>Laura</b>")

    body = client.get(reverse("company_users", args=[company.nit])).content.decode()

    assert "&lt;b&gt;Laura&lt;/b&gt;" in body
    assert "<b>Laura</b>" not in body


def test_the_page_asks_as_much_for_many_people_as_for_one(
    client: Client, company: Company, admin: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        factories.member(company)

    with django_assert_max_num_queries(10):
        client.get(reverse("company_users", args=[company.nit]))


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_remove_each_other_at_once_leave_one() -> None:
    company = factories.company()
    one, two = (of(factories.member(company, role=Role.ADMINISTRATOR)) for _ in range(2))
    refused = []

    def remove_the_other() -> None:
        try:
            with company_scope(company.pk):
                members.remove(membership=one, by=two.user, at=NOON)
        except Invalid as exc:
            refused.append(str(exc))
        connection.close()

    second = threading.Thread(target=remove_the_other)
    with company_scope(company.pk):
        members.remove(membership=two, by=one.user, at=NOON)
        second.start()
        while second.is_alive() and not somebody_waits():
            second.join(0.01)
    second.join()

    assert refused == [members.LAST]
    assert list(Membership.objects.filter(company=company)) == [one]
