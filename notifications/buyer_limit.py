"""How often one connection may press the buyer's buttons: counted in Redis, and never in the way when Redis is away."""

import logging

from django.core.cache import caches
from django.http import HttpRequest
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
MOST, SECONDS = 20, 60


def allowed(request: HttpRequest) -> bool:
    """Whether this address may press once more within the minute; yes while nobody counts."""
    key = f"buyer:{request.META.get('REMOTE_ADDR', '')}"
    cache = caches["throttles"]
    try:
        cache.add(key, 0, SECONDS)
        return bool(cache.incr(key) <= MOST)
    except ValueError:  # it ran out between the two
        return True
    except (RedisError, OSError) as exc:
        logger.warning("the buyer's presses are not counted: %s", exc)
        return True
