"""A list is never held whole while it is written."""

import tracemalloc
from typing import Any

import pytest
from django.db import connection

from invoices import exports, selectors, tables
from invoices.models import Company
from invoices.scope import company_scope, in_scope
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def many(company: Company, number: int) -> None:
    """As many documents of one customer, each with its sale, by one statement a table."""
    with company_scope(company.pk), connection.cursor() as cursor:
        sample = factories.document(company, number="FE-0")
        cursor.execute("SELECT set_config('bench.of', %s, true), set_config('bench.n', %s, true)", [str(sample.pk), str(number - 1)])
        cursor.execute(COPIES)


COPIES = """
INSERT INTO invoices_electronicdocument
SELECT (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'number', 'FE-' || n, 'number_key', 'FE' || n,
    'key', lpad(to_hex(n), 96, '0')))).*
FROM invoices_electronicdocument d, generate_series(1, current_setting('bench.n')::int) n WHERE d.id = current_setting('bench.of')::uuid
"""


def peak(company: Company, write: Any) -> int:
    """The most bytes that Python held while all documents were written."""
    with company_scope(company.pk):
        rows = selectors.matching_documents(selectors.Filters()).order_by("-issue_date", "-id")
        export = exports.Export(tables.DOCUMENTS, company, rows, [], factories.user(), NOON, 0)
    tracemalloc.start()
    write(export)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


@pytest.mark.parametrize(
    "write",
    [lambda export: [None for _ in exports.csv_chunks(export)], lambda export: exports.xlsx_file(export).close()],
    ids=["csv", "xlsx"],
)
def test_ten_times_the_rows_need_no_more_memory(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "CHUNK", 200)
    monkeypatch.setattr(exports, "LINES", 50)
    little, much = factories.company(), factories.company()
    many(little, 500)
    many(much, 5_000)
    peak(little, write)  # what is loaded once

    assert peak(much, write) < 1.3 * peak(little, write)


def test_the_rows_come_from_a_cursor_of_the_server_in_a_scope_of_their_own() -> None:
    company = factories.company()
    many(company, 5)
    with company_scope(company.pk):
        rows = selectors.matching_documents(selectors.Filters()).order_by("pk")
    stream = exports.Export(tables.DOCUMENTS, company, rows, [], factories.user(), NOON, 0).each()

    next(stream)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '_django_curs_%' AND NOT is_holdable")
        assert cursor.fetchone() == (1,)
    assert in_scope() == company.pk
    stream.close()
    assert in_scope() is None
