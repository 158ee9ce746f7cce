"""The personal link in a mail: signed, for a time, revocable."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing

from invoices import audit
from invoices.audit import Action
from invoices.models import User
from notifications.models import Delivery

LINK_SALT = "buyer"
# How long the link in a mail answers for the document; after it a new one goes to the same address only.
LINK_LIFE = timedelta(days=90)


def make(*, company_id: UUID, delivery_id: UUID) -> str:
    """The token of the link in one mail: it names company and delivery, carries its time, and is signed."""
    return signing.dumps([company_id.hex, delivery_id.hex], salt=LINK_SALT)


@dataclass(frozen=True, slots=True)
class Link:
    """What a link names, and whether its time is over; whether the rows exist is for the caller to see."""

    company_id: UUID
    delivery_id: UUID
    expired: bool


def read(token: str) -> Link:
    """
    Read a link.

    :raises django.core.signing.BadSignature: the token is not ours.
    """
    expired = False
    try:
        named = signing.loads(token, salt=LINK_SALT, max_age=LINK_LIFE)
    except signing.SignatureExpired:
        named, expired = signing.loads(token, salt=LINK_SALT), True
    company, delivery = named
    return Link(UUID(company), UUID(delivery), expired)


def until(delivery: Delivery) -> datetime:
    """When the link in the mail stops answering for the document: it was made with its delivery."""
    return delivery.created_at + LINK_LIFE


def revoke(*, delivery: Delivery, by: User, now: datetime) -> None:
    """The link in this mail no longer answers for the document; a new one is sent only on request, to the same address."""
    if delivery.link_revoked_at is None and delivery.company_id is not None:
        delivery.link_revoked_at = now
        delivery.save(update_fields=["link_revoked_at"])
        audit.record(
            company_id=delivery.company_id,
            action=Action.LINK_REVOKED,
            by=by,
            at=now,
            subject_id=delivery.document_id,
            data={"address": delivery.address},
        )
