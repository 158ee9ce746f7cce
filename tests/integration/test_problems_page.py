"""*Problemas de entrega*: what it counts, how it groups, who may see it, what it costs."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from invoices.models import AuditEntry, Company, Customer, ElectronicDocument, Membership, User
from invoices.scope import company_scope
from notifications import problem_selectors
from notifications.channels import Channel
from notifications.models import Delivery
from tests import factories
from tests.factories import NOON
from tests.integration.problem_scene import failed, listed, without_address

pytestmark = pytest.mark.django_db
Page = Callable[..., str]


@pytest.fixture
def company() -> Company:
    return factories.company("900373076")


@pytest.fixture
def accountant(company: Company) -> User:
    return factories.member(company)


@pytest.fixture
def buyer(company: Company) -> Customer:
    with company_scope(company.pk):
        return factories.customer(company, name="Droguería Salud Vital S.A.S.", identification="909096754")


@pytest.fixture
def page(client: Client, company: Company, accountant: User) -> Page:
    client.force_login(accountant)

    def get(name: str = "problems", *args: object, **query: str) -> str:
        return client.get(reverse(name, args=[company.nit, *args]), query, follow=True).content.decode()

    return get


def overview(company: Company) -> problem_selectors.Overview:
    with company_scope(company.pk):
        return problem_selectors.overview(company, today=NOON.date())


def test_what_failed_is_counted_by_cause_and_customer(company: Company, buyer: Customer) -> None:
    with company_scope(company.pk):
        other = factories.customer(company)
        for _ in range(2):
            failed(company, buyer, total=Decimal("100.50"))
        failed(company, other)
        failed(company, other, "lleno@example.com", state="soft_bounced", reason="mailbox_full")

    found = overview(company)

    told = [(group.cause, group.problems, group.documents, group.customers, group.size) for group in found.groups]
    assert told == [("no_mailbox", 3, 3, 2, 2), ("mailbox_full", 1, 1, 1, 1)]
    worst = found.groups[0].rows[0]
    assert (worst.customer, worst.address, worst.documents, worst.total) == (buyer, "malo@example.com", 2, Decimal("201.00"))


def test_amounts_in_two_currencies_are_not_added(company: Company, buyer: Customer) -> None:
    with company_scope(company.pk):
        failed(company, buyer)
        dollars = failed(company, buyer).document
        ElectronicDocument.objects.filter(pk=dollars.pk).update(currency="USD")

    assert overview(company).groups[0].rows[0].total is None


def test_a_failure_without_a_reason_is_told_by_its_state(company: Company, buyer: Customer) -> None:
    with company_scope(company.pk):
        failed(company, buyer, state="rejected", reason="")

    group = overview(company).groups[0]

    assert (group.cause, group.title) == ("rejected", "Rechazado por política")


def test_a_document_without_an_address_is_a_problem_and_of_a_final_consumer_it_is_none(company: Company, buyer: Customer) -> None:
    with company_scope(company.pk):
        without_address(company, buyer)
        without_address(company, factories.customer(company, identification="222222222222"))

    found = overview(company)

    assert [(group.cause, group.documents) for group in found.groups] == [("no_address", 1)]
    assert (found.numbers.open, found.numbers.nobody) == (1, 1)


@pytest.mark.parametrize("settled", ["replaced_by", "resolved_by", "reviewed_at", "switched_off"])
def test_what_is_settled_is_no_problem(company: Company, buyer: Customer, settled: str, accountant: User) -> None:
    with company_scope(company.pk):
        delivery = failed(company, buyer)
        other = factories.delivery(delivery.document, "bueno@example.com")
        changes: dict[str, Any] = {
            "replaced_by": {"replaced_by": other},
            "resolved_by": {"resolved_by": other},
            "reviewed_at": {"reviewed_at": NOON, "reviewed_by": accountant, "reviewed_note": "Ya no es cliente"},
            "switched_off": {"state": "suppressed", "reason": "switched_off"},
        }
        Delivery.objects.filter(pk=delivery.pk).update(**changes[settled])

    assert overview(company).groups == []


def test_a_cause_shows_its_worst_rows_and_leads_to_the_others(company: Company, buyer: Customer, page: Page) -> None:
    with company_scope(company.pk):
        for index in range(7):
            failed(company, buyer, f"malo{index}@example.com")

    whole, cause = page(), page(causa="no_mailbox")

    assert whole.count("malo") > 0
    assert "Ver los otros 2 correos" in whole
    assert [f"malo{index}<wbr>@example.com" in cause for index in range(7)] == [True] * 7


def test_a_cause_is_read_a_page_at_a_time(company: Company, buyer: Customer, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problem_selectors, "PAGE_SIZE", 2)
    with company_scope(company.pk):
        for index in range(3):
            failed(company, buyer, f"malo{index}@example.com")

    first, second = page(causa="no_mailbox"), page(causa="no_mailbox", pagina="2")

    assert "Página 1 de 2" in first
    assert "malo2<wbr>" not in first
    assert "malo2<wbr>" in second
    assert "malo0<wbr>" not in second


@pytest.mark.parametrize("query", [{"causa": "otra"}, {"causa": "no_mailbox", "pagina": "99"}, {"causa": "\x00"}])
def test_what_is_not_there_leads_back_to_the_whole(company: Company, buyer: Customer, page: Page, query: dict[str, str]) -> None:
    with company_scope(company.pk):
        failed(company, buyer)

    assert "Lo que no les llegó a tus clientes" in page(**query)


def test_a_channel_that_reports_nothing_is_said_once(company: Company, page: Page) -> None:
    assert page().count("Tu canal no informa entregas") == 1


def test_a_channel_that_reports_has_the_third_number(company: Company, buyer: Customer, page: Page, settings: Any) -> None:
    settings.CHANNELS = {"default": Channel(name="default", backend="smtp", reports="dsn", host="127.0.0.1", port=1, tls="no")}
    with company_scope(company.pk):
        failed(company, buyer, state="unconfirmed", reason="", number="FE-77")

    assert overview(company).numbers.unconfirmed == 1
    assert "Tu canal no informa" not in page()
    assert "FE-77" in page("documents", problema="sin-confirmar")


def test_each_number_leads_to_its_documents(company: Company, buyer: Customer, page: Page) -> None:
    with company_scope(company.pk):
        failed(company, buyer, number="FE-1")
        without_address(company, buyer, number="FE-2")
        factories.document(company, number="FE-3")
        partial = factories.document(company, number="FE-4")
        factories.delivery(partial, "bueno@example.com", state="sent", queue="done", sent_at=NOON)
        failed(company, buyer, "malo@example.com", document=partial)

    lists = {name: page("documents", problema=name) for name in ("abierto", "sin-entrega")}

    shown = {name: [number for number in ("FE-1", "FE-2", "FE-3", "FE-4") if f">{number}<" in text] for name, text in lists.items()}
    assert shown == {"abierto": ["FE-1", "FE-2", "FE-4"], "sin-entrega": ["FE-1", "FE-2"]}
    assert "Problema: Con problema abierto" in lists["abierto"]


def test_the_menu_says_how_many_are_open(company: Company, buyer: Customer, page: Page) -> None:
    with company_scope(company.pk):
        failed(company, buyer)
        without_address(company, buyer)

    assert '<span class="ct bad">2<span class="visually-hidden"> abiertos</span></span>' in page("documents")


def test_the_row_tells_what_the_server_said(company: Company, buyer: Customer, page: Page) -> None:
    with company_scope(company.pk):
        failed(company, buyer, number="FE-9")

    shown = page("problem_row", buyer.pk, correo="malo@example.com", causa="no_mailbox")

    assert "FE-9" in shown
    assert "550 5.1.1 User unknown" in shown


def test_the_other_address_of_dian_and_the_one_that_was_meant_are_shown(company: Company, buyer: Customer, page: Page) -> None:
    listed(buyer, "recepcion@example.net")
    with company_scope(company.pk):
        other = factories.customer(company)
        failed(company, buyer)
        failed(company, other, "ana@gmial.com")

    shown = page()

    assert "La DIAN tiene recepcion<wbr>@example.net" in shown
    assert "Usar el correo de recepción DIAN" in shown
    assert "¿Será ana<wbr>@gmail.com?" in shown


def test_an_auditor_sees_everything_and_no_button(client: Client, company: Company, buyer: Customer) -> None:
    client.force_login(factories.member(company, role=Membership.Role.AUDITOR))
    with company_scope(company.pk):
        failed(company, buyer)
    row = reverse("problem_row", args=[company.nit, buyer.pk])

    shown = client.get(reverse("problems", args=[company.nit])).content.decode()
    shown += client.get(row, {"correo": "malo@example.com", "causa": "no_mailbox"}).content.decode()

    assert "malo<wbr>@example.com" in shown
    assert "Corregir y reenviar" not in shown
    assert "Marcar revisado" not in shown


def test_without_problems_the_page_says_so(page: Page) -> None:
    assert "No hay problemas de entrega" in page()


def test_the_problems_are_taken_away_as_a_file(client: Client, company: Company, buyer: Customer, page: Page) -> None:
    with company_scope(company.pk):
        failed(company, buyer, number="FE-5")

    response: Any = client.get(reverse("problems_export", args=[company.nit, "csv"]))
    text = b"".join(response.streaming_content).decode("utf-8-sig")

    assert '"El buzón no existe.";"Corrige el correo o usa el de recepción de la DIAN.";"Droguería Salud Vital S.A.S."' in text
    assert '"FE-5"' in text
    with company_scope(company.pk):
        assert AuditEntry.objects.get().data["list"] == "problemas"


@pytest.mark.parametrize("rows", [1, 12])
def test_the_page_asks_the_same_few_questions_however_much_failed(
    client: Client, company: Company, accountant: User, rows: int, django_assert_max_num_queries: Any
) -> None:
    client.force_login(accountant)
    with company_scope(company.pk):
        for index in range(rows):
            other = factories.customer(company)
            listed(other, f"recepcion{index}@example.net")
            failed(company, other, f"malo{index}@example.com", reason=("no_mailbox", "mailbox_full", "policy_spam")[index % 3])
            without_address(company, factories.customer(company))

    with django_assert_max_num_queries(15):
        response = client.get(reverse("problems", args=[company.nit]))

    assert response.status_code == 200


def test_the_page_of_a_row_asks_few_questions(
    client: Client, company: Company, accountant: User, buyer: Customer, django_assert_max_num_queries: Any
) -> None:
    client.force_login(accountant)
    with company_scope(company.pk):
        for _ in range(6):
            failed(company, buyer)

    with django_assert_max_num_queries(14):
        response = client.get(reverse("problem_row", args=[company.nit, buyer.pk]), {"correo": "malo@example.com", "causa": "no_mailbox"})

    assert response.status_code == 200


def test_one_line_per_company_and_no_other_companys(client: Client, company: Company, accountant: User, buyer: Customer) -> None:
    second, strange = factories.company(name="Café Alto Guavio S.A.S."), factories.company(name="Ajena S.A.S.")
    Membership.objects.create(company=second, user=accountant, role=Membership.Role.AUDITOR)
    client.force_login(accountant)
    with company_scope(company.pk):
        failed(company, buyer)
    with company_scope(strange.pk):
        failed(strange, factories.customer(strange))

    shown = client.get(reverse("all_problems")).content.decode()

    assert "1 problema abierto" in shown
    assert "El buzón no existe" in shown
    assert "Café Alto Guavio S.A.S." in shown
    assert "Ajena S.A.S." not in shown


def test_whoever_has_no_company_is_told_so(client: Client) -> None:
    client.force_login(factories.user())

    assert "no pertenece a ninguna empresa" in client.get(reverse("all_problems")).content.decode()


def test_the_latest_moment_of_a_row_is_its_last_failure(company: Company, buyer: Customer) -> None:
    with company_scope(company.pk):
        failed(company, buyer)
        late = failed(company, buyer)
        Delivery.objects.filter(pk=late.pk).update(settled_at=NOON + timedelta(hours=3))

    assert overview(company).groups[0].rows[0].last == NOON + timedelta(hours=3)
