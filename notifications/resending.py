"""Resending so that a second press sends nothing, and resending the documents ticked in a list."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from invoices.models import Actor, ElectronicDocument
from invoices.policies import why_not_notified
from invoices.services import lock_document
from notifications import services
from notifications.lives import FAILURES, REACHED, DeliveryState
from notifications.models import Delivery, Notification
from notifications.presenters import local
from notifications.recipients import recipients

# Sending the same again to such an address cannot help: a person must correct it, or switch it on.
NEEDS_A_PERSON = frozenset({DeliveryState.BOUNCED, DeliveryState.SUPPRESSED})


def last_notification(document_id: UUID) -> Notification | None:
    """The act by which the document was last notified."""
    rows = Notification.objects.filter(document_id=document_id).select_related("requested_by", "requested_key")
    return rows.order_by("-created_at", "-pk").first()


def resend_once(
    *,
    document: ElectronicDocument,
    targets: Sequence[services.Target],
    note: str,
    by: Actor,
    now: datetime,
    seen: UUID | None,
    origin: Notification.Origin = Notification.Origin.RESEND,
) -> Notification:
    """
    Resend, unless the document was notified since the person looked at it.

    :param seen: the last notification that the form showed. The same person's same addresses again are a second press: the
        notification of the first is returned, and nothing is sent.
    :raises NotNotifiable: somebody notified it meanwhile, or it may not be notified; the text is for the user.
    """
    lock_document(document.pk)
    last = last_notification(document.pk)
    if last is None or last.pk == seen:
        return services.resend(document=document, targets=targets, note=note, by=by, now=now, origin=origin)
    addresses = set(last.deliveries.values_list("address_key", flat=True))
    if last.requester == by and addresses == {target.address for target in targets}:
        return last
    raise services.NotNotifiable(
        f"Mientras mirabas esta página, {last.requester or 'el sistema'} lo notificó ({local(last.created_at):%d/%m/%Y %H:%M}): "
        "revisa los correos y reenvía otra vez si hace falta."
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One document: the addresses that still lack it, those that have it, or the reason why nothing is sent."""

    document: ElectronicDocument
    missing: Sequence[str] = ()
    reached: Sequence[str] = ()
    reason: str = ""
    seen: UUID | None = None

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
    latest = Notification.objects.filter(document_id__in=document_ids).order_by("document_id", "-created_at", "-pk").distinct("document_id")
    seen = dict(latest.values_list("document_id", "pk"))
    return Plan([replace(_row(document, deliveries[document.pk]), seen=seen.get(document.pk)) for document in documents])


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


def resend_one(*, document_id: UUID, seen: UUID | None, again: bool, by: Actor, now: datetime) -> list[Result]:
    """Resend one document of a list, judged anew; nothing when it is not of the company in scope."""
    results = []
    for row in plan([document_id]).rows:
        addresses = row.addresses(again=again)[: services.MAX_RESEND_ADDRESSES]
        reason = row.reason or ("" if addresses else "Ya se le envió a todos sus correos.")
        results.append(Result(row.document, addresses, reason or _resend(row.document, addresses, seen, by, now)))
    return results


def _resend(document: ElectronicDocument, addresses: Sequence[str], seen: UUID | None, by: Actor, now: datetime) -> str:
    targets = [services.Target(address) for address in addresses]
    try:
        resend_once(document=document, targets=targets, note="", by=by, now=now, seen=seen, origin=Notification.Origin.BULK)
    except services.NotNotifiable as exc:
        return str(exc)
    return ""
