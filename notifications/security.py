"""What was refused at the hooks: counted by the hour, so that a flood of forgeries makes no flood of rows."""

import logging
from datetime import datetime

from django.db import connection

from notifications.models import SecurityEvent

logger = logging.getLogger(__name__)
Kind = SecurityEvent.Kind
COUNT = """
INSERT INTO notifications_securityevent AS known (kind, channel, provider, hour, count, last_at, detail)
VALUES (%s, %s, %s, %s, 1, %s, %s)
ON CONFLICT (kind, channel, provider, hour) DO UPDATE SET
    count = known.count + 1, last_at = greatest(known.last_at, excluded.last_at), detail = excluded.detail
"""


def note(*, kind: SecurityEvent.Kind, channel: str, provider: str, now: datetime, detail: str = "") -> None:
    """Count one refusal, in one statement; ``detail`` of the last one is kept, and never holds a secret."""
    logger.warning("refused at a hook: %s channel=%s provider=%s %s", kind, channel, provider, detail)
    hour = now.replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [kind, channel[:40], provider[:30], hour, now, detail[:300]])
