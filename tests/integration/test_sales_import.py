"""Cargar ventas: from the file to the result, by page and by command."""

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from invoices import sales_import
from invoices.models import AuditEntry, Company, Membership, SalesTransaction, StoredFile, User
from invoices.sales_csv import read
from invoices.sales_import import Result
from invoices.scope import company_scope
from invoices.services import Outcome, store_file
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
NIT = "909482675"
HEADERS = "Número;Fecha;Total;NIT;Cliente"
GOOD = "FE1001;15/07/2026;1.785.000,00;900373076-4;Droguería Salud Vital"
NEXT = "FE1002;15/07/2026;642.600,00;800197268;Hotel Mirador"
BAD = "FE1003;31/02/2026;100,00;900373076;Hotel Mirador"
MAPPING = {"number": "Número", "issue_date": "Fecha", "total": "Total", "identification": "NIT", "customer_name": "Cliente"}


@pytest.fixture
def company() -> Company:
    return factories.company(nit=NIT, name="Ferretería El Roble S.A.S.")


def lines(*rows: str) -> bytes:
    return "\r\n".join((HEADERS, *rows)).encode()


def sent(client: Client, data: bytes, name: str = "ventas.csv") -> Any:
    """The answer to the upload of a file."""
    return client.post(reverse("sales_import", args=[NIT]), {"archivo": SimpleUploadedFile(name, data)})


def mapped(client: Client, data: bytes, **choices: str) -> Any:
    """The file sent and taken in with this mapping at noon, up to the result."""
    with time_machine.travel(NOON, tick=False):
        return client.post(sent(client, data)["Location"], MAPPING | choices | {"cargar": "1"}, follow=True)


def outcomes(response: Any) -> list[tuple[int, str]]:
    return [(line.line, line.outcome.name) for line in response.context["lines"]]


def test_a_file_leads_to_its_columns_with_what_their_headers_say(client: Client, accountant: User) -> None:
    with time_machine.travel(NOON, tick=False):
        response: Any = client.get(sent(client, lines(GOOD, BAD))["Location"])

    assert {field.name: chosen for field, chosen in response.context["columns"] if chosen} == MAPPING
    preview = response.context["preview"]
    assert (preview.good, [row.error for row in preview.bad]) == (1, ["«31/02/2026» no es una fecha: escríbela como dd/mm/aaaa."])
    body = response.content.decode()
    assert "$\u00a01.785.000,00" in body
    assert "Cargar 1 venta<" in body
    assert not SalesTransaction.across.exists()


def test_the_preview_shows_ten_rows_and_names_errors_further_down(client: Client, accountant: User) -> None:
    rows = [GOOD.replace("1001", str(number)) for number in range(11)]

    with time_machine.travel(NOON, tick=False):
        response: Any = client.get(sent(client, lines(*rows, BAD))["Location"])

    assert len(response.context["preview"].first) == 10
    assert "Fila 13: «31/02/2026» no es una fecha" in response.content.decode()


def test_the_preview_follows_another_choice_and_takes_nothing_in(client: Client, accountant: User) -> None:
    address = sent(client, lines(GOOD.replace("1.785.000,00", "950.000")))["Location"]

    with time_machine.travel(NOON, tick=False):
        doubtful: Any = client.get(address)
        said: Any = client.post(address, MAPPING | {"decimal": ",", "ver": "1"})

    assert "se puede leer de dos maneras" in doubtful.content.decode()
    assert said.context["preview"].first[0].sale.total == 950_000
    assert not SalesTransaction.across.exists()


def test_each_row_has_its_result_and_what_needs_a_person_comes_first(client: Client, accountant: User) -> None:
    mapped(client, lines(GOOD, NEXT))

    response = mapped(client, lines(GOOD, NEXT.replace("642", "643"), GOOD.replace("1001", "1009"), BAD))

    assert outcomes(response) == [(5, "REFUSED"), (3, "CONFLICT"), (4, "NEW"), (2, "ALREADY")]
    body = response.content.decode()
    assert "Ya hay una venta con este número: del 15/07/2026, por $\u00a0642.600,00, a Hotel Mirador. No se cambió." in body
    assert "1 rechazada · 1 en conflicto · 1 importada · 1 ya estaba" in body
    assert SalesTransaction.across.count() == 3


def test_the_same_file_again_was_there_already(client: Client, accountant: User) -> None:
    mapped(client, lines(GOOD, NEXT))

    response = mapped(client, lines(GOOD, NEXT))

    assert [name for _, name in outcomes(response)] == ["ALREADY", "ALREADY"]
    assert SalesTransaction.across.count() == 2


def test_the_mapping_is_remembered_for_the_next_file(client: Client, company: Company, accountant: User) -> None:
    strange = lines(GOOD).replace("Número".encode(), b"Codigo interno")
    mapped(client, strange, number="Codigo interno")

    response: Any = client.get(sent(client, strange)["Location"])

    company.refresh_from_db()
    assert company.sales_columns["number"] == "Codigo interno"
    assert dict((field.name, chosen) for field, chosen in response.context["columns"])["number"] == "Codigo interno"  # noqa: C402


def test_the_audit_trail_says_who_took_in_how_many(client: Client, company: Company, accountant: User) -> None:
    response = mapped(client, lines(GOOD, BAD))

    with company_scope(company.pk):
        entry = AuditEntry.objects.get()
    counts = {"refused": 1, "conflict": 0, "new": 1, "already": 0}
    assert (entry.action, entry.actor_id) == ("sales_imported", accountant.pk)
    assert entry.data == {"file": "ventas.csv", "result": str(response.context["file_id"]), **counts}


def test_the_result_stays_and_can_be_downloaded_whole_and_harmless(
    client: Client, accountant: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoices.views.sales_import.MOST_SHOWN", 1)

    response = mapped(client, lines(GOOD, BAD.replace("Hotel", "=Hotel")))
    file = client.get(reverse("sales_result_file", args=[NIT, response.context["file_id"]]))

    assert outcomes(response) == [(3, "REFUSED")]
    assert "Se muestran 1 de 2 filas" in response.content.decode()
    assert file["Content-Disposition"] == 'attachment; filename="resultado-ventas.csv"'
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    assert [(row["Fila"], row["Resultado"], row["Número"]) for row in rows] == [("3", "Rechazada", "FE1003"), ("2", "Importada", "FE1001")]
    assert rows[0]["Cliente"] == "'=Hotel Mirador"


def test_a_field_without_a_column_is_named_and_nothing_is_taken_in(client: Client, accountant: User) -> None:
    response = mapped(client, lines(GOOD), total="")

    assert response.status_code == 422
    assert "Total: elige la columna del archivo." in response.content.decode()
    assert not SalesTransaction.across.exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"a;b", "fila de encabezados"), (b"PK\x03\x04", "libro de Excel"), (b"x" * 5_000_001, "pesa 5,0 MB y caben 5 MB")],
)
def test_a_file_that_cannot_be_read_says_why_and_is_not_kept(client: Client, accountant: User, data: bytes, sentence: str) -> None:
    response = sent(client, data)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not StoredFile.across.exists()


def test_no_file_is_an_error_with_words(client: Client, accountant: User) -> None:
    response = client.post(reverse("sales_import", args=[NIT]))

    assert response.status_code == 422
    assert "Elige un archivo CSV." in response.content.decode()


def test_what_came_in_by_another_door_is_no_file_of_sales(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        bill = store_file(company_id=company.pk, name="fe.xml", data=b"<Invoice/>", kind=StoredFile.Kind.RECEIVED)
        report = store_file(company_id=company.pk, name="historial.pdf", data=b"%PDF", kind=StoredFile.Kind.REPORT)

    answers = [
        client.get(reverse(name, args=[NIT, file_id])).status_code
        for name, file_id in [
            ("sales_columns", bill.pk),
            ("sales_columns", report.pk),
            ("sales_columns", uuid4()),
            ("sales_result", report.pk),
            ("sales_result", bill.pk),
            ("sales_result_file", report.pk),
        ]
    ]

    assert answers == [404] * 6


def test_another_companys_file_and_result_are_not_found(client: Client, company: Company, accountant: User) -> None:
    other = factories.company()
    with company_scope(other.pk):
        foreign = store_file(company_id=other.pk, name="ventas.csv", data=lines(GOOD), kind=StoredFile.Kind.RECEIVED)
    result_id = sales_import.run(company=other, name="v.csv", sheet=read(lines(GOOD)), mapping=MAPPING, by=None, at=NOON)[0]

    addresses = [("sales_columns", foreign.pk), ("sales_result", result_id), ("sales_result_file", result_id)]

    assert [client.get(reverse(name, args=[NIT, file_id])).status_code for name, file_id in addresses] == [404] * 3


def test_an_auditor_may_not_and_is_not_offered_to(client: Client, company: Company) -> None:
    client.force_login(factories.member(company, Membership.Role.AUDITOR))

    assert sent(client, lines(GOOD)).status_code == 403
    assert client.get(reverse("sales_import", args=[NIT])).status_code == 403
    assert reverse("sales_import", args=[NIT]) not in client.get(reverse("sales", args=[NIT])).content.decode()


def test_an_accountant_finds_it_in_transactions(client: Client, accountant: User) -> None:
    assert reverse("sales_import", args=[NIT]) in client.get(reverse("sales", args=[NIT])).content.decode()


def run(company: Company, data: bytes) -> Result:
    return sales_import.run(company=company, name="ventas.csv", sheet=read(data), mapping=MAPPING, by=None, at=NOON)[1]


def test_what_the_database_refuses_undoes_nothing_else(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    record = sales_import.record_sale

    def refusing(*, given: Any, **more: Any) -> Any:
        if given.number == "FE1002":
            raise DatabaseError("deadlock detected")
        return record(given=given, **more)

    monkeypatch.setattr(sales_import, "record_sale", refusing)

    result = run(company, lines(GOOD, NEXT, GOOD.replace("1001", "1004")))

    assert [(line.line, line.outcome) for line in result.lines] == [(3, Outcome.REFUSED), (2, Outcome.NEW), (4, Outcome.NEW)]
    assert result.lines[0].reason == "No se pudo guardar. Vuelve a cargar el archivo."
    assert SalesTransaction.across.count() == 2


def test_today_is_the_day_in_bogota(company: Company) -> None:
    late = NOON.replace(hour=2)  # still the 14th in Bogotá, and the sale is of the 15th

    result = sales_import.run(company=company, name="v.csv", sheet=read(lines(GOOD)), mapping=MAPPING, by=None, at=late)[1]

    assert [line.outcome for line in result.lines] == [Outcome.REFUSED]


def test_each_further_sale_costs_few_queries(company: Company, django_assert_max_num_queries: Any) -> None:
    rows = [GOOD.replace("1001", str(number)) for number in range(100)]

    with django_assert_max_num_queries(5 * 100 + 30):
        run(company, lines(*rows))


@pytest.mark.parametrize(("name", "most"), [("sales_import", 8), ("sales_columns", 12), ("sales_result", 10)])
def test_a_page_costs_the_same_whatever_the_file(
    client: Client, company: Company, accountant: User, django_assert_max_num_queries: Any, name: str, most: int
) -> None:
    data = lines(*(GOOD.replace("1001", str(number)) for number in range(300)))
    result_id = sales_import.run(company=company, name="v.csv", sheet=read(data), mapping=MAPPING, by=None, at=NOON)[0]
    address = {
        "sales_import": reverse("sales_import", args=[NIT]),
        "sales_columns": sent(client, data)["Location"],
        "sales_result": reverse("sales_result", args=[NIT, result_id]),
    }[name]

    with django_assert_max_num_queries(most):
        assert client.get(address).status_code == 200
