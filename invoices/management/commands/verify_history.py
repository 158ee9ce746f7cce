"""Prove that no line of the history was changed, removed or slipped in."""

import itertools
from argparse import ArgumentParser
from contextlib import closing
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from invoices import history
from invoices.models import Company, HistoryEntry, HistoryHead
from invoices.scope import company_scope

WHY = {
    "hash": "its contents are not those that were recorded",
    "link": "it does not follow the line before it",
    "sequence": "a line before it is missing or was moved",
    "head": "the chain does not end where it ended",
}


class Command(BaseCommand):
    """``verify_history [--company NIT]``: exit 1, with the first broken line named, when a chain does not hold."""

    help = "Verifica las cadenas del historial."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """All companies, or one."""
        parser.add_argument("--company", metavar="NIT")

    def handle(self, *_: Any, company: str | None, **__: Any) -> None:
        """Follow every chain of every company."""
        companies = Company.objects.filter(nit=company) if company else Company.objects.all()
        documents = movements = 0
        for row in companies.order_by("nit"):
            with company_scope(row.pk):
                found, checked, lines = _verify_company()
            if found:
                raise CommandError(f"document {found.document_id}, line {found.seq}: {WHY[found.why]}")
            documents, movements = documents + checked, movements + lines
        self.stdout.write(f"{documents} documents, {movements} movements: every chain holds")


def _verify_company() -> tuple[history.Break | None, int, int]:
    """The first break, how many chains were followed, and how many lines they have."""
    heads = {head.document_id: head for head in HistoryHead.objects.order_by("document_id")}
    checked = lines = 0
    entries: Any = HistoryEntry.objects.order_by("document_id", "seq").iterator(chunk_size=2000)
    with closing(entries) as rows:
        for document_id, group in itertools.groupby(rows, key=lambda entry: entry.document_id):
            head = heads.pop(document_id, None)
            found = history.verify(document_id, group, head)
            if found:
                return found, checked, lines
            checked, lines = checked + 1, lines + (head.seq if head else 0)
    bare = next(iter(heads.values()), None)
    return history.verify(bare.document_id, [], bare) if bare else None, checked, lines
