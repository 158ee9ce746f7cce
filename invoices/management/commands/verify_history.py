"""Prove that no line of the history was changed, removed or slipped in."""

import itertools
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from invoices import history
from invoices.models import Company, HistoryEntry, HistoryHead
from invoices.scope import company_scope


class Command(BaseCommand):
    """``verify_history [--company NIT]``: exit 1, with the first broken line named, when a chain does not hold."""

    help = "Verifica las cadenas del historial."

    def add_arguments(self, parser: ArgumentParser) -> None:  # type: ignore[override]
        """All companies, or one."""
        parser.add_argument("--company", metavar="NIT")

    def handle(self, *_: Any, company: str | None, **__: Any) -> None:
        """Follow every chain of every company."""
        companies = Company.objects.filter(nit=company) if company else Company.objects.all()
        documents = entries = 0
        for row in companies.order_by("nit"):
            with company_scope(row.pk):
                checked, lines = _verify_company()
            documents, entries = documents + checked, entries + lines
        self.stdout.write(f"{documents} documents, {entries} movements: every chain holds")


def _verify_company() -> tuple[int, int]:
    heads = {head.document_id: head for head in HistoryHead.objects.all()}
    rows = HistoryEntry.objects.order_by("document_id", "seq").iterator(chunk_size=2000)
    checked = lines = 0
    for document_id, group in itertools.groupby(rows, key=lambda entry: entry.document_id):
        head = heads.pop(document_id, None)
        found = history.verify(document_id, group, head)
        if found:
            raise CommandError(f"document {found.document_id}, line {found.seq}: the {found.why} does not hold")
        checked, lines = checked + 1, lines + (head.seq if head else 0)
    for head in heads.values():
        raise CommandError(f"document {head.document_id}, line {head.seq}: the head does not hold, its lines are gone")
    return checked, lines
