"""The legal clock on the page of a document."""

from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from invoices.models import Company, ElectronicDocument, TitleEvent
from invoices.scope import company_scope
from notifications.moments import BOGOTA
from tests import factories
from tests.integration.terms.scene import FRIDAY, LAST_DAY, MONDAY, WEDNESDAY, on_credit, shown

pytestmark = pytest.mark.django_db


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
        factories.title_event(document, "032", at=FRIDAY, verdict=TitleEvent.Verdict.REFUSED)

    assert "El plazo no ha empezado" in shown(signed_in, document, MONDAY)


def test_the_time_of_an_intact_signature_is_what_counts(signed_in: Client, company: Company) -> None:
    with company_scope(company.pk):
        document = on_credit(company, "FE-1")
        factories.title_event(document, "032", at=FRIDAY - timedelta(days=9), signature="intact", signed_at=FRIDAY)

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


def test_a_holiday_that_a_law_adds_moves_the_terms_that_run(company: Company, settings: Any) -> None:
    with company_scope(company.pk):
        document = on_credit(company, "FE-1", "030", "032", last_day=LAST_DAY)
    settings.EXTRA_HOLIDAYS = frozenset({date(2026, 3, 31)})

    with time_machine.travel(MONDAY, tick=False):
        call_command("recount_terms", stdout=StringIO())

    with company_scope(company.pk):
        assert ElectronicDocument.objects.get(pk=document.pk).claim_last_day == date(2026, 4, 6)
