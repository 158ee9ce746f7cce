"""*Correos de recepción que difieren*: who is on the list, and what *Usar*, *Ignorar* and *Deshacer* do."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from invoices import directory_decisions, directory_differences
from invoices.audit import Action
from invoices.audit_lines import details
from invoices.directory_decisions import Choice
from invoices.invalid import Invalid
from invoices.models import AuditEntry, Company, Customer, DirectoryDecision, Membership, ReceptionDirectory, RecipientEmail, User
from invoices.scope import company_scope
from notifications.recipients import reception_address, recipients
from tests import factories
from tests.factories import NOON
from tests.integration.customer_pages import NIT, listed, text_of, url

pytestmark = pytest.mark.django_db
LISTED = "recepcion@salud.example.com"


@pytest.fixture
def company() -> Company:
    return factories.company(NIT)


@pytest.fixture
def accountant(company: Company, client: Client) -> User:
    person = factories.member(company, name="Marcela Ríos")
    client.force_login(person)
    return person


@pytest.fixture
def buyer(company: Company) -> Customer:
    """A customer with one address of its own, and another in DIAN's list."""
    listed("901555013", LISTED)
    with company_scope(company.pk):
        made = factories.customer(company, identification="901555013", name="Droguería Salud Vital S.A.S.")
        factories.email(made, "compras@salud.example.com")
    return made


def waiting(company: Company, *, decided: bool = False) -> list[str]:
    with company_scope(company.pk):
        return [row.name for row in directory_differences.differing(decided=decided)]


def decide(client: Client, buyer: Customer, decision: str, address: str = LISTED) -> Any:
    return client.post(url("directory_decide", buyer.pk), {"decision": decision, "correo": address}, follow=True)


def test_both_addresses_stand_side_by_side_with_the_dates(client: Client, accountant: User, buyer: Customer) -> None:
    page = text_of(client.get(url("directory_differences")))

    assert LISTED in page
    assert "compras@salud.example.com" in page
    assert "La primera vez que lo vimos" in page


def test_a_change_of_the_listed_address_is_told_with_the_day(client: Client, accountant: User, buyer: Customer) -> None:
    before = NOON.date() - timedelta(days=30)
    ReceptionDirectory.objects.create(nit=buyer.identification, address_key="vieja@salud.example.com", first_seen=before, last_seen=before)

    page = text_of(client.get(url("directory_differences")))

    assert "Antes: vieja@salud.example.com, visto hasta el" in page
    assert "Cambió ese día" in page


@pytest.mark.parametrize("active", [True, False])
def test_an_address_that_the_customer_has_on_or_off_does_not_differ(company: Company, buyer: Customer, active: bool) -> None:
    with company_scope(company.pk):
        factories.email(buyer, LISTED, active=active, deactivated_at=None if active else NOON)

    assert waiting(company) == []


def test_a_cedula_with_the_same_number_is_nobody_of_the_list(company: Company, buyer: Customer) -> None:
    with company_scope(company.pk):
        factories.customer(company, identification="901555013", identification_type="13", name="Otra persona")

    assert waiting(company) == [buyer.name]


def test_using_keeps_the_address_for_the_customer(client: Client, company: Company, accountant: User, buyer: Customer) -> None:
    page = text_of(decide(client, buyer, "use"))

    assert f"{LISTED} quedó entre los correos de {buyer.name}." in page
    assert (waiting(company), waiting(company, decided=True)) == ([], [buyer.name])
    with company_scope(company.pk):
        assert RecipientEmail.objects.get(address_key=LISTED).active


def test_an_ignored_address_is_told_nothing(client: Client, company: Company, accountant: User, buyer: Customer) -> None:
    with company_scope(company.pk):
        document = factories.document(company, customer=buyer)
        before = [item.address for item in recipients(document)]

    decide(client, buyer, "ignore")

    with company_scope(company.pk):
        after = [item.address for item in recipients(document)]
        assert (before, after) == (["compras@example.com", LISTED], ["compras@example.com"])
        assert reception_address(document) == ""


def test_another_company_still_tells_the_address(client: Client, accountant: User, buyer: Customer) -> None:
    other = factories.company()
    with company_scope(other.pk):
        document = factories.document(other, customer=factories.customer(other, identification=buyer.identification))

    decide(client, buyer, "ignore")

    with company_scope(other.pk):
        assert reception_address(document) == LISTED


def test_a_new_address_of_the_list_is_decided_anew(client: Client, company: Company, accountant: User, buyer: Customer) -> None:
    decide(client, buyer, "ignore")
    later = NOON.date() + timedelta(days=1)

    ReceptionDirectory.objects.create(nit=buyer.identification, address_key="nueva@salud.example.com", first_seen=later, last_seen=later)

    assert waiting(company) == [buyer.name]


@pytest.mark.parametrize("decision", ["use", "ignore"])
def test_undone_is_as_before(client: Client, company: Company, accountant: User, buyer: Customer, decision: str) -> None:
    decide(client, buyer, decision)

    page = text_of(decide(client, buyer, "undo"))

    assert "vuelve a estar por decidir" in page
    assert waiting(company) == [buyer.name]
    with company_scope(company.pk):
        assert [email.address_key for email in RecipientEmail.objects.all()] == ["compras@salud.example.com"]


def test_undoing_leaves_an_address_that_somebody_marked_siempre(company: Company, accountant: User, buyer: Customer) -> None:
    given: dict[str, Any] = {"customer": buyer, "address": LISTED, "by": accountant, "at": NOON}
    with company_scope(company.pk):
        directory_decisions.decide(**given, choice=Choice.USE)
        RecipientEmail.objects.filter(address_key=LISTED).update(always=True)

        directory_decisions.undo(**given)

        assert RecipientEmail.objects.filter(address_key=LISTED).exists()


def test_each_decision_leaves_one_line_however_often_it_is_pressed(
    client: Client, company: Company, accountant: User, buyer: Customer
) -> None:
    for decision in ("ignore", "ignore", "undo", "undo"):
        decide(client, buyer, decision)

    with company_scope(company.pk):
        lines = [details(entry)[-1] for entry in AuditEntry.objects.filter(action=Action.DIRECTORY_DECIDED).order_by("pk")]
    assert lines == ["Decisión: Ignorar", "Decisión: Deshacer"]


def test_an_address_that_the_list_does_not_give_is_refused(company: Company, accountant: User, buyer: Customer) -> None:
    with company_scope(company.pk), pytest.raises(Invalid, match="cambió"):
        directory_decisions.decide(customer=buyer, address="otra@example.com", choice=Choice.USE, by=accountant, at=NOON)


def test_an_unknown_decision_is_no_request(client: Client, company: Company, accountant: User, buyer: Customer) -> None:
    assert decide(client, buyer, "borrar").status_code == 400
    with company_scope(company.pk):
        assert not DirectoryDecision.objects.exists()


def test_an_auditor_sees_the_list_and_decides_nothing(client: Client, company: Company, buyer: Customer) -> None:
    client.force_login(factories.member(company, Membership.Role.AUDITOR))

    page, refused = text_of(client.get(url("directory_differences"))), decide(client, buyer, "use")

    assert LISTED in page
    assert "Ignorar<span" not in page
    assert refused.status_code == 403


def test_the_list_goes_on_page_by_page_at_the_same_cost(
    client: Client, company: Company, accountant: User, django_assert_max_num_queries: Any
) -> None:
    with company_scope(company.pk):
        for number in range(55):
            made = factories.customer(company, name=f"Cliente {number:02d}")
            listed(made.identification, f"r{number}@example.com")

    with django_assert_max_num_queries(13):
        response = client.get(url("directory_differences"))
    second = text_of(client.get(url("directory_differences") + response.context["older"]))

    assert response.content.decode().count("data-row") == 50
    assert "Cliente 54" in second


def test_the_list_is_taken_away_as_csv(client: Client, accountant: User, buyer: Customer) -> None:
    response: Any = client.get(url("directory_export", "csv"))

    rows = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    day = NOON.strftime("%d/%m/%Y")
    assert rows[-1] == f'"{buyer.name}";"901555013";"compras@salud.example.com";"{LISTED}";"";"{day}";"{day}";""'


def test_an_empty_list_says_why(client: Client, accountant: User) -> None:
    assert "No hay una lista de la DIAN cargada" in text_of(client.get(url("directory_differences")))
