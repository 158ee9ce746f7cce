"""Registro: written once, changed by nobody, read in plain words."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from invoices import audit
from invoices.audit import Action
from invoices.audit_lines import details
from invoices.models import AuditEntry, Company, Membership, User
from invoices.scope import company_scope
from tests import factories
from tests.conftest import superuser
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return factories.company("909482675")


@pytest.fixture
def admin(company: Company, client: Client) -> User:
    person = factories.member(company, role=Membership.Role.ADMINISTRATOR, name="Mariana Peñuela")
    client.force_login(person)
    return person


@pytest.fixture
def page(company: Company) -> str:
    return reverse("audit_trail", args=[company.nit])


def written(company: Company, action: Action = Action.EXPORTED, **fields: Any) -> AuditEntry:
    with company_scope(company.pk):
        return audit.record(company_id=company.pk, action=action, **{"by": None, "at": NOON, **fields})


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE invoices_auditentry SET actor_name = 'otro'",
        "DELETE FROM invoices_auditentry",
        "TRUNCATE invoices_auditentry",
        "TRUNCATE invoices_company CASCADE",
    ],
)
def test_the_application_can_only_add(company: Company, sql: str) -> None:
    written(company)

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "sql",
    ["UPDATE invoices_auditentry SET actor_name = 'otro'", "DELETE FROM invoices_auditentry", "TRUNCATE invoices_auditentry"],
)
def test_even_the_owner_is_stopped_by_the_trigger(company: Company, sql: str) -> None:
    written(company)

    with superuser(connection.settings_dict["NAME"]) as owner, owner.cursor() as cursor, pytest.raises(Exception, match="append-only"):
        cursor.execute(f"SET ROLE traza_owner; {sql}")


def test_a_company_sees_its_own_trail_only(client: Client, company: Company, admin: User, page: str) -> None:
    written(factories.company(), data={"name": "de otra empresa"})

    assert "de otra empresa" not in client.get(page).content.decode()


def test_a_line_says_who_what_when_and_the_rest(client: Client, company: Company, admin: User, page: str) -> None:
    written(company, Action.ROLE_CHANGED, by=admin, data={"email": "laura@example.com", "before": "accountant", "after": "auditor"})

    body = client.get(page).content.decode()

    for words in ("15/07/2026 12:00", "Mariana Peñuela", "Cambió un rol", "Correo: laura@example.com", "Rol anterior: Contador"):
        assert words in body


def test_the_newest_stands_first_and_the_pages_join(client: Client, company: Company, admin: User, page: str) -> None:
    for number in range(120):
        written(company, at=NOON + timedelta(seconds=number // 3), data={"name": f"n{number}"})

    seen: list[str] = []
    address = page
    while address:
        context: Any = client.get(address).context
        seen += [entry.data["name"] for entry, _ in context["lines"]]
        address = page + context["older"] if context["older"] else ""

    assert len(seen) == len(set(seen)) == 120
    assert (seen[0] in {"n119", "n118", "n117"}, seen[-1] in {"n0", "n1", "n2"}) == (True, True)


def test_the_filter_stays_from_page_to_page(client: Client, company: Company, admin: User, page: str) -> None:
    for number in range(60):
        written(company, Action.EXPORTED if number % 10 else Action.INVITED, at=NOON + timedelta(seconds=number))

    first: Any = client.get(page, {"accion": "exported"}).context
    second: Any = client.get(page + first["older"]).context

    assert (first["total"], len(first["lines"]), len(second["lines"])) == (54, 50, 4)
    assert {entry.action for entry, _ in [*first["lines"], *second["lines"]]} == {"exported"}


@pytest.mark.parametrize("query", [{"accion": "nada"}, {"pagina": "x"}, {"pagina": "YSB4"}, {"accion": "exported", "pagina": "\x00"}])
def test_a_mangled_address_shows_the_first_page(client: Client, company: Company, admin: User, page: str, query: Any) -> None:
    written(company)

    response: Any = client.get(page, query)

    assert (response.status_code, len(response.context["lines"])) == (200, 1)


@pytest.mark.parametrize(("query", "words"), [({}, "El registro está vacío."), ({"accion": "joined"}, "Nada de eso ha pasado.")])
def test_an_empty_trail_says_why(client: Client, admin: User, page: str, query: Any, words: str) -> None:
    assert words in client.get(page, query).content.decode()


def test_what_is_written_down_is_text_and_no_markup(client: Client, company: Company, admin: User, page: str) -> None:
    written(company, Action.CUSTOMER_ADDED, data={"name": "<script>alert(1)</script>", "<i>x</i>": "y"})

    body = client.get(page).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert "<script>alert" not in body
    assert "<i>x</i>" not in body


def test_the_page_asks_as_much_for_many_lines_as_for_one(
    client: Client, company: Company, admin: User, page: str, django_assert_max_num_queries: Any
) -> None:
    for _ in range(60):
        written(company)

    with django_assert_max_num_queries(10):
        client.get(page)


def test_the_bare_list_comes_to_who_asks_for_it(client: Client, company: Company, admin: User, page: str) -> None:
    response = client.get(page, headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_a_page_of_the_trail_is_read_from_its_index(company: Company) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(
            "EXPLAIN SELECT * FROM invoices_auditentry WHERE company_id = %s ORDER BY recorded_at DESC, id DESC LIMIT 51", [company.pk]
        )
        plan = " ".join(row[0] for row in cursor.fetchall())

    assert "audit_newest" in plan


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        ({"email": "a@x.example", "role": "auditor"}, ["Correo: a@x.example", "Rol: Auditor"]),
        ({"again": True, "email": "a@x.example"}, ["Correo: a@x.example", "Otra vez"]),
        ({"name": "Tienda", "scope": "write"}, ["Nombre: Tienda", "Alcance: Consulta y envía"]),
        ({"always": False, "reason": "", "customer": None}, ["Siempre: no"]),
        ({"filters": ["Entrega: Con problema", "Desde: 01/07/2026"]}, ["Filtros: Entrega: Con problema, Desde: 01/07/2026"]),
        ({"rows": 12, "something_else": {"name": "x"}}, ["Filas: 12", "Something else: nombre: x"]),
        ({"changes": {"city": ["", "Cali"]}}, ["Ciudad: nada → «Cali»"]),
        (
            {"changes": {"auto_confirm_days": [3, 5], "auto_confirm_calendar": ["calendar", "business"]}},
            [
                "Días de la confirmación automática: «3» → «5»",
                "Calendario de la confirmación automática: «Días calendario» → «Días hábiles»",
            ],
        ),
        ({"changes": {"logo": ["", "a"]}}, ["Logo: se puso"]),
        ({"changes": {"logo": ["a", "b"]}}, ["Logo: se cambió"]),
        ({"changes": {"logo": ["a", ""]}}, ["Logo: se quitó"]),
        ({"result": "0190"}, []),
        ({}, []),
    ],
)
def test_the_data_in_words(data: Any, lines: list[str]) -> None:
    assert details(AuditEntry(data=data)) == lines
