"""What was refused at the hooks: counted by the hour, so that a flood of forgeries makes no flood of rows."""

import logging
from datetime import datetime

from django.db.models import F

from notifications.models import SecurityEvent

logger = logging.getLogger(__name__)
Kind = SecurityEvent.Kind


def note(*, kind: SecurityEvent.Kind, channel: str, provider: str, now: datetime, detail: str = "") -> None:
    """Count one refusal; ``detail`` of the last one is kept, and never holds a secret."""
    logger.warning("refused at a hook: %s channel=%s provider=%s %s", kind, channel, provider, detail)
    SecurityEvent.objects.bulk_create(
        [
            SecurityEvent(
                kind=kind,
                channel=channel[:40],
                provider=provider[:30],
                hour=now.replace(minute=0, second=0, microsecond=0),
                count=0,
                last_at=now,
                detail=detail[:300],
            )
        ],
        update_conflicts=True,
        unique_fields=["kind", "channel", "provider", "hour"],
        update_fields=["last_at", "detail"],
    )
    SecurityEvent.objects.filter(
        kind=kind, channel=channel[:40], provider=provider[:30], hour=now.replace(minute=0, second=0, microsecond=0)
    ).update(count=F("count") + 1)
