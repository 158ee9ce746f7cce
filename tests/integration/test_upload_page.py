"""Cargar documentos."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from invoices.models import Company, ElectronicDocument, Membership, User
from notifications import first_notices, forms
from notifications.demo.files import zip_of
from notifications.demo.ubl import DemoParty, DemoSale
from notifications.models import Delivery
from notifications.presenters import local
from tests import factories
from tests.factories import NOON
from tests.sink import Sink

pytestmark = pytest.mark.django_db
NIT = "909482675"


@pytest.fixture
def company() -> Company:
    return factories.company(nit=NIT, name="Ferretería El Roble S.A.S.")


@pytest.fixture
def accountant(company: Company, client: Client) -> User:
    person = factories.member(company)
    client.force_login(person)
    return person


def bill(number: str, *, nit: str = NIT, days_ago: int = 1) -> SimpleUploadedFile:
    """A ZIP as it comes by e-mail."""
    sale = DemoSale(
        root="Invoice",
        type_code="01",
        number=number,
        at=local(NOON - timedelta(days=days_ago)),
        due=None,
        base=Decimal(100_000),
        seller=DemoParty("31", nit, "6", "Ferretería El Roble S.A.S."),
        buyer=DemoParty("31", "907715386", "7", "Constructora Piedra Alta S.A.S.", "compras@example.com"),
    )
    return SimpleUploadedFile(*zip_of(sale, pdf=False))


def sent(client: Client, *files: SimpleUploadedFile, **data: str) -> Any:
    """The answer to an upload, at noon."""
    with time_machine.travel(NOON, tick=False):
        return client.post(reverse("upload", args=[NIT]), {"archivos": list(files), **data})


def test_each_file_has_its_result_and_what_needs_a_person_comes_first(client: Client, accountant: User) -> None:
    sent(client, bill("FER1"))

    response = sent(client, bill("FER1"), bill("FER2"), SimpleUploadedFile("nota.xml", b"no es xml"))

    assert [line.outcome.name for line in response.context["lines"]] == ["REFUSED", "NEW", "ALREADY"]
    shown = response.content.decode()
    assert "nota.xml" in shown
    assert ">FER2</a>" in shown


def test_automatic_tells_only_the_buyers_of_what_is_recent(client: Client, accountant: User, sink: Sink) -> None:
    sent(client, bill("FER1"), bill("FER2", days_ago=30))
    first_notices.work(clock=timezone.now)

    assert list(Delivery.across.values_list("document__number", flat=True)) == ["FER1"]


def test_a_result_shows_that_its_buyer_is_being_told(client: Client, accountant: User) -> None:
    response = sent(client, bill("FER1"))

    (line,) = response.context["lines"]
    assert (line.document.delivery_status, line.document.deliveries_total) == ("in_progress", 0)


def test_no_tells_nobody(client: Client, accountant: User) -> None:
    sent(client, bill("FER1"), notificar="no")

    assert ElectronicDocument.across.count() == 1
    assert not Delivery.across.exists()


def test_what_another_company_issued_is_refused_with_its_name(client: Client, accountant: User) -> None:
    response = sent(client, bill("FER1", nit="908114927"))

    (line,) = response.context["lines"]
    assert line.outcome.name == "REFUSED"
    assert "908114927" in line.reason


def test_a_file_that_is_too_big_is_refused_and_the_rest_goes_on(client: Client, accountant: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.views.upload.MAX_FILE_BYTES", 20_000)

    response = sent(client, SimpleUploadedFile("grande.zip", b"x" * 20_001), bill("FER1"))

    assert [(line.name, line.outcome.name) for line in response.context["lines"] if line.outcome.name == "REFUSED"] == [
        ("grande.zip", "REFUSED")
    ]
    assert ElectronicDocument.across.count() == 1


def test_too_many_files_are_refused_before_any_is_read(client: Client, accountant: User) -> None:
    files = [SimpleUploadedFile(f"{number}.xml", b"x") for number in range(forms.MAX_FILES + 1)]

    response = sent(client, *files)

    assert response.status_code == 422
    assert "Elegiste 51 archivos y caben 50 a la vez" in response.content.decode()


def test_no_file_is_an_error_with_words(client: Client, accountant: User) -> None:
    response = sent(client)

    assert response.status_code == 422
    assert "Elige al menos un archivo XML o ZIP." in response.content.decode()


def test_an_auditor_may_not(client: Client, company: Company) -> None:
    client.force_login(factories.member(company, Membership.Role.AUDITOR))

    assert client.get(reverse("upload", args=[NIT])).status_code == 403
