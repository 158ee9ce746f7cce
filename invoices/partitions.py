"""
The months of the history: partitions of one table, by the recording time that the identifier carries.

The application's role may not create tables, so a month is made by a function that belongs to the owner; it takes a date
and can do nothing but make that month. Bounds are midnights of America/Bogota.
"""

from datetime import date, timedelta
from typing import Any

from django.apps.registry import Apps
from django.db import connections, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

MONTHS_AHEAD = 3


def first_of_month(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the following month."""
    return first_of_month(first_of_month(day) + timedelta(days=32))


def previous_month(day: date) -> date:
    """The first day of the month before."""
    return first_of_month(first_of_month(day) - timedelta(days=1))


def ensure_partitions(*, since: date, until: date, using: str = "default") -> int:
    """
    Make the months from ``since`` to ``until`` that are not there yet, and ``MONTHS_AHEAD`` more.

    :returns: how many were made.
    :raises django.db.Error: rows of such a month lie in the DEFAULT partition already; they must be looked at first.
    """
    last = first_of_month(until)
    for _ in range(MONTHS_AHEAD):
        last = next_month(last)
    made, month = 0, first_of_month(since)
    with connections[using].cursor() as cursor:
        while month <= last:
            cursor.execute("SELECT history_make_month(%s)", [month])
            made += int(cursor.fetchone()[0])
            month = next_month(month)
    return made


def rows_in_default(using: str = "default") -> int:
    """How many movements no month took: more than none is an alarm."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM invoices_historyentry_default")
        return int(cursor.fetchone()[0])


class CreatePartitionedModel(CreateModel):
    """``CreateModel`` for a table that is partitioned by its primary key, with a DEFAULT partition that should stay empty."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Create the table, its indexes and the DEFAULT partition."""
        apps: Apps = to_state.apps
        model: type[models.Model] = apps.get_model(app_label, self.name)
        sql, params = schema_editor.table_sql(model)
        key: Any = model._meta.pk
        schema_editor.execute(f"{sql} PARTITION BY RANGE ({schema_editor.quote_name(key.column)})", params or None)
        table = schema_editor.quote_name(model._meta.db_table)
        schema_editor.execute(f"CREATE TABLE {schema_editor.quote_name(model._meta.db_table + '_default')} PARTITION OF {table} DEFAULT")


MAKE_MONTH = """
CREATE FUNCTION history_make_month(day date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first timestamp := date_trunc('month', day);
    month text := 'invoices_historyentry_' || to_char(first, 'YYYYMM');
    low uuid := rpad(lpad(to_hex((extract(epoch FROM first AT TIME ZONE 'America/Bogota') * 1000)::bigint), 12, '0'), 32, '0')::uuid;
    high uuid := rpad(lpad(to_hex(
        (extract(epoch FROM (first + interval '1 month') AT TIME ZONE 'America/Bogota') * 1000)::bigint), 12, '0'), 32, '0')::uuid;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('history_make_month'));
    IF to_regclass(month) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF invoices_historyentry FOR VALUES FROM (%L) TO (%L)', month, low, high);
    -- Whoever may read and write the history does so through the parent: nothing is granted on a month.
    EXECUTE (
        SELECT coalesce(string_agg(format('REVOKE ALL ON %I FROM %s', month,
            CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE grantee::regrole::text END), '; '), '')
        FROM pg_class, LATERAL aclexplode(relacl) WHERE oid = month::regclass AND grantee <> relowner
    );
    RETURN true;
END $$;
"""

APPEND_ONLY = """
CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE ON invoices_historyentry
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only();
CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON invoices_historyentry
    FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();
"""

# The audit trail is not partitioned; it is refused the same things, by the same function.
AUDIT_APPEND_ONLY = """
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON invoices_auditentry
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON invoices_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();
"""
