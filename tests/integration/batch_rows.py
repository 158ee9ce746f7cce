"""Documents whose messages stand in given states, for the tests of *Lotes*."""

from invoices.models import Company, ElectronicDocument
from notifications import services
from notifications.models import Delivery, Suppression
from tests import factories
from tests.factories import NOON


def told(company: Company, **states: str) -> ElectronicDocument:
    """A notified document whose messages stand in these states: ``told(company, ana="sent")``."""
    document = factories.document(company, addresses=tuple(f"{name}@example.com" for name in states))
    services.notify(document=document, now=NOON)
    for name, state in states.items():
        sent = {"sent_at": NOON} if state in {"sent", "delivered"} else {}
        queue = "ready" if state in {"queued", "deferred"} else "done"
        Delivery.objects.filter(document=document, address=f"{name}@example.com").update(state=state, queue=queue, **sent)
    return document


def held(company: Company, address: str) -> Suppression:
    """The address is held back after a bounce."""
    return Suppression.objects.create(company=company, address_key=address, reason="no_mailbox", source="bounce", created_at=NOON)
