"""The customers whose own addresses lack the one that DIAN's list gives; read from our copy of the list, in the company's scope."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery

from invoices import directory
from invoices.customers import NIT
from invoices.directory import LATEST_FIRST
from invoices.models import Customer, DirectoryDecision, ReceptionDirectory, RecipientEmail
from invoices.models.sales import FINAL_CONSUMER


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One customer: its own active addresses, the row of the list that counts, and the last one that left the list, if any.

    ``usable`` is the address as mail is sent to it, or nothing where it can receive none.
    """

    customer: Customer
    own: Sequence[RecipientEmail]
    listed: ReceptionDirectory
    earlier: ReceptionDirectory | None
    decision: DirectoryDecision | None
    usable: str

    @property
    def changed(self) -> bool:
        """Whether the listed address took the place of the earlier one, which was gone by then."""
        return self.earlier is not None and self.earlier.last_seen < self.listed.first_seen


def differing(*, decided: bool) -> QuerySet[Customer]:
    """
    Customers with a NIT that the list knows and whose own addresses, on or off, lack the listed one; with what the list says of each.

    :param decided: those of which somebody decided, instead of those that wait.
    """
    latest = ReceptionDirectory.objects.filter(nit=OuterRef("identification")).order_by(*LATEST_FIRST)
    own = RecipientEmail.objects.filter(customer=OuterRef("pk"), address_key=OuterRef("listed_address"))
    decision = DirectoryDecision.objects.filter(customer=OuterRef("pk"), address_key=OuterRef("listed_address"))
    rows = (
        Customer.objects.filter(identification_type=NIT)
        .exclude(identification=FINAL_CONSUMER)
        .annotate(
            listed_id=Subquery(latest.values("pk")[:1]),
            listed_address=Subquery(latest.values("address_key")[:1]),
            decision_id=Subquery(decision.values("pk")[:1]),
        )
        .filter(listed_id__isnull=False, decision_id__isnull=not decided)
    )
    active = Prefetch("emails", RecipientEmail.objects.filter(active=True).order_by("pk"), to_attr="active_emails")
    return (rows if decided else rows.filter(~Exists(own))).prefetch_related(active)


def lines(found: Sequence[Customer]) -> list[Difference]:
    """The rows of a page, in three queries more, however many they are."""
    listed, earlier = _listed([getattr(row, "listed_id", 0) for row in found])
    decisions = DirectoryDecision.objects.select_related("decided_by").in_bulk(
        [pk for row in found if (pk := getattr(row, "decision_id", None))]
    )
    return [
        Difference(
            customer=row,
            own=getattr(row, "active_emails", []),
            listed=given,
            earlier=earlier.get(given.nit),
            decision=decisions.get(getattr(row, "decision_id", None)),
            usable=directory.mailable(given),
        )
        for row in found
        if (given := listed.get(getattr(row, "listed_id", 0)))
    ]


def _listed(ids: Sequence[int]) -> tuple[dict[int, ReceptionDirectory], dict[str, ReceptionDirectory]]:
    """
    The rows that count, by their id, and by NIT the last one that left the list before; each NIT is read for itself.

    An address that the list gives beside the one that counts did not come before it.
    """
    before = ReceptionDirectory.objects.filter(nit=OuterRef("nit"), last_seen__lt=OuterRef("last_seen")).order_by(*LATEST_FIRST)
    counting = ReceptionDirectory.objects.annotate(earlier_id=Subquery(before.values("pk")[:1])).in_bulk(ids)
    earlier = ReceptionDirectory.objects.filter(pk__in=[row.earlier_id for row in counting.values() if row.earlier_id])
    return dict(counting), {row.nit: row for row in earlier}


def exported(*, decided: bool) -> QuerySet[Customer]:
    """The same list as ``differing`` for a file: each customer also with the dates of the listed row and what was decided."""
    listed = ReceptionDirectory.objects.filter(pk=OuterRef("listed_id"))
    decision = DirectoryDecision.objects.filter(pk=OuterRef("decision_id"))
    return differing(decided=decided).annotate(
        listed_on=Subquery(listed.values("listed_on")),
        first_seen=Subquery(listed.values("first_seen")),
        last_seen=Subquery(listed.values("last_seen")),
        decision=Subquery(decision.values("choice")),
    )
