"""A key of the API from the command line: the way in before anybody has logged in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from invoices import api_keys
from invoices.invalid import Invalid
from invoices.models import ApiKey, Company
from invoices.scope import company_scope


class Command(BaseCommand):
    """``create_api_key --company NIT --name … --scope read|write``: the key alone on stdout, everything else on stderr."""

    help = "Crea una llave de la API y la muestra una sola vez."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose key it is, what it is called and what it may do."""
        parser.add_argument("--company", required=True, metavar="NIT", help="NIT sin dígito de verificación")
        parser.add_argument("--name", required=True, help="qué programa la usa")
        parser.add_argument("--scope", required=True, choices=ApiKey.Scope.values, help="read: solo consulta; write: también envía")

    def handle(self, *_: Any, company: str, name: str, scope: str, **__: Any) -> None:
        """Make it, or say what is wrong with the input."""
        found = Company.objects.filter(nit=company).first()
        if found is None:
            raise CommandError(f"{company}: no hay una empresa con ese NIT.")
        try:
            with company_scope(found.pk):
                key, text = api_keys.issue(company=found, name=name, scope=scope, by=None, at=timezone.now())
        except Invalid as exc:
            raise CommandError(str(exc)) from exc
        self.stderr.write(f"Llave «{key.name}» de {found.name} ({key.get_scope_display()}). No se vuelve a mostrar:")
        self.stdout.write(text)
