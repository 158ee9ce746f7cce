"""What repairs a failed address: for all its documents at once, each once, and only while it is open."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from invoices import history
from invoices.invalid import Invalid
from invoices.models import Company, Customer, ElectronicDocument, HistoryEntry, Membership, RecipientEmail, User
from invoices.scope import company_scope
from notifications import facts, outbox, problem_repairs, problem_selectors, services, suppressions
from notifications.facts import NewFact
from notifications.lives import ReportKind
from notifications.models import Delivery, Suppression
from notifications.problem_repairs import Repaired, Wrong
from tests import factories
from tests.factories import NOON
from tests.integration.problem_scene import failed, listed, without_address
from tests.sink import Sink

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=20)
BAD, GOOD = "malo@example.com", "bueno@example.com"
Event = history.Event
Press = Callable[..., Any]


@pytest.fixture
def company() -> Company:
    return factories.company("900373076")


@pytest.fixture
def accountant(company: Company) -> User:
    return factories.member(company)


@pytest.fixture
def buyer(company: Company) -> Customer:
    with company_scope(company.pk):
        return factories.customer(company, identification="909096754")


@pytest.fixture
def wrong(buyer: Customer) -> Wrong:
    return Wrong(buyer.pk, BAD, LATER)


@pytest.fixture
def press(client: Client, company: Company, accountant: User, buyer: Customer) -> Press:
    """Press a button of the page as it was at this moment."""
    client.force_login(accountant)

    def post(name: str, *, address: str = BAD, cause: str = "no_mailbox", typed: str = "", **data: str) -> Any:
        query = urlencode({"correo": address, "causa": cause})
        given = {"hasta": timezone.now().isoformat(), "address": typed, **data}
        return client.post(f"{reverse(name, args=[company.nit, buyer.pk])}?{query}", given)

    return post


def correct(company: Company, wrong: Wrong, by: User, address: str = GOOD, *, save: bool = True, now: Any = LATER) -> Repaired:
    return problem_repairs.correct(company=company, wrong=wrong, address=address, save=save, by=by, now=now)


def open_ones(company: Company) -> int:
    with company_scope(company.pk):
        return problem_selectors.open_count()


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_every_failed_document_of_the_address_goes_to_the_corrected_one(
    company: Company, accountant: User, buyer: Customer, wrong: Wrong
) -> None:
    with company_scope(company.pk):
        documents = [failed(company, buyer).document, failed(company, buyer, reason="bad_domain").document]
        other = failed(company, factories.customer(company))

    repaired = correct(company, wrong, accountant)

    assert repaired.sent == [document.number for document in documents if document]
    with company_scope(company.pk):
        told = Delivery.objects.filter(address=GOOD)
        assert {item.document_id for item in told} == {document.pk for document in documents if document}
        assert set(Delivery.objects.filter(address=BAD, replaced_by=None)) == {other}
        assert RecipientEmail.objects.get(customer=buyer).address_key == GOOD
    assert open_ones(company) == 1


def test_pressing_twice_sends_once(company: Company, accountant: User, buyer: Customer, wrong: Wrong) -> None:
    with company_scope(company.pk):
        failed(company, buyer)

    correct(company, wrong, accountant)
    again = correct(company, wrong, accountant)

    assert (again.sent, again.underway) == ([], [])
    with company_scope(company.pk):
        assert Delivery.objects.filter(address=GOOD).count() == 1


def test_an_old_page_does_not_repair_what_failed_after_it(company: Company, accountant: User, buyer: Customer, wrong: Wrong) -> None:
    with company_scope(company.pk):
        failed(company, buyer)
    problem_repairs.retry(company=company, wrong=wrong, by=accountant, now=LATER + timedelta(seconds=1))
    with company_scope(company.pk):
        Delivery.objects.filter(replaced_by=None).update(state="bounced", reason="no_mailbox", queue="done")

    again = problem_repairs.retry(company=company, wrong=wrong, by=accountant, now=LATER + timedelta(seconds=9))

    assert again.sent == []
    assert open_ones(company) == 1


def test_what_already_goes_to_that_address_is_not_sent_again(company: Company, accountant: User, buyer: Customer, wrong: Wrong) -> None:
    with company_scope(company.pk):
        delivery = failed(company, buyer)
        assert delivery.document
        there = factories.delivery(delivery.document, GOOD, state="delivered", queue="done", sent_at=NOON)

    repaired = correct(company, wrong, accountant)

    delivery.refresh_from_db()
    assert (repaired.sent, repaired.underway) == ([], [delivery.document.number])
    assert delivery.replaced_by == there
    with company_scope(company.pk):
        document = ElectronicDocument.objects.get(pk=delivery.document.pk)
        assert document.delivery_status == "delivered"
        assert HistoryEntry.objects.filter(document_id=document.pk, event=Event.RESOLVED).count() == 1


def test_a_document_that_may_not_be_notified_stops_no_other(company: Company, accountant: User, buyer: Customer, wrong: Wrong) -> None:
    with company_scope(company.pk):
        refused, fine = failed(company, buyer).document, failed(company, buyer).document
        assert refused
        assert fine
        ElectronicDocument.objects.filter(pk=refused.pk).update(dian_status="rejected")

    repaired = correct(company, wrong, accountant)

    assert repaired.sent == [fine.number]
    assert dict(repaired.left) == {"La DIAN lo rechazó: no se notifica al cliente.": [refused.number]}


def test_so_many_at_a_time_and_the_rest_by_pressing_again(
    company: Company, accountant: User, buyer: Customer, wrong: Wrong, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(problem_repairs, "MOST", 2)
    with company_scope(company.pk):
        for _ in range(3):
            failed(company, buyer)

    first, second = correct(company, wrong, accountant), correct(company, wrong, accountant)

    assert (len(first.sent), first.more) == (2, True)
    assert (len(second.sent), second.more) == (1, False)


@pytest.mark.parametrize(
    ("address", "why"),
    [("sin-arroba", "le falta la @"), (BAD, "Es el mismo correo que falló"), ("", "Escribe un correo"), ("roto@example.com", "suprimido")],
)
def test_an_address_that_cannot_help_is_refused(
    company: Company, accountant: User, buyer: Customer, wrong: Wrong, address: str, why: str
) -> None:
    with company_scope(company.pk):
        failed(company, buyer)
        suppressions.suppress(company=company, address="roto@example.com", reason="Pidió no recibir", by=accountant, at=NOON)

    with pytest.raises(Invalid, match=why) as caught:
        correct(company, wrong, accountant, address)

    assert caught.value.field == "address"
    assert open_ones(company) == 1


def test_nothing_is_kept_for_a_final_consumer(company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        anybody = factories.customer(company, identification="222222222222")
        failed(company, anybody)

    repaired = correct(company, Wrong(anybody.pk, BAD, LATER), accountant)

    assert len(repaired.sent) == 1
    with company_scope(company.pk):
        assert not RecipientEmail.objects.exists()


def test_dians_address_is_used_in_one_step(press: Press, company: Company, buyer: Customer) -> None:
    listed(buyer, "recepcion@example.net")
    with company_scope(company.pk):
        failed(company, buyer)

    response = press("problem_reception")

    assert said(response) == ["1 documento se reenvía a recepcion@example.net."]
    with company_scope(company.pk):
        assert Delivery.objects.get(address=BAD).replaced_by == Delivery.objects.get(address="recepcion@example.net")


def test_without_an_address_of_dian_the_step_says_so(press: Press, company: Company, buyer: Customer) -> None:
    with company_scope(company.pk):
        failed(company, buyer)

    assert said(press("problem_reception")) == ["La lista de la DIAN no tiene un correo de este cliente."]


def test_retrying_sends_to_the_same_address_what_failed_for_that_cause(press: Press, company: Company, buyer: Customer) -> None:
    with company_scope(company.pk):
        full = failed(company, buyer, state="soft_bounced", reason="mailbox_full")
        other = failed(company, buyer)

    response = press("problem_retry", cause="mailbox_full")

    full.refresh_from_db()
    other.refresh_from_db()
    assert said(response) == [f"1 documento se reenvía a {BAD}."]
    assert full.replaced_by
    assert (full.replaced_by.address, other.replaced_by) == (BAD, None)


def test_a_held_address_is_not_retried(press: Press, company: Company, buyer: Customer, accountant: User) -> None:
    with company_scope(company.pk):
        failed(company, buyer)
        suppressions.suppress(company=company, address=BAD, reason="Se quejó", by=accountant, at=NOON)

    [text] = said(press("problem_retry"))

    assert "está suprimido" in text
    assert open_ones(company) == 1


def test_a_held_address_is_released_with_a_note_and_told_again(press: Press, company: Company, buyer: Customer, accountant: User) -> None:
    with company_scope(company.pk):
        suppressions.suppress(company=company, address=BAD, reason="Rebotó", by=accountant, at=NOON)
        for _ in range(2):
            failed(company, buyer, state="suppressed", reason="suppressed")

    refused = press("problem_release", cause="suppressed")
    done = press("problem_release", cause="suppressed", note="El cliente arregló su buzón")

    assert refused.status_code == 422
    assert "Escribe por qué lo reactivas" in refused.content.decode()
    assert said(done) == [f"2 documentos se reenvían a {BAD}."]
    with company_scope(company.pk):
        assert Suppression.objects.get().release_note == "El cliente arregló su buzón"
    assert open_ones(company) == 0


def test_reviewed_with_a_note_is_closed_and_stays_in_the_history(press: Press, company: Company, buyer: Customer) -> None:
    with company_scope(company.pk):
        deliveries = [failed(company, buyer) for _ in range(2)]

    refused = press("problem_review", note=" ")
    done = press("problem_review", note="Ya pagó")

    assert refused.status_code == 422
    assert "Escribe una nota" in refused.content.decode()
    assert said(done) == ["2 problemas quedan revisados."]
    with company_scope(company.pk):
        lines = HistoryEntry.objects.filter(document_id__in=[item.document_id for item in deliveries], event=Event.REVIEWED)
        assert [line.data["note"] for line in lines] == ["Ya pagó", "Ya pagó"]
    assert open_ones(company) == 0


def test_one_document_alone_is_marked_reviewed(client: Client, company: Company, accountant: User, buyer: Customer) -> None:
    client.force_login(accountant)
    with company_scope(company.pk):
        first, second = failed(company, buyer), failed(company, buyer)
    query = urlencode({"correo": BAD, "causa": "no_mailbox", "envio": str(first.pk)})

    client.post(
        f"{reverse('problem_review', args=[company.nit, buyer.pk])}?{query}", {"hasta": timezone.now().isoformat(), "note": "Ya pagó"}
    )

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.reviewed_note, second.reviewed_at) == ("Ya pagó", None)


def test_a_document_without_an_address_gets_one(press: Press, company: Company, buyer: Customer) -> None:
    with company_scope(company.pk):
        documents = [without_address(company, buyer) for _ in range(2)]

    response = _add(press)
    again = _add(press)

    assert said(response) == [f"2 documentos se reenvían a {GOOD}."]
    assert said(again)[-1:] == ["Ya estaba arreglado: no se envió nada otra vez."]
    with company_scope(company.pk):
        assert {item.document_id for item in Delivery.objects.filter(address=GOOD)} == {document.pk for document in documents}
        assert RecipientEmail.objects.get().address_key == GOOD


def test_a_mistyped_domain_is_asked_about_once(press: Press, company: Company, buyer: Customer) -> None:
    with company_scope(company.pk):
        failed(company, buyer)

    asked = _correct(press, "ana@gmial.com")
    taken = _correct(press, "ana@gmial.com", usar="ana@gmail.com")

    assert asked.status_code == 422
    assert "¿Quisiste decir" in asked.content.decode()
    assert said(taken) == ["1 documento se reenvía a ana@gmail.com."]


def test_whoever_means_what_looks_mistyped_is_believed(press: Press, company: Company, buyer: Customer) -> None:
    with company_scope(company.pk):
        failed(company, buyer)

    meant = _correct(press, "ana@gmial.com", confirmed="ana@gmial.com")

    assert said(meant) == ["1 documento se reenvía a ana@gmial.com."]


@pytest.mark.parametrize("until", ["", "ayer", "2026-07-15", "2026-07-15T12:00:00", "2026-99-15T12:00:00Z"])
def test_a_form_that_does_not_say_what_was_seen_is_refused(
    client: Client, company: Company, accountant: User, buyer: Customer, until: str
) -> None:
    client.force_login(accountant)
    with company_scope(company.pk):
        failed(company, buyer)

    response = client.post(f"{reverse('problem_retry', args=[company.nit, buyer.pk])}?correo={BAD}&causa=no_mailbox", {"hasta": until})

    assert response.status_code == 400
    assert open_ones(company) == 1


@pytest.mark.parametrize("query", ["", "?correo=", "?correo=%00&causa=no_mailbox", "?correo=&causa=no_mailbox"])
def test_an_address_that_names_nothing_is_not_found(
    client: Client, company: Company, accountant: User, buyer: Customer, query: str
) -> None:
    client.force_login(accountant)

    assert client.get(reverse("problem_row", args=[company.nit, buyer.pk]) + query).status_code == 404


def test_a_sheet_about_what_is_settled_leads_back(client: Client, company: Company, accountant: User, buyer: Customer) -> None:
    client.force_login(accountant)

    response = client.get(f"{reverse('problem_correct', args=[company.nit, buyer.pk])}?correo={BAD}&causa=no_mailbox")

    assert response["Location"] == reverse("problems", args=[company.nit])


@pytest.mark.parametrize("name", ["problem_correct", "problem_reception", "problem_retry", "problem_release", "problem_review"])
def test_an_auditor_repairs_nothing(client: Client, company: Company, buyer: Customer, name: str) -> None:
    client.force_login(factories.member(company, role=Membership.Role.AUDITOR))
    with company_scope(company.pk):
        failed(company, buyer)
    data = {"hasta": timezone.now().isoformat(), "address": GOOD, "note": "nota"}

    response = client.post(f"{reverse(name, args=[company.nit, buyer.pk])}?correo={BAD}&causa=no_mailbox", data)

    assert response.status_code == 403
    assert open_ones(company) == 1


@pytest.mark.django_db(transaction=True)
def test_a_problem_closes_itself_once_the_document_was_delivered_elsewhere(company: Company, accountant: User, sink: Sink) -> None:
    sink.replies[BAD] = ["550 5.1.1 No such user"]
    with company_scope(company.pk):
        document = factories.document(company, addresses=(BAD,))
        services.notify(document=document, now=NOON)
    outbox.drain(clock=lambda: NOON)
    before = open_ones(company)
    with company_scope(company.pk):
        services.resend(document=document, targets=[services.Target(GOOD)], note="", by=accountant, now=LATER)
    sent_only = open_ones(company)
    with company_scope(company.pk):
        token = Delivery.objects.get(address=GOOD).token
    told = NewFact(kind=ReportKind.DELIVERED, provider="postmark", channel="default", token=token, occurred_at=LATER)
    facts.record(told, inbound=None, now=LATER)

    assert (before, sent_only, open_ones(company)) == (1, 1, 0)
    with company_scope(company.pk):
        assert Delivery.objects.get(address=BAD).resolved_by == Delivery.objects.get(address=GOOD)


def _correct(press: Press, address: str, **data: str) -> Any:
    return press("problem_correct", typed=address, **data)


def _add(press: Press) -> Any:
    return press("problem_correct", address="", cause="no_address", typed=GOOD, save="on")
