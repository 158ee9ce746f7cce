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
    """
    At most one publish per ``every`` seconds and process; after a failure none for a while. Never raises for the broker.

    A task that is rung for at most so often looks again after that time, for what was committed in between.
    """

    def __init__(self, task: str, *, every: float = 0.0) -> None:
        self._task, self._every = task, every
        self._lock = threading.Lock()
        self._quiet_until = 0.0

    def ring(self) -> None:
        """Publish a wake-up, unless one went out just now or the broker failed a moment ago."""
        with self._lock:
            now = time.monotonic()
            if now < self._quiet_until:
                return
            self._quiet_until = now + self._every
        try:
            current_app.send_task(self._task, retry=False, ignore_result=True)
        except (OperationalError, OSError) as exc:
            self._quiet_until = time.monotonic() + REST_SECONDS
            logger.warning("no wake-up: %s; the poller will find the rows", exc)


_bell = Bell("notifications.tasks.wake", every=EVERY_SECONDS)
wake = _bell.ring
