"""Is the process alive, and may it be sent requests: for whoever watches, without a login or a detail that helps a stranger."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from functools import cache
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)
# Each check has a limit of its own below this one, which holds for a disk that does not answer too.
DEADLINE_SECONDS = 4.0
LIMITS = {"connect_timeout": 2, "tcp_user_timeout": 2000, "options": "-c statement_timeout=2000"}  # libpq: seconds, ms, ms
REDIS_SECONDS = 1.0
PROBE = "health/probe"
_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="health")  # where checks hang, later ones find no place and time out


@never_cache
@require_safe
def alive(_request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked, so that a database that is away restarts no web server."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """
    Whether requests may be sent here: ``{status: ok|unready, checks: {name: ok|failed|timeout}}``, 200 or 503.

    Redis is told and decides nothing: without it mails leave some seconds later, and that is no outage.
    """
    checks = _ask({"database": _database, "migrations": _migrations, "files": _files, "redis": _redis})
    well = all(state == "ok" for name, state in checks.items() if name != "redis")
    return JsonResponse({"status": "ok" if well else "unready", "checks": checks}, status=200 if well else 503)


def _ask(checks: dict[str, Callable[[], None]]) -> dict[str, str]:
    """All at once, so that a slow one costs the others nothing."""
    asked = {name: _pool.submit(check) for name, check in checks.items()}
    wait(asked.values(), timeout=DEADLINE_SECONDS)
    return {name: _state(name, future) for name, future in asked.items()}


def _state(name: str, future: Future[None]) -> str:
    if not future.done():
        future.cancel()
        logger.warning("health: %s did not answer in %s s", name, DEADLINE_SECONDS)
        return "timeout"
    if error := future.exception():
        logger.warning("health: %s: %s: %s", name, type(error).__name__, error)
        return "failed"
    return "ok"


@contextmanager
def _connection() -> Iterator[BaseDatabaseWrapper]:
    """A connection of the application's role that is new, so that a server that takes no more is found too."""
    connection = connections["default"].copy()
    connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], **LIMITS}
    with closing(connection):
        yield connection


def _database() -> None:
    with _connection() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    with _connection() as connection:
        missing = _newest() - set(MigrationRecorder(connection).applied_migrations())
    if missing:
        raise RuntimeError(f"not applied: {', '.join(f'{app} {name}' for app, name in sorted(missing))}")


@cache
def _newest() -> frozenset[tuple[str, str]]:
    """The last migration of every app, as this release has them."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _files() -> None:
    """Without it nothing can be taken in and no package made."""
    name = f"{PROBE}-{uuid4().hex}"  # many ask at once
    try:
        default_storage.save(name, ContentFile(b"."))
    finally:
        default_storage.delete(name)


def _redis() -> None:
    limits = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS, "retry": Retry(NoBackoff(), 0)}
    with Redis.from_url(settings.REDIS_URL, **limits) as redis:
        redis.ping()
