"""Addresses to which a company sends nothing for now: held back by a bounce, a complaint or a person; released with a note."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from invoices import audit
from invoices.addresses import one_address
from invoices.audit import Action
from invoices.invalid import Invalid
from invoices.models import Actor, Company, User
from invoices.written import one_line
from notifications.causes import REASONS
from notifications.lives import DeliveryState
from notifications.models import Delivery, Suppression
from notifications.presenters import local

Source = Suppression.Source
MAX_NOTE = 300
BY_HAND = "person"
# What holds an address back, where the reason's own sentence speaks of one message.
WHY = {
    BY_HAND: "Una persona pidió no enviarle.",
    "suppressed": "El proveedor de correo no le envía: ya había rebotado o se quejó.",
}


def held(addresses: Iterable[str]) -> dict[str, Suppression]:
    """Those of the addresses (in lower case) that are held back now, with why; in the company's scope."""
    rows = Suppression.objects.filter(address_key__in=list(addresses), released_at=None)
    return {row.address_key: row for row in rows}


def why(row: Suppression) -> str:
    """Why it is held back, in a sentence."""
    return WHY.get(row.reason) or (REASONS[row.reason].sentence if row.reason in REASONS else WHY["suppressed"])


def refusal(row: Suppression) -> str:
    """Why nothing is sent to it now, and what to do."""
    return (
        f"{row.address_key} está suprimido desde el {local(row.created_at):%d/%m/%Y}. {why(row)} Reactívalo con una nota o usa otro correo."
    )


def suppress_after(*, delivery: Delivery, detail: str, at: datetime) -> Suppression | None:
    """
    Hold an address back when its message came back for a reason that sending again cannot mend, or the buyer complained.

    None when there is no such reason, or it is held back already. Only what was notified of a document counts: a report that
    a user cannot receive says nothing of a buyer.
    """
    if delivery.document_id is None or delivery.company_id is None:
        return None
    if delivery.complained:
        return _hold(delivery, "complaint", Source.COMPLAINT, detail, at)
    if delivery.state == DeliveryState.SUPPRESSED and not delivery.verdict:
        return _hold(delivery, delivery.reason or "suppressed", Source.PROVIDER, detail, at)
    if delivery.state == DeliveryState.BOUNCED and delivery.reason in REASONS and REASONS[delivery.reason].suppress:
        return _hold(delivery, delivery.reason, Source.BOUNCE, detail, at)
    return None


def _hold(delivery: Delivery, reason: str, source: Suppression.Source, detail: str, at: datetime) -> Suppression | None:
    judged_already = Suppression.objects.filter(address_key=delivery.address_key, delivery=delivery, reason=reason).exists()
    if judged_already:  # released since: the same fact does not hold it back again
        return None
    assert delivery.company_id is not None
    row, created = Suppression.objects.get_or_create(
        company_id=delivery.company_id,
        address_key=delivery.address_key,
        released_at=None,
        defaults={"reason": reason, "source": source, "detail": detail[:2000], "delivery": delivery, "created_at": at},
    )
    return row if created else None


def suppress(*, company: Company, address: str, reason: str, by: User, at: datetime) -> tuple[Suppression, bool]:
    """
    Hold an address back by hand, for all customers of the company; whether it was not held back already.

    :param reason: in the person's words.
    :raises Invalid: it is no address that mail can be sent to, or nobody said why.
    """
    key, error = one_address(address)
    if error:
        raise Invalid(error, field="address")
    reason = _note(reason, "Escribe el motivo", field="reason")
    row, created = Suppression.objects.get_or_create(
        company=company,
        address_key=key,
        released_at=None,
        defaults={"reason": BY_HAND, "source": Source.PERSON, "detail": reason, "created_at": at, "created_by": by},
    )
    if created:
        audit.record(company_id=company.pk, action=Action.ADDRESS_SUPPRESSED, by=by, at=at, data={"address": key, "reason": reason})
    return row, created


def release(*, suppression_id: UUID, note: str, by: Actor | None, at: datetime) -> Suppression:
    """
    Send to the address again from now on; what happened stays as it was, and nothing is sent by it.

    :raises Invalid: nobody said why, or it was released already.
    """
    note = _note(note, "Escribe por qué lo reactivas", field="note")
    row = Suppression.objects.select_for_update().filter(pk=suppression_id, released_at=None).first()
    if row is None:
        raise Invalid("Este correo ya no está suprimido.")
    row.released_at, row.released_by, row.release_note = at, by if isinstance(by, User) else None, note
    row.save(update_fields=["released_at", "released_by", "release_note"])
    audit.record(company_id=row.company_id, action=Action.ADDRESS_RELEASED, by=by, at=at, data={"address": row.address_key, "note": note})
    return row


def _note(text: str, asks: str, *, field: str) -> str:
    text = one_line(text)
    if not text or len(text) > MAX_NOTE:
        raise Invalid(f"{asks} (hasta {MAX_NOTE} letras): quien lo vea después lo necesita.", field=field)
    return text
