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
# How long the link in a mail answers for the document; after it a new one may be asked for, to the same address only.
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
    """
    No link that this address received so far answers for the document any longer, and none of them can ask for a new one.

    All of them: an earlier mail to the same address would otherwise still open what was just closed. Only a person who notifies
    the document again gives the address another link.
    """
    if delivery.link_revoked_at is None and delivery.company_id is not None:
        same = Delivery.objects.filter(document=delivery.document_id, address_key=delivery.address_key)
        same.filter(link_revoked_at=None).update(link_revoked_at=now)
        delivery.link_revoked_at = now
        audit.record(
            company_id=delivery.company_id,
            action=Action.LINK_REVOKED,
            by=by,
            at=now,
            subject_id=delivery.document_id,
            data={"address": delivery.address},
        )
