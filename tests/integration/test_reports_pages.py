"""Enviar Detalle Historial and Mis informes."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invoices.models import Company, ElectronicDocument, HistoryEntry, Membership, StoredFile, User
from invoices.scope import company_scope
from invoices.services import store_file
from notifications.models import HistoryReport
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
NIT = "900373076"
OLD = NOON - timedelta(days=120)
Status = HistoryReport.Status


@pytest.fixture
def company() -> Company:
    return factories.company(nit=NIT)


@pytest.fixture
def accountant(company: Company, client: Client) -> User:
    person = factories.member(company, email="contador@example.com", name="Marcela Ríos")
    client.force_login(person)
    return person


@pytest.fixture
def old(company: Company) -> ElectronicDocument:
    """A document whose movements lie before the window."""
    with company_scope(company.pk):
        return factories.document(company, at=OLD)


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def url(document: ElectronicDocument) -> str:
    """The form's address."""
    return reverse("history_report", args=[NIT, document.pk])


def report(company: Company, by: User, *documents: ElectronicDocument, **fields: Any) -> HistoryReport:
    """A report that somebody asked for."""
    with company_scope(company.pk):
        made = HistoryReport.objects.create(company=company, requested_by=by, **{"address": by.email, "requested_at": NOON, **fields})
        made.documents.set(documents)
        return made


def ready(company: Company, by: User, *documents: ElectronicDocument) -> HistoryReport:
    """A report that lies ready with its file."""
    with company_scope(company.pk):
        pdf = store_file(company_id=company.pk, name="historial.pdf", data=b"%PDF-1.7 x", kind=StoredFile.Kind.REPORT)
    return report(
        company, by, *documents, status=Status.READY, pdf=pdf, finished_at=NOON, expires_at=NOON + timedelta(days=30), movements=9
    )


def test_the_form_shows_the_users_own_address(client: Client, accountant: User, old: ElectronicDocument) -> None:
    shown = client.get(url(old)).content.decode()

    assert '<b class="text-break">contador@example.com</b>' in shown


def test_accepting_asks_for_the_report_and_says_where_it_goes(client: Client, accountant: User, old: ElectronicDocument) -> None:
    response = client.post(url(old), {"correo": "propio"}, follow=True)

    asked = HistoryReport.across.get()
    assert (asked.address, asked.requested_by) == ("contador@example.com", accountant)
    assert "Enviaremos el historial a" in response.content.decode()
    assert response.redirect_chain == [(f"{url(old)}?pedido={asked.pk}", 302)]


def test_another_address_is_taken_and_recorded(client: Client, accountant: User, old: ElectronicDocument) -> None:
    client.post(url(old), {"correo": "otro", "otro": "Revisor@Example.org"})

    assert HistoryReport.across.get().address == "revisor@example.org"
    assert HistoryEntry.across.get(event="report_requested").address == "revisor@example.org"


@pytest.mark.parametrize("typed", ["", "jlópez@example.com", "a@example.com; b@example.com"])
def test_another_address_that_is_none_is_refused_at_its_field(
    client: Client, accountant: User, old: ElectronicDocument, typed: str
) -> None:
    response = client.post(url(old), {"correo": "otro", "otro": typed})

    assert response.status_code == 422
    assert response.context["form"].errors["otro"]
    assert not HistoryReport.across.exists()


def test_a_document_without_older_movements_says_why_and_makes_none(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        young = factories.document(company)

    response = client.post(url(young), {"correo": "propio"})

    assert "No tiene movimientos de antes del 01/06/2026" in response.content.decode()
    assert not HistoryReport.across.exists()


def test_an_auditor_gets_the_link_to_the_same_report_and_mails_nobody(client: Client, company: Company, old: ElectronicDocument) -> None:
    client.force_login(factories.member(company, Membership.Role.AUDITOR))

    shown = client.get(url(old)).content.decode()
    client.post(url(old), {"correo": "propio"})

    assert reverse("history_report_now", args=[NIT, old.pk]) in shown
    assert not HistoryReport.across.exists()


def test_the_report_made_at_once_is_a_pdf_and_is_recorded(client: Client, company: Company, old: ElectronicDocument) -> None:
    client.force_login(factories.member(company, Membership.Role.AUDITOR, name="Paola Gil"))

    response = client.get(reverse("history_report_now", args=[NIT, old.pk]))

    assert response.content.startswith(b"%PDF")
    assert response["Content-Disposition"].startswith("attachment;")
    assert HistoryEntry.across.get(event="report_read").actor_name == "Paola Gil"


def test_a_selection_is_confirmed_first_and_goes_into_one_report(
    client: Client, company: Company, accountant: User, old: ElectronicDocument
) -> None:
    with company_scope(company.pk):
        second = factories.document(company, at=OLD)
        young = factories.document(company)
    chosen = {"doc": [str(item.pk) for item in (old, second, young)]}
    address = reverse("history_report_selected", args=[NIT])

    shown = client.post(address, chosen)
    assert not HistoryReport.across.exists()
    client.post(address, {**chosen, "confirmar": "1", "correo": "propio"})

    assert shown.context["left_out"] == 1
    assert set(HistoryReport.across.get().documents.through.objects.values_list("electronicdocument_id", flat=True)) == {old.pk, second.pk}


def test_nobody_sees_a_colleagues_reports_but_the_administrator(
    client: Client, company: Company, accountant: User, old: ElectronicDocument
) -> None:
    ready(company, accountant, old)
    colleague, administrator = factories.member(company), factories.member(company, Membership.Role.ADMINISTRATOR)

    seen = {}
    for person in (accountant, colleague, administrator):
        client.force_login(person)
        seen[person.pk] = len(client.get(reverse("reports", args=[NIT])).context["reports"])

    assert seen == {accountant.pk: 1, colleague.pk: 0, administrator.pk: 1}


def test_each_state_of_a_report_is_told(client: Client, company: Company, accountant: User, old: ElectronicDocument) -> None:
    ready(company, accountant, old)
    report(company, accountant, old)
    report(company, accountant, old, status=Status.FAILED, error="No se pudo leer.")
    report(company, accountant, old, status=Status.EXPIRED, expires_at=NOON)

    shown = client.get(reverse("reports", args=[NIT])).content.decode()

    for words in ("Listo", "Hasta el 14/08/2026", "En preparación", "No se pudo leer.", "Vencido", "Pedir de nuevo"):
        assert words in shown


def test_without_reports_the_page_says_how_to_get_one(client: Client, accountant: User) -> None:
    assert "Aún no has pedido informes." in client.get(reverse("reports", args=[NIT])).content.decode()


def test_a_ready_report_is_downloaded_by_its_owner(client: Client, company: Company, accountant: User, old: ElectronicDocument) -> None:
    made = ready(company, accountant, old)

    response: Any = client.get(reverse("report_file", args=[NIT, made.pk, "pdf"]))

    assert response.content == b"%PDF-1.7 x"
    assert response["Content-Disposition"] == 'attachment; filename="historial.pdf"'


@pytest.mark.parametrize("kind", ["xlsx", "html"])
def test_a_file_that_a_report_does_not_have_is_not_found(
    client: Client, company: Company, accountant: User, old: ElectronicDocument, kind: str
) -> None:
    made = ready(company, accountant, old)

    assert client.get(reverse("report_file", args=[NIT, made.pk, kind])).status_code == 404


def test_a_colleagues_file_is_not_found(client: Client, company: Company, accountant: User, old: ElectronicDocument) -> None:
    made = ready(company, accountant, old)
    client.force_login(factories.member(company))

    assert client.get(reverse("report_file", args=[NIT, made.pk, "pdf"])).status_code == 404


def test_the_page_asks_a_known_number_of_questions(
    client: Client, company: Company, accountant: User, old: ElectronicDocument, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        report(company, accountant, old)

    with django_assert_max_num_queries(10):
        client.get(reverse("reports", args=[NIT]))
