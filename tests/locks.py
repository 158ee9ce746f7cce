"""Two transactions at once, one of which waits for the other."""

from django.db import connection


def somebody_waits() -> bool:
    """Whether a transaction waits for another one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])
