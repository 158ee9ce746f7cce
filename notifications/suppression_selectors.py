"""What *Correos suprimidos* reads: the addresses that are held back or were, and the customers that have them; in the company's scope."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from invoices.models import Customer, RecipientEmail
from invoices.selectors import Order
from notifications import suppressions
from notifications.models import Suppression

NEWEST = Order("created_at", datetime.fromisoformat)
LAST_RELEASED = Order("released_at", datetime.fromisoformat)
# An address of an accounting firm may be that of a hundred customers: a row names these few.
MOST_CUSTOMERS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One suppression, and the customers that have the address: the first few, and how many more."""

    row: Suppression
    customers: Sequence[Customer]
    more: int

    @property
    def why(self) -> str:
        """Why it is held back."""
        return suppressions.why(self.row)


def rows(text: str, *, released: bool) -> QuerySet[Suppression]:
    """Those held back now, or those of before, whose address begins with the text; in no order."""
    found = Suppression.objects.filter(released_at__isnull=not released).select_related("created_by", "released_by", "delivery__document")
    found = found.defer("delivery__text_body", "delivery__html_body")
    return found.filter(address_key__prefix=text.strip().lower()) if text.strip() else found


def lines(found: Sequence[Suppression]) -> list[Line]:
    """The rows of a page with their customers, in one query more, however many they are."""
    place = Window(RowNumber(), partition_by=F("address_key"), order_by="pk")
    total = Window(Count("pk"), partition_by=F("address_key"))
    emails = RecipientEmail.objects.filter(address_key__in=[row.address_key for row in found]).select_related("customer")
    customers: dict[str, list[Customer]] = defaultdict(list)
    totals: dict[str, int] = {}
    for email in emails.annotate(place=place, total=total).filter(place__lte=MOST_CUSTOMERS).order_by("address_key", "pk"):
        customers[email.address_key].append(email.customer)
        totals[email.address_key] = email.total
    return [Line(row, used := customers[row.address_key], totals.get(row.address_key, 0) - len(used)) for row in found]
