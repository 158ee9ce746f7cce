"""*Eventos de Título Valor* where they are read: the document's page, the list, the file of an event, the API."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from invoices.models import Company, ElectronicDocument, Membership, TitleEvent
from invoices.scope import company_scope
from notifications import intake
from tests import factories
from tests import signing as keys
from tests import ubl_builders as ubl
from tests.api import Api, key_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 12, 12, 0, tzinfo=ZoneInfo("America/Bogota"))
CLAIM = keys.sign(ubl.build_event("031", claim_code="02", notes=["Faltó el taladro."]))
FILES = {
    "factura.xml": ubl.build_attached_document(ubl.build_invoice(), ubl.build_response()),
    "030.xml": ubl.build_event("030", issued=("2026-03-10", "11:00:00-05:00")),
    "032.xml": ubl.build_event("032", issued=("2026-03-10", "12:00:00-05:00")),
    "031.xml": CLAIM,
    "034.xml": ubl.build_event("034", sender=ubl.ISSUER, receiver=ubl.CUSTOMER, issued=("2026-03-12", "09:00:00-05:00")),
}


@pytest.fixture
def company() -> Company:
    return factories.company(ubl.ISSUER.identification, name="Ferretería La Tuerca S.A.S.")


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    list(intake.receive(FILES.items(), companies={company.nit: company}, by=None, notify="no", now=NOW))
    with company_scope(company.pk):
        return ElectronicDocument.objects.get()


@pytest.fixture
def auditor(client: Client, company: Company) -> Client:
    client.force_login(factories.member(company, role=Membership.Role.AUDITOR))
    return client


def section(client: Client, document: ElectronicDocument) -> str:
    """The section of the document's page, with its blanks squeezed."""
    page = client.get(reverse("document", args=[ubl.ISSUER.identification, document.pk])).content.decode()
    return " ".join(page[page.index('id="ev"') : page.index("</section>", page.index('id="ev"'))].split())


@pytest.mark.parametrize(
    "words",
    [
        "Reclamo: mercancía no entregada",
        "<b>Evento 031</b> Reclamo",
        "Reclama: mercancía no entregada",
        "«Faltó el taladro.»",
        "firmado el 11/03/2026 04:00",
        "La firma cubre todo el documento y nada cambió desde entonces.",
        "CONSTRUCCIONES ALTO PÁRAMO LTDA. · 830777042",
        "Sin firma",
        "<b>Evento 034</b> Aceptación tácita",
        'La factura ya tenía un reclamo. <span class="tag">LGC04</span>',
        "No cuenta",
    ],
)
def test_the_section_tells_each_event_with_its_verdict_and_signature(auditor, document, words):
    assert words in section(auditor, document)


def test_the_section_says_that_none_came(auditor, company):
    with company_scope(company.pk):
        document = factories.document(company)

    assert "No ha llegado ninguno." in section(auditor, document)


def test_a_credit_note_has_no_section(auditor, company):
    with company_scope(company.pk):
        document = factories.document(company, type_code="91")

    page = auditor.get(reverse("document", args=[company.nit, document.pk])).content.decode()

    assert "Eventos de Título Valor" not in page
    assert "No aplica" in page


def test_an_event_is_handed_out_as_it_came(auditor, company, document):
    with company_scope(company.pk):
        event = TitleEvent.objects.get(code="031")

    answer = auditor.get(reverse("event_file", args=[company.nit, document.pk, event.pk]))

    assert (answer.content, answer["Content-Type"]) == (CLAIM, "application/xml")
    assert f'filename="FE1001-031-{event.key[:8]}.xml"' in answer["Content-Disposition"]


def test_an_event_of_another_document_is_not_found(auditor, company, document):
    with company_scope(company.pk):
        other = factories.document(company)
        event = TitleEvent.objects.get(code="031")

    assert auditor.get(reverse("event_file", args=[company.nit, other.pk, event.pk])).status_code == 404


def test_the_list_has_a_column_and_a_filter(auditor, company, document):
    with company_scope(company.pk):
        factories.document(company, number="FE-77", title_status="acknowledged")

    page = auditor.get(reverse("documents", args=[company.nit]), {"eventos": "claimed"}).content.decode()

    assert "Eventos de Título&nbsp;Valor</th>" in page
    assert "FE1001" in page
    assert "FE-77" not in page
    assert "Título Valor: Reclamo" in page  # the filter, to be taken away


def test_more_events_ask_no_more_of_the_database(auditor, company, document, django_assert_max_num_queries: Any):
    with company_scope(company.pk):
        for number in range(5):
            factories.title_event(document, "030", verdict="refused", rule="LGC01", number=str(number))

    with django_assert_max_num_queries(20):
        section(auditor, document)


def test_an_event_is_pushed_and_read_by_the_api(company, document):
    api = Api(key_of(company))
    late = ubl.build_event("033", issued=("2026-03-12", "10:00:00-05:00"))

    pushed = api.upload("documents/", [SimpleUploadedFile("033.xml", late)]).json()["results"][0]
    found = api.get(f"documents/{document.pk}/").json()

    assert (pushed["outcome"], pushed["reason"]) == ("new", "No cuenta: La factura ya tenía un reclamo.")
    assert found["title_value"] == {"status": "claimed", "label": "Reclamo", "claim_last_day": None}
    facts = [(each["code"], each["verdict"], each["rule"], each["signature"], each["claim"]) for each in found["title_events"]]
    assert facts == [
        ("030", "accepted", "", "absent", ""),
        ("032", "accepted", "", "absent", ""),
        ("031", "accepted", "", "intact", "mercancía no entregada"),
        ("034", "refused", "LGC04", "absent", ""),
        ("033", "refused", "LGC04", "absent", ""),
    ]


def test_the_api_narrows_by_what_the_events_amount_to(company, document):
    api = Api(key_of(company))

    found = [api.get(f"documents/?title_value={status}").json()["results"] for status in ("claimed", "none")]

    assert [len(rows) for rows in found] == [1, 0]
