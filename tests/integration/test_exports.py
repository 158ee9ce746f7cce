"""A list taken away as CSV or as a workbook: what is in it, what it says of itself, and that it is harmless."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invoices import exports
from invoices.models import AuditEntry, Company, ElectronicDocument, Membership, SalesTransaction, User
from invoices.scope import company_scope, in_scope
from tests import factories
from tests.factories import NOON
from tests.hostile import HOSTILE

pytestmark = pytest.mark.django_db
NIT = "900373076"
HEADER = 7  # lines before it: what the file is, and an empty one


@pytest.fixture
def company() -> Company:
    return factories.company(NIT, name="Ferretería El Roble S.A.S.")


@pytest.fixture
def auditor(company: Company, client: Client) -> User:
    person = factories.member(company, role=Membership.Role.AUDITOR, email="rios@example.com", name="Marcela Ríos")
    client.force_login(person)
    return person


def exported(client: Client, name: str = "documents_export", extension: str = "csv", **query: str) -> Any:
    """The answer at noon, whole."""
    with time_machine.travel(NOON, tick=False):
        response: Any = client.get(reverse(name, args=[NIT, extension]), query)
        if response.status_code == 200:
            response.body = b"".join(response.streaming_content)
    return response


def lines(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.body.decode("utf-8-sig"), newline=""), delimiter=";"))


def rows(response: Any) -> list[dict[str, str]]:
    header, *found = lines(response)[HEADER:]
    return [dict(zip(header, row, strict=True)) for row in found]


def workbook(response: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(response.body))


def test_each_document_is_one_line_with_what_the_list_shows(client: Client, company: Company, auditor: User) -> None:
    with company_scope(company.pk):
        buyer = factories.customer(company, name="Droguería Ñandú; S.A.", identification="909096754")
        document = factories.document(
            company,
            customer=buyer,
            number="FE-1",
            total=Decimal("1785000.50"),
            due_date=date(2026, 8, 14),
            delivery_status="partial",
            deliveries_reached=2,
            deliveries_total=3,
            title_status="claimed",
        )

    (row,) = rows(exported(client))

    assert row == {
        "Tipo": "Factura",
        "Número": "FE-1",
        "Cliente": "Droguería Ñandú; S.A.",
        "Identificación": "909096754",
        "Fecha": "15/07/2026",
        "Vencimiento": "14/08/2026",
        "Moneda": "COP",
        "Total": "1785000,50",
        "Subtotal": "1500000,00",
        "Impuestos": "285000,00",
        "Notificación DIAN": "Confirmado",
        "Entrega": "Parcial",
        "Correos enviados de total": "2 de 3",
        "Notificación Cliente": "Sin Notificar",
        "Eventos de Título Valor": "Reclamo",
        "Último movimiento": "Documento cargado",
        "Fecha del movimiento": "15/07/2026 12:00",
        "CUFE/CUDE": document.key,
    }


def test_the_file_names_company_filters_moment_and_person(client: Client, company: Company, auditor: User) -> None:
    response = exported(client, entrega="problem", desde="01/07/2026")

    assert response.body.startswith(b"\xef\xbb\xbf")
    assert lines(response)[: HEADER - 1] == [
        ["Empresa", "Ferretería El Roble S.A.S."],
        ["NIT", "900.373.076-4"],
        ["Lista", "Facturación Electrónica"],
        ["Filtros", "Desde: 01/07/2026 · Entrega: Con problema"],
        ["Descargado", "15/07/2026 12:00 (hora de Bogotá)"],
        ["Por", "Marcela Ríos (rios@example.com)"],
    ]


def test_the_filters_and_the_order_of_the_list_are_those_of_the_file(client: Client, company: Company, auditor: User) -> None:
    with company_scope(company.pk):
        factories.document(company, number="A-1", at=NOON - timedelta(days=2), delivery_status="problem")
        factories.document(company, number="A-2", at=NOON - timedelta(days=1))
        first = factories.document(company, number="A-3", at=NOON - timedelta(days=3), delivery_status="problem")
        ElectronicDocument.objects.filter(pk=first.pk).update(last_movement_at=NOON)

    by_date = [row["Número"] for row in rows(exported(client, entrega="problem"))]
    by_movement = [row["Número"] for row in rows(exported(client, entrega="problem", orden="movimiento"))]

    assert (by_date, by_movement) == (["A-1", "A-3"], ["A-3", "A-1"])


def test_a_filter_that_is_none_is_refused_instead_of_giving_everything(client: Client, company: Company, auditor: User) -> None:
    response = exported(client, desde="ayer")

    assert response.status_code == 400
    assert "Desde: Escribe la fecha como dd/mm/aaaa." in response.content.decode()


def test_sales_show_their_newest_document_and_those_without_one(client: Client, company: Company, auditor: User) -> None:
    with company_scope(company.pk):
        old = factories.document(company, number="FE-1", dian_status="rejected", at=NOON - timedelta(hours=1))
        factories.document(company, number="FE-1", customer=old.customer, delivery_status="sent")
        SalesTransaction.objects.create(
            company=company, customer=old.customer, type_code="01", number="P-9", number_key="P9", issue_date=date(2026, 7, 1),
            currency="COP", total=Decimal("10"),
        )  # fmt: skip

    found = rows(exported(client, "sales_export"))

    states = ("Número", "Documento electrónico", "Notificación DIAN", "Entrega")
    assert [[row[name] for name in states] for row in found] == [["FE-1", "Sí", "Confirmado", "Enviado"], ["P-9", "No", "", ""]]


def test_a_sale_with_two_documents_to_one_address_is_one_line(client: Client, company: Company, auditor: User) -> None:
    with company_scope(company.pk):
        first = factories.document(company, number="FE-1")
        factories.document(company, number="FE-1", customer=first.customer)

    assert len(rows(exported(client, "sales_export", q="compras@example.com"))) == 1


def test_a_comma_inside_a_name_begins_no_formula_where_commas_separate(client: Client, company: Company, auditor: User) -> None:
    with company_scope(company.pk):
        factories.document(company, customer=factories.customer(company, name="ACME,=1+1"))

    (row,) = rows(exported(client))

    assert row["Cliente"] == "ACME,'=1+1"


def test_every_cell_is_quoted_and_every_line_ends_as_windows_wants(client: Client, company: Company, auditor: User) -> None:
    with company_scope(company.pk):
        factories.document(company)

    *written, rest = exported(client).body.decode("utf-8-sig").split("\r\n")

    assert rest == ""
    assert all(line == "" or (line[0], line[-1]) == ('"', '"') for line in written)


def test_a_workbook_holds_numbers_dates_and_texts_as_such(client: Client, company: Company, auditor: User) -> None:
    with company_scope(company.pk):
        factories.document(company, number="-5", total=Decimal("1785000.50"), customer=factories.customer(company, name="=1+1"))

    book = workbook(exported(client, extension="xlsx"))

    header, row = list(book["Facturación Electrónica"].iter_rows(min_row=2))
    found = {title.value: cell for title, cell in zip(header, row, strict=True)}
    assert (found["Número"].value, found["Número"].data_type) == ("-5", "s")
    assert (found["Cliente"].value, found["Cliente"].data_type) == ("=1+1", "s")
    assert (found["Total"].value, found["Total"].data_type) == (1785000.5, "n")
    assert found["Fecha"].value == datetime(2026, 7, 15)
    assert found["Fecha del movimiento"].value == datetime(2026, 7, 15, 12, 0)
    assert found["Vencimiento"].value is None


@pytest.mark.parametrize("hostile", [*HOSTILE, "https://malo.example", "00123"])
def test_no_text_becomes_anything_else_in_a_workbook(client: Client, company: Company, auditor: User, hostile: str) -> None:
    with company_scope(company.pk):
        factories.document(company, customer=factories.customer(company, name=hostile))

    sheet = workbook(exported(client, extension="xlsx"))["Facturación Electrónica"]

    assert sheet["C3"].data_type in {"s", "inlineStr"}
    assert sheet["C3"].hyperlink is None
    assert str(sheet["C3"].value).replace("_x000D_", "\r").split() == hostile.split()


def test_a_workbook_has_a_frozen_header_a_filter_and_a_sheet_that_says_what_it_is(client: Client, company: Company, auditor: User) -> None:
    with company_scope(company.pk):
        factories.document(company)

    book = workbook(exported(client, extension="xlsx", dian="accepted"))

    sheet = book["Facturación Electrónica"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A3", "A2:R3")
    assert sheet.column_dimensions["C"].width > 30
    assert "Filtros: Notificación DIAN: Confirmado · Descargado: 15/07/2026 12:00 (hora de Bogotá)" in sheet["A1"].value
    assert [[cell.value for cell in row] for row in book["Filtros"].iter_rows()][3] == ["Filtros", "Notificación DIAN: Confirmado"]


def test_a_workbook_that_is_cut_says_so(client: Client, company: Company, auditor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_XLSX_ROWS", 2)
    with company_scope(company.pk):
        for _ in range(3):
            factories.document(company)

    book = workbook(exported(client, extension="xlsx"))

    sheet = book["Facturación Electrónica"]
    assert sheet.max_row == 4
    assert "Incompleto: la lista tiene 3 filas y aquí están las primeras 2" in sheet["A1"].value
    assert book["Filtros"]["A7"].value == "Incompleto"


def test_an_empty_list_is_a_file_with_its_header(client: Client, company: Company, auditor: User) -> None:
    assert rows(exported(client)) == []
    assert workbook(exported(client, extension="xlsx"))["Facturación Electrónica"].max_row == 2


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_a_download_leaves_one_line_in_the_audit_trail(client: Client, company: Company, auditor: User, extension: str) -> None:
    with company_scope(company.pk):
        factories.document(company, delivery_status="problem")
        factories.document(company)

    exported(client, extension=extension, entrega="problem")

    with company_scope(company.pk):
        entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.actor_name, entry.recorded_at) == ("exported", auditor.pk, "Marcela Ríos", NOON)
    assert entry.data == {
        "list": "facturacion-electronica", "format": extension, "filters": ["Entrega: Con problema"], "rows_up_to": 1
    }  # fmt: skip


def test_a_download_that_breaks_off_leaves_its_line_and_no_open_scope(client: Client, company: Company, auditor: User) -> None:
    with company_scope(company.pk):
        for _ in range(3):
            factories.document(company)
    response: Any = client.get(reverse("documents_export", args=[NIT, "csv"]))
    assert b"Empresa" in next(response._iterator)
    assert b"FE-" in next(response._iterator)

    response._iterator.close()

    assert in_scope() is None
    with company_scope(company.pk):
        assert AuditEntry.objects.get().data["rows_up_to"] == 3


def test_the_file_is_called_after_list_company_and_day(client: Client, company: Company, auditor: User) -> None:
    response = exported(client, "sales_export", "xlsx")

    assert response["Content-Disposition"] == f'attachment; filename="transacciones-{NIT}-2026-07-15.xlsx"'


def test_other_formats_do_not_exist(client: Client, company: Company, auditor: User) -> None:
    assert exported(client, extension="pdf").status_code == 404


@pytest.mark.parametrize(("name", "most"), [("documents_export", 12), ("sales_export", 13)])
def test_a_file_costs_the_same_queries_for_one_row_and_for_fifty(
    client: Client, company: Company, auditor: User, django_assert_max_num_queries: Any, name: str, most: int
) -> None:
    with company_scope(company.pk):
        for _ in range(50):
            factories.document(company)

    with django_assert_max_num_queries(most):
        response = exported(client, name)

    assert len(rows(response)) == 50


def test_both_lists_link_their_file_with_the_filters_in_force(client: Client, company: Company, auditor: User) -> None:
    with company_scope(company.pk):
        factories.document(company, number="FE-1")

    for name in ("documents", "sales"):
        body = client.get(reverse(name, args=[NIT]), {"q": "FE-1", "desde": "01/01/2026", "pagina": "x"}).content.decode()
        assert f'href="{reverse(f"{name}_export", args=[NIT, "csv"])}?q=FE-1&amp;desde=01%2F01%2F2026"' in body


def test_customers_are_taken_away_with_their_addresses(client: Client, company: Company, auditor: User) -> None:
    with company_scope(company.pk):
        customer = factories.customer(company, name="Ávila =1+1", identification="901555013")
        factories.email(customer, "compras@example.com", always=True)
        factories.email(customer, "viejo@example.com", active=False, deactivated_at=NOON)
        factories.customer(company, name="Otro", identification="800000001")

    [found] = rows(exported(client, "customers_export", q="avila"))

    assert found == {
        "Cliente": "Ávila =1+1",
        "Tipo de identificación": "NIT",
        "Identificación": "901555013",
        "Correos activos": "compras@example.com",
        "De ellos, Siempre": "compras@example.com",
        "Correos desactivados": "viejo@example.com",
    }


def test_the_audit_trail_is_taken_away_by_an_administrator_only(client: Client, company: Company, auditor: User) -> None:
    exported(client)
    refused = exported(client, "audit_export")
    client.force_login(factories.member(company, role=Membership.Role.ADMINISTRATOR))

    found = rows(exported(client, "audit_export", accion="exported"))

    assert refused.status_code == 403
    assert {row["Quién"] for row in found} >= {"Marcela Ríos"}
    assert {row["Qué"] for row in found} == {"Descargó una lista"}
    taken = next(row["Detalle"] for row in found if row["Quién"] == "Marcela Ríos")
    assert taken.casefold().startswith("lista: facturaci")


@pytest.mark.parametrize(("name", "query"), [("customers_export", {"q": "x" * 201}), ("audit_export", {"accion": "nada"})])
def test_a_filter_that_does_not_hold_takes_nothing_away(client: Client, company: Company, name: str, query: dict[str, str]) -> None:
    client.force_login(factories.member(company, role=Membership.Role.ADMINISTRATOR))

    assert exported(client, name, **query).status_code == 400
