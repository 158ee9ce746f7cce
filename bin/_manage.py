"""manage.py on a database that is migrated first; ``bin/manage`` runs it with the servers up."""

import fcntl
import json
import os
import sys

import django
from django.core.management import call_command, execute_from_command_line

from einvoice_trace.local import VAR, Place


def share_addresses() -> None:
    """While ``bin/start`` runs in this checkout, its address stands in mails and its sink takes them."""
    lock, running = VAR / "local" / "start.lock", VAR / "local" / "running.json"
    if not (lock.exists() and running.exists()):
        return
    with lock.open() as held:
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            for name, value in json.loads(running.read_text()).items():
                os.environ.setdefault(name, value)


share_addresses()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "einvoice_trace.settings")
django.setup()
if sys.argv[1:2] not in (["migrate"], ["makemigrations"], ["help"]):
    with Place("local").locked():  # two commands at once migrate one after the other
        call_command("migrate", verbosity=0)
execute_from_command_line(["manage.py", *sys.argv[1:]])
