"""Reenviar the documents ticked in a list: first what would happen, then one document after the other."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from invoices.models import ElectronicDocument, User
from invoices.policies import why_not_notified
from notifications import services
from notifications.lives import FAILURES, REACHED, DeliveryState
from notifications.models import Delivery, Notification
from notifications.recipients import recipients

# Sending the same again to such an address cannot help: a person must correct it, or switch it on.
NEEDS_A_PERSON = frozenset({DeliveryState.BOUNCED, DeliveryState.SUPPRESSED})


@dataclass(frozen=True, slots=True)
class Row:
    """One document: the addresses that still lack it, those that have it, or the reason why nothing is sent."""

    document: ElectronicDocument
    missing: Sequence[str] = ()
    reached: Sequence[str] = ()
    reason: str = ""

    def addresses(self, *, again: bool) -> list[str]:
        """To whom it goes; ``again`` includes those that have it already."""
        return [*self.missing, *(self.reached if again else [])]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bulk resend would do."""

    rows: Sequence[Row]

    @property
    def sendable(self) -> list[Row]:
        """Documents that can be sent to somebody."""
        return [row for row in self.rows if not row.reason]

    @property
    def kept(self) -> list[Row]:
        """Documents that are left out, each with its reason."""
        return [row for row in self.rows if row.reason]

    @property
    def missing(self) -> int:
        """Messages to addresses that still lack their document."""
        return sum(len(row.missing) for row in self.sendable)

    @property
    def reached(self) -> int:
        """Messages to addresses that have it already."""
        return sum(len(row.reached) for row in self.sendable)

    @property
    def lacking(self) -> int:
        """Documents that somebody still lacks."""
        return sum(bool(row.missing) for row in self.sendable)


def plan(document_ids: Sequence[UUID]) -> Plan:
    """Sort the documents; in the company's scope. Newest first."""
    documents = ElectronicDocument.objects.filter(pk__in=document_ids).select_related("customer").order_by("-issue_date", "-pk")
    deliveries: dict[UUID | None, list[Delivery]] = defaultdict(list)
    for delivery in Delivery.objects.filter(document_id__in=document_ids, replaced_by=None).order_by("address_key"):
        deliveries[delivery.document_id].append(delivery)
    return Plan([_row(document, deliveries[document.pk]) for document in documents])


def _row(document: ElectronicDocument, deliveries: Sequence[Delivery]) -> Row:
    reason = why_not_notified(document)
    if reason:
        return Row(document, reason=reason)
    if not deliveries:
        addresses = [item.address for item in recipients(document) if not item.switched_off]
        return Row(document, missing=addresses, reason="" if addresses else "No tiene correo: agrégalo al reenviar desde el documento.")
    missing = [item.address_key for item in deliveries if item.state in FAILURES and item.state not in NEEDS_A_PERSON]
    reached = [item.address_key for item in deliveries if item.state in REACHED]
    return Row(document, missing, reached, "" if missing or reached else _why_nobody(deliveries))


def _why_nobody(deliveries: Sequence[Delivery]) -> str:
    if any(item.state in NEEDS_A_PERSON for item in deliveries):
        return "El correo fue devuelto o está desactivado: corrígelo al reenviar desde el documento."
    return "Ya va en camino."


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one document."""

    document: ElectronicDocument
    addresses: Sequence[str]
    reason: str = ""


def resend_one(*, document_id: UUID, notification_id: UUID, again: bool, by: User, now: datetime) -> list[Result]:
    """Resend one document, judged anew; the same notification twice sends once. Nothing when it is not of the company in scope."""
    done = Notification.objects.filter(pk=notification_id, document_id=document_id).select_related("document__customer").first()
    if done and done.document:
        return [Result(done.document, list(done.deliveries.values_list("address", flat=True)))]
    results = []
    for row in plan([document_id]).rows:
        addresses = row.addresses(again=again)[: services.MAX_RESEND_ADDRESSES]
        reason = row.reason or ("" if addresses else "Todos sus correos ya lo recibieron.")
        if not reason:
            targets = [services.Target(address) for address in addresses]
            services.resend(
                document=row.document, targets=targets, note="", by=by, now=now, origin=Notification.Origin.BULK, id=notification_id
            )
        results.append(Result(row.document, addresses, reason))
    return results
