"""What came in and has no owner: facts that name nobody of ours, and messages that said nothing or could not be read."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import BinaryField, QuerySet
from django.db.models.functions import Substr

from invoices.selectors import Order
from notifications import facts, inbound
from notifications.models import DeliveryEvent, InboundMessage
from notifications.returned import parts

SHOWN_BYTES = 4000
Clock = Callable[[], datetime]


def _identifier(text: str) -> str:
    return str(UUID(text))


# Identifiers carry the moment, so they are the order.
NEWEST = Order("id", _identifier)


def orphan_facts() -> QuerySet[DeliveryEvent]:
    """Facts without a delivery, in no order."""
    return DeliveryEvent.across.filter(delivery=None)


def unread_messages() -> QuerySet[InboundMessage]:
    """Messages that left a reason behind, each with the beginning of what came (``head``), in no order."""
    head = Substr("body", 1, SHOWN_BYTES, output_field=BinaryField())
    return InboundMessage.across.exclude(error="").defer("body").annotate(head=head)


def beginning(message: InboundMessage) -> str:
    """The beginning of a message as text; for messages of ``unread_messages``."""
    return parts.tidy(parts.decode(bytes(message.head)))  # type: ignore[attr-defined]


def match_again(key: UUID, *, now: datetime) -> bool:
    """
    Look once more for the delivery that a fact names; whether it was found.

    :raises DeliveryEvent.DoesNotExist: there is no such orphan (any more).
    """
    return facts.rematch(orphan_facts().get(pk=key), now=now)


def read_again(key: UUID, *, clock: Clock) -> InboundMessage:
    """
    Read a message once more; as it is afterwards.

    :raises InboundMessage.DoesNotExist: there is none with that key that left a reason behind.
    """
    message = InboundMessage.across.exclude(error="").get(pk=key)
    inbound.read_again(message, now=clock())
    inbound.process_now(message, clock=clock)
    return InboundMessage.across.defer("body").get(pk=key)
