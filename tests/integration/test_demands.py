"""What a buyer's robot asks beyond the annex: who may say so, what a value must be, and what it changes in the mail."""

from datetime import timedelta
from importlib import import_module
from threading import Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from invoices import demands
from invoices.audit import Action
from invoices.audit_lines import details
from invoices.invalid import Invalid
from invoices.models import AuditEntry, BuyerDemand, Company, Customer, Membership, User
from invoices.models.sales import FINAL_CONSUMER
from invoices.scope import company_scope
from notifications import messages
from notifications.recipients import recipients
from tests import factories
from tests.factories import NOON
from tests.integration.customer_pages import NIT, text_of, url
from tests.locks import somebody_waits

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return factories.company(NIT, business_line="Ferretería")


@pytest.fixture
def administrator(company: Company, client: Client) -> User:
    person = factories.member(company, Membership.Role.ADMINISTRATOR, name="Laura Peña")
    client.force_login(person)
    return person


@pytest.fixture
def buyer(company: Company) -> Customer:
    with company_scope(company.pk):
        return factories.customer(company, identification="901555013", name="Droguería Salud Vital S.A.S.")


def keep(buyer: Customer, by: User, demand: str, value: str = "", **more: Any) -> BuyerDemand:
    return demands.keep(customer=buyer, demand=demand, value=value, prevents=more.get("prevents", False), by=by, at=NOON)


def add(client: Client, buyer: Customer, **data: str) -> Any:
    return client.post(url("customer_demand_add", buyer.pk), data, follow=True)


def test_an_administrator_adds_one_and_it_stands_on_the_customers_page(client: Client, administrator: User, buyer: Customer) -> None:
    page = text_of(add(client, buyer, demand="order_number", value="10", prevents="on"))

    assert "Quedó guardado: Orden de compra solo con números." in page
    assert "Hasta 10 números" in page
    assert "Impide el envío" in page


def test_one_of_the_same_kind_takes_its_place(company: Company, administrator: User, buyer: Customer) -> None:
    with company_scope(company.pk):
        keep(buyer, administrator, "order_number", "10")

        keep(buyer, administrator, "order_number", "8")

        assert [row.value for row in BuyerDemand.objects.all()] == ["8"]


def test_the_database_holds_one_of_a_kind(company: Company, buyer: Customer) -> None:
    given: dict[str, Any] = {"company": company, "customer": buyer, "demand": "business_line", "created_at": NOON}
    with company_scope(company.pk):
        BuyerDemand.objects.create(**given, value="Aseo")

        with pytest.raises(IntegrityError, match="one_demand_of_a_kind"), transaction.atomic():
            BuyerDemand.objects.create(**given, value="Obras")


def test_of_two_of_a_kind_the_migration_keeps_the_newest(company: Company, buyer: Customer) -> None:
    migration = import_module("invoices.migrations.0010_reception_and_demands")
    given: dict[str, Any] = {"company": company, "customer": buyer}
    with company_scope(company.pk), connection.cursor() as cursor:
        # Stands before the real table, and holds none of its constraints.
        cursor.execute("CREATE TEMP TABLE invoices_buyerdemand (LIKE public.invoices_buyerdemand) ON COMMIT DROP")
        for value, hours in (("Aseo", 0), ("Obras", 2), ("Café", 1)):
            at = NOON + timedelta(hours=hours)
            BuyerDemand.objects.create(**given, demand="business_line", value=value, created_at=at)
        BuyerDemand.objects.create(**given, demand="pdf", created_at=NOON)

        cursor.execute(migration.KEEP_NEWEST)

        assert [row.value for row in BuyerDemand.objects.order_by("demand")] == ["Obras", ""]


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_leave_one(company: Company, administrator: User, buyer: Customer) -> None:
    def save_another() -> None:
        with company_scope(company.pk):
            keep(buyer, administrator, "business_line", "Obras")
        connection.close()

    second = Thread(target=save_another)
    with company_scope(company.pk):
        keep(buyer, administrator, "business_line", "Aseo")
        second.start()
        while second.is_alive() and not somebody_waits():
            second.join(0.01)
    second.join()

    with company_scope(company.pk):
        assert [row.value for row in BuyerDemand.objects.all()] == ["Obras"]


@pytest.mark.parametrize(
    ("demand", "value", "says"),
    [
        ("order_number", "0", "de 1 a 20"),
        ("order_number", "21", "de 1 a 20"),
        ("order_number", "diez", "de 1 a 20"),
        ("order_number", "²", "de 1 a 20"),
        ("business_line", "", "Escribe la línea"),
        ("business_line", "a;b", "punto y coma"),
        ("business_line", "x" * 61, "tiene 61 letras y caben 60"),
        ("second_mailbox", "cuentas@", "no puede recibir correo"),
        ("pdf", "sí", "no lleva valor"),
        ("otra", "", "Elige qué pide"),
    ],
)
def test_a_value_that_does_not_hold_is_refused(demand: str, value: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        demands.clean_value(demand, value)


@pytest.mark.parametrize(
    ("demand", "value", "kept"),
    [("order_number", " 02 ", "2"), ("order_number", "20", "20"), ("business_line", " Aseo  y café ", "Aseo y café")],
)
def test_a_value_is_kept_clean(demand: str, value: str, kept: str) -> None:
    assert demands.clean_value(demand, value) == kept


def test_what_is_wrong_stands_at_the_field_with_what_was_typed(client: Client, administrator: User, buyer: Customer) -> None:
    response = add(client, buyer, demand="order_number", value="99")

    assert response.status_code == 422
    assert "de 1 a 20" in text_of(response)
    assert 'value="99"' in text_of(response)


def test_a_second_mailbox_is_told_beside_the_documents_own(company: Company, administrator: User, buyer: Customer) -> None:
    with company_scope(company.pk):
        keep(buyer, administrator, "second_mailbox", "Cuentas@Salud.example.com", prevents=True)
        document = factories.document(company, customer=buyer)

        told = [(item.address, item.source) for item in recipients(document)]

        assert told == [("compras@example.com", "document"), ("cuentas@salud.example.com", "customer")]
        assert not BuyerDemand.objects.get().prevents


def test_the_business_line_of_the_buyer_stands_in_the_subject(company: Company, administrator: User, buyer: Customer) -> None:
    with company_scope(company.pk):
        keep(buyer, administrator, "business_line", "Aseo")
        asked = factories.document(company, customer=buyer)
        other = factories.document(company)

        assert [messages.subject(document).split(";")[5] for document in (asked, other)] == ["Aseo", "Ferretería"]


def test_it_is_taken_away(client: Client, company: Company, administrator: User, buyer: Customer) -> None:
    with company_scope(company.pk):
        demand = keep(buyer, administrator, "pdf")

    page = text_of(client.post(url("customer_demand_remove", buyer.pk, demand.pk), follow=True))

    assert "Ya no se exige: PDF obligatorio." in page
    with company_scope(company.pk):
        assert not BuyerDemand.objects.exists()
        lines = [details(entry) for entry in AuditEntry.objects.filter(action=Action.DEMAND_CHANGED).order_by("pk")]
    assert [next(line for line in entry if "Decisión" in line) for entry in lines] == ["Decisión: Guardar", "Decisión: Quitar"]


def test_saving_the_same_again_leaves_no_line(company: Company, administrator: User, buyer: Customer) -> None:
    with company_scope(company.pk):
        for _ in range(2):
            keep(buyer, administrator, "pdf")

        assert AuditEntry.objects.filter(action=Action.DEMAND_CHANGED).count() == 1


@pytest.mark.parametrize("role", [Membership.Role.ACCOUNTANT, Membership.Role.AUDITOR])
def test_the_others_read_only(client: Client, company: Company, administrator: User, buyer: Customer, role: str) -> None:
    with company_scope(company.pk):
        demand = keep(buyer, administrator, "pdf")
    client.force_login(factories.member(company, role))

    page = text_of(client.get(url("customer", buyer.pk)))
    answers = [add(client, buyer, demand="pdf").status_code, client.post(url("customer_demand_remove", buyer.pk, demand.pk)).status_code]

    assert "PDF obligatorio" in page
    assert "Agregar exigencia" not in page
    assert answers == [403, 403]


def test_the_final_consumer_asks_nothing(company: Company, administrator: User) -> None:
    with company_scope(company.pk):
        nobody = factories.customer(company, identification=FINAL_CONSUMER, identification_type="13")

        with pytest.raises(Invalid, match="no pide nada"):
            keep(nobody, administrator, "pdf")
