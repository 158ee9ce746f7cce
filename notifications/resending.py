"""Resending so that a second press sends nothing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from invoices.models import Actor, ElectronicDocument
from invoices.services import lock_document
from notifications import services
from notifications.models import Notification
from notifications.moments import local


def last_notification(document_id: UUID) -> Notification | None:
    """The act by which the document was last notified."""
    rows = Notification.objects.filter(document_id=document_id).select_related("requested_by", "requested_key")
    return rows.order_by("-created_at", "-pk").first()


def notified_since(document_id: UUID, seen: UUID | None) -> Notification | None:
    """The last notification of a locked document, when it is another than the one that was seen."""
    last = last_notification(document_id)
    return last if last and last.pk != seen else None


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
    last = notified_since(document.pk, seen)
    if last is None:
        return services.resend(document=document, targets=targets, note=note, by=by, now=now, origin=origin)
    addresses = set(last.deliveries.values_list("address_key", flat=True))
    if last.requester == by and addresses == {target.address for target in targets}:
        return last
    raise services.NotNotifiable(
        f"Mientras mirabas esta página, {last.requester or 'el sistema'} lo notificó ({local(last.created_at):%d/%m/%Y %H:%M}): "
        "revisa los correos y reenvía otra vez si hace falta."
    )
