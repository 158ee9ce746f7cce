"""Count the legal terms that run anew: after ``EXTRA_HOLIDAYS``, the package ``holidays`` or a rule of the term changed."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from invoices.models import Company, ElectronicDocument
from invoices.scope import company_scope
from invoices.services import lock_document
from notifications import terms, title_values


class Command(BaseCommand):
    """Each document in a transaction of its own; a second run changes nothing more."""

    help = "Cuenta de nuevo los plazos legales que corren, con los festivos y las reglas de hoy."

    def handle(self, *_: Any, **__: Any) -> None:
        """Say how many were counted."""
        now = timezone.now()
        counted = sum(_recount(company, now) for company in Company.objects.order_by("pk"))
        self.stdout.write(f"{counted} terms counted anew")


def _recount(company: Company, now: datetime) -> int:
    with company_scope(company.pk):
        running = ElectronicDocument.objects.filter(terms.running(timezone.localdate(now)))
        found = list(running.order_by("claim_last_day", "pk").values_list("pk", flat=True))
    for document_id in found:
        with company_scope(company.pk):
            title_values.refresh(document=lock_document(document_id), now=now)
    return len(found)
