"""Documents whose messages failed, as the tests of *Problemas de entrega* need them; in the company's scope."""

from datetime import timedelta
from typing import Any

from invoices.models import Company, Customer, ElectronicDocument, ReceptionDirectory
from invoices.services import lock_document
from notifications import summaries
from notifications.lives import Queue
from notifications.models import Delivery, Notification
from tests import factories
from tests.factories import NOON


def failed(
    company: Company,
    buyer: Customer,
    address: str = "malo@example.com",
    *,
    state: str = "bounced",
    reason: str = "no_mailbox",
    **fields: Any,
) -> Delivery:
    """A document of the customer whose one message failed, with its summary."""
    document = fields.pop("document", None) or factories.document(company, customer=buyer, addresses=(address,), **fields)
    origin = "initial" if not Notification.objects.filter(document=document).exists() else "resend"
    notification = Notification.objects.create(company=company, kind="document", origin=origin, document=document, created_at=NOON)
    delivery = factories.delivery(
        document,
        address,
        notification=notification,
        queue=Queue.DONE,
        state=state,
        reason=reason,
        attempts=1,
        settled_at=NOON + timedelta(minutes=1),
        last_reply="550 5.1.1 User unknown",
    )
    summaries.refresh(document=lock_document(document.pk), now=NOON)
    return delivery


def without_address(company: Company, buyer: Customer, **fields: Any) -> ElectronicDocument:
    """A document that nobody gave an address for."""
    return factories.document(company, customer=buyer, addresses=(), delivery_status="no_address", **fields)


def listed(buyer: Customer, address: str) -> None:
    """DIAN's list gives this address for the customer."""
    ReceptionDirectory.objects.create(nit=buyer.identification, address_key=address, first_seen=NOON.date(), last_seen=NOON.date())
