"""
The embedded PostgreSQL and Redis of this checkout: start, reuse, stop. For local runs and tests, never for production.

``python -m einvoice_trace.local [--test] COMMAND…`` runs a command with both servers up and their URLs in its environment.
The last user out stops them. Linux only.
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from einvoice_trace.binaries import AS_ROOT, AS_SERVER, SERVER, SYSTEM_WIDE, postgres_program, redis_program
from einvoice_trace.processes import ENDINGS, die_with_parent, end, exit_when_told, inhabitants, start_time, wait_until

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
SOCKETS = Path("/tmp")  # noqa: S108 - a socket's path breaks above 107 bytes; the folder made in it is private
THROWAWAY = " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@dataclass(frozen=True)
class Place:
    """Where the servers of this checkout live, for one purpose: ``local`` or ``test-PID``."""

    name: str

    @property
    def throwaway(self) -> bool:
        return self.name.startswith("test-")

    @property
    def state(self) -> Path:
        return VAR / self.name

    @property
    def secret(self) -> str:
        with (VAR / "checkout").open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # two commands at once agree on one
            if not file.tell():
                file.write(secrets.token_hex(8))
            file.seek(0)
            return file.read()

    @property
    def key(self) -> str:
        """Names this clone: a copy has another path, a clone made again at the same path has another secret."""
        return hashlib.sha256(f"{ROOT}:{self.secret}".encode()).hexdigest()[:10]

    @property
    def home(self) -> Path:
        return SYSTEM_WIDE / f"{self.key}-{self.name}" if AS_ROOT else self.state / "servers"

    @property
    def sockets(self) -> Path:
        return SOCKETS / f"traza-{self.key}-{self.name}"

    def users(self) -> list[Path]:
        """Who needs the servers now; those that were killed are struck off."""
        for path in (self.state / "users").glob("*"):
            pid, _, started = path.name.partition("-")
            if start_time(int(pid)) != started:
                path.unlink()
        return list((self.state / "users").glob("*"))

    @property
    def me(self) -> Path:
        return self.state / "users" / f"{os.getpid()}-{start_time(os.getpid())}"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One command at a time starts or stops the servers; the kernel lets go of the lock of a killed one."""
        (self.state / "users").mkdir(parents=True, exist_ok=True)
        with (self.state / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def url(self, role: str) -> str:
        return f"postgres://{role}@{quote(str(self.sockets), safe='')}/traza"


def _private(folder: Path) -> None:
    """A folder of the servers' user alone, refused where somebody else made it first."""
    try:
        folder.mkdir(mode=0o700, parents=True)
        if AS_ROOT:
            os.chown(folder, SERVER.pw_uid, SERVER.pw_gid)
    except FileExistsError:
        found = folder.lstat()
        if found.st_uid != SERVER.pw_uid or found.st_mode & 0o170077 != 0o040000:
            sys.exit(f"La carpeta {folder} no es de {SERVER.pw_name} o está abierta a otros: bórrala y vuelve a empezar.")


def _run(*command: str | Path, user: dict[str, Any] = AS_SERVER) -> None:
    """Run one of the servers' programs, as their user unless told otherwise; what it says is shown only when it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd="/", **user)
    if done.returncode:
        sys.exit(f"{Path(command[0]).name} no terminó bien:\n{done.stdout}{done.stderr}")


def _make_cluster(data: Path) -> None:
    """A folder that is there is whole: it gets its name when initdb is over."""
    half = data.with_name("data.half")
    shutil.rmtree(half, ignore_errors=True)
    _run(postgres_program("initdb"), "-D", half, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    half.rename(data)


def _postmaster(data: Path) -> int | None:
    """The process that rules this cluster; None where the file names one that is gone, or a stranger that got its number."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, IndexError, ValueError):
        return None
    return pid if pid in inhabitants(data) else None


def _postgres_up(place: Place) -> None:
    """Make the cluster if there is none, start it if it does not run, and make sure of the database and its roles."""
    data = place.home / "data"
    if not data.exists():
        _make_cluster(data)
    if _postmaster(data) and (place.sockets / ".s.PGSQL.5432").is_socket() and _answers(place):
        return
    _postgres_down(data)
    for stale in place.sockets.glob(".s.PGSQL.*"):
        stale.unlink()
    options = f"-c listen_addresses= -c unix_socket_directories={place.sockets} -c max_connections=150"
    options += THROWAWAY if place.throwaway else ""
    _run(postgres_program("pg_ctl"), "-D", data, "-l", place.home / "postgres.log", "-wt60", "-o", options, "start")


def _answers(place: Place) -> bool:
    """Whether PostgreSQL takes connections; one that a killed command left recovering gets the time for it."""
    probe: list[str | Path] = [postgres_program("pg_isready"), "-q", "-h", place.sockets]
    return wait_until(lambda: subprocess.run(probe, check=False).returncode == 0, seconds=60)


def _roles(place: Place) -> None:
    """The database and its two roles, made by the superuser."""
    script = Path(__file__).with_name("roles.sql")
    _run(
        postgres_program("psql"), "-Xq", "-v", "ON_ERROR_STOP=1", "-h", place.sockets, "-U", "postgres", "-f", script, user={}
    )  # root's files may be closed to the servers' user


def _postgres_down(data: Path) -> None:
    """Stop the cluster, and what outlived a postmaster that was killed: only then may its lock file go."""
    if pid := _postmaster(data):
        os.kill(pid, signal.SIGINT)  # fast shutdown: sessions end, nothing is lost
        wait_until(lambda: not inhabitants(data), seconds=20)
    end(partial(inhabitants, data))
    (data / "postmaster.pid").unlink(missing_ok=True)


def _redis_up(place: Place) -> None:
    """A Redis without a port; what it holds are wake-ups, so nothing is saved."""
    folder, socket = place.home / "redis", place.sockets / "redis.sock"
    if inhabitants(folder) and socket.is_socket():
        return
    end(partial(inhabitants, folder))
    socket.unlink(missing_ok=True)
    folder.mkdir(exist_ok=True)
    if AS_ROOT:
        os.chown(folder, SERVER.pw_uid, SERVER.pw_gid)
    options = f"--port 0 --unixsocket {socket} --unixsocketperm 700 --appendonly no --daemonize yes".split()
    _run(redis_program(), *options, "--save", "", "--dir", folder, "--logfile", place.home / "redis.log")
    if not wait_until(socket.is_socket, seconds=10):
        sys.exit(f"Redis no arrancó; mira {place.home / 'redis.log'}")


def _down(place: Place) -> None:
    """Stop both servers; those of a test leave nothing behind."""
    _postgres_down(place.home / "data")
    end(partial(inhabitants, place.home / "redis"))
    shutil.rmtree(place.sockets, ignore_errors=True)
    if place.throwaway:
        shutil.rmtree(place.home, ignore_errors=True)


def _sweep_tests() -> None:
    """Remove what killed test runs left: their servers and their folders."""
    for state in VAR.glob("test-*"):
        place = Place(state.name)
        with place.locked():
            if not place.users():
                _down(place)
                shutil.rmtree(state, ignore_errors=True)


def _sweep_checkouts() -> None:
    """As root the data lies outside the checkout: remove that of checkouts that are gone or were cloned anew."""
    for note in SYSTEM_WIDE.glob("*/belongs-to"):
        root, _, secret = note.read_text().rpartition(":")
        if not (Path(root) / "var" / "checkout").exists() or (Path(root) / "var" / "checkout").read_text() != secret:
            _postgres_down(note.parent / "data")
            end(partial(inhabitants, note.parent / "redis"))
            shutil.rmtree(SOCKETS / f"traza-{note.parent.name}", ignore_errors=True)
            shutil.rmtree(note.parent)


def _prepare(place: Place) -> None:
    """The folders of the servers, and a note of whose they are."""
    place.home.mkdir(parents=True, exist_ok=True)
    if AS_ROOT:
        SYSTEM_WIDE.chmod(0o755)
        _sweep_checkouts()
        os.chown(place.home, SERVER.pw_uid, SERVER.pw_gid)
        place.home.chmod(0o700)
        (place.home / "belongs-to").write_text(f"{ROOT}:{place.secret}")
    _private(place.sockets)


def _given(place: Place) -> set[str]:
    """What the environment names already; a test never touches it, and production is never given servers of ours."""
    if place.throwaway:
        return set()
    both = {"DATABASE_URL", "REDIS_URL"}
    if os.environ.get("APP_ENV") == "prod":
        return both
    return {name for name in both if os.environ.get(name) or os.environ.get(f"{name}_FILE")}


def _up(place: Place, given: set[str]) -> dict[str, str]:
    """Start what was not given and does not run yet; the environment that leads there."""
    found: dict[str, str] = {}
    if "DATABASE_URL" not in given:
        _postgres_up(place)
        _roles(place)
        found |= {"DATABASE_URL": place.url("traza_app"), "DATABASE_OWNER_URL": place.url("traza_owner"), "EMBEDDED_DATABASE": "yes"}
    if "REDIS_URL" not in given:
        _redis_up(place)
        found["REDIS_URL"] = f"unix://{place.sockets}/redis.sock?db=0"
    return found


@contextlib.contextmanager
def servers(place: Place) -> Iterator[dict[str, str]]:
    """
    The environment with which the product reaches its servers; what the environment names already is not started.

    The last user out stops them.
    """
    given = _given(place)
    if given == {"DATABASE_URL", "REDIS_URL"}:
        yield {}
        return
    try:
        with place.locked():
            place.me.touch()
            _prepare(place)
            found = _up(place, given)
        yield found
    finally:
        with place.locked():
            place.me.unlink(missing_ok=True)
            if not place.users():
                _down(place)


def run(command: list[str], *, place: Place) -> int:
    """Run a command with the servers up; signals reach it, it ends with this process, and the servers stop after it."""
    exit_when_told()  # while the servers start: stop them again
    with servers(place) as found:
        child = subprocess.Popen(command, env=os.environ | found, cwd=ROOT, preexec_fn=die_with_parent())
        for number in ENDINGS:
            signal.signal(number, lambda number, _frame: child.send_signal(number))
        return child.wait()


def main() -> None:
    """``python -m einvoice_trace.local [--test] COMMAND…``."""
    arguments = sys.argv[1:]
    test = arguments[:1] == ["--test"]
    VAR.mkdir(exist_ok=True)
    if test:
        _sweep_tests()
    place = Place(f"test-{os.getpid()}" if test else "local")
    try:
        code = run(arguments[test:], place=place)
    finally:
        if test:
            shutil.rmtree(place.state, ignore_errors=True)
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
