"""Reenviar Notificación: addresses that are held back, mistyped or better at DIAN's list."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from invoices.models import Company, ElectronicDocument, ReceptionDirectory, User
from invoices.scope import company_scope
from notifications import facts, services
from notifications.facts import NewFact
from notifications.lives import ReportKind
from notifications.models import Delivery, Suppression
from tests import factories
from tests.factories import NOON
from tests.integration.test_resend import NIT, addresses, filled, url

pytestmark = pytest.mark.django_db
BAD, GOOD, DIAN = "malo@example.com", "bueno@example.com", "fe@example.com"


@pytest.fixture
def company() -> Company:
    return factories.company(nit=NIT)


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    """Sent to two addresses, of which one came back for good and is held back since."""
    with company_scope(company.pk):
        made = factories.document(company, addresses=(BAD, GOOD))
        services.notify(document=made, now=NOON)
        Delivery.objects.update(queue="done", sent_at=NOON, state="sent")
        token = Delivery.objects.get(address=BAD).token
        came_back = NewFact(ReportKind.BOUNCED, "postmark", NOON + timedelta(hours=1), "default", token=token, reason="no_mailbox")
        facts.record(came_back, inbound=None, now=NOON + timedelta(hours=1))
    return made


def listed(document: ElectronicDocument) -> None:
    """DIAN's list gives another address for the customer."""
    nit, day = document.customer.identification, NOON.date()
    ReceptionDirectory.objects.create(nit=nit, address_key=DIAN, first_seen=day, last_seen=day)


def body(response: Any) -> str:
    """With blanks collapsed."""
    return " ".join(response.content.decode().split())


def test_a_held_address_is_off_with_reason_and_date(client: Client, accountant: User, document: ElectronicDocument) -> None:
    response = client.get(url(document))

    [bad, _] = response.context["form"].lines
    assert (bad.row.address, bad.on) == (BAD, False)
    assert "Suprimido desde el 15/07/2026" in body(response)
    assert "El buzón no existe." in body(response)


def test_ticking_it_without_a_note_is_refused_at_its_row(client: Client, accountant: User, document: ElectronicDocument) -> None:
    response = client.post(url(document), filled(client, document, enviar_0="on"))

    assert response.status_code == 422
    assert response.context["form"].lines[0].release_error == "Escribe por qué lo reactivas, o corrige el correo."
    assert addresses(document) == []


def test_a_note_releases_it_and_sends(client: Client, accountant: User, document: ElectronicDocument) -> None:
    response = client.post(url(document), filled(client, document, enviar_0="on", reactivar_0="Ya probó el buzón"))

    assert response.status_code == 302
    assert addresses(document) == [BAD]
    assert Suppression.across.get().release_note == "Ya probó el buzón"


def test_a_corrected_address_needs_no_note_and_leaves_the_old_one_held(
    client: Client, accountant: User, document: ElectronicDocument
) -> None:
    response = client.post(url(document), filled(client, document, enviar_0="on", correo_0="corregido@example.com"))

    assert response.status_code == 302
    assert addresses(document) == ["corregido@example.com"]
    assert Suppression.across.get().released_at is None


@pytest.mark.parametrize("typed", [{"correo_0": "corregido@example.com"}, {"reactivar_0": "Ya sirve"}])
def test_what_was_typed_in_a_row_that_is_not_ticked_is_told_and_not_dropped(
    client: Client, accountant: User, document: ElectronicDocument, typed: dict[str, str]
) -> None:
    response = client.post(url(document), filled(client, document, enviar_1="on", **typed))

    assert response.status_code == 422
    assert response.context["form"].lines[0].error.startswith("Marca la casilla")
    assert addresses(document) == []


@pytest.mark.parametrize(("field", "where"), [("otros", "otros"), ("correo_1", "line")])
def test_a_held_address_that_is_typed_elsewhere_is_refused_there(
    client: Client, accountant: User, document: ElectronicDocument, field: str, where: str
) -> None:
    response = client.post(url(document), filled(client, document, **{field: BAD, "enviar_1": "on"}))

    form = response.context["form"]
    said = form.errors.get("otros", "") if where == "otros" else form.lines[1].error
    assert said.startswith("malo@example.com está suprimido desde el 15/07/2026.")
    assert addresses(document) == []


def test_dians_address_stands_in_for_the_failed_one_so_that_nothing_stays_partial(
    client: Client, accountant: User, document: ElectronicDocument
) -> None:
    listed(document)
    [line, *_] = client.get(url(document), {"correo": BAD, "por": DIAN}).context["form"].lines

    client.post(url(document), filled(client, document, enviar_0="on", correo_0=line.address))

    assert (line.address, line.on, line.from_dian) == (DIAN, True, True)
    assert Delivery.across.get(address=BAD).replaced_by == Delivery.across.get(address=DIAN)
    document.refresh_from_db()
    assert document.delivery_status != "partial"


def test_one_press_takes_dians_address_over_and_sends_nothing_yet(client: Client, accountant: User, document: ElectronicDocument) -> None:
    listed(document)

    response = client.post(url(document), filled(client, document, usar_0=DIAN, nota="por teléfono"))

    form = response.context["form"]
    assert (response.status_code, form.lines[0].address, form.lines[0].on, form.note) == (200, DIAN, True, "por teléfono")
    assert "El nuevo es el que el cliente registró en la DIAN" in body(response)
    assert addresses(document) == []


def test_a_slip_is_asked_once_and_then_sent_as_it_is(client: Client, accountant: User, document: ElectronicDocument) -> None:
    asked = client.post(url(document), filled(client, document, otros="ana@gmial.com"))
    sure = " ".join(asked.context["form"].sure)

    sent = client.post(url(document), filled(client, document, otros="ana@gmial.com", seguro=sure))

    assert (asked.status_code, sent.status_code, sure) == (422, 302, "ana@gmial.com")
    assert "¿Quisiste decir" in body(asked)
    assert 'name="seguro" value="ana@gmial.com"' in body(asked)
    assert addresses(document) == ["ana@gmial.com"]


def test_a_slip_in_a_correction_is_asked_at_its_row(client: Client, accountant: User, document: ElectronicDocument) -> None:
    asked = client.post(url(document), filled(client, document, enviar_0="on", correo_0="ana@hotmial.com"))

    assert asked.context["form"].lines[0].doubt.meant == "ana@hotmail.com"
    assert 'name="usar_0" value="ana@hotmail.com"' in body(asked)
    assert addresses(document) == []


def test_one_press_takes_the_meant_address_over(client: Client, accountant: User, document: ElectronicDocument) -> None:
    typed = {"otros": "ana@gmial.com; luz@x.co", "usar_otros": "ana@gmial.com ana@gmail.com"}

    form = client.post(url(document), filled(client, document, **typed)).context["form"]

    assert form.others == "ana@gmail.com; luz@x.co"
    assert addresses(document) == []
