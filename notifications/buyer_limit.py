"""How often the buyer's buttons may be pressed: counted in Redis, and never in the way when Redis is away."""

import logging

from allauth.account.adapter import get_adapter
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from redis.exceptions import RedisError

from notifications.models import Delivery

logger = logging.getLogger(__name__)
SECONDS = 60
# An office may answer for many documents through one connection; one link is pressed a few times.
MOST_BY_LINK, MOST_BY_ADDRESS = 10, 60


def allowed(request: HttpRequest, delivery: Delivery) -> bool:
    """
    Whether this link, and this address, may press once more within the minute; yes while nobody counts.

    Only presses with a link of ours are counted, and what its link refuses is not counted for the address: so neither a
    stranger nor one link can use up what others behind the same address may press.
    """
    by_link = _count(f"buyer:link:{delivery.pk}") <= MOST_BY_LINK
    return by_link and _count(f"buyer:address:{client_address(request)}") <= MOST_BY_ADDRESS


def client_address(request: HttpRequest) -> str:
    """
    The address that the login limits count too: behind ``TRUSTED_PROXY_HOPS`` proxies, what the outermost of them saw.

    A request that came by fewer proxies than that counts for whoever connected: a buyer is not refused for a wrong setting.
    """
    try:
        return str(get_adapter().get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied) as exc:
        logger.warning("the address of a buyer is not known: %s", exc)
        return str(request.META.get("REMOTE_ADDR", ""))


def _count(key: str) -> int:
    """How often it was pressed within the minute, with this time; 0 where nobody knows."""
    cache = caches["throttles"]
    try:
        cache.add(key, 0, SECONDS)
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        return 0
    except (RedisError, OSError) as exc:
        logger.warning("the buyer's presses are not counted: %s", exc)
        return 0
