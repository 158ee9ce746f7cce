"""
One line per event: JSON in production, words on a desk; from structlog and from the standard library alike.

A line of a request carries ``request_id``; a line of a task ``task`` and ``task_id``; a line from inside a company's scope
``company_id``. Links of mails and keys are struck out of every line: they open what they name.
"""

import re
import time
from collections.abc import Callable
from http import HTTPStatus
from logging import DEBUG, INFO
from typing import Any
from uuid import uuid4

import structlog
from django.apps import apps
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor

RENDERERS: dict[str, Processor] = {
    "json": JSONRenderer(ensure_ascii=False),
    "line": ConsoleRenderer(colors=False, exception_formatter=plain_traceback),
}
# Asked every few seconds by machines: a line only when something is wrong.
QUIET = re.compile(r"/(salud/|metrics$)")
SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# What opens a door: the links of mails (buyer, invitation, password), whatever Django signed, keys, headers; and the rows that
# PostgreSQL quotes in an error.
SECRET = re.compile(
    r"(?P<keep>\b(?:d|hooks|invitacion|password/reset/key)/+)[^/\s\"'<>]{8,}"
    r"|(?<![\w.-])[\w.-]{16,}:\w{6}:[\w-]{43,}"
    r"|\btraza_[0-9a-f]{32}_[\w-]+"
    r"|(?P<word>\b(?i:bearer)\s+)[\w.~+/=-]+"
    r"|(?P<row>Failing row contains )\(.*?\)\.(?=\n|$)",
    re.DOTALL,
)
access = structlog.stdlib.get_logger("einvoice_trace.access")
structlog.configure(
    processors=[ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)


def formatter(form: str) -> ProcessorFormatter:
    """The formatter that ``LOGGING`` names: every event, whoever wrote it, goes through the same steps."""
    steps: list[Processor] = [
        merge_contextvars,
        add_log_level,
        add_logger_name,
        TimeStamper(fmt="iso"),
        _whose,
        ProcessorFormatter.remove_processors_meta,
        format_exc_info,
        _masked,
        RENDERERS[form],
    ]
    return ProcessorFormatter(processors=steps)


def _whose(_logger: Any, _level: str, event: EventDict) -> EventDict:
    """Add whose work the line is about: the scope that is open, or the request that Django attached to its own line."""
    if apps.ready:  # logging is set up before the models can be imported
        from invoices.scope import in_scope

        if company_id := in_scope():
            event["company_id"] = str(company_id)
    request = getattr(event["_record"], "request", None)
    if isinstance(request, HttpRequest):
        event.update(_who(request))
    return event


def _who(request: HttpRequest) -> dict[str, str]:
    """The company's NIT and the user's or key's id, as far as the view has found them; asks the database nothing."""
    key = getattr(request, "auth", None)
    company = getattr(request, "company", None) or getattr(key, "company", None)
    user = getattr(request, "_cached_user", None)  # what AuthenticationMiddleware keeps once somebody looked at request.user
    found = {"company": getattr(company, "nit", None), "user": getattr(user, "pk", None), "key": getattr(key, "pk", None)}
    return {name: str(value) for name, value in found.items() if value}


def _masked(_logger: Any, _level: str, event: EventDict) -> EventDict:
    """Strike out secrets, in every text of the line."""
    return {name: mask(value) if isinstance(value, str) else value for name, value in event.items()}


def mask(text: str) -> str:
    """The text with an ellipsis in place of whatever opens a door."""
    return SECRET.sub(lambda found: (found["keep"] or found["word"] or found["row"] or "") + "…", text)


class RequestLog:
    """
    One line per request when its answer begins, and ``X-Request-ID`` on the answer.

    The id is the proxy's if it sent a sane one. Neither the query nor a header nor a body is written down.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then say so; what is logged on the way carries the same id."""
        request_id = _request_id(request.headers.get("X-Request-ID", ""))
        began = time.perf_counter()
        with bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            milliseconds = round((time.perf_counter() - began) * 1000)
            quiet = QUIET.match(request.path) and response.status_code < HTTPStatus.BAD_REQUEST
            told = {"method": request.method, "path": request.path, "status": response.status_code, "ms": milliseconds}
            access.log(DEBUG if quiet else INFO, "request", **told, **_who(request))
        response["X-Request-ID"] = request_id
        return response


def _request_id(given: str) -> str:
    return given if SANE_ID.fullmatch(given) else uuid4().hex
