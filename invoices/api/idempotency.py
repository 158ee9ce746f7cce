"""
``Idempotency-Key`` on every POST: the same request again is answered as the first time, and done once.

The key is locked in PostgreSQL while its request runs (a session's advisory lock, freed by the server even when the process
dies), so nothing is ever left "in flight". What a scoped handler does and the answer that is remembered commit together.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.files.base import File
from django.db import connection
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from invoices.api.base import CompanyAPI
from invoices.api.problems import InFlight, Unprocessable
from invoices.models import IdempotentAnswer
from invoices.scope import company_scope

P = ParamSpec("P")
V = TypeVar("V", bound=CompanyAPI)
HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
# How long a request waits for its twin before it is told that it is in flight.
PATIENCE_SECONDS = 2.0
LOOK_SECONDS = 0.05


class Repeatable(Response):
    """An answer that the same request may better, because something of ours failed in it: not remembered."""


def idempotent(
    *, scope: bool = True
) -> Callable[[Callable[Concatenate[V, Request, P], Response]], Callable[Concatenate[V, Request, P], Response]]:
    """
    Answer a repeated POST as the first one. Only what was done is remembered: a refusal did nothing, and is judged anew.

    :param scope: open the company's scope around the handler; False for uploads, which open one per document, and whose
        repetition is harmless: documents are recorded once.
    :raises Unprocessable: the key came with another request before. :raises InFlight: its twin is still running.
    """

    def decorate(handler: Callable[Concatenate[V, Request, P], Response]) -> Callable[Concatenate[V, Request, P], Response]:
        @wraps(handler)
        def wrapper(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
            company_id = view.company.pk
            key = _key(request)
            with _lock(f"{company_id}:{key}") if key else nullcontext():
                known = _known(view, key, request) if key else None
                if known:
                    return known
                with company_scope(company_id) if scope else nullcontext():
                    response = handler(view, request, *args, **kwargs)
                    if key and response.status_code < HTTPStatus.BAD_REQUEST and not isinstance(response, Repeatable):
                        _remember(view, key, request, response)
                return response

        return wrapper

    return decorate


def forget_before(moment: datetime) -> int:
    """Remove answers of all companies that are older; how many."""
    return IdempotentAnswer.across.filter(created_at__lt=moment).delete()[0]


def _key(request: Request) -> str:
    key = request.headers.get(HEADER, "").strip()
    if len(key) > 255 or not key.isprintable() or not key.isascii():
        raise ValidationError({HEADER: ["Hasta 255 caracteres ASCII."]})
    return key


@contextmanager
def _lock(name: str) -> Iterator[None]:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    until = time.monotonic() + PATIENCE_SECONDS
    while not _ask("SELECT pg_try_advisory_lock(%s)", number):
        if time.monotonic() > until:
            raise InFlight("Otro pedido con esta Idempotency-Key todavía está en curso: repítelo en unos segundos.")
        time.sleep(LOOK_SECONDS)
    try:
        yield
    finally:
        _ask("SELECT pg_advisory_unlock(%s)", number)


def _ask(sql: str, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [number])
        return bool(cursor.fetchone()[0])


def _known(view: CompanyAPI, key: str, request: Request) -> Response | None:
    with company_scope(view.company.pk):
        known = IdempotentAnswer.objects.filter(key=key).first()
        if known is None:
            return None
        if known.created_at < timezone.now() - KEPT:
            known.delete()
            return None
    if known.fingerprint != _fingerprint(request):
        raise Unprocessable("Esta Idempotency-Key ya se usó con otro pedido: usa una nueva.")
    return Response(json.loads(known.body), status=known.status, headers={"Idempotent-Replayed": "true"})


def _remember(view: CompanyAPI, key: str, request: Request, response: Response) -> None:
    with company_scope(view.company.pk):
        IdempotentAnswer.objects.create(
            company=view.company,
            key=key,
            fingerprint=_fingerprint(request),
            status=response.status_code,
            body=JSONRenderer().render(response.data).decode(),
            created_at=timezone.now(),
        )


def _fingerprint(request: Request) -> str:
    """Method, address and what was sent; a file counts by name and contents, so that a multipart boundary does not matter."""
    data = request.data
    if isinstance(data, MultiValueDict):
        data = {name: [_fact(value) for value in values] for name, values in data.lists()}
    facts = [request.method, request.get_full_path(), data]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _fact(value: Any) -> Any:
    if not isinstance(value, File):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return [value.name, digest.hexdigest()]
