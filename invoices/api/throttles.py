"""How often one key may call; counted in Redis for all processes together, and never in the way when Redis is away."""

import logging
import time
from typing import TYPE_CHECKING

from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from invoices.models import ApiKey

if TYPE_CHECKING:  # the framework reads this module while it is still importing its own views
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)
# After a failure Redis is left alone for so long: a lost Redis must not make every call wait.
PAUSE_SECONDS = 30.0


class KeyThrottle(SimpleRateThrottle):
    """The reads of one key."""

    cache = caches["throttles"]
    scope = "read"
    _away_until = 0.0

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        """One count per key; None (uncounted) for what this throttle is not about."""
        if not isinstance(request.auth, ApiKey) or self.scope != ("read" if request.method in SAFE_METHODS else "write"):
            return None
        return f"throttle:{self.scope}:{request.auth.pk}"

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Whether the key may call now; yes while nobody counts."""
        if time.monotonic() < KeyThrottle._away_until:
            return True
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError) as exc:
            KeyThrottle._away_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("calls are not counted for %d s: %s", PAUSE_SECONDS, exc)
            return True


class WriteThrottle(KeyThrottle):
    """Whatever changes something."""

    scope = "write"
