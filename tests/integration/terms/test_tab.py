"""*Por vencer*: which terms it lists, in its files and in the API."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invoices import selectors
from invoices.models import Company, Membership
from invoices.scope import company_scope
from notifications.models import ResendBatch, ResendBatchItem
from notifications.moments import BOGOTA
from tests import factories
from tests.api import Api, key_of
from tests.integration.terms.scene import MONDAY, WEDNESDAY, listed, numbers, on_credit, running

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("several")
def test_the_tab_lists_what_runs_and_what_ends_first_stands_first(signed_in: Client, company: Company) -> None:
    response = listed(signed_in, company)

    assert numbers(response) == ["FE-first", "FE-second", "FE-later"]
    assert response.context["current"].label == "Por vencer"
    assert response.context["current"].count == 3
    assert "Faltan 2 días hábiles" in response.content.decode()


@pytest.mark.usefixtures("several")
def test_the_tab_turns_its_pages_without_gap(signed_in: Client, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors.page, "__kwdefaults__", {"size": 2})

    first = listed(signed_in, company)
    second = listed(signed_in, company, pagina=first.context["older"].rpartition("pagina=")[2])

    assert numbers(first) + numbers(second) == ["FE-first", "FE-second", "FE-later"]


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(
    ("at", "found"),
    [
        (MONDAY, []),
        (MONDAY + timedelta(days=1), ["FE-first", "FE-second"]),
        (WEDNESDAY, ["FE-first", "FE-second"]),
        (WEDNESDAY + timedelta(days=1), []),
        (datetime(2026, 4, 6, 9, tzinfo=BOGOTA), ["FE-later"]),
    ],
)
def test_soon_is_today_and_the_next_business_day(signed_in: Client, company: Company, at: datetime, found: list[str]) -> None:
    assert numbers(listed(signed_in, company, at, plazo="ya")) == found


def test_an_empty_tab_says_what_would_be_there(signed_in: Client, company: Company) -> None:
    assert "Ningún plazo está por vencer" in listed(signed_in, company).content.decode()


def test_a_search_that_finds_no_term_may_be_taken_back(signed_in: Client, company: Company) -> None:
    assert "Nada coincide con estos filtros" in listed(signed_in, company, q="zzz").content.decode()


def test_a_term_that_nobody_knows_narrows_nothing(signed_in: Client, company: Company) -> None:
    with company_scope(company.pk):
        on_credit(company, "FE-none")

    assert numbers(listed(signed_in, company, plazo="nunca")) == ["FE-none"]


@pytest.mark.usefixtures("several")
def test_the_tab_asks_as_many_questions_as_the_others(signed_in: Client, company: Company, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(13):
        listed(signed_in, company)


@pytest.mark.usefixtures("several")
def test_the_file_says_the_days_of_the_term(signed_in: Client, company: Company) -> None:
    with time_machine.travel(MONDAY, tick=False):
        response: Any = signed_in.get(reverse("terms_export", args=[company.nit, "csv"]), {"plazo": "corre"})

    lines = b"".join(response.streaming_content).decode().splitlines()
    assert [line.split(";")[1] for line in lines[-3:]] == ['"FE-first"', '"FE-second"', '"FE-later"']
    assert '"27/03/2026";"01/04/2026";"06/04/2026"' in lines[-3]
    assert "por-vencer-900373076" in response.headers["Content-Disposition"]


def test_the_workbook_holds_the_days_too(signed_in: Client, company: Company) -> None:
    with company_scope(company.pk):
        running(company, "FE-first")

    with time_machine.travel(MONDAY, tick=False):
        response: Any = signed_in.get(reverse("terms_export", args=[company.nit, "xlsx"]))

    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"PK")


def test_an_auditor_sees_the_tab_and_takes_its_file(client: Client, company: Company) -> None:
    client.force_login(factories.member(company, role=Membership.Role.AUDITOR))

    pages = [client.get(reverse("documents", args=[company.nit]), {"plazo": "corre"})]
    pages.append(client.get(reverse("terms_export", args=[company.nit, "csv"])))

    assert [page.status_code for page in pages] == [200, 200]


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(("term", "found"), [("running", ["FE-first", "FE-second", "FE-later"]), ("due_soon", [])])
def test_the_api_knows_the_tab(company: Company, term: str, found: list[str]) -> None:
    with time_machine.travel(MONDAY, tick=False):
        response = Api(key_of(company)).get("documents/", term=term)

    assert [row["number"] for row in response.json()["results"]] == found


@pytest.mark.usefixtures("several")
def test_all_results_of_the_tab_may_be_resent_at_once(client: Client, company: Company) -> None:
    with time_machine.travel(MONDAY, tick=False):
        client.force_login(factories.member(company))
        client.post(reverse("batch_create", args=[company.nit]), {"todos": "1", "filtro": "?plazo=corre"})

    with company_scope(company.pk):
        assert ResendBatch.objects.get().chosen == "Plazo legal: Por vencer"
        assert ResendBatchItem.objects.count() == 3
