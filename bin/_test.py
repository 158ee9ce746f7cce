"""The checks and then the suite, in one pytest run on two workers; with arguments only what they name."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What takes minutes is run by name: bin/test tests/fuzz, and all browser tests with bin/test tests/functional
BY_NAME = ["--ignore", "tests/fuzz", "--ignore", "tests/functional/guide", "-m", "not every_page"]
SUITE = ["-q", "-n", "2", "--dist", "loadgroup", *BY_NAME, "tests"]


def main() -> None:
    """End with pytest's own closing line."""
    arguments = sys.argv[1:]
    checked = 0 if arguments else subprocess.run([sys.executable, "bin/_check.py"], cwd=ROOT, check=False).returncode
    tested = subprocess.run([sys.executable, "-m", "pytest", *(arguments or SUITE)], cwd=ROOT, check=False).returncode
    sys.exit(checked or tested)


if __name__ == "__main__":
    main()
