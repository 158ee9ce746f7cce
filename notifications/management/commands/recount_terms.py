"""Judge the events of every document again: after ``EXTRA_HOLIDAYS``, the package ``holidays`` or a rule changed, and after an upgrade."""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from invoices.models import Company, TitleEvent
from invoices.scope import company_scope
from invoices.services import lock_document
from notifications import title_values

logger = logging.getLogger(__name__)
SLICE = 200
FIRST = UUID(int=0)


class Command(BaseCommand):
    """
    Each document in a transaction of its own; a second run changes nothing more.

    Not only terms that run: a holiday that is added may bring one back that seemed over, and events that came before there were rules
    were never judged.
    """

    help = "Juzga de nuevo los eventos de todos los documentos y cuenta sus plazos, con los festivos y las reglas de hoy."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where an earlier run stopped."""
        parser.add_argument("--after", nargs=2, metavar=("NIT", "DOCUMENT"), help="sigue donde paró, como lo dijo la última línea")

    def handle(self, *_: Any, after: list[str] | None, **__: Any) -> None:
        """Say after each slice how to go on from there."""
        now, done, failed = timezone.now(), 0, 0
        for company, documents in _slices(after):
            failed += sum(not _recount(company, document, now) for document in documents)
            done += len(documents)
            self.stdout.write(f"{done} documents; to go on from here: --after {company.nit} {documents[-1]}")
        self.stdout.write(f"{done - failed} documents judged again")
        if failed:
            raise CommandError(f"{failed} documents could not be judged: see the log")


def _slices(after: list[str] | None) -> Iterator[tuple[Company, list[UUID]]]:
    """The documents with events, company by company, at most so many at a time."""
    nit, last = (after[0], UUID(after[1])) if after else ("", FIRST)
    for company in Company.objects.filter(nit__gte=nit).order_by("nit"):
        last = last if company.nit == nit else FIRST
        while documents := _slice(company, last):
            yield company, documents
            last = documents[-1]


def _slice(company: Company, last: UUID) -> list[UUID]:
    with company_scope(company.pk):
        events = TitleEvent.objects.filter(document_id__gt=last).order_by("document_id")
        return list(events.values_list("document_id", flat=True).distinct()[:SLICE])


def _recount(company: Company, document_id: UUID, now: datetime) -> bool:
    """Whether it could be done: one broken document stops no other."""
    try:
        with company_scope(company.pk):
            title_values.recount(document=lock_document(document_id), now=now)
    except Exception:
        logger.exception("could not judge the events of document %s", document_id)
        return False
    return True
