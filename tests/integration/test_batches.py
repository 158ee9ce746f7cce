"""A bulk resend: sorted, confirmed, sent by workers, canceled, tried again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from invoices.invalid import Invalid
from invoices.models import Company, ElectronicDocument, HistoryEntry, User
from invoices.scope import company_scope
from notifications import batch_selectors, batches, services, tasks
from notifications.models import Delivery, Notification, ResendBatch
from tests import factories
from tests.factories import NOON
from tests.integration.batch_rows import held, told
from tests.sink import Sink

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def company() -> Iterator[Company]:
    made = factories.company()
    with company_scope(made.pk):
        yield made


@pytest.fixture
def accountant(company: Company) -> User:
    return factories.member(company, name="Marcela Ríos")


def draft(accountant: User, *documents: ElectronicDocument) -> ResendBatch:
    """A batch of the documents, in this order."""
    found = ElectronicDocument.objects.filter(pk__in=[item.pk for item in documents]).order_by("pk")
    return batches.make(documents=found, chosen="Marcados en la lista", by=accountant, now=LATER)


def start(accountant: User, batch: ResendBatch, *, again: bool = False, note: str = "") -> None:
    """Confirm what the page showed."""
    expected = batch_selectors.tally(batch).documents(again=again)
    batches.confirm(batch_id=batch.pk, again=again, note=note, expected=expected, by=accountant, now=LATER)


def settle_all(batch: ResendBatch) -> None:
    """Work without handing anything over."""
    while batches._some(batch.pk, batch.company_id, clock=lambda: LATER):
        pass
    batch.refresh_from_db()


def outcome(batch: ResendBatch) -> list[tuple[str, str]]:
    """Status and reason of each document, in order."""
    return list(batch.items.order_by("position").values_list("status", "reason"))


def resent(document: ElectronicDocument) -> list[str]:
    """The addresses to which the document was resent in bulk."""
    rows = Delivery.objects.filter(document=document, notification__origin="bulk")
    return list(rows.order_by("created_at", "address").values_list("address", flat=True))


def test_what_dian_did_not_accept_is_left_out_with_its_reason(company: Company, accountant: User) -> None:
    batch = draft(accountant, factories.document(company, dian_status="rejected"), factories.document(company, dian_status="not_sent"))

    assert outcome(batch) == [
        ("skipped", "La DIAN lo rechazó: no se notifica al cliente."),
        ("skipped", "Solo se notifican documentos aceptados por la DIAN."),
    ]


def test_a_hundred_documents_are_sorted_in_as_many_questions_as_one(
    company: Company, accountant: User, django_assert_max_num_queries: Any
) -> None:
    documents = [told(company, ana="soft_bounced") for _ in range(60)] + [factories.document(company) for _ in range(40)]

    with django_assert_max_num_queries(14):
        batch = draft(accountant, *documents)

    assert batch.items.filter(group="send").count() == batch.total == 100


def test_no_more_than_the_first_ten_thousand_are_taken_and_it_says_so(
    company: Company, accountant: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MAX_DOCUMENTS", 2)

    batch = draft(accountant, *(factories.document(company) for _ in range(3)))

    assert (batch.total, batch.items.count()) == (2, 2)
    assert batch.chosen == "Los primeros 2 de: Marcados en la lista"


def test_nothing_chosen_is_refused(company: Company, accountant: User) -> None:
    with pytest.raises(Invalid, match="Elige al menos un documento"):
        draft(accountant)


def test_a_confirmed_batch_is_sent_and_told_document_by_document(company: Company, accountant: User) -> None:
    late, done, nobody = told(company, ana="soft_bounced"), told(company, luis="sent"), factories.document(company, addresses=())
    batch = draft(accountant, late, done, nobody)

    start(accountant, batch, note="No les llegó el primer envío")
    settle_all(batch)

    assert outcome(batch) == [
        ("sent", ""),
        ("skipped", "Ya se envió a todos sus correos."),
        ("skipped", "Ni el documento ni el cliente tienen un correo."),
    ]
    assert (batch.status, batch.finished_at) == ("done", LATER)
    assert batch_selectors.tally(batch).sentence == "Se reenvió 1; 1 ya entregado; 1 sin correo."
    made = Notification.objects.get(origin="bulk")
    assert (made.document, made.requested_by, made.note) == (late, accountant, "No les llegó el primer envío")
    assert batch.items.get(document=late).notification == made
    line = HistoryEntry.objects.filter(document_id=late.pk, event="resent").get()
    assert (line.actor_name, line.data["note"]) == ("Marcela Ríos", "No les llegó el primer envío")


def test_those_who_have_it_get_it_again_only_when_asked(company: Company, accountant: User) -> None:
    partial, done = told(company, ana="soft_bounced", luis="sent"), told(company, eva="delivered")
    batch = draft(accountant, partial, done)
    found = batch_selectors.tally(batch)

    start(accountant, batch, again=True)
    settle_all(batch)

    assert (found.documents(again=False), found.mails(again=False)) == (1, 1)
    assert (found.documents(again=True), found.mails(again=True), found.reached) == (2, 3, 2)
    assert (resent(partial), resent(done)) == (["ana@example.com", "luis@example.com"], ["eva@example.com"])


def test_a_second_confirmation_changes_nothing(company: Company, accountant: User) -> None:
    document = told(company, ana="soft_bounced")
    batch = draft(accountant, document)
    start(accountant, batch)
    settle_all(batch)

    batches.confirm(batch_id=batch.pk, again=True, note="otra", expected=1, by=accountant, now=LATER)
    settle_all(batch)

    assert (batch.status, batch.again, batch.note) == ("done", False, "")
    assert resent(document) == ["ana@example.com"]


def test_another_number_than_was_shown_is_not_confirmed(company: Company, accountant: User) -> None:
    batch = draft(accountant, told(company, ana="soft_bounced"))

    with pytest.raises(Invalid, match="Los números cambiaron"):
        batches.confirm(batch_id=batch.pk, again=False, note="", expected=2, by=accountant, now=LATER)

    batch.refresh_from_db()
    assert batch.status == "draft"


def test_a_batch_with_nobody_to_tell_is_not_confirmed(company: Company, accountant: User) -> None:
    batch = draft(accountant, factories.document(company, addresses=()))

    with pytest.raises(Invalid, match="No hay documentos por reenviar"):
        start(accountant, batch)


def test_sorting_again_takes_in_what_was_repaired(company: Company, accountant: User) -> None:
    document = factories.document(company, addresses=())
    batch = draft(accountant, document)
    factories.email(document.customer, "compras@example.com")

    batches.sort_again(batch_id=batch.pk)

    item = batch.items.get()
    assert (item.group, item.addresses) == ("send", [{"address": "compras@example.com", "reached": False}])


def test_what_somebody_notified_meanwhile_is_not_sent_twice(company: Company, accountant: User) -> None:
    document = told(company, ana="soft_bounced")
    batch = draft(accountant, document)
    start(accountant, batch)
    other = factories.member(company, name="Julián Torres")
    services.resend(document=document, targets=[services.Target("ana@example.com")], note="", by=other, now=LATER)

    settle_all(batch)

    assert outcome(batch) == [("skipped", "Julián Torres lo notificó el 15/07/2026 13:00, después de la revisión.")]
    assert resent(document) == []


def test_two_batches_of_the_same_document_send_it_once(company: Company, accountant: User) -> None:
    document = told(company, ana="soft_bounced")
    first, second = draft(accountant, document), draft(accountant, document)
    start(accountant, first)
    start(accountant, second)

    settle_all(first)
    settle_all(second)

    assert resent(document) == ["ana@example.com"]
    assert outcome(second) == [("skipped", "Marcela Ríos lo notificó el 15/07/2026 13:00, después de la revisión.")]


def test_what_was_held_back_since_the_dry_run_is_left_out(company: Company, accountant: User) -> None:
    batch = draft(accountant, told(company, ana="soft_bounced"))
    start(accountant, batch)
    held(company, "ana@example.com")

    settle_all(batch)

    assert outcome(batch) == [("skipped", "ana@example.com: El buzón no existe.")]
    assert batch_selectors.tally(batch).sentence == "No se reenvió ninguno; 1 cambió después de la revisión."


def test_an_error_of_ours_fails_its_document_and_stops_no_other(
    company: Company, accountant: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = told(company, ana="soft_bounced"), told(company, luis="soft_bounced")
    batch = draft(accountant, bad, good)
    start(accountant, batch)
    whole = services.resend
    explode = lambda **given: whole(**given).pk / 0 if given["document"] == bad else whole(**given)  # noqa: E731 - after it wrote everything
    monkeypatch.setattr(services, "resend", explode)

    settle_all(batch)

    assert outcome(batch) == [("failed", batches.OURS), ("sent", "")]
    assert batch.status == "done"
    assert (resent(bad), resent(good)) == ([], ["luis@example.com"])
    assert "could not be resent" in caplog.text


def test_what_failed_is_tried_again_and_what_went_well_is_not(company: Company, accountant: User, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = told(company, ana="soft_bounced"), told(company, luis="soft_bounced")
    batch = draft(accountant, bad, good)
    start(accountant, batch)
    with monkeypatch.context() as patch:
        whole = services.resend
        patch.setattr(services, "resend", lambda **given: 1 / 0 if given["document"] == bad else whole(**given))
        settle_all(batch)

    tried = batches.retry(batch_id=batch.pk, now=LATER)
    settle_all(batch)

    assert tried == 1
    assert (outcome(batch), batch.status) == ([("sent", ""), ("sent", "")], "done")
    assert (resent(bad), resent(good)) == (["ana@example.com"], ["luis@example.com"])


def test_a_message_that_came_back_for_a_time_is_tried_again_and_a_bounce_is_not(company: Company, accountant: User) -> None:
    full, gone = told(company, ana="soft_bounced", luis="sent"), told(company, eva="soft_bounced")
    batch = draft(accountant, full, gone)
    start(accountant, batch, again=True)
    settle_all(batch)
    Delivery.objects.filter(notification__origin="bulk").update(state="sent", queue="done")
    Delivery.objects.filter(notification__origin="bulk", address="ana@example.com").update(state="soft_bounced")
    Delivery.objects.filter(notification__origin="bulk", address="eva@example.com").update(state="bounced")
    found = batch_selectors.progress(batch)

    batches.retry(batch_id=batch.pk, now=LATER)
    settle_all(batch)

    assert (found.retryable, found.returned) == (1, 2)
    assert resent(full) == ["ana@example.com", "ana@example.com", "luis@example.com"]
    assert resent(gone) == ["eva@example.com"]


def test_what_is_left_is_canceled_and_what_was_sent_stays(company: Company, accountant: User, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = told(company, ana="soft_bounced"), told(company, luis="soft_bounced")
    batch = draft(accountant, first, second)
    start(accountant, batch)
    monkeypatch.setattr(batches, "SLICE", 1)
    batches._some(batch.pk, batch.company_id, clock=lambda: LATER)

    left = batches.cancel(batch_id=batch.pk, now=LATER)
    settle_all(batch)

    assert left == 1
    assert (outcome(batch), batch.status) == ([("sent", ""), ("canceled", "")], "canceled")
    assert batch_selectors.tally(batch).sentence == "Se reenvió 1; 1 cancelado."
    assert batches.retry(batch_id=batch.pk, now=LATER) == 0


def test_old_drafts_are_forgotten_and_nothing_else(company: Company, accountant: User) -> None:
    kept = draft(accountant, told(company, ana="soft_bounced"))
    start(accountant, kept)
    draft(accountant, told(company, luis="soft_bounced"))

    gone = batches.forget_drafts(before=LATER + timedelta(seconds=1))

    assert gone == 1
    assert ResendBatch.objects.get() == kept


def test_a_wake_up_sends_the_batch_to_the_mail_server(
    company: Company, accountant: User, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "SECOND_LOOK_SECONDS", 0)
    monkeypatch.setattr(batches, "SLICE", 2)
    documents = [told(company, **{f"c{number}": "soft_bounced"}) for number in range(5)]
    batch = draft(accountant, *documents)
    start(accountant, batch)

    taken = batches.work(clock=timezone.now)

    assert taken == 5
    assert sorted(sink.rcpts) == [f"c{number}@example.com" for number in range(5)]
    assert [(fare.state, fare.messages) for fare in batch_selectors.fares(batch)] == [("sent", 5)]
