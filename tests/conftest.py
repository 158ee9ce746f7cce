"""
One throwaway PostgreSQL and Redis for the run (``bin/test`` starts them); one database for each worker, cloned from a
migrated template. The code under test connects as the application's role; only this file uses the owner and the superuser.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from io import StringIO
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg2
import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.core.management import call_command
from django.core.management.commands import flush
from django.db import connections
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from notifications import channel_registry, oauth, wakeup
from notifications.channels import Channel
from tests.sink import Sink, running_sink

TEMPLATE = "traza_template"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to run without the servers of a test run."""
    if django_settings.APP_ENV != "test":
        raise pytest.UsageError("Usa bin/test: pone los servidores y el entorno de las pruebas.")
    assert not is_psycopg3
    # What is counted in one worker is not counted in, or emptied by, another.
    throttles: Any = django_settings.CACHES["throttles"]
    throttles["LOCATION"] = throttles["LOCATION"].replace("?db=0", f"?db={1 + int(WORKER.removeprefix('gw') if WORKER else 0)}")


def superuser(database: str) -> Any:
    """A connection that policies and triggers do not bind."""
    host = unquote(urlsplit(django_settings.DATABASE_OWNER_URL).hostname or "")
    connection = psycopg2.connect(host=host, user="postgres", dbname=database)
    connection.autocommit = True
    return closing(connection)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Migrate a template once per run, as the owner, and clone this worker's database from it."""
    name = f"traza_{WORKER or 'main'}"
    with superuser("postgres") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1)")  # the first worker migrates, the others wait for it
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [TEMPLATE])
        if not cursor.fetchone():
            _make_template(cursor, django_db_blocker)
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE} OWNER traza_owner')
        cursor.execute("SELECT pg_advisory_unlock(1)")
    _connect_to(name)
    yield
    connections.close_all()


def _make_template(cursor: Any, blocker: Any) -> None:
    cursor.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
    cursor.execute(f"CREATE DATABASE {TEMPLATE} OWNER traza_owner")
    with superuser(TEMPLATE) as inside, inside.cursor() as setup:
        setup.execute("ALTER SCHEMA public OWNER TO traza_owner; GRANT USAGE ON SCHEMA public TO traza_app")
    _connect_to(TEMPLATE)
    with blocker.unblock():
        call_command("migrate", verbosity=0)
        call_command("ensure_partitions", since=date(2025, 12, 1), stdout=StringIO())  # the tests' clocks move through 2026
    connections.close_all()
    cursor.execute(f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE true")


def _connect_to(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        django_settings.DATABASES[alias]["NAME"] = name


KEEP = ("django_content_type", "auth_permission", "django_migrations")


def _empty(_self: flush.Command, **options: Any) -> None:
    """Django's flush is a TRUNCATE, which the history refuses and the application's role may not: the superuser does it."""
    name = connections["default"].settings_dict["NAME"]
    with superuser(name) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "SELECT format('%%I', relname) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace "
            "AND NOT relispartition AND NOT relname = ANY(%s)",
            [list(KEEP)],
        )
        cursor.execute("TRUNCATE " + ", ".join(row[0] for row in cursor.fetchall()))


@pytest.fixture(scope="session", autouse=True)
def _flush_as_superuser() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(flush.Command, "handle", _empty)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _house(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing counted yet, our mail backend, files in a folder of the test, no wake-ups unless a test wants them."""
    caches["throttles"].clear()
    settings.EMAIL_BACKEND = "notifications.mail_backend.OutboxBackend"
    files = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"default": files}
    monkeypatch.setattr(wakeup, "wake", lambda: None)
    channel_registry.forget()
    oauth.forget_all()


@pytest.fixture(scope="session")
def _running_sink() -> Iterator[Sink]:
    with running_sink() as sink:
        yield sink


@pytest.fixture
def sink(_running_sink: Sink, settings: Any) -> Sink:
    """A real SMTP server that the default channel leads to; empty at the beginning of the test."""
    _running_sink.reset()
    settings.CHANNELS = {
        "default": Channel(name="default", backend="smtp", reports="none", host="127.0.0.1", port=_running_sink.port, tls="no")
    }
    return _running_sink
