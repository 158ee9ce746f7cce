"""How people come in, and what the superuser's back office lets them do."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from invoices.models import Company, ElectronicDocument, HistoryEntry, Membership, User
from invoices.scope import company_scope
from notifications.models import Delivery, Notification
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_recovery_mail_goes_through_the_outbox_in_spanish(client: Client) -> None:
    person = factories.user("m.rios@example.com")

    response = client.post(reverse("account_reset_password"), {"email": "M.Rios@example.com"})

    assert response["Location"] == reverse("account_reset_password_done")
    mail = Delivery.across.get()
    assert mail.notification.kind == Notification.Kind.ACCOUNT
    assert (mail.address, mail.subject) == (person.email, "Fija tu contraseña de Traza")
    assert "abre este enlace" in mail.text_body


def test_the_link_of_the_mail_sets_a_password(client: Client) -> None:
    factories.user("m.rios@example.com")
    client.post(reverse("account_reset_password"), {"email": "m.rios@example.com"})
    link = next(word for word in Delivery.across.get().text_body.split() if "/password/reset/key/" in word)

    form: Any = client.get("/" + link.split("/", 3)[3], follow=True)
    done = client.post(form.redirect_chain[-1][0], {"password1": "Otra-clave-2026", "password2": "Otra-clave-2026"})

    assert done["Location"] == reverse("account_reset_password_from_key_done")
    assert client.login(username="m.rios@example.com", password="Otra-clave-2026")


def test_a_link_that_was_used_says_so(client: Client) -> None:
    response = client.get(reverse("account_reset_password_from_key", args=["1", "gastado"]))

    assert "El enlace ya no sirve" in response.content.decode()


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_reset_password", "account_reset_password_done", "account_reset_password_from_key_done", "account_signup"],
)
def test_the_pages_before_the_login_are_ours(client: Client, name: str) -> None:
    body = client.get(reverse(name)).content.decode()

    assert 'lang="es-CO"' in body
    assert "Traza" in body


def test_a_wrong_password_is_told_in_spanish(client: Client) -> None:
    factories.user("m.rios@example.com")

    response = client.post(reverse("account_login"), {"login": "m.rios@example.com", "password": "no-es"})

    assert "no son correct" in response.content.decode()


def test_whoever_has_no_company_is_told_what_to_do(client: Client) -> None:
    client.force_login(factories.user())

    assert "Aún no tienes empresas" in client.get(reverse("home")).content.decode()


def test_home_leads_to_the_company_of_the_last_visit(client: Client) -> None:
    first, second = factories.company("900111111", name="A S.A.S."), factories.company("900222222", name="B S.A.S.")
    person = factories.member(first)
    Membership.objects.create(company=second, user=person, role=Membership.Role.AUDITOR)
    client.force_login(person)
    before = client.get(reverse("home"))

    client.get(reverse("documents", args=[second.nit]))

    assert before.headers["Location"] == reverse("documents", args=[first.nit])
    assert client.get(reverse("home")).headers["Location"] == reverse("documents", args=[second.nit])


@pytest.fixture
def superuser(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root@example.com", "secreto-123"))
    return client


def test_every_list_and_every_row_of_the_admin_opens(superuser: Client) -> None:
    company = factories.company()
    with company_scope(company.pk):
        factories.delivery(factories.document(company))
    answers = {}
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        answers[name] = superuser.get(reverse(f"{name}_changelist"), {"q": "x"}).status_code
        for row in model._base_manager.all()[:1]:
            answers[f"{name} row"] = superuser.get(reverse(f"{name}_change", args=[row.pk])).status_code

    assert {name: code for name, code in answers.items() if code not in {200, 302}} == {}
    assert answers["admin:invoices_electronicdocument row"] == 200


@pytest.mark.parametrize("model", [ElectronicDocument, HistoryEntry, Delivery])
def test_what_services_write_is_only_read_in_the_admin(superuser: Client, model: Any) -> None:
    company = factories.company()
    with company_scope(company.pk):
        factories.delivery(factories.document(company))
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[model._base_manager.get().pk])

    assert superuser.post(address, {}).status_code == 403


def test_the_superuser_makes_a_user_and_gives_him_a_role(superuser: Client) -> None:
    company = factories.company()
    superuser.post(
        reverse("admin:invoices_user_add"),
        {
            "email": "nueva@example.com",
            "name": "Nueva",
            "usable_password": "true",
            "password1": "Clave-2026-x",
            "password2": "Clave-2026-x",
        },
    )
    person = User.objects.get(email="nueva@example.com")
    fields = ["nit", "name", "reply_address", "channel", "auto_confirm_days", "auto_confirm_calendar"]
    form = {name: getattr(company, name) for name in fields}
    inline = {
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-user": person.pk,
        "memberships-0-role": "auditor",
    }

    superuser.post(reverse("admin:invoices_company_change", args=[company.pk]), form | inline)

    assert Membership.objects.get(company=Company.objects.get(), user=person).role == "auditor"
