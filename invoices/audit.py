"""The audit trail: one line per act that is no movement of a document; the only writer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from invoices.history import SYSTEM
from invoices.identifiers import uuid7
from invoices.models import Actor, AuditEntry

Action = AuditEntry.Action


def record(
    *,
    company_id: UUID,
    action: AuditEntry.Action,
    by: Actor | None,
    at: datetime,
    subject_id: UUID | None = None,
    data: dict[str, Any] | None = None,
) -> AuditEntry:
    """
    Write one line, in the caller's transaction and scope.

    :param by: None for a command of the machine. :param subject_id: the customer, key or user that it was done to.
    :param data: JSON; names and addresses, never a secret.
    """
    return AuditEntry.objects.create(
        id=uuid7(at),
        company_id=company_id,
        action=action,
        recorded_at=at,
        actor_id=by.pk if by else None,
        actor_name=str(by or SYSTEM)[:254],
        subject_id=subject_id,
        data=data or {},
    )
