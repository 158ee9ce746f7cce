"""Telling somebody: the first notification of a document, and every one after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from invoices import history
from invoices.identifiers import uuid7
from invoices.invalid import Invalid
from invoices.models import Actor, ElectronicDocument, RecipientEmail
from invoices.policies import EQUIVALENTS, why_not_notified
from invoices.services import lock_document, remember_recipients, save_address
from notifications import conformity, graphic_files, messages, outbox, summaries, suppressions
from notifications.lives import DeliveryState
from notifications.models import Delivery, Notification, Package, asked_by
from notifications.package import PackageTooBig, package_for
from notifications.recipients import Recipient, recipients

Event = history.Event
Origin = Notification.Origin
RECENT = timedelta(days=5)
MAX_RESEND_ADDRESSES = 20


class NotNotifiable(Exception):
    """The document cannot be notified; the text says why, for the user."""


@dataclass(frozen=True, slots=True)
class Target:
    """
    One address of a resend; ``corrects`` is the address that it stands in for, ``save`` keeps it for the customer.

    ``release_note`` says why an address that is held back may be told again; without it there is no resend to it.
    """

    address: str
    corrects: str = ""
    save: bool = False
    release_note: str = ""


def is_recent(document: ElectronicDocument, now: datetime) -> bool:
    """Whether it was issued in the last five days: importing last year's files mails nobody."""
    return document.issued_at >= now - RECENT


def notify(*, document: ElectronicDocument, now: datetime, by: Actor | None = None) -> Notification | None:
    """
    Notify a document for the first time, once: one message per address, or *Sin correo*.

    :returns: None when it may not be notified, was notified before, or has nobody to tell.
    """
    document = lock_document(document.pk)
    if not _is_first(document):
        return None
    found = _first_recipients(document)
    if not found:
        if document.delivery_status != ElectronicDocument.Delivery.NO_ADDRESS:
            summaries.mark_without_address(document=document)
            history.append(document=document, event=Event.NO_ADDRESS, at=now)
        return None
    notification = _send(document, found, Origin.INITIAL, Event.NOTIFIED, by=by, note="", now=now)
    summaries.refresh(document=document, now=now)
    return notification


def is_due(document: ElectronicDocument) -> bool:
    """Whether ``notify`` would send: it may be notified, was not yet, and there is somebody to tell."""
    return _is_first(document) and bool(_first_recipients(document))


def _is_first(document: ElectronicDocument) -> bool:
    return not why_not_notified(document) and not Notification.objects.filter(document=document, origin=Origin.INITIAL).exists()


def _first_recipients(document: ElectronicDocument) -> list[Recipient]:
    """Those of the document; an equivalent is told to nobody whom it does not name."""
    found = recipients(document)
    named = document.type_code not in EQUIVALENTS or any(item.source == Delivery.Source.DOCUMENT for item in found)
    return found if named else []


def resend(
    *, document: ElectronicDocument, targets: Sequence[Target], note: str, by: Actor | None, now: datetime, origin: Origin = Origin.RESEND
) -> Notification:
    """
    Notify a document again, log who asked for it and owe one message to each address, or do none of the three.

    :param targets: checked addresses in lower case, at least one, none twice.
    :raises NotNotifiable: DIAN has not accepted the document, too many addresses, or one that is held back and not released.
    """
    document = lock_document(document.pk)
    reason = why_not_notified(document)
    if reason:
        raise NotNotifiable(reason)
    if not 1 <= len(targets) <= MAX_RESEND_ADDRESSES:
        raise NotNotifiable(f"Se reenvía a entre 1 y {MAX_RESEND_ADDRESSES} correos.")
    _release(targets, by, now)
    for target in targets:
        if target.save and save_address(customer=document.customer, address=target.address, source=RecipientEmail.Source.RESEND):
            history.append(document=document, event=Event.ADDRESS_SAVED, at=now, by=by, address=target.address)
    before = {item.address_key: item for item in Delivery.objects.filter(document=document, replaced_by=None)}
    wanted = [Recipient(target.address, _source(before.get(target.address))) for target in targets]
    notification = _send(document, wanted, origin, Event.RESENT, by=by, note=note, now=now)
    for delivery in notification.deliveries.all():
        target = next(target for target in targets if target.address == delivery.address_key)
        old = [before[key].pk for key in {target.address, target.corrects} if key in before]
        Delivery.objects.filter(pk__in=old).update(replaced_by=delivery)
    summaries.refresh(document=document, now=now)
    return notification


def _release(targets: Sequence[Target], by: Actor | None, now: datetime) -> None:
    """Let go the addresses that a person vouched for; the first one that nobody did stops the whole."""
    held = suppressions.held(target.address for target in targets)
    notes = {target.address: target.release_note for target in targets}
    for address, row in held.items():
        if not notes[address].strip():
            raise NotNotifiable(suppressions.refusal(row))
    for address, row in held.items():
        try:
            suppressions.release(suppression_id=row.pk, note=notes[address], by=by, at=now)
        except Invalid as exc:
            raise NotNotifiable(f"{address}: {exc}") from exc


def _source(before: Delivery | None) -> Delivery.Source:
    return Delivery.Source(before.source) if before else Delivery.Source.MANUAL


def _send(
    document: ElectronicDocument,
    found: Sequence[Recipient],
    origin: Origin,
    event: history.Event,
    *,
    by: Actor | None,
    note: str,
    now: datetime,
) -> Notification:
    notification = Notification.objects.create(
        company_id=document.company_id,
        kind=Notification.Kind.DOCUMENT,
        origin=origin,
        document=document,
        **asked_by(by),
        note=note[:500],
        created_at=now,
    )
    package = _package(document, now)
    rendered = [_message(document, package, item, now) for item in found]
    outbox.enqueue(
        notification=notification,
        messages=rendered,
        channel=document.company.channel,
        now=now,
        document=document,
        attachments=[(package.name, package.file)] if package else [],
    )
    remember_recipients(document=document, sources={item.address: item.source for item in found})
    addresses = [{"address": item.address, "source": str(item.source)} for item in found]
    history.append(document=document, event=event, at=now, by=by, data={"addresses": addresses, "note": note[:500]})
    for message in rendered:
        if message.verdict:
            history.append(
                document=document, event=Event(message.verdict.value), at=now, address=message.address, data={"reason": message.reason}
            )
    return notification


def _package(document: ElectronicDocument, now: datetime) -> Package | None:
    graphic_files.ensure(document, now=now)
    try:
        return package_for(document=document, now=now)
    except PackageTooBig:
        return None


def _message(document: ElectronicDocument, package: Package | None, item: Recipient, now: datetime) -> outbox.Message:
    shared: dict[str, Any] = {"address": item.address, "source": item.source, "sender": messages.sender(document.company)}
    subject = messages.subject(document)
    if item.switched_off:
        return outbox.Message(**shared, subject=subject, text="", verdict=DeliveryState.SUPPRESSED, reason="switched_off")
    if item.suppressed:
        return outbox.Message(**shared, subject=subject, text="", verdict=DeliveryState.SUPPRESSED, reason="suppressed")
    if package is None:
        return outbox.Message(**shared, subject=subject, text="", verdict=DeliveryState.BLOCKED, reason="package")
    if package.grade == conformity.PREVENTS:
        return outbox.Message(**shared, subject=subject, text="", verdict=DeliveryState.BLOCKED, reason=conformity.REASON)
    delivery_id = uuid7(now)
    mail = messages.document_mail(document=document, package=package, delivery_id=delivery_id, address=item.address, source=item.source)
    return outbox.Message(**shared, id=delivery_id, reply_to=mail.reply_to, subject=mail.subject, text=mail.text, html=mail.html)
