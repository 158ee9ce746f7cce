"""What the tests of *Clientes* share: the company's addresses, a page as words, a row of DIAN's list."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

from invoices import directory_differences
from invoices.models import Company, ReceptionDirectory
from invoices.scope import company_scope
from tests.factories import NOON

NIT = "909482675"
ADDRESS = "compras@salud.example.com"
LISTED = "recepcion@salud.example.com"


def url(name: str, *more: Any) -> str:
    """An address below the company's."""
    return reverse(name, args=[NIT, *more])


def text_of(response: Any) -> str:
    """The page's words, one blank between them, addresses in one piece."""
    return " ".join(response.content.decode().replace("<wbr>", "").split())


def listed(nit: str, address: str, *, first: int = 0, last: int = 0) -> None:
    """DIAN's list gave this address; seen so many days before or after noon for the first and for the last time."""
    seen = [NOON.date() + timedelta(days=days) for days in (first, last)]
    ReceptionDirectory.objects.create(nit=nit, address_key=address, first_seen=seen[0], last_seen=seen[1])


def waiting(company: Company, *, decided: bool = False) -> list[str]:
    """The customers whose listed address waits for a decision, or got one."""
    with company_scope(company.pk):
        return [row.name for row in directory_differences.differing(decided=decided)]
