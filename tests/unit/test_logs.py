"""One line per event that a machine can read, with what it is about, and without what opens a door."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
import structlog
from celery import shared_task
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from einvoice_trace import logs
from invoices.models import ApiKey, Company

logger = logging.getLogger("tests.logs")
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What the root's handler writes as JSON, whoever speaks."""
    handler, root = logging.StreamHandler(StringIO()), logging.getLogger()
    handler.setFormatter(logs.formatter("json"))
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler.stream
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def lines(written: StringIO) -> Lines:
    """The events, each of one line."""
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def answer(request: HttpRequest, *, status: int = 200) -> HttpResponse:
    """Send a request through the middleware to a view that says something and answers."""

    def view(_request: HttpRequest) -> HttpResponse:
        logger.info("on the way")
        return HttpResponse(status=status)

    return logs.RequestLog(view)(request)


def fail(why: str, *, body: str = "") -> None:
    """Log an exception from a frame that holds the body of a mail."""
    try:
        int(why)
    except ValueError:
        logger.exception("it broke")


def test_structlog_and_the_standard_library_speak_alike(lines: Lines) -> None:
    logger.warning("%s of %s", 1, 2)
    structlog.stdlib.get_logger("tests.logs").warning("said", number=3)

    plain, structured = lines()
    assert {**plain, "timestamp": ""} == {"event": "1 of 2", "level": "warning", "logger": "tests.logs", "timestamp": ""}
    assert {**structured, "timestamp": ""} == {"event": "said", "number": 3, "level": "warning", "logger": "tests.logs", "timestamp": ""}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", plain["timestamp"])


def test_every_line_of_a_request_carries_its_id(lines: Lines) -> None:
    response = answer(RequestFactory().get("/e/900373076/cargar/", headers={"X-Request-ID": "proxy-1"}))

    on_the_way, request = lines()
    assert response["X-Request-ID"] == on_the_way["request_id"] == request["request_id"] == "proxy-1"


def test_the_id_is_forgotten_after_the_request(lines: Lines) -> None:
    answer(RequestFactory().get("/"))
    logger.info("between requests")

    assert "request_id" not in lines()[-1]


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", 'a"b', "línea"])
def test_an_id_that_is_not_sane_is_replaced(given: str) -> None:
    response = answer(RequestFactory().get("/", HTTP_X_REQUEST_ID=given))

    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])


def test_the_line_of_a_request_says_what_for_whom_and_how_long(lines: Lines) -> None:
    request: Any = RequestFactory().post("/e/900373076/cargar/?q=compras@example.com", {"nombre": "Un secreto"})
    request.company = Company(nit="900373076")

    answer(request, status=403)

    line = lines()[-1]
    assert isinstance(line.pop("ms"), int)
    assert {name: line[name] for name in line if name not in {"timestamp", "request_id"}} == {
        "event": "request",
        "method": "POST",
        "path": "/e/900373076/cargar/",
        "status": 403,
        "company": "900373076",
        "level": "info",
        "logger": "einvoice_trace.access",
    }


def test_a_program_is_named_by_its_key_and_the_keys_company(lines: Lines) -> None:
    request: Any = RequestFactory().get("/api/v1/documents/")
    request.auth = ApiKey(company=Company(nit="900373076"))

    answer(request)

    assert (lines()[-1]["key"], lines()[-1]["company"]) == (str(request.auth.pk), "900373076")


def test_the_watchmens_requests_are_told_only_when_something_is_wrong(lines: Lines) -> None:
    for path in ("/salud/vivo", "/salud/listo", "/metrics"):
        answer(RequestFactory().get(path))
    answer(RequestFactory().get("/salud/listo"), status=503)

    told = [(line["path"], line["status"]) for line in lines() if line["event"] == "request"]
    assert told == [("/salud/listo", 503)]


# As acknowledgements.buyer_token makes them; written out, because every process of a run must collect the same tests.
BUYER = (
    "WyI1MGQ0YjczN2UxNDQ0M2E5ODExNWE3MDJmY2EzZDQ5MSIsImQxZmVmYzc4ZDM1NjQwYjBiYmE1ODNlZTUxMjRiNDhiIl0"
    ":1xVmVr:ZEG8sHQI3kRI8mXcDP5mWa-W3vBtPEwXP8ySk82FMiA"
)
KEY = f"traza_{UUID(int=7).hex}_SECRETsecretSECRETsecretSECRETsecretSECRETse"


@pytest.mark.parametrize(
    "path",
    [
        f"/d/{BUYER}/",
        f"/d/{BUYER}/pdf/",
        f"/d/{BUYER}",
        f"/x/{BUYER}x",
        f"/invitacion/{BUYER}/",
        f"/hooks/{BUYER}/mailgun/tracking/",
        f"/api/v1/documents/{KEY}/",
    ],
)
def test_the_path_of_a_request_opens_nothing(written: StringIO, path: str) -> None:
    answer(RequestFactory().get(path))

    assert "…" in written.getvalue()
    assert BUYER not in written.getvalue()
    assert KEY not in written.getvalue()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Not Found: /d/{BUYER}/", "Not Found: /d/…/"),
        (f"https://traza.example.com/d/{BUYER}/ was opened", "https://traza.example.com/d/…/ was opened"),
        (f"{{'path': 'd/{BUYER}/'}}", "{'path': 'd/…/'}"),
        (f"Authorization: Bearer {KEY}", "Authorization: Bearer …"),
        ("Authorization: bearer abc.DEF-123==", "Authorization: bearer …"),
        (f"no such key: {KEY}", "no such key: …"),
        ("DETAIL:  Failing row contains (1, Estimado\ncliente (dos)., x).\nHINT", "DETAIL:  Failing row contains …\nHINT"),
        ("14/d/m/Y and 3/d/5", "14/d/m/Y and 3/d/5"),
    ],
)
def test_a_text_loses_what_opens_a_door_and_nothing_else(text: str, shown: str) -> None:
    assert logs.mask(text) == shown


def test_an_exception_is_one_line_with_its_trace_and_without_secrets(lines: Lines) -> None:
    fail(f"bad link /d/{BUYER}/")

    [line] = lines()
    assert line["event"] == "it broke"
    assert line["exception"].startswith("Traceback (most recent call last):")
    assert line["exception"].endswith("with base 10: 'bad link /d/…/'")


def test_no_local_variable_gets_into_a_trace(written: StringIO) -> None:
    fail("a word", body="Estimado" + " cliente")

    assert "Estimado cliente" not in written.getvalue()


@shared_task
def speak() -> None:
    logger.info("in the task")


def test_the_lines_of_a_task_carry_its_name_and_id_and_those_after_it_do_not(lines: Lines) -> None:
    result = speak.apply()
    logger.info("between tasks")

    told = {line["event"]: line for line in lines()}
    assert told["in the task"]["task"] == "tests.unit.test_logs.speak"
    assert told["in the task"]["task_id"] == result.id
    assert "task" not in told["between tasks"]


def test_on_a_desk_a_line_is_words() -> None:
    record = logger.makeRecord("tests.logs", logging.WARNING, "", 0, "no wake-up: /d/%s/", (BUYER,), None)

    line = logs.formatter("line").format(record)

    assert re.fullmatch(r"\S+ \[warning *\] no wake-up: /d/…/ +\[tests\.logs\]", line)
