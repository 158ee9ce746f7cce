"""Who must be told, and were they: one act, one address, one try, one fact."""

from notifications.models.acts import Attachment, Notification, OutboxModel, OwedNotification, Package, PackageCounter, asked_by
from notifications.models.addresses import Suppression
from notifications.models.answers import CustomerAnswer
from notifications.models.batches import ResendBatch, ResendBatchItem
from notifications.models.channels import ChannelHealth, MailChannel
from notifications.models.deliveries import Attempt, Delivery
from notifications.models.facts import DeliveryEvent, InboundMessage, SecurityEvent
from notifications.models.reports import HistoryReport, Slot

__all__ = [
    "Attachment",
    "Attempt",
    "ChannelHealth",
    "CustomerAnswer",
    "Delivery",
    "DeliveryEvent",
    "HistoryReport",
    "InboundMessage",
    "MailChannel",
    "Notification",
    "OutboxModel",
    "OwedNotification",
    "Package",
    "PackageCounter",
    "ResendBatch",
    "ResendBatchItem",
    "SecurityEvent",
    "Slot",
    "Suppression",
    "asked_by",
]
