"""What the tests of *Clientes* share: the company's addresses, a page as words, a row of DIAN's list."""

from typing import Any

from django.urls import reverse

from invoices.models import ReceptionDirectory
from tests.factories import NOON

NIT = "909482675"
ADDRESS = "compras@salud.example.com"


def url(name: str, *more: Any) -> str:
    """An address below the company's."""
    return reverse(name, args=[NIT, *more])


def text_of(response: Any) -> str:
    """The page's words, one blank between them, addresses in one piece."""
    return " ".join(response.content.decode().replace("<wbr>", "").split())


def listed(nit: str, address: str) -> None:
    """DIAN's list gives this address."""
    ReceptionDirectory.objects.create(nit=nit, address_key=address, first_seen=NOON.date(), last_seen=NOON.date())
