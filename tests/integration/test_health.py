"""What whoever watches is told: whether the process lives, and whether requests may be sent to it."""

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from einvoice_trace import health

WELL = {"database": "ok", "migrations": "ok", "files": "ok", "redis": "ok"}
AWAY = "unix:///nowhere/redis.sock?db=0"


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def options(db: None) -> Iterator[dict[str, Any]]:
    """Where the database is said to be; as it was again after the test."""
    found = connections["default"].settings_dict
    before = dict(found)
    yield found
    found.update(before)


def test_the_process_is_alive_without_asking_the_database(client: Client) -> None:
    response = client.get("/salud/vivo")  # a query would fail here: the test may not use the database

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_everything_is_well(client: Client) -> None:
    response = client.get("/salud/listo")

    assert (response.status_code, response.json()) == (200, {"status": "ok", "checks": WELL})


@pytest.mark.django_db
def test_a_probe_leaves_no_file_behind(client: Client) -> None:
    client.get("/salud/listo")

    assert default_storage.listdir("health") == ([], [])


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/salud/vivo", "/salud/listo"])
def test_it_is_asked_not_told_and_kept_by_nobody(client: Client, address: str) -> None:
    asked, head, told = client.get(address), client.head(address), client.post(address)

    assert "no-store" in asked["Cache-Control"]
    assert (head.status_code, head.content) == (200, b"")
    assert told.status_code == 405


@pytest.mark.django_db
def test_a_lost_redis_is_told_and_is_no_outage(client: Client, settings: Any) -> None:
    settings.REDIS_URL = AWAY

    response = client.get("/salud/listo")

    assert (response.status_code, response.json()) == (200, {"status": "ok", "checks": WELL | {"redis": "failed"}})


@pytest.mark.django_db
def test_a_redis_that_never_answers_is_given_up(client: Client, settings: Any, silent: int) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{silent}/0"

    response = client.get("/salud/listo")

    assert response.json()["checks"] == WELL | {"redis": "failed"}


def test_a_database_that_is_away_makes_it_unready(client: Client, options: dict[str, Any]) -> None:
    options["HOST"] = "/nowhere"

    response = client.get("/salud/listo")

    assert response.status_code == 503
    assert response.json() == {"status": "unready", "checks": WELL | {"database": "failed", "migrations": "failed"}}


def test_a_database_that_never_answers_is_given_up(client: Client, options: dict[str, Any], silent: int) -> None:
    options |= {"HOST": "127.0.0.1", "PORT": str(silent)}

    response = client.get("/salud/listo")

    assert (response.status_code, response.json()["checks"]["database"]) == (503, "failed")


def test_nothing_of_an_error_is_shown_to_strangers_but_the_log_has_it(
    client: Client, options: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    options["HOST"] = "/nowhere"

    response = client.get("/salud/listo")

    assert b"nowhere" not in response.content
    assert [record.name for record in caplog.records if "/nowhere" in record.getMessage()] == ["einvoice_trace.health"] * 2


@pytest.mark.django_db
def test_a_migration_that_was_not_applied_makes_it_unready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    applied = MigrationRecorder.applied_migrations
    newest = max(name for app, name in health._newest() if app == "notifications")
    monkeypatch.setattr(
        MigrationRecorder,
        "applied_migrations",
        lambda self: {key: row for key, row in applied(self).items() if key != ("notifications", newest)},
    )

    response = client.get("/salud/listo")

    assert (response.status_code, response.json()["checks"]) == (503, WELL | {"migrations": "failed"})


@pytest.mark.django_db
def test_a_folder_that_takes_no_file_makes_it_unready(client: Client, settings: Any, tmp_path: Any) -> None:
    (tmp_path / "a-file").touch()
    files = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path / "a-file"}}
    settings.STORAGES = settings.STORAGES | {"default": files}

    response = client.get("/salud/listo")

    assert (response.status_code, response.json()["checks"]) == (503, WELL | {"files": "failed"})


@pytest.mark.django_db
def test_a_check_that_hangs_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch, silent: int) -> None:
    plug = socket.create_connection(("127.0.0.1", silent))  # as a disk that does not answer: no limit of its own
    monkeypatch.setattr(health, "DEADLINE_SECONDS", 0.5)
    monkeypatch.setattr(default_storage, "save", lambda *_: plug.recv(1))

    response = client.get("/salud/listo")

    assert (response.status_code, response.json()["checks"]["files"]) == (503, "timeout")
    plug.shutdown(socket.SHUT_RDWR)
    plug.close()


def test_the_watchers_are_not_sent_to_https(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True

    codes = [client.get(address).status_code for address in ("/salud/vivo", "/metrics", "/cuenta/login/")]

    assert codes == [200, 404, 301]
