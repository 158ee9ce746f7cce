"""What was sold and documented."""

from invoices.models.access import Actor, ApiKey, IdempotentAnswer, Invitation
from invoices.models.audit import AuditEntry
from invoices.models.companies import Company, Membership, User
from invoices.models.demands import BuyerDemand
from invoices.models.directory import DirectoryDecision, ReceptionDirectory
from invoices.models.documents import (
    DocumentConflict,
    DocumentFile,
    DocumentRecipient,
    ElectronicDocument,
    WaitingResponse,
)
from invoices.models.files import StoredFile
from invoices.models.history import HistoryEntry, HistoryHead
from invoices.models.sales import Customer, RecipientEmail, SalesTransaction
from invoices.models.title_events import TitleEvent

__all__ = [
    "Actor",
    "ApiKey",
    "AuditEntry",
    "BuyerDemand",
    "Company",
    "Customer",
    "DirectoryDecision",
    "DocumentConflict",
    "DocumentFile",
    "DocumentRecipient",
    "ElectronicDocument",
    "HistoryEntry",
    "HistoryHead",
    "IdempotentAnswer",
    "Invitation",
    "Membership",
    "ReceptionDirectory",
    "RecipientEmail",
    "SalesTransaction",
    "StoredFile",
    "TitleEvent",
    "User",
    "WaitingResponse",
]
