"""The embedded servers know whom they serve, and trust no process by its number alone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from einvoice_trace import local
from einvoice_trace.local import Place
from einvoice_trace.processes import end, inhabitants, start_time


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(local, "VAR", tmp_path)
    (tmp_path / "local" / "users").mkdir(parents=True)
    return Place("local")


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs in a folder of its own."""
    home = tmp_path / "home"
    home.mkdir()
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], cwd=home)
    yield process
    process.kill()
    process.wait()


def test_a_process_is_found_by_the_folder_it_runs_in(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    assert inhabitants(tmp_path / "home") == [sleeper.pid]


def test_a_process_whose_folder_was_removed_is_still_found(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (tmp_path / "home").rmdir()

    assert inhabitants(tmp_path / "home") == [sleeper.pid]


def test_end_stops_a_process(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    end(lambda: inhabitants(tmp_path / "home"))

    assert sleeper.wait(timeout=10) != 0


def test_a_user_that_is_alive_is_counted(place: Place) -> None:
    place.me.touch()

    assert place.users() == [place.me]


def test_a_user_whose_number_another_process_got_is_struck_off(place: Place) -> None:
    (place.state / "users" / f"{os.getpid()}-1").touch()

    assert place.users() == []
    assert start_time(os.getpid()) != "1"


def test_a_lock_file_that_names_a_stranger_names_no_postmaster(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n")

    assert local._postmaster(tmp_path) is None


def test_a_folder_that_others_may_read_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "sockets"
    folder.mkdir(mode=0o755)

    with pytest.raises(SystemExit, match="abierta a otros"):
        local._private(folder)


@pytest.mark.parametrize(
    ("environment", "name", "given"),
    [
        ({}, "local", set()),
        ({"DATABASE_URL": "postgres://a@b/c"}, "local", {"DATABASE_URL"}),
        ({"REDIS_URL_FILE": "/run/secrets/redis"}, "local", {"REDIS_URL"}),
        ({"APP_ENV": "prod"}, "local", {"DATABASE_URL", "REDIS_URL"}),
        ({"DATABASE_URL": "postgres://a@b/c", "REDIS_URL": "redis://d"}, "test-1", set()),
    ],
    ids=["nothing", "database", "redis by file", "production", "a test never uses them"],
)
def test_what_is_given_is_not_started(environment: dict[str, str], name: str, given: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("APP_ENV", "DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)

    assert local._given(Place(name)) == given
