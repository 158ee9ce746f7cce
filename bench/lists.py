"""The list with 200 documents and with 200,000, in the browser and by the API: queries, and the ratio of the medians."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.load import company_with
from invoices.models import Company
from tests import factories
from tests.api import Api, key_of

FEW, MANY = 200, 200_000
ROUNDS = 25
MAX_QUERIES, MAX_RATIO = 12, 3.0
PAGES = {
    "list": "",
    "list, with a problem": "?entrega=problem",
    "list, pending": "?cliente=pending",
    "list, rejected by DIAN (none)": "?dian=rejected",
    "list, a number": "?q=FE-{last}",
    "list, a NIT": "?q=800000001",
    "list, a name": "?q=cliente c4ca",
    "list, an address": "?q=compras1@example.com",
    "list, by movement": "?orden=movimiento",
    "list, one month": "?desde=01/06/2026&hasta=30/06/2026",
}
CALLS = {"API": "documents/", "API, with a problem": "documents/?delivery=problem", "API, a number": "documents/?q=FE-{last}"}
Ask = Callable[[], Any]


def asks(company: Company, last: int) -> dict[str, Ask]:
    """One call per page, of a member of the company; ``last`` is the number of its last document."""
    browser, api = Client(), Api(key_of(company))
    browser.force_login(factories.member(company))
    pages: dict[str, Ask] = {
        name: lambda query=query: browser.get(f"/e/{company.nit}/ventas/facturacion-electronica/{query.format(last=last)}")
        for name, query in PAGES.items()
    }
    return pages | {name: lambda path=path: api.get(path.format(last=last)) for name, path in CALLS.items()}


def seconds(ask: Ask) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    assert ask().status_code == 200
    return time.perf_counter() - began


def queries(ask: Ask) -> int:
    """How many queries one call needs, BEGIN and COMMIT not counted."""
    with CaptureQueriesContext(connection) as found:
        ask()
    return len(found)


def main() -> None:
    """Measure few and many by turns, so that whatever else the machine does strikes both."""
    began = time.perf_counter()
    few, many = (asks(company_with(documents, nit=f"{900000000 + documents}"), documents) for documents in (FEW, MANY))
    print(f"loaded in {time.perf_counter() - began:.0f} s")
    worst = 0.0
    for name in few:
        seconds(few[name]), seconds(many[name])
        times = [(seconds(few[name]), seconds(many[name])) for _ in range(ROUNDS)]
        small, large = (statistics.median(column) for column in zip(*times, strict=True))
        asked = queries(many[name])
        worst = max(worst, large / small)
        print(f"{name:32} {asked:3} queries   {small * 1000:6.1f} ms → {large * 1000:6.1f} ms   × {large / small:.2f}")
        assert asked <= MAX_QUERIES, f"{name}: {asked} queries"
    print(f"worst ratio × {worst:.2f} (at most {MAX_RATIO})")
    assert worst <= MAX_RATIO


if __name__ == "__main__":
    main()
