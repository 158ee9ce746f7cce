"""The legal clock on screen: the panel of a document, *Por vencer*, its files and its number."""

from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from invoices import selectors
from invoices.models import Company, ElectronicDocument, Membership, TitleEvent
from invoices.scope import company_scope
from notifications import digest
from notifications.models import Delivery, ResendBatch, ResendBatchItem
from notifications.moments import BOGOTA
from tests import factories
from tests.api import Api, key_of

pytestmark = pytest.mark.django_db
# Friday before Holy Week: the three business days end on Wednesday 1 April, and 034 is possible from Monday 6 April.
FRIDAY = datetime(2026, 3, 27, 16, 40, tzinfo=BOGOTA)
MONDAY, WEDNESDAY = FRIDAY + timedelta(days=3), FRIDAY + timedelta(days=5)
LAST_DAY = date(2026, 4, 1)
Status = ElectronicDocument.TitleStatus


@pytest.fixture
def company() -> Company:
    return factories.company("900373076")


@pytest.fixture
def signed_in(client: Client, company: Company) -> Client:
    client.force_login(factories.member(company))
    return client


def event(document: ElectronicDocument, code: str, at: datetime = FRIDAY, **fields: Any) -> TitleEvent:
    return TitleEvent.objects.create(
        company=document.company,
        document=document,
        code=code,
        name=f"Evento {code}",
        key=document.key,
        issued_at=at,
        sender_name="Comprador",
        sender_identification="907715386",
        file=document.files.get().file,
        **fields,
    )


def on_credit(company: Company, number: str, *codes: str, last_day: date | None = None, **fields: Any) -> ElectronicDocument:
    document = factories.document(company, number=number, at=FRIDAY, payment_form="2", claim_last_day=last_day, **fields)
    for code in codes:
        event(document, code)
    return document


def running(company: Company, number: str, last_day: date = LAST_DAY, **fields: Any) -> ElectronicDocument:
    return on_credit(company, number, "030", "032", last_day=last_day, title_status=Status.GOODS_RECEIVED, **fields)


def shown(client: Client, document: ElectronicDocument, at: datetime, **query: str) -> str:
    with time_machine.travel(at, tick=False):
        return client.get(reverse("document", args=[document.company.nit, document.pk]), query).content.decode()


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (MONDAY, "Faltan 2 días hábiles"),
        (MONDAY + timedelta(days=1), "Falta 1 día hábil"),
        (WEDNESDAY, "Vence hoy"),
        (WEDNESDAY + timedelta(days=1), "Venció el 01/04/2026"),
    ],
)
def test_the_panel_says_how_much_of_the_term_remains(signed_in: Client, company: Company, at: datetime, told: str) -> None:
    with company_scope(company.pk):
        document = on_credit(company, "FE-1", "030", "032")

    page = shown(signed_in, document, at)

    assert told in page
    assert all(day in page for day in ("27/03/2026", "01/04/2026", "06/04/2026"))
    assert "Lo que responda la DIAN es lo que vale." in page


@pytest.mark.parametrize(
    ("day", "told"), [(2, "Desde el 06/04/2026 puedes registrar"), (6, "Ya puedes registrar la aceptación tácita (034)")]
)
def test_after_the_term_the_panel_says_from_when_on_034_is_possible(signed_in: Client, company: Company, day: int, told: str) -> None:
    with company_scope(company.pk):
        document = on_credit(company, "FE-1", "030", "032")

    assert told in shown(signed_in, document, datetime(2026, 4, day, 9, tzinfo=BOGOTA))


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        ((), "Faltan el acuse de recibo (030) y el recibo del bien o servicio (032)."),
        (("030",), "Falta el recibo del bien o servicio (032)."),
    ],
)
def test_without_032_the_panel_says_what_is_missing(signed_in: Client, company: Company, codes: tuple[str, ...], told: str) -> None:
    with company_scope(company.pk):
        document = on_credit(company, "FE-1", *codes)

    page = shown(signed_in, document, MONDAY)

    assert "Sin 032 no corre el término." in page
    assert told in page


@pytest.mark.parametrize(("code", "told"), [("031", "Reclamada"), ("033", "Aceptada expresamente"), ("034", "Aceptada tácitamente")])
def test_an_answer_stands_where_the_days_stood(signed_in: Client, company: Company, code: str, told: str) -> None:
    with company_scope(company.pk):
        document = on_credit(company, "FE-1", "030", "032", code)

    page = shown(signed_in, document, MONDAY)

    assert told in page
    assert "Faltan 2 días hábiles" not in page


def test_an_event_that_does_not_count_starts_nothing(signed_in: Client, company: Company) -> None:
    with company_scope(company.pk):
        document = on_credit(company, "FE-1")
        event(document, "032", verdict=TitleEvent.Verdict.REFUSED)

    assert "El plazo no ha empezado" in shown(signed_in, document, MONDAY)


def test_the_time_of_an_intact_signature_is_what_counts(signed_in: Client, company: Company) -> None:
    with company_scope(company.pk):
        document = on_credit(company, "FE-1")
        event(document, "032", FRIDAY - timedelta(days=9), signature="intact", signed_at=FRIDAY)

    assert "Faltan 2 días hábiles" in shown(signed_in, document, MONDAY)


def test_a_cash_sale_is_counted_on_demand(signed_in: Client, company: Company) -> None:
    with company_scope(company.pk):
        document = on_credit(company, "FE-1", "030", "032")
        ElectronicDocument.objects.update(payment_form="1")

    first, asked = shown(signed_in, document, MONDAY), shown(signed_in, document, MONDAY, contar="1")

    assert "Venta de contado: no requiere eventos." in first
    assert 'href="?contar=1#plazo"' in first
    assert "Faltan 2 días hábiles" not in first
    assert "Faltan 2 días hábiles" in asked
    assert "Lo contamos porque lo pediste" in asked


def test_a_form_of_payment_that_nobody_said_is_not_called_cash(signed_in: Client, company: Company) -> None:
    with company_scope(company.pk):
        document = factories.document(company)

    page = shown(signed_in, document, MONDAY)

    assert "La factura no dice su forma de pago." in page
    assert "Venta de contado" not in page


def test_only_an_invoice_has_a_term(signed_in: Client, company: Company) -> None:
    with company_scope(company.pk):
        document = on_credit(company, "NC-1", type_code="91")

    assert "Plazo legal" not in shown(signed_in, document, MONDAY)


@pytest.fixture
def several(company: Company) -> None:
    """Two that end on Wednesday, one on the Tuesday after, and two of which no term runs."""
    with company_scope(company.pk):
        running(company, "FE-later", date(2026, 4, 7))
        running(company, "FE-first")
        running(company, "FE-second")
        running(company, "FE-over", date(2026, 3, 26))
        on_credit(company, "FE-none")


def listed(client: Client, company: Company, at: datetime = MONDAY, **query: str) -> Any:
    with time_machine.travel(at, tick=False):
        return client.get(reverse("documents", args=[company.nit]), {"plazo": "corre", **query})


def numbers(response: Any) -> list[str]:
    return [document.number for document, _, _ in response.context["rows"]]


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
def test_problems_show_how_many_terms_end_and_lead_to_them(signed_in: Client, company: Company) -> None:
    with time_machine.travel(WEDNESDAY, tick=False):
        one = signed_in.get(reverse("problems", args=[company.nit]))
        every = signed_in.get(reverse("all_problems")).content.decode()

    assert one.context["overview"].numbers.due_soon == 2
    assert "Plazos legales por vencer" in one.content.decode()
    assert f"{reverse('documents', args=[company.nit])}?plazo=ya" in one.content.decode()
    assert f"{reverse('documents', args=[company.nit])}?plazo=ya" in every


@pytest.mark.usefixtures("several")
def test_the_digest_tells_the_terms_on_a_day_without_problems(company: Company) -> None:
    factories.member(company)

    digest.send_due(now=WEDNESDAY)

    mail = Delivery.across.get()
    for body in (mail.text_body, mail.html_body):
        assert "plazos legales que vencen hoy o el próximo día hábil" in body
        assert "?plazo=ya" in body


@pytest.mark.usefixtures("several")
def test_the_digest_of_several_companies_says_whose_terms_they_are(company: Company) -> None:
    person = factories.member(company)
    Membership.objects.create(company=factories.company(), user=person, role=Membership.Role.AUDITOR)

    digest.send_due(now=WEDNESDAY)

    assert Delivery.across.get().text_body.count("2 plazos por vencer") == 1


def test_the_digest_says_nothing_of_terms_where_none_ends(company: Company) -> None:
    factories.member(company)

    digest.send_due(now=WEDNESDAY)

    assert "plazo" not in Delivery.across.get().html_body


def test_a_holiday_that_a_law_adds_moves_the_terms_that_run(company: Company, settings: Any) -> None:
    with company_scope(company.pk):
        buyer = factories.customer(company, identification="907715386")
        document = on_credit(company, "FE-1", "030", "032", last_day=LAST_DAY, customer=buyer)
    settings.EXTRA_HOLIDAYS = frozenset({date(2026, 3, 31)})

    with time_machine.travel(MONDAY, tick=False):
        call_command("recount_terms", stdout=StringIO())

    with company_scope(company.pk):
        assert ElectronicDocument.objects.get(pk=document.pk).claim_last_day == date(2026, 4, 6)


@pytest.mark.usefixtures("several")
def test_all_results_of_the_tab_may_be_resent_at_once(client: Client, company: Company) -> None:
    with time_machine.travel(MONDAY, tick=False):
        client.force_login(factories.member(company))
        client.post(reverse("batch_create", args=[company.nit]), {"todos": "1", "filtro": "?plazo=corre"})

    with company_scope(company.pk):
        assert ResendBatch.objects.get().chosen == "Plazo legal: Por vencer"
        assert ResendBatchItem.objects.count() == 3
