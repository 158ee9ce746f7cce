"""Append-only, chained, partitioned; and the proof of it."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from invoices import history
from invoices.models import HistoryEntry, HistoryHead
from invoices.partitions import ensure_partitions, rows_in_default
from invoices.scope import company_scope
from tests import factories
from tests.conftest import superuser
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)
Event = history.Event


@pytest.fixture
def company():
    return factories.company()


@pytest.fixture
def document(company):
    with company_scope(company.pk):
        document = factories.document(company)
        for minute in range(1, 5):
            history.append(
                document=document, event=Event.COMPLETED, at=NOON + timedelta(minutes=minute), data={"file": f"a{minute}", "ñ": [1, True]}
            )
    return document


def tamper(sql, *params):
    """As a superuser who switched the triggers off."""
    with superuser(connection.settings_dict["NAME"]) as owner, owner.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, params)


def verify():
    call_command("verify_history", stdout=StringIO())


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE invoices_historyentry SET actor_name = 'otro'",
        "DELETE FROM invoices_historyentry",
        "TRUNCATE invoices_historyentry",
    ],
)
def test_the_application_can_only_add(document, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_even_the_owner_is_stopped_by_the_trigger(document):
    with superuser(connection.settings_dict["NAME"]) as owner, owner.cursor() as cursor, pytest.raises(Exception, match="append-only"):
        cursor.execute("SET ROLE traza_owner; DELETE FROM invoices_historyentry")


def test_the_application_reaches_no_month_by_itself(document):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM invoices_historyentry_202607")


def test_an_untouched_chain_holds(document):
    out = StringIO()

    call_command("verify_history", stdout=out)

    assert out.getvalue() == "1 documents, 5 movements: every chain holds\n"


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("UPDATE invoices_historyentry SET actor_name = 'otro' WHERE seq = 3", 3),
        ("UPDATE invoices_historyentry SET data = '{}' WHERE seq = 2", 2),
        ("UPDATE invoices_historyentry SET occurred_at = occurred_at - interval '1 second' WHERE seq = 4", 4),
        ("UPDATE invoices_historyentry SET company_id = gen_random_uuid() WHERE seq = 5", 5),
        ("DELETE FROM invoices_historyentry WHERE seq = 3", 3),
        ("DELETE FROM invoices_historyentry WHERE seq = 5", 5),
        ("UPDATE invoices_historyentry SET seq = 9 - seq WHERE seq IN (4, 5)", 4),
        ("DELETE FROM invoices_historyentry", 1),
    ],
)
def test_tampering_is_found_and_the_first_broken_line_named(document, sql, line):
    tamper(sql)

    with pytest.raises(CommandError, match=f"document {document.pk}, line {line}"):
        verify()


def test_a_line_slipped_in_is_found(company, document):
    tamper(
        "INSERT INTO invoices_historyentry SELECT gen_random_uuid(), document_id, 6, event, recorded_at, occurred_at, "
        "actor_id, actor_name, address, data, hash, hash, company_id FROM invoices_historyentry WHERE seq = 5"
    )

    with pytest.raises(CommandError, match="line 6"):
        verify()


def test_two_writers_do_not_fork_the_chain(company, document):
    import threading

    def write():
        with company_scope(company.pk):
            history.append(document=document, event=Event.COMPLETED, at=NOON)
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    verify()
    with company_scope(company.pk):
        assert HistoryHead.objects.get().seq == 13


def test_a_recording_time_lies_in_its_month(company):
    ensure_partitions(since=date(2027, 12, 1), until=date(2028, 3, 1))
    edges = [
        (datetime(2028, 1, 1, 4, 59, 59, 999000, tzinfo=UTC), "202712"),
        (datetime(2028, 1, 1, 5, 0, tzinfo=UTC), "202801"),
        (datetime(2028, 2, 29, 23, 0, tzinfo=UTC), "202802"),
        (datetime(2028, 3, 1, 4, 59, tzinfo=UTC), "202802"),
        (datetime(2028, 3, 1, 5, 0, tzinfo=UTC), "202803"),
    ]
    with company_scope(company.pk):
        document = factories.document(company)
        entries = [(history.append(document=document, event=Event.COMPLETED, at=at), month) for at, month in edges]

    with connection.cursor() as cursor:
        for entry, month in entries:
            cursor.execute("SELECT tableoid::regclass::text FROM invoices_historyentry WHERE id = %s", [entry.pk])
            assert cursor.fetchone()[0] == f"invoices_historyentry_{month}"
    assert rows_in_default() == 0
    verify()


def test_a_movement_that_no_month_took_is_an_alarm(company):
    with company_scope(company.pk):
        document = factories.document(company)
        history.append(document=document, event=Event.COMPLETED, at=datetime(1999, 1, 1, tzinfo=UTC))

    with pytest.raises(CommandError, match="1 movements lie in the DEFAULT partition"):
        call_command("ensure_partitions", stdout=StringIO())


def test_the_window_and_what_lies_before_it(company):
    ensure_partitions(since=date(2026, 3, 1), until=date(2026, 7, 1))
    march = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
    with company_scope(company.pk):
        old = factories.document(company, at=march)
        both = factories.document(company, at=march)
        history.append(document=both, event=Event.COMPLETED, at=NOON)
        new = factories.document(company, at=NOON)

        judged = [(history.moved_in_window(item, NOON), history.moved_before_window(item, NOON)) for item in (old, both, new)]
        shown = [history.in_window(item, NOON).count() for item in (old, both, new)]

    assert judged == [(False, True), (True, True), (True, False)]
    assert shown == [0, 1, 1]


def test_nothing_refers_to_a_movement():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confrelid = 'invoices_historyentry'::regclass")
        assert cursor.fetchone()[0] == 0


def test_append_goes_with_its_transaction(company, document):
    with pytest.raises(IntegrityError), company_scope(company.pk):
        history.append(document=document, event=Event.COMPLETED, at=NOON)
        HistoryHead.objects.create(document_id=document.pk, company=company, hash="")

    with company_scope(company.pk):
        assert HistoryEntry.objects.count() == 5
    verify()
