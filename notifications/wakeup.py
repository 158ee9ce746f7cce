"""Wake the workers when rows become due. A wake-up that is lost costs seconds: the poller comes every ten."""

import logging
import threading
import time

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
REST_SECONDS = 30.0


class Bell:
    """At most one publish per second and process; after a failure none for a while. Never raises for the broker."""

    def __init__(self, task: str) -> None:
        self._task = task
        self._lock = threading.Lock()
        self._quiet_until = 0.0

    def ring(self) -> None:
        """Publish a wake-up, unless one went out just now or the broker failed a moment ago."""
        with self._lock:
            now = time.monotonic()
            if now < self._quiet_until:
                return
            self._quiet_until = now + EVERY_SECONDS
        try:
            current_app.send_task(self._task, retry=False, ignore_result=True)
        except (OperationalError, OSError) as exc:
            self._quiet_until = time.monotonic() + REST_SECONDS
            logger.warning("no wake-up: %s; the poller will find the rows", exc)


_bell = Bell("notifications.tasks.wake")
wake = _bell.ring
