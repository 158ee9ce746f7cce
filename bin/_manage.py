"""manage.py on a database that is migrated first; ``bin/manage`` runs it with the servers up."""

import os
import sys

import django
from django.core.management import call_command, execute_from_command_line

from einvoice_trace.local import Place

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "einvoice_trace.settings")
django.setup()
if sys.argv[1:2] not in (["migrate"], ["makemigrations"], ["help"]):
    with Place("local").locked():  # two commands at once migrate one after the other
        call_command("migrate", verbosity=0)
execute_from_command_line(["manage.py", *sys.argv[1:]])
