"""The dry run of a bulk resend: to whom each document would go, or why to nobody. Reads in bulk, writes nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from invoices.models import ElectronicDocument, RecipientEmail
from invoices.policies import EQUIVALENTS, why_not_notified
from notifications import suppressions
from notifications.causes import REASONS, Remedy, sentence
from notifications.lives import FAILURES, REACHED, DeliveryState
from notifications.models import Delivery, Notification, ResendBatchItem, Suppression
from notifications.recipients import Recipient, recipients_of

Group = ResendBatchItem.Group
Off = set[tuple[UUID, str]]
Held = dict[str, Suppression]
ALREADY = "Ya se envió a todos sus correos."
ON_ITS_WAY = "Ya va en camino."
NOBODY = "Ni el documento ni el cliente tienen un correo."
OFF = "Sus correos están desactivados en la ficha del cliente."


@dataclass(frozen=True, slots=True)
class Sorted:
    """
    How one document was sorted: the addresses that still lack it, those that have it, or the reason why nothing is sent.

    ``seen`` is its last notification: what comes after it was not known to this dry run.
    """

    group: ResendBatchItem.Group
    missing: Sequence[str] = ()
    reached: Sequence[str] = ()
    reason: str = ""
    seen: UUID | None = None

    def addresses(self, *, again: bool) -> list[str]:
        """To whom it goes; ``again`` includes those that have it already."""
        if self.group not in {Group.SEND, Group.ALREADY}:
            return []
        return [*self.missing, *(self.reached if again else [])]


@dataclass(slots=True)
class Addresses:
    """The addresses of one document, by what can be done with each; none twice."""

    missing: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    moving: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    off: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    reason: str = ""

    @property
    def somebody(self) -> bool:
        """Whether a message is at somebody, or is or can be on its way."""
        return bool(self.missing or self.reached or self.moving)


def sort(documents: Sequence[ElectronicDocument]) -> list[Sorted]:
    """
    Sort the documents, in their order; eight questions to the database however many they are.

    :param documents: with their customers, of the company in scope.
    """
    told, seen = _told(documents), _seen(documents)
    failed = {row["address_key"] for rows in told.values() for row in rows if row["state"] not in REACHED}
    held, off = suppressions.held(failed), _switched_off(documents)
    found = {item.pk: _of_deliveries(item, told[item.pk], held, off) for item in documents}
    nobody = {item.pk: item for item in documents if not found[item.pk].somebody}
    for document_id, known in (recipients_of(list(nobody.values())) if nobody else {}).items():
        if nobody[document_id].type_code in EQUIVALENTS and not any(item.source == Delivery.Source.DOCUMENT for item in known):
            continue  # notified only when it carries an address
        _add_untold(found[document_id], known, told={row["address_key"] for row in told[document_id]})
    return [_sorted(item, found[item.pk], seen.get(item.pk)) for item in documents]


def _told(documents: Sequence[ElectronicDocument]) -> dict[UUID, list[Any]]:
    """The latest message to each address, but failures that a later message to another address made good."""
    told: dict[UUID, list[Any]] = defaultdict(list)
    rows = Delivery.objects.filter(document__in=[item.pk for item in documents], replaced_by=None, resolved_by=None)
    for row in rows.order_by("address_key", "pk").values("document_id", "address_key", "state", "reason"):
        told[row["document_id"]].append(row)
    return told


def _seen(documents: Sequence[ElectronicDocument]) -> dict[UUID, UUID]:
    rows = Notification.objects.filter(document__in=[item.pk for item in documents]).order_by("document_id", "-created_at", "-pk")
    return {document_id: pk for document_id, pk in rows.distinct("document_id").values_list("document_id", "pk") if document_id}


def _switched_off(documents: Sequence[ElectronicDocument]) -> Off:
    rows = RecipientEmail.objects.filter(customer__in={item.customer_id for item in documents}, active=False)
    return set(rows.values_list("customer_id", "address_key"))


def _of_deliveries(document: ElectronicDocument, rows: Sequence[Any], held: Held, off: Off) -> Addresses:
    found = Addresses()
    for row in rows:
        address, state = row["address_key"], row["state"]
        if state in REACHED:
            found.reached.append(address)
        elif state not in FAILURES and state != DeliveryState.CANCELED:
            found.moving.append(address)
        elif address in held:
            found.held.append(address)
            found.reason = found.reason or f"{address}: {sentence(held[address].reason) or 'está suprimido.'}"
        elif (document.customer_id, address) in off:
            found.off.append(address)
        elif _must_be_corrected(row["reason"]):
            found.wrong.append(address)
            found.reason = found.reason or f"{address}: {sentence(row['reason'])}"
        else:
            found.missing.append(address)
    return found


def _must_be_corrected(reason: str) -> bool:
    """Sending the same again cannot help. A reason that holds the address back is no such one: whoever released it wants it sent."""
    return reason in REASONS and REASONS[reason].remedy == Remedy.CORRECT and not REASONS[reason].suppress


def _add_untold(found: Addresses, known: Sequence[Recipient], *, told: set[str]) -> None:
    """Nobody has the document: those who were never told it are, as at the first notification."""
    for item in known:
        if item.address in told:
            continue
        if item.suppressed:
            found.held.append(item.address)
            found.reason = found.reason or f"{item.address}: está suprimido."
        elif item.switched_off:
            found.off.append(item.address)
        else:
            found.missing.append(item.address)


def _sorted(document: ElectronicDocument, found: Addresses, seen: UUID | None) -> Sorted:
    if refused := why_not_notified(document):
        return Sorted(Group.NOT_ACCEPTED, reason=refused, seen=seen)
    if found.missing:
        return Sorted(Group.SEND, found.missing, found.reached, seen=seen)
    if found.moving:
        return Sorted(Group.ON_ITS_WAY, reason=ON_ITS_WAY, seen=seen)
    if found.held:
        return Sorted(Group.SUPPRESSED, reached=found.reached, reason=found.reason, seen=seen)
    if found.reached and not found.wrong:
        return Sorted(Group.ALREADY, reached=found.reached, reason=ALREADY, seen=seen)
    return Sorted(Group.NO_ADDRESS, reached=found.reached, reason=found.reason or (OFF if found.off else NOBODY), seen=seen)
