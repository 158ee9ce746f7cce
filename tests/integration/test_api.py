"""What every endpoint of the API shares: keys, the wall between companies, problems, throttles, the schema and its pages."""

from typing import Any
from uuid import UUID

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from redis.exceptions import ConnectionError as RedisDown

from invoices.api.throttles import KeyThrottle
from invoices.models import Company, Customer, ElectronicDocument, RecipientEmail
from invoices.scope import company_scope
from notifications.models import Delivery, HistoryReport, ResendBatch, Suppression
from tests import factories
from tests.api import Api, key_of
from tests.factories import NOON
from tests.integration.test_strangers import ALL

pytestmark = pytest.mark.django_db
OPEN = {"api_schema", "api_docs", "api_redoc", "api_unknown"}
ENDPOINTS = sorted(name for name, route in ALL.items() if route.startswith("api/v1/") and name not in OPEN)
SENDING = {"api_documents", "api_notifications", "api_document_reports", "api_sales", "api_customers", "api_addresses", "api_address"}
SENDING |= {"api_delivery_retry", "api_delivery_cancel", "api_suppression_release"}


@pytest.fixture
def company() -> Company:
    return factories.company()


@pytest.fixture
def addresses(company: Company) -> dict[str, str]:
    """The address of each endpoint, leading to rows of the company that exist."""
    with company_scope(company.pk):
        document = factories.document(company)
        email = factories.email(document.customer, "compras@example.com")
        delivery = factories.delivery(document)
        held = Suppression.objects.create(company=company, address_key="x@example.com", source="person", reason="person", created_at=NOON)
        report = HistoryReport.objects.create(
            company=company, requested_by=factories.member(company), address="x@example.com", requested_at=NOON
        )
        batch = ResendBatch.objects.create(company=company, requested_by=factories.member(company), created_at=NOON)
    values = {
        "batch_id": batch.pk,
        "document_id": document.pk,
        "sale_id": document.sale_id,
        "customer_id": document.customer_id,
        "address_id": email.pk,
        "report_id": report.pk,
        "delivery_id": delivery.pk,
        "suppression_id": held.pk,
        "nit": "900373076",
    }
    return {name: reverse(name, kwargs={key: value for key, value in values.items() if f"{key}>" in ALL[name]}) for name in ENDPOINTS}


def test_the_walk_knows_every_endpoint() -> None:
    assert len(ENDPOINTS) >= 14
    assert set(ENDPOINTS) > SENDING


@pytest.mark.parametrize("key", ["", "traza_x_y", f"traza_{UUID(int=7).hex}_secreto", "otra-cosa"])
def test_without_a_live_key_every_endpoint_answers_401(addresses: dict[str, str], key: str) -> None:
    api = Api(key)

    answers = [api.client.get(address, headers=api.headers) for address in addresses.values()]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer["WWW-Authenticate"] for answer in answers} == {'Bearer realm="api"'}
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}


def test_a_login_of_the_pages_opens_no_endpoint(client: Any, company: Company) -> None:
    client.force_login(factories.member(company))

    assert client.get("/api/v1/documents/").status_code == 401


def test_a_key_of_another_company_finds_none_of_the_rows(addresses: dict[str, str]) -> None:
    stranger = Api(key_of(factories.company()))

    answers = {
        name: stranger.client.get(address, headers=stranger.headers).status_code
        for name, address in addresses.items()
        if "<uuid:" in ALL[name]
    }

    assert set(answers.values()) == {404, 405}
    assert sum(code == 404 for code in answers.values()) >= 8


def test_what_is_sent_to_another_companys_rows_is_404_and_changes_nothing(addresses: dict[str, str], company: Company) -> None:
    stranger = Api(key_of(factories.company()))
    sent = {
        "api_notifications": {"addresses": [{"address": "robo@example.com"}]},
        "api_document_reports": {"email": "robo@example.com"},
        "api_addresses": {"address": "robo@example.com"},
        "api_delivery_retry": {},
        "api_delivery_cancel": {},
    }

    answers = [stranger.post(addresses[name].removeprefix("/api/v1/"), body).status_code for name, body in sent.items()]
    answers.append(stranger.patch(addresses["api_address"].removeprefix("/api/v1/"), {"active": False, "reason": "x"}).status_code)

    assert set(answers) == {404}
    with company_scope(company.pk):
        assert Delivery.objects.get().queue == "ready"
        assert HistoryReport.objects.count() == 1
        assert list(RecipientEmail.objects.values_list("address_key", "active")) == [("compras@example.com", True)]


def test_a_key_that_only_reads_sends_nothing(addresses: dict[str, str], company: Company) -> None:
    reader = Api(key_of(company, "read"))

    answers = {
        name: getattr(reader.client, "patch" if name == "api_address" else "post")(
            addresses[name], "{}", content_type="application/json", headers=reader.headers
        )
        for name in SENDING
    }

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(SENDING, 403)
    assert answers["api_sales"].json()["detail"] == "Esta llave es de solo consulta."


def test_a_key_that_only_reads_reads_everything(addresses: dict[str, str], company: Company) -> None:
    reader = Api(key_of(company, "read"))

    codes = {name: reader.client.get(address, headers=reader.headers).status_code for name, address in addresses.items()}

    assert codes.pop("api_reception_directory") == 404  # the list is empty
    assert codes.pop("api_report_file") == 409  # not made yet
    writing = (
        "api_document_reports",
        "api_addresses",
        "api_address",
        "api_delivery_retry",
        "api_delivery_cancel",
        "api_suppression_release",
    )
    assert {codes.pop(name) for name in writing} == {405}
    assert set(codes.values()) == {200}


def test_what_is_wrong_is_named_field_by_field(company: Company) -> None:
    api = Api(key_of(company))

    answer = api.post("sales/", {"type": "99", "number": "", "total": "mucho"})

    problem = answer.json()
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert (problem["type"], problem["title"], problem["status"]) == ("about:blank", "Bad Request", 400)
    assert {error["field"] for error in problem["errors"]} == {"type", "number", "total", "issue_date", "identification", "customer_name"}


def test_a_mistake_deep_inside_is_named_with_its_place(company: Company) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
    api = Api(key_of(company))

    answer = api.post(f"documents/{document.pk}/notifications/", {"addresses": [{"address": "a@example.com"}, {"address": "jlópez@x.co"}]})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["addresses.1.address"]


@pytest.mark.parametrize("body", [b"{", b"[1, 2]", b'"x"', b"\xff", b"null"])
def test_what_is_no_object_is_refused(company: Company, body: bytes) -> None:
    answer = Api(key_of(company)).post("sales/", body)

    assert answer.status_code == 400


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 50_000], ids=["lists", "objects"])
def test_json_that_is_nested_too_deeply_is_refused(company: Company, body: bytes) -> None:
    assert Api(key_of(company)).post("sales/", body).status_code == 400


def test_more_than_the_server_takes_is_refused_with_its_status(company: Company) -> None:
    api = Api(key_of(company))
    fields = {f"f{number}": "1" for number in range(1500)}
    files = {f"a{number}": SimpleUploadedFile("a.xml", b"<a/>") for number in range(201)}

    answers = [
        api.post("sales/", b'"' + b"x" * 3_000_000 + b'"'),
        api.client.post("/api/v1/documents/", fields, headers=api.headers),
        api.client.post("/api/v1/documents/", files, headers=api.headers),
        api.client.post("/api/v1/documents/", {"texto": "x" * 3_000_000}, headers=api.headers),
    ]

    assert [answer.status_code for answer in answers] == [413, 400, 400, 413]
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}


def test_a_host_that_is_not_ours_is_a_problem_too(company: Company) -> None:
    api = Api(key_of(company))

    answer = api.client.get("/api/v1/documents/", headers=api.headers | {"Host": "otro.example.com"})

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.usefixtures("_forgotten_rates")
def test_too_many_calls_are_told_when_to_come_back(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KeyThrottle, "THROTTLE_RATES", {"read": "3/min", "write": "3/min"})
    api, other = Api(key_of(company)), Api(key_of(company, name="otra"))

    codes = [api.get("documents/").status_code for _ in range(4)]
    last = api.get("documents/")

    assert codes == [200, 200, 200, 429]
    assert 0 < int(last["Retry-After"]) <= 60
    assert other.get("documents/").status_code == 200
    assert api.post("sales/", {}).status_code == 400  # writes are counted apart


@pytest.mark.usefixtures("_forgotten_rates")
def test_nobody_waits_for_a_redis_that_is_away(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def down(*args: Any, **kwargs: Any) -> None:
        asked.append(args)
        raise RedisDown

    monkeypatch.setattr(caches["throttles"], "get", down)
    api = Api(key_of(company))

    codes = [api.get("documents/").status_code for _ in range(3)]

    assert codes == [200, 200, 200]
    assert len(asked) == 1


@pytest.fixture
def _forgotten_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KeyThrottle, "_away_until", 0.0)


@pytest.mark.parametrize("name", ["api_docs", "api_redoc"])
def test_the_pages_of_the_schema_load_nothing_from_elsewhere(client: Any, name: str) -> None:
    page = client.get(reverse(name))

    html = page.content.decode()
    assert page.status_code == 200
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "https://" not in html
    assert "unsafe-eval" not in page["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["", "documents", "reception-directory/abc/", "nada/"])
def test_an_address_that_is_none_is_a_problem_not_a_page(company: Company, path: str) -> None:
    answer = Api(key_of(company)).get(path)

    assert (answer.status_code, answer["Content-Type"], answer.json()["status"]) == (404, "application/problem+json", 404)


def test_an_error_of_ours_is_a_problem_too(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invoices.selectors.matching_documents", lambda _: 1 / 0)
    api = Api(key_of(company))
    api.client.raise_request_exception = False

    answer = api.get("documents/")

    assert (answer.status_code, answer["Content-Type"], answer.json()["title"]) == (
        500,
        "application/problem+json",
        "Internal Server Error",
    )


def test_the_api_speaks_json_whatever_is_asked_for(company: Company) -> None:
    api = Api(key_of(company))

    answer = api.client.get("/api/v1/documents/", headers=api.headers | {"Accept": "text/html"})

    assert answer["Content-Type"] == "application/json"


def test_rows_of_the_company_alone_are_listed(company: Company) -> None:
    other = factories.company()
    with company_scope(other.pk):
        factories.document(other)
    with company_scope(company.pk):
        mine = factories.document(company)

    api = Api(key_of(company))

    assert [row["id"] for row in api.get("documents/").json()["results"]] == [str(mine.pk)]
    assert [row["id"] for row in api.get("customers/").json()["results"]] == [str(mine.customer_id)]
    assert [row["id"] for row in api.get("sales/").json()["results"]] == [str(mine.sale_id)]


def test_the_lists_ask_the_database_a_few_times_whatever_their_length(company: Company, django_assert_max_num_queries: Any) -> None:
    with company_scope(company.pk):
        for _ in range(60):
            factories.email(factories.document(company).customer, "compras@example.com")
    api = Api(key_of(company))
    api.get("documents/")

    for path in ("documents/", "customers/", "sales/"):
        with django_assert_max_num_queries(10):
            assert len(api.get(path).json()["results"]) == 50


@pytest.mark.parametrize("path", ["documents/", "customers/", "sales/"])
def test_pages_follow_each_other_and_lead_back(company: Company, path: str) -> None:
    with company_scope(company.pk):
        for _ in range(5):
            factories.document(company)
        wanted = {"documents/": ElectronicDocument, "customers/": Customer}.get(path)
        everything = {str(pk) for pk in wanted.objects.values_list("pk", flat=True)} if wanted else None
    api = Api(key_of(company))

    first = api.get(path, limit=2).json()
    second = api.get(first["next"]).json()
    third = api.get(second["next"]).json()
    back = api.get(second["previous"]).json()

    pages = [[row["id"] for row in page["results"]] for page in (first, second, third)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({pk for page in pages for pk in page}) == 5
    assert everything is None or {pk for page in pages for pk in page} == everything
    assert (third["next"], first["previous"]) == (None, None)
    assert [row["id"] for row in back["results"]] == pages[0]


@pytest.mark.parametrize("query", [{"cursor": "zz"}, {"limit": 0}, {"limit": 201}, {"since": "ayer"}, {"dian": "x"}, {"q": "\x00"}])
def test_a_query_that_does_not_hold_is_refused(company: Company, query: dict[str, Any]) -> None:
    answer = Api(key_of(company)).get("documents/", **query)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == list(query)
