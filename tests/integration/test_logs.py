"""What the product itself writes down when somebody uses it."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from einvoice_trace import logs
from invoices import api_keys
from invoices.models import ApiKey, Company
from invoices.scope import company_scope
from invoices.views import lists
from notifications import buyer_links
from tests import factories
from tests.integration.test_strangers import ALL

pytestmark = pytest.mark.django_db
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The events that the root's handler writes as JSON."""
    handler, root = logging.StreamHandler(StringIO()), logging.getLogger()
    handler.setFormatter(logs.formatter("json"))
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def company() -> Company:
    return factories.company("900373076")


def test_a_page_is_told_with_its_company_and_its_user(client: Client, company: Company, lines: Lines) -> None:
    person = factories.member(company)
    client.force_login(person)

    response = client.get(reverse("documents", args=[company.nit]), {"q": "compras@example.com"})

    [line] = lines()
    assert (line["status"], line["company"], line["user"]) == (200, company.nit, str(person.pk))
    assert line["request_id"] == response["X-Request-ID"]
    assert "compras@example.com" not in json.dumps(line)


def test_a_call_of_the_api_is_told_with_its_key_and_its_company(client: Client, company: Company, lines: Lines) -> None:
    with company_scope(company.pk):
        key, text = api_keys.issue(company=company, name="ERP", scope=ApiKey.Scope.READ, by=None, at=timezone.now())

    client.get("/api/v1/documents/", headers={"Authorization": f"Bearer {text}"})

    [line] = [line for line in lines() if line["event"] == "request"]
    assert (line["status"], line["company"], line["key"]) == (200, company.nit, str(key.pk))
    assert text not in json.dumps(lines())


def test_the_buyers_link_is_written_nowhere(client: Client, company: Company, lines: Lines) -> None:
    with company_scope(company.pk):
        delivery = factories.delivery(factories.document(company))
    token = buyer_links.make(company_id=company.pk, delivery_id=delivery.pk)

    codes = [client.get(f"/d/{path}").status_code for path in (f"{token}/", token, f"{token}/nada/", f"{token}x/")]

    assert codes == [200, 301, 404, 404]
    assert [line["path"] for line in lines()] == ["/d/…/", "/d/…", "/d/…/nada/", "/d/…/"]


def test_every_address_that_carries_a_token_is_masked() -> None:
    routes = {name: route for name, route in ALL.items() if re.search(r"token>|<key>", route)}

    shown = {name: logs.mask("/" + re.sub(r"\(\?P<uidb36>.*|<str:token>", "SECRET-of-a-mail", route)) for name, route in routes.items()}

    assert {"buyer", "buyer_confirm", "buyer_file", "account_reset_password_from_key"} <= set(routes)
    assert [name for name, path in shown.items() if "SECRET" in path] == []


def test_an_error_of_ours_is_told_with_its_trace_its_request_and_its_company(
    client: Client, company: Company, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(factories.member(company))
    client.raise_request_exception = False
    monkeypatch.setattr(lists.selectors, "page", lambda *_, **__: 1 / 0)

    response = client.get(reverse("documents", args=[company.nit]))

    [error] = [line for line in lines() if line["level"] == "error"]
    assert "ZeroDivisionError" in error["exception"]
    assert (error["company"], error["request_id"]) == (company.nit, response["X-Request-ID"])


def test_a_line_from_inside_a_companys_scope_names_the_company(company: Company, lines: Lines) -> None:
    with company_scope(company.pk):
        logging.getLogger("notifications.outbox").warning("in a worker")

    assert lines()[0]["company_id"] == str(company.pk)
