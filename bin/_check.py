"""What must hold before the suite runs; every check runs, and each that fails is named."""

import difflib
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
SCHEMA = ROOT / "docs" / "api" / "openapi.yaml"
ADDRESS = re.compile(r"https?:|--index-url|--extra-index-url|--find-links")


def main() -> None:
    """Run everything, then say what failed."""
    failed = [name for name, command in COMMANDS.items() if not passes(name, command)]
    if not schema_is_committed():
        failed.append("schema")
    if any(ADDRESS.search(path.read_text()) for path in (ROOT / "requirements").glob("*.txt")):
        failed.append("a lock names an address")
    if find_spec("psycopg"):
        failed.append("psycopg 3 is installed: Django would prefer it")
    if failed:
        sys.exit(f"bin/check: {', '.join(failed)}")


def schema_is_committed() -> bool:
    """Whether the API's schema is the one in the repository; what differs is shown, and bin/manage spectacular --file writes it anew."""
    command = [*MANAGE, "spectacular", "--validate", "--fail-on-warn"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    committed = SCHEMA.read_text(encoding="utf-8")
    if made.returncode == 0 and made.stdout == committed:
        return True
    diff = difflib.unified_diff(committed.splitlines(), made.stdout.splitlines(), str(SCHEMA.relative_to(ROOT)), "the code", lineterm="")
    print("--- schema", made.stderr, *list(diff)[:60], sep="\n", file=sys.stderr)
    return False


def passes(name: str, command: list[str]) -> bool:
    """Run one check; what it says is shown only when it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"--- {name}\n{done.stdout}{done.stderr}", file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    main()
