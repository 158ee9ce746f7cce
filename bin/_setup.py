"""
Sets up what a command needs and becomes that command. The standard library alone: nothing is installed yet when it runs.

``start`` runs the product · ``test [pytest arguments]`` runs everything, or what the arguments name · ``check`` runs lint,
types, contracts and migrations · ``manage …`` is manage.py with its servers · ``lock`` writes the lock files anew.
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
# What WeasyPrint opens, and the package that brings it.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
LOCKS = {"base": [], "local": ["--extra", "local"], "dev": ["--extra", "dev"]}


def main() -> None:
    """Set up, then become the command."""
    command, *arguments = sys.argv[1:]
    if arguments[:1] == ["--help"] and command != "manage":
        print(__doc__)
        return
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once set up one after the other
        install_system_packages(tests=command == "test")
        make_venv(tests=command in {"test", "check", "lock"})
    COMMANDS[command](arguments)


def sections() -> tuple[list[str], list[str]]:
    """The packages of requirements/apt.txt: to run, and for the tests."""
    run, _, tests = (REQUIREMENTS / "apt.txt").read_text().partition("# tests\n")
    return tuple([line for line in part.splitlines() if line and not line.startswith("#")] for part in (run, tests))  # type: ignore[return-value]


def install_system_packages(*, tests: bool) -> None:
    """Install what is missing as root on Debian or Ubuntu; elsewhere print the one line to run, and stop."""
    missing = missing_packages(tests=tests)
    if not missing:
        return
    line = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() or not shutil.which("apt-get"):
        sys.exit(f"Faltan paquetes del sistema; instálelos así:\n  sudo {line}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.run(line.split(), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode:
        subprocess.run(["apt-get", "update", "-q"], env=environment, stdout=subprocess.DEVNULL, check=True)
        if subprocess.run(line.split(), env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            sys.exit(f"No se pudo ejecutar «{line}». Donde no hay paquete de Chromium (Ubuntu), CHROMIUM=/ruta/al/navegador indica uno.")


def missing_packages(*, tests: bool) -> list[str]:
    """Judged by what is there, not by how it came: libraries by opening them, programs by finding them."""
    missing = [package for library, package in LIBRARIES.items() if not opens(library)]
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        missing.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    if tests:
        if not chromium():
            missing.append("chromium")
        if not shutil.which("pdftoppm"):
            missing.append("poppler-utils")
    return missing + (sections()[0] if missing and not os.geteuid() else [])


def opens(library: str) -> bool:
    """Whether the dynamic loader finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def chromium() -> str | None:
    """The browser of the tests: ``CHROMIUM``, or one on the path."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


def make_venv(*, tests: bool) -> None:
    """A virtual environment with exactly the locked packages; made anew when the interpreter or a lock changed."""
    lock = REQUIREMENTS / ("dev.txt" if tests else "local.txt")
    stamp = VENV / f"stamp-{lock.stem}"
    want = hashlib.sha256(f"{sys.version}{sys.base_prefix}".encode() + lock.read_bytes()).hexdigest()
    stamps = [stamp] if tests else [stamp, VENV / "stamp-dev"]  # what serves the tests serves the rest
    wanted = {want, hashlib.sha256(f"{sys.version}{sys.base_prefix}".encode() + (REQUIREMENTS / "dev.txt").read_bytes()).hexdigest()}
    if any(path.exists() and path.read_text() in wanted for path in stamps):
        return
    print("Preparando el entorno de Python…", file=sys.stderr)
    if not made_by_this_python():
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        (VENV / "python").write_text(sys.version + sys.base_prefix)
    for old in VENV.glob("stamp-*"):
        old.unlink()
    install("-q", "--disable-pip-version-check", "--require-hashes", "-r", REQUIREMENTS / "uv.txt")
    environment = os.environ | {"VIRTUAL_ENV": str(VENV), "UV_PYTHON_DOWNLOADS": "never"}
    subprocess.run([VENV / "bin" / "uv", "pip", "sync", "-q", "--compile-bytecode", "--require-hashes", lock], env=environment, check=True)
    stamp.write_text(want)


def made_by_this_python() -> bool:
    """Whether the environment is whole and of the interpreter that runs now."""
    note = VENV / "python"
    return PYTHON.exists() and note.exists() and note.read_text() == sys.version + sys.base_prefix


def install(*arguments: str | Path) -> None:
    """pip, for the one package that installs the others."""
    subprocess.run([PYTHON, "-m", "pip", "install", *arguments], check=True)


def become(*command: str | Path, test: bool = False, **environment: str) -> None:
    """Run the command with the servers up, in place of this process."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling everything anew makes each start take half a minute
    local = [PYTHON, "-m", "einvoice_trace.local", *(["--test"] if test else []), *command]
    os.chdir(ROOT)
    os.execve(PYTHON, [str(part) for part in local], os.environ | environment | {"PYTHONPATH": str(ROOT)})


def start(_: list[str]) -> None:
    """The whole product."""
    become(PYTHON, "bin/_start.py")


def manage(arguments: list[str]) -> None:
    """manage.py, on a migrated database."""
    become(PYTHON, "bin/_manage.py", *arguments)


def test(arguments: list[str]) -> None:
    """The checks and the whole suite; with arguments only what they name."""
    browser = chromium()
    assert browser is not None
    become(PYTHON, "bin/_test.py", *arguments, test=True, APP_ENV="test", CHROMIUM=browser, VAR_DIR=str(ROOT / "var" / "tests"))


def check(_: list[str]) -> None:
    """Lint, types, contracts, migrations, generated documents, locks."""
    become(PYTHON, "bin/_check.py", test=True, APP_ENV="test")


def lock(_: list[str]) -> None:
    """Write requirements/*.txt anew from pyproject.toml, without addresses."""
    environment = os.environ | {"UV_CUSTOM_COMPILE_COMMAND": "bin/lock", "UV_PYTHON_DOWNLOADS": "never"}
    for name, extra in LOCKS.items():
        constraint = [] if name == "base" else ["-c", REQUIREMENTS / "base.txt"]
        subprocess.run(
            [VENV / "bin" / "uv", "pip", "compile", "pyproject.toml", *extra, *constraint, "--universal", "--python-version", "3.11",
             "--generate-hashes", "--no-emit-package", "einvoice-trace", "-q", "-o", REQUIREMENTS / f"{name}.txt"],
            cwd=ROOT, env=environment, check=True,
        )  # fmt: skip


COMMANDS = {"start": start, "test": test, "check": check, "manage": manage, "lock": lock}

if __name__ == "__main__":
    main()
