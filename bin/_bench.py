"""One comparison of bench/, on throwaway servers: ``bin/bench lists``. Each is one run and prints its ratio."""

import os
import runpy
import sys
from datetime import timedelta
from pathlib import Path

import django
from django.core.management import call_command
from django.utils import timezone

FOLDER = Path(__file__).resolve().parent.parent / "bench"
NAMES = sorted(path.stem for path in FOLDER.glob("[a-z]*.py") if path.stem not in {"load"})


def main() -> None:
    """Migrate the empty database, then run what was named."""
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        sys.exit(f"bin/bench {'|'.join(NAMES)}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "einvoice_trace.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("ensure_partitions", since=timezone.localdate() - timedelta(days=400), verbosity=0)
    runpy.run_path(str(FOLDER / f"{sys.argv[1]}.py"), run_name="__main__")


if __name__ == "__main__":
    main()
