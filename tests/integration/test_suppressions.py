"""Correos suprimidos: who is held back and why, released with a note, suppressed by hand."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invoices.invalid import Invalid
from invoices.models import AuditEntry, Company, ElectronicDocument, Membership, User
from invoices.scope import company_scope
from notifications import facts, services, suppressions
from notifications.facts import NewFact
from notifications.lives import ReportKind
from notifications.models import Delivery, Suppression
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
NIT = "900373076"
BAD = "malo@example.com"


@pytest.fixture
def company() -> Company:
    return factories.company(NIT)


@pytest.fixture
def held(company: Company) -> Suppression:
    """An address that bounced."""
    with company_scope(company.pk):
        document = factories.document(company, number="FE-77", addresses=(BAD,))
        delivery = factories.delivery(document, BAD, state="sent", queue="done", sent_at=NOON)
        bounce = NewFact(
            kind=ReportKind.BOUNCED,
            provider="postmark",
            channel="default",
            occurred_at=NOON,
            token=delivery.token,
            reason="no_mailbox",
            text="550 5.1.1 <malo@example.com> User unknown",
        )
        facts.record(bounce, inbound=None, now=NOON)
        return Suppression.objects.get()


def url(view: str, *args: Any) -> str:
    """An address of the company."""
    return reverse(view, args=[NIT, *args])


def text(response: Any) -> str:
    """The body with blanks collapsed."""
    return " ".join(response.content.decode().split())


def post(client: Client, view: str, *args: Any, **data: str) -> Any:
    """The answer, at noon."""
    with time_machine.travel(NOON, tick=False):
        return client.post(url(view, *args), data, follow=True)


def test_a_row_says_why_since_when_with_which_document_and_whose_address_it_is(
    client: Client, company: Company, accountant: User, held: Suppression
) -> None:
    with company_scope(company.pk):
        factories.email(factories.customer(company, name="Droguería Salud Vital"), BAD)

    shown = text(client.get(url("suppressed")))

    assert "Devolución" in shown
    assert (
        f'El buzón no existe. Con <a class="text-decoration-underline" href="{url("document", held.delivery.document_id)}">FE-77</a>.'
        in shown
    )  # type: ignore[union-attr]
    assert "550 5.1.1 &lt;malo@example.com&gt; User unknown" in shown
    assert "Droguería Salud Vital</a>" in shown
    assert "15/07/2026 12:00" in shown


def test_an_address_of_many_customers_names_three_and_counts_the_rest(
    client: Client, company: Company, accountant: User, held: Suppression
) -> None:
    with company_scope(company.pk):
        for number in range(5):
            factories.email(factories.customer(company, name=f"Cliente {number}"), BAD)

    shown = text(client.get(url("suppressed")))

    assert shown.count("Cliente ") == 3
    assert ">2 más</a>" in shown


@pytest.mark.parametrize(("typed", "found"), [("mal", 1), ("MALO@ex", 1), ("alo", 0), ("\x00", 1), ("", 1)])
def test_the_box_finds_by_the_beginning(
    client: Client, company: Company, accountant: User, held: Suppression, typed: str, found: int
) -> None:
    assert text(client.get(url("suppressed"), {"q": typed})).count("data-row") == found


def test_released_ones_stay_in_sight_with_who_when_and_why(client: Client, company: Company, accountant: User, held: Suppression) -> None:
    answer = text(post(client, "suppression_release", held.pk, note="  El cliente\nya recibe "))

    past = text(client.get(url("suppressed"), {"ver": "reactivados"}))
    assert "malo@example.com vuelve a recibir los documentos. No se reenvió nada de lo anterior." in answer
    assert "Ningún correo está suprimido" in answer
    assert "«El cliente ya recibe» · Marcela Ríos" in past
    with company_scope(company.pk):
        assert AuditEntry.objects.get(action="address_released").data == {"address": BAD, "note": "El cliente ya recibe"}
        assert Delivery.objects.count() == 1


def test_releasing_needs_a_note(client: Client, company: Company, accountant: User, held: Suppression) -> None:
    response = post(client, "suppression_release", held.pk, note=" ")

    assert response.status_code == 422
    assert "Escribe por qué lo reactivas" in text(response)
    held.refresh_from_db()
    assert held.released_at is None


def test_releasing_twice_says_that_it_is_done(client: Client, company: Company, accountant: User, held: Suppression) -> None:
    post(client, "suppression_release", held.pk, note="ya recibe")

    again = text(client.get(url("suppression_release", held.pk)))

    assert "Ya está reactivado desde el 15/07/2026 12:00, por Marcela Ríos: «ya recibe»." in again
    assert ">Reactivar</button>" not in again


def test_whoever_came_from_a_document_goes_back_to_it(client: Client, company: Company, accountant: User, held: Suppression) -> None:
    document = held.delivery.document_id  # type: ignore[union-attr]

    response = client.post(url("suppression_release", held.pk) + f"?de={document}", {"note": "ya recibe"})

    assert response["Location"] == url("document", document)


def test_a_document_of_another_company_leads_nowhere(client: Client, company: Company, accountant: User, held: Suppression) -> None:
    other = factories.company()
    with company_scope(other.pk):
        foreign = factories.document(other)

    response = client.post(url("suppression_release", held.pk) + f"?de={foreign.pk}", {"note": "ya recibe"})

    assert response.status_code == 404


def test_a_person_suppresses_an_address_and_says_why(client: Client, company: Company, accountant: User) -> None:
    answer = text(post(client, "suppression_add", address="Ana@Example.com", reason="Pidió que no le escriban"))

    assert "ana@example.com queda suprimido: no se le envía nada." in answer
    assert "«Pidió que no le escriban» · Marcela Ríos" in answer
    with company_scope(company.pk):
        row = Suppression.objects.get()
        assert (row.address_key, row.source, row.created_by) == ("ana@example.com", "person", accountant)
        assert AuditEntry.objects.get(action="address_suppressed").data["reason"] == "Pidió que no le escriban"


def test_one_that_is_held_back_already_is_not_held_back_twice(
    client: Client, company: Company, accountant: User, held: Suppression
) -> None:
    answer = text(post(client, "suppression_add", address=BAD, reason="otra vez"))

    assert "malo@example.com ya estaba suprimido." in answer
    with company_scope(company.pk):
        assert (Suppression.objects.count(), AuditEntry.objects.filter(action="address_suppressed").count()) == (1, 0)


@pytest.mark.parametrize(("address", "reason", "says"), [("x", "y", "le falta la @."), ("a@x.co", "", "Escribe el motivo")])
def test_what_does_not_hold_is_told_at_its_field(
    client: Client, company: Company, accountant: User, address: str, reason: str, says: str
) -> None:
    response = post(client, "suppression_add", address=address, reason=reason)

    assert response.status_code == 422
    assert says in text(response)


def test_an_auditor_only_reads(client: Client, company: Company, held: Suppression) -> None:
    client.force_login(factories.member(company, Membership.Role.AUDITOR))

    shown = text(client.get(url("suppressed")))
    answers = [post(client, "suppression_release", held.pk, note="x").status_code, post(client, "suppression_add", address=BAD).status_code]

    assert BAD in shown.replace("<wbr>", "")
    assert ("Reactivar…" in shown, "Suprimir un correo" in shown, answers) == (False, False, [403, 403])


def test_the_list_costs_the_same_for_one_row_and_for_fifty(
    client: Client, company: Company, accountant: User, django_assert_max_num_queries: Any
) -> None:
    with company_scope(company.pk):
        for number in range(55):
            address = f"a{number}@example.com"
            suppressions.suppress(company=company, address=address, reason="x", by=accountant, at=NOON)
            factories.email(factories.customer(company), address)

    with django_assert_max_num_queries(13):
        page = text(client.get(url("suppressed")))

    assert page.count("data-row") == 50


def failed(company: Company) -> ElectronicDocument:
    """The document of the bounce."""
    return ElectronicDocument.objects.get(number="FE-77")


def test_a_resend_to_a_held_address_is_refused_with_its_reason(company: Company, accountant: User, held: Suppression) -> None:
    with company_scope(company.pk), pytest.raises(services.NotNotifiable) as refused:
        services.resend(document=failed(company), targets=[services.Target(BAD)], note="", by=accountant, now=NOON)

    expected = "malo@example.com está suprimido desde el 15/07/2026. El buzón no existe. Reactívalo con una nota o usa otro correo."
    assert str(refused.value) == expected


def test_a_refused_resend_sends_to_nobody(company: Company, accountant: User, held: Suppression) -> None:
    targets = [services.Target("bueno@example.com"), services.Target(BAD)]
    with company_scope(company.pk):
        with pytest.raises(services.NotNotifiable):
            services.resend(document=failed(company), targets=targets, note="", by=accountant, now=NOON)

        assert not Delivery.objects.filter(address="bueno@example.com").exists()


def test_a_note_releases_it_and_sends(company: Company, accountant: User, held: Suppression) -> None:
    target = services.Target(BAD, release_note="El cliente probó el buzón")
    with company_scope(company.pk):
        sent = services.resend(document=failed(company), targets=[target], note="", by=accountant, now=NOON)

        held.refresh_from_db()
        assert [item.state for item in sent.deliveries.all()] == ["queued"]
        assert (held.released_by, held.release_note) == (accountant, "El cliente probó el buzón")


def test_an_unsubscription_holds_nothing_back(company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        delivery = factories.delivery(factories.document(company), state="sent", queue="done", sent_at=NOON)
        asked = NewFact(kind=ReportKind.UNSUBSCRIBED, provider="mailgun", channel="default", occurred_at=NOON, token=delivery.token)
        facts.record(asked, inbound=None, now=NOON)

        assert not Suppression.objects.exists()


def test_what_is_too_long_is_no_note(company: Company, accountant: User, held: Suppression) -> None:
    with company_scope(company.pk), pytest.raises(Invalid):
        suppressions.release(suppression_id=held.pk, note="x" * 301, by=accountant, at=NOON)
