"""What *Usar*, *Ignorar* and *Deshacer* do with an address of DIAN's list."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from invoices import directory_decisions
from invoices.audit import Action
from invoices.audit_lines import details
from invoices.directory_decisions import Choice
from invoices.invalid import Invalid
from invoices.models import AuditEntry, Company, Customer, DirectoryDecision, Membership, RecipientEmail, User
from invoices.scope import company_scope
from notifications.recipients import reception_address, recipients
from tests import factories
from tests.factories import NOON
from tests.integration.customer_pages import LISTED, listed, text_of, url, waiting

pytestmark = pytest.mark.django_db


def decide(client: Client, differing: Customer, decision: str, address: str = LISTED) -> Any:
    return client.post(url("directory_decide", differing.pk), {"decision": decision, "correo": address}, follow=True)


def test_using_keeps_the_address_for_the_customer(client: Client, company: Company, accountant: User, differing: Customer) -> None:
    page = text_of(decide(client, differing, "use"))

    assert f"{LISTED} quedó entre los correos de {differing.name}." in page
    assert (waiting(company), waiting(company, decided=True)) == ([], [differing.name])
    with company_scope(company.pk):
        assert RecipientEmail.objects.get(address_key=LISTED).active


def test_an_ignored_address_is_told_nothing(client: Client, company: Company, accountant: User, differing: Customer) -> None:
    with company_scope(company.pk):
        document = factories.document(company, customer=differing)
        before = [item.address for item in recipients(document)]

    decide(client, differing, "ignore")

    with company_scope(company.pk):
        after = [item.address for item in recipients(document)]
        assert (before, after) == (["compras@example.com", LISTED], ["compras@example.com"])
        assert reception_address(document) == ""


def test_another_company_still_tells_the_address(client: Client, accountant: User, differing: Customer) -> None:
    other = factories.company()
    with company_scope(other.pk):
        document = factories.document(other, customer=factories.customer(other, identification=differing.identification))

    decide(client, differing, "ignore")

    with company_scope(other.pk):
        assert reception_address(document) == LISTED


def test_a_new_address_of_the_list_is_decided_anew(client: Client, company: Company, accountant: User, differing: Customer) -> None:
    decide(client, differing, "ignore")

    listed(differing.identification, "nueva@salud.example.com", first=1, last=1)

    assert waiting(company) == [differing.name]


@pytest.mark.parametrize("decision", ["use", "ignore"])
def test_undone_is_as_before(client: Client, company: Company, accountant: User, differing: Customer, decision: str) -> None:
    decide(client, differing, decision)

    page = text_of(decide(client, differing, "undo"))

    assert "vuelve a estar por decidir" in page
    assert waiting(company) == [differing.name]
    with company_scope(company.pk):
        assert [email.address_key for email in RecipientEmail.objects.all()] == ["compras@salud.example.com"]


@pytest.mark.parametrize(("first", "second"), [("ignore", "use"), ("use", "ignore")])
def test_the_second_one_to_decide_is_told_what_was_decided_and_by_whom(
    client: Client, company: Company, differing: Customer, first: str, second: str
) -> None:
    client.force_login(factories.member(company, name="Laura Peña"))
    with time_machine.travel(NOON, tick=False):
        decide(client, differing, first)
    client.force_login(factories.member(company, name="Marcela Ríos"))

    page = text_of(decide(client, differing, second))

    word = {"use": "usar", "ignore": "ignorar"}[first]
    assert f"Laura Peña ya decidió {word} {LISTED} el 15/07/2026 12:00." in page
    assert not any(words in page for words in ("quedó entre los correos", "ya no se le envía"))


def test_nothing_to_undo_is_no_success(client: Client, accountant: User, differing: Customer) -> None:
    page = text_of(decide(client, differing, "undo"))

    assert "No había nada que deshacer" in page
    assert "Se deshizo" not in page


def test_using_and_undoing_what_was_kept_already_is_not_told_as_a_change(
    client: Client, company: Company, accountant: User, differing: Customer
) -> None:
    with company_scope(company.pk):
        factories.email(differing, LISTED)

    used, undone = text_of(decide(client, differing, "use")), text_of(decide(client, differing, "undo"))

    assert f"{LISTED} ya estaba entre los correos de {differing.name}" in used
    assert f"{LISTED} sigue entre los correos de {differing.name}" in undone


def test_ignoring_says_that_a_document_may_still_name_the_address(
    client: Client, company: Company, accountant: User, differing: Customer
) -> None:
    page = text_of(decide(client, differing, "ignore"))

    with company_scope(company.pk):
        named = factories.document(company, customer=differing, addresses=(LISTED,))
        assert [item.address for item in recipients(named)] == [LISTED]
    assert f"si un documento de {differing.name} lo trae, sí le llega" in page


def test_undoing_leaves_an_address_that_somebody_marked_siempre(company: Company, accountant: User, differing: Customer) -> None:
    given: dict[str, Any] = {"customer": differing, "address": LISTED, "by": accountant, "at": NOON}
    with company_scope(company.pk):
        directory_decisions.decide(**given, choice=Choice.USE)
        RecipientEmail.objects.filter(address_key=LISTED).update(always=True)

        directory_decisions.undo(**given)

        assert RecipientEmail.objects.filter(address_key=LISTED).exists()


def test_undoing_leaves_the_address_that_a_colleague_had_kept(company: Company, accountant: User, differing: Customer) -> None:
    given: dict[str, Any] = {"customer": differing, "address": LISTED, "by": accountant, "at": NOON}
    with company_scope(company.pk):
        factories.email(differing, LISTED)
        directory_decisions.decide(**given, choice=Choice.USE)

        directory_decisions.undo(**given)

        assert RecipientEmail.objects.filter(address_key=LISTED).exists()


def test_each_decision_leaves_one_line_however_often_it_is_pressed(
    client: Client, company: Company, accountant: User, differing: Customer
) -> None:
    for decision in ("ignore", "ignore", "undo", "undo"):
        decide(client, differing, decision)

    with company_scope(company.pk):
        lines = [details(entry)[-1] for entry in AuditEntry.objects.filter(action=Action.DIRECTORY_DECIDED).order_by("pk")]
    assert lines == ["Decisión: Ignorar", "Decisión: Deshacer"]


def test_an_address_that_the_list_does_not_give_is_refused(company: Company, accountant: User, differing: Customer) -> None:
    with company_scope(company.pk), pytest.raises(Invalid, match="cambió"):
        directory_decisions.decide(customer=differing, address="otra@example.com", choice=Choice.USE, by=accountant, at=NOON)


def test_an_unknown_decision_is_no_request(client: Client, company: Company, accountant: User, differing: Customer) -> None:
    assert decide(client, differing, "borrar").status_code == 400
    with company_scope(company.pk):
        assert not DirectoryDecision.objects.exists()


def test_an_auditor_sees_the_list_and_decides_nothing(client: Client, company: Company, differing: Customer) -> None:
    client.force_login(factories.member(company, Membership.Role.AUDITOR))

    page, refused = text_of(client.get(url("directory_differences"))), decide(client, differing, "use")

    assert LISTED in page
    assert "Ignorar<span" not in page
    assert refused.status_code == 403
