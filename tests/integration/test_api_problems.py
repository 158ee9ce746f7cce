"""The open problems by the API."""

from typing import Any

import pytest

from invoices.models import Company
from invoices.scope import company_scope
from tests import factories
from tests.api import Api, key_of
from tests.integration.problem_scene import failed

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return factories.company()


@pytest.fixture
def api(company: Company) -> Api:
    return Api(key_of(company, "read"))


def test_a_problem_says_its_cause_and_its_remedy(api: Api, company: Company) -> None:
    with company_scope(company.pk):
        buyer = factories.customer(company)
        delivery = failed(company, buyer, number="FE-8")

    [problem] = api.get("problems/").json()["results"]

    said = {name: problem[name] for name in ("delivery", "address", "state", "cause", "sentence", "advice", "remedy", "reply")}
    assert said == {
        "delivery": str(delivery.pk),
        "address": "malo@example.com",
        "state": "bounced",
        "cause": "no_mailbox",
        "sentence": "El buzón no existe.",
        "advice": "Corrige el correo o usa el de recepción de la DIAN.",
        "remedy": "correct",
        "reply": "550 5.1.1 User unknown",
    }
    assert (problem["document"]["number"], problem["customer"]["identification"]) == ("FE-8", buyer.identification)


def test_the_list_comes_in_pages(api: Api, company: Company) -> None:
    with company_scope(company.pk):
        buyer = factories.customer(company)
        for index in range(3):
            failed(company, buyer, f"malo{index}@example.com")

    first = api.get("problems/", limit=2).json()
    second: Any = api.client.get(first["next"], headers=api.headers).json()

    addresses = [[problem["address"] for problem in page["results"]] for page in (first, second)]
    assert addresses == [["malo2@example.com", "malo1@example.com"], ["malo0@example.com"]]


def test_another_companys_problems_are_not_told(api: Api) -> None:
    other = factories.company()
    with company_scope(other.pk):
        failed(other, factories.customer(other))

    assert api.get("problems/").json()["results"] == []


def test_many_problems_cost_as_much_as_one(api: Api, company: Company, django_assert_max_num_queries: Any) -> None:
    with company_scope(company.pk):
        for _ in range(8):
            failed(company, factories.customer(company))

    with django_assert_max_num_queries(10):
        assert len(api.get("problems/").json()["results"]) == 8
