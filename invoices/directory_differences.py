"""The customers whose own addresses lack the one that DIAN's list gives; read from our copy of the list, in the company's scope."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery

from invoices import directory
from invoices.customers import NIT
from invoices.directory import LATEST_FIRST
from invoices.models import Customer, DirectoryDecision, ReceptionDirectory, RecipientEmail
from invoices.models.sales import FINAL_CONSUMER

# What one page reads of the list at most, for each of its customers.
MOST_EARLIER = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One customer: its own active addresses, the row of the list that counts, and the one that counted before, if any.

    ``usable`` is the address as mail is sent to it, or nothing where it can receive none.
    """

    customer: Customer
    own: Sequence[RecipientEmail]
    listed: ReceptionDirectory
    earlier: ReceptionDirectory | None
    decision: DirectoryDecision | None
    usable: str


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
    """The rows of a page, in two queries more, however many they are."""
    history = _history([row.identification for row in found])
    decisions = DirectoryDecision.objects.select_related("decided_by").in_bulk(
        [pk for row in found if (pk := getattr(row, "decision_id", None))]
    )
    return [_line(row, history[row.identification], decisions) for row in found if history[row.identification]]


def _history(nits: Sequence[str]) -> dict[str, list[ReceptionDirectory]]:
    """What the list ever gave for each NIT, the row that counts first."""
    rows: dict[str, list[ReceptionDirectory]] = defaultdict(list)
    known = ReceptionDirectory.objects.filter(nit__in=nits).order_by(*LATEST_FIRST)
    for row in known[: len(nits) * MOST_EARLIER]:
        rows[row.nit].append(row)
    return rows


def _line(customer: Customer, known: Sequence[ReceptionDirectory], decisions: dict[object, DirectoryDecision]) -> Difference:
    earlier = known[1] if len(known) > 1 else None
    active: list[RecipientEmail] = getattr(customer, "active_emails", [])
    decision = decisions.get(getattr(customer, "decision_id", None))
    return Difference(customer, active, known[0], earlier, decision, directory.mailable(known[0]))


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
