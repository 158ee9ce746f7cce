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
# What WeasyPrint opens; requirements/apt.txt names the packages that bring it.
LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
INTERPRETER = f"{sys.version} {sys.base_prefix} {VENV}"  # a copied environment still calls the programs of the old place
LOCKS = {  # each goes on from the one before
    "base": [],
    "local": ["--extra", "local", "-c", "requirements/base.txt"],
    "dev": ["--extra", "dev", "-c", "requirements/local.txt"],
}


def main() -> None:
    """Set up, then become the command."""
    command, *arguments = sys.argv[1:]
    if arguments[:1] == ["--help"] and command != "manage":
        print(__doc__)
        return
    (ROOT / "var").mkdir(exist_ok=True)
    try:
        with (ROOT / "var" / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once set up one after the other
            install_system_packages(tests=command == "test")
            make_venv(tests=command in {"test", "check", "bench", "lock"})
    except subprocess.CalledProcessError as failed:
        sys.exit(f"bin/{command}: no terminó bien: {' '.join(map(str, failed.cmd))}")
    except KeyboardInterrupt:
        sys.exit(f"bin/{command}: interrumpido; la próxima vez sigue donde quedó.")
    COMMANDS[command](arguments)


def listed_packages() -> list[str]:
    """What the product needs to run: the packages of requirements/apt.txt above "# tests"."""
    run, _, _ = (REQUIREMENTS / "apt.txt").read_text().partition("# tests\n")
    return [line for line in run.splitlines() if not line.startswith("#")]


def install_system_packages(*, tests: bool) -> None:
    """Install what is missing as root on Debian or Ubuntu; elsewhere print the one line to run, and stop."""
    missing = missing_packages(tests=tests)
    if not missing:
        return
    line = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() or not shutil.which("apt-get"):
        sys.exit(f"Faltan paquetes del sistema; instálalos así:\n  sudo {line}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.run(line.split(), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode:
        subprocess.run(["apt-get", "update", "-q"], env=environment, stdout=subprocess.DEVNULL, check=True)
        if subprocess.run(line.split(), env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            sys.exit(f"No se pudo ejecutar «{line}». Donde no hay paquete de Chromium (Ubuntu), CHROMIUM=/ruta/al/navegador indica uno.")


def missing_packages(*, tests: bool) -> list[str]:
    """Judged by what is there, not by how it came: libraries by opening them, programs by finding them."""
    missing = [] if all(opens(library) for library in LIBRARIES) else listed_packages()
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        missing.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    if tests and not chromium():
        missing.append("chromium")
    programs = {"pdftoppm": "poppler-utils", "curl": "curl"} if tests else {}
    return missing + [package for program, package in programs.items() if not shutil.which(program)]


def opens(library: str) -> bool:
    """Whether the dynamic loader finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def chromium() -> str | None:
    """The browser of the tests: ``CHROMIUM``, or one on the path."""
    named = os.environ.get("CHROMIUM")
    if named and not shutil.which(named):
        sys.exit(f"CHROMIUM={named} no es un programa.")
    return next(filter(None, map(shutil.which, [named] if named else BROWSERS)), None)


def make_venv(*, tests: bool) -> None:
    """A virtual environment with exactly the locked packages; made anew when the interpreter, the place or a lock changed."""
    lock = REQUIREMENTS / ("dev.txt" if tests else "local.txt")
    stamp, note = VENV / "stamp", VENV / "made-by"
    if stamp.exists() and stamp.read_text() in {fingerprint(lock), fingerprint(REQUIREMENTS / "dev.txt")}:
        return  # what serves the tests serves the rest
    print("Preparando el entorno de Python…", file=sys.stderr)
    if not (PYTHON.exists() and note.exists() and note.read_text() == INTERPRETER):
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        note.write_text(INTERPRETER)
    stamp.unlink(missing_ok=True)
    install("-q", "--disable-pip-version-check", "--require-hashes", "-r", REQUIREMENTS / "uv.txt")
    uv("sync", "-q", "--compile-bytecode", "--require-hashes", lock)
    stamp.write_text(fingerprint(lock))


def fingerprint(lock: Path) -> str:
    """Of an environment that holds what this lock names, made by this interpreter for this folder."""
    return hashlib.sha256(INTERPRETER.encode() + lock.read_bytes()).hexdigest()


def uv(*arguments: str | Path) -> None:
    """``uv pip …`` on the environment of this folder; it never fetches another Python."""
    environment = os.environ | {"VIRTUAL_ENV": str(VENV), "UV_PYTHON_DOWNLOADS": "never", "UV_CUSTOM_COMPILE_COMMAND": "bin/lock"}
    if Path("/etc/ssl/certs/ca-certificates.crt").exists():
        environment["UV_SYSTEM_CERTS"] = "true"  # as pip does: behind a company's proxy only the machine's own are right
    subprocess.run([VENV / "bin" / "uv", "pip", *arguments], cwd=ROOT, env=environment, check=True)


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


def bench(arguments: list[str]) -> None:
    """A comparison of bench/, with throwaway servers; needs what the tests need."""
    become(PYTHON, "bin/_bench.py", *arguments, test=True, APP_ENV="test", VAR_DIR=str(ROOT / "var" / "bench"))


def lock(_: list[str]) -> None:
    """Write requirements/*.txt anew from pyproject.toml, without addresses."""
    for name, choice in LOCKS.items():
        universal = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-package", "einvoice-trace"]
        uv("compile", "pyproject.toml", *choice, *universal, "-q", "-o", f"requirements/{name}.txt")


COMMANDS = {"start": start, "test": test, "check": check, "manage": manage, "bench": bench, "lock": lock}

if __name__ == "__main__":
    main()
