"""What must hold before the suite runs; every check runs, and each that fails is named."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = f"{ROOT}/.venv/bin"
MANAGE = [f"{BIN}/python", "manage.py"]
COMMANDS = {
    "lint": [f"{BIN}/ruff", "check", "-q", "."],
    "format": [f"{BIN}/ruff", "format", "-q", "--check", "."],
    "types": [f"{BIN}/mypy"],
    "imports": [f"{BIN}/lint-imports", "--no-cache"],
    "templates": [f"{BIN}/djlint", "templates", "--lint", "--quiet"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run", "-v0"],
    "system": [*MANAGE, "check", "--fail-level", "WARNING"],
    "states": [*MANAGE, "states", "--check"],
}
ADDRESS = re.compile(r"https?:|--index-url|--extra-index-url|--find-links")


def main() -> None:
    """Run everything, then say what failed."""
    failed = [name for name, command in COMMANDS.items() if not passes(name, command)]
    if any(ADDRESS.search(path.read_text()) for path in (ROOT / "requirements").glob("*.txt")):
        failed.append("a lock names an address")
    if find_spec("psycopg"):
        failed.append("psycopg 3 is installed: Django would prefer it")
    if failed:
        sys.exit(f"bin/check: {', '.join(failed)}")


def passes(name: str, command: list[str]) -> bool:
    """Run one check; what it says is shown only when it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"--- {name}\n{done.stdout}{done.stderr}", file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    main()
