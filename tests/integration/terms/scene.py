"""Invoices on credit before and in Holy Week of 2026, their events, and where the term is shown."""

from datetime import date, datetime, timedelta
from typing import Any

import time_machine
from django.test import Client
from django.urls import reverse

from invoices.models import Company, ElectronicDocument
from notifications.moments import BOGOTA
from tests import factories

# Friday before Holy Week: the three business days end on Wednesday 1 April, and 034 is possible from Monday 6 April.
FRIDAY = datetime(2026, 3, 27, 16, 40, tzinfo=BOGOTA)
MONDAY, WEDNESDAY = FRIDAY + timedelta(days=3), FRIDAY + timedelta(days=5)
LAST_DAY = date(2026, 4, 1)
Status = ElectronicDocument.TitleStatus


def on_credit(company: Company, number: str, *codes: str, last_day: date | None = None, **fields: Any) -> ElectronicDocument:
    """An invoice of that Friday, with these events of it."""
    document = factories.document(company, number=number, at=FRIDAY, payment_form="2", claim_last_day=last_day, **fields)
    for code in codes:
        factories.title_event(document, code, at=FRIDAY)
    return document


def running(company: Company, number: str, last_day: date = LAST_DAY, **fields: Any) -> ElectronicDocument:
    """One of which the term runs."""
    return on_credit(company, number, "030", "032", last_day=last_day, title_status=Status.GOODS_RECEIVED, **fields)


def shown(client: Client, document: ElectronicDocument, at: datetime, **query: str) -> str:
    """The document's page, looked at in that moment."""
    with time_machine.travel(at, tick=False):
        return client.get(reverse("document", args=[document.company.nit, document.pk]), query).content.decode()


def listed(client: Client, company: Company, at: datetime = MONDAY, **query: str) -> Any:
    """*Por vencer*, looked at in that moment."""
    with time_machine.travel(at, tick=False):
        return client.get(reverse("documents", args=[company.nit]), {"plazo": "corre", **query})


def numbers(response: Any) -> list[str]:
    """The documents of the list, in its order."""
    return [document.number for document, _, _ in response.context["rows"]]
