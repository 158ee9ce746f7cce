"""Many documents at once: one made by the tests' factories, then copied by PostgreSQL with other numbers, dates and states."""

from datetime import UTC, datetime

from django.db import connection, models

from invoices.models import Company, Customer, DocumentRecipient, ElectronicDocument, SalesTransaction
from invoices.scope import company_scope
from tests import factories

PER_CUSTOMER = 100
# So many documents have a problem, however many there are: a page of them shows the same, and is looked for in more.
PROBLEMS = 50


def company_with(documents: int, *, nit: str) -> Company:
    """A company with so many documents (at least ``PROBLEMS``) of the last year, a customer for each hundred of them."""
    company = factories.company(nit)
    with company_scope(company.pk):
        model = factories.document(company, number="MODELO", at=datetime.now(UTC))
        customers = max(documents // PER_CUSTOMER, 1)
        _copy(
            model.customer,
            customers,
            {"id": _id("c"), "identification": "'8' || lpad(n::text, 8, '0')", "name": _name(), "name_key": _name()},
        )
        customer = f"(SELECT md5('{company.pk}c' || 1 + n % {customers})::uuid)"
        number = {"number": "'FE-' || n", "number_key": "'FE' || n", "issue_date": "current_date - n % 365", "customer_id": customer}
        _copy(model.sale, documents, number | {"id": _id("s")})
        _copy(
            model,
            documents,
            number | _states(documents // PROBLEMS) | {"id": _id("d"), "sale_id": _id("s"), "key": "repeat(md5(n::text), 3)"},
        )
        recipient = DocumentRecipient.objects.get(document=model)
        _copy(
            recipient,
            documents,
            {"id": _id("r"), "document_id": _id("d"), "address_key": f"'compras' || n % {customers} || '@example.com'"},
        )
    with connection.cursor() as cursor:
        for table in (Customer, SalesTransaction, ElectronicDocument, DocumentRecipient):
            cursor.execute(f'ANALYZE "{table._meta.db_table}"')
    return company


def _id(kind: str) -> str:
    return f"md5(company_id::text || '{kind}' || n)::uuid"


def _name() -> str:
    return "'CLIENTE ' || md5(n::text) || ' LTDA'"


def _states(one_in: int) -> dict[str, str]:
    return {
        "delivery_status": f"CASE WHEN n % {one_in} = 0 THEN 'problem' ELSE 'sent' END",
        "customer_status": f"CASE WHEN n % {one_in} = 1 THEN 'pending' ELSE 'confirmed_by_customer' END",
        "issued_at": "now() - n % 365 * interval '1 day'",
        "first_movement_at": "now() - n % 365 * interval '1 day'",
        "last_movement_at": "now() - n * interval '1 minute'",
        "total": "1000 + n",
    }


def _copy(row: models.Model, times: int, changes: dict[str, str]) -> None:
    """``INSERT … SELECT`` the row ``times`` times; ``changes`` are columns → SQL over ``n`` and the row's own columns."""
    table = row._meta.db_table
    columns = [field.column for field in row._meta.concrete_fields]
    chosen = ", ".join(changes.get(column, f'"{column}"') for column in columns)
    named = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({named}) SELECT {chosen.replace("%", "%%")} FROM "{table}", generate_series(1, %s) n WHERE id = %s',
            [times, str(row.pk)],
        )
