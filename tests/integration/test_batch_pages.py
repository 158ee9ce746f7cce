"""The pages of *Lotes* with Django's client."""

import csv
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from invoices.models import AuditEntry, Company, ElectronicDocument, Membership, User
from invoices.scope import company_scope
from notifications import batch_selectors, batches, services
from notifications.models import Delivery, ResendBatch, ResendBatchItem
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
NIT = "900373076"
Make = Callable[..., ResendBatch]


@pytest.fixture
def company() -> Company:
    return factories.company(nit=NIT)


@pytest.fixture
def make(company: Company, accountant: User) -> Make:
    """A draft over so many documents that nobody was told of."""

    def made(number: int = 1) -> ResendBatch:
        with company_scope(company.pk):
            for index in range(number):
                factories.document(company, number=f"FE-{index + 1}", addresses=(f"c{index}@example.com",))
            return batches.make(
                documents=ElectronicDocument.objects.order_by("number_key"), chosen="Todos los documentos", by=accountant, now=NOON
            )

    return made


def create(client: Client, **posted: Any) -> Any:
    """What the list's button sends."""
    return client.post(reverse("batch_create", args=[NIT]), posted, follow=True)


def go(name: str, batch: ResendBatch, *more: str) -> str:
    """An address of the batch."""
    return reverse(name, args=[NIT, batch.pk, *more])


def work(batch: ResendBatch) -> None:
    """Resend everything, hand nothing over."""
    while batches._some(batch.pk, batch.company_id, clock=lambda: NOON + timedelta(minutes=5)):
        pass


def numbers(batch: ResendBatch) -> list[str]:
    """The documents of a batch, in order."""
    return list(ResendBatchItem.across.filter(batch=batch).order_by("position").values_list("document__number", flat=True))


def test_ticked_documents_make_a_draft_and_send_nothing(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        chosen = [factories.document(company, number=number) for number in ("FE-1", "FE-2")]
        factories.document(company, number="FE-3")

    response = create(client, doc=[str(item.pk) for item in chosen])

    batch = ResendBatch.across.get()
    assert response.redirect_chain == [(go("batch", batch), 302)]
    assert (batch.status, batch.chosen, batch.requested_by, sorted(numbers(batch))) == (
        "draft",
        "Marcados en la lista",
        accountant,
        ["FE-1", "FE-2"],
    )
    assert "Todavía no se ha enviado nada" in response.content.decode()
    assert not Delivery.across.exists()


def test_all_results_of_the_filter_are_taken_not_only_the_page(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        for number in range(60):
            factories.document(company, number=f"FE-{number}", delivery_status="problem" if number < 55 else "none")
    shown = client.get(reverse("documents", args=[NIT]), {"entrega": "problem"}).content.decode()

    create(client, todos="1", filtro="?entrega=problem", doc=[])

    batch = ResendBatch.across.get()
    assert "Seleccionar los 55 resultados, no solo los de esta página" in shown
    assert (batch.total, batch.chosen) == (55, "Entrega: Con problema")


def test_a_list_of_one_page_does_not_offer_all_results(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        factories.document(company)

    assert "no solo los de esta página" not in client.get(reverse("documents", args=[NIT])).content.decode()


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"doc": []}, "Elige al menos un documento."),
        ({"doc": ["x"]}, "Elige al menos un documento."),
        ({"doc": [str(uuid4()) for _ in range(201)]}, "Marca hasta 200 documentos"),
        ({"todos": "1", "filtro": "?desde=ayer"}, "Desde: Escribe la fecha como dd/mm/aaaa."),
        ({"todos": "1", "filtro": "?q=nada-como-esto"}, "Elige al menos un documento."),
    ],
)
def test_what_chooses_nothing_or_is_not_valid_is_said(
    client: Client, company: Company, accountant: User, posted: dict[str, Any], said: str
) -> None:
    with company_scope(company.pk):
        factories.document(company)

    response = create(client, **posted)

    assert said in response.content.decode()
    assert not ResendBatch.across.exists()


def test_another_companys_documents_fall_out(client: Client, company: Company, accountant: User) -> None:
    other = factories.company()
    with company_scope(other.pk):
        foreign = factories.document(other)

    create(client, doc=[str(foreign.pk)])

    assert not ResendBatch.across.exists()


def test_the_draft_tells_each_group_and_how_to_repair_it(client: Client, company: Company, accountant: User) -> None:
    with company_scope(company.pk):
        ready, nobody = factories.document(company, number="FE-1"), factories.document(company, number="FE-2", addresses=())
        refused = factories.document(company, number="FE-3", dian_status="rejected")

    page = create(client, doc=[str(item.pk) for item in (ready, nobody, refused)]).content.decode()

    assert [title in page for title in ("Se enviarán", "Sin correo", "No aceptados por la DIAN", "Suprimidos")] == [True] * 3 + [False]
    assert reverse("customer", args=[NIT, nobody.customer_id]) in page
    assert "Reenviar 1 documento<" in page
    assert 'name="typed"' not in page


def test_more_than_a_hundred_are_confirmed_by_typing_the_number(client: Client, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("notifications.batches", "notifications.batch_forms"):
        monkeypatch.setattr(f"{module}.TYPED_ABOVE", 2)
    batch = make(3)
    shown = client.get(go("batch", batch)).content.decode()

    wrong = client.post(go("batch_confirm", batch), {"expected": "3", "typed": "30"})
    right = client.post(go("batch_confirm", batch), {"expected": "3", "typed": " 3 "})

    assert "Escribe 3 para confirmar" in shown
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "Escribe 3 para confirmar." in wrong.content.decode()
    assert ResendBatch.across.get().status == "running"


def test_a_wrong_expected_number_is_said_and_sends_nothing(client: Client, make: Make) -> None:
    batch = make(2)

    response = client.post(go("batch_confirm", batch), {"expected": "1"})

    assert response.status_code == 422
    assert "Los números cambiaron mientras mirabas" in response.content.decode()


def test_the_switch_counts_those_who_have_it_and_is_kept(client: Client, company: Company, make: Make, accountant: User) -> None:
    make(1)
    with company_scope(company.pk):
        done = factories.document(company, number="FE-9", addresses=("ana@example.com", "luis@example.com"))
        services.notify(document=done, now=NOON)
        Delivery.objects.filter(document=done).update(state="sent", queue="done", sent_at=NOON)
        batch = batches.make(documents=ElectronicDocument.objects.order_by("number_key"), chosen="x", by=accountant, now=NOON)

    off = client.get(go("batch", batch)).content.decode()
    on = client.get(go("batch", batch), {"again": "on", "note": "copia"}, headers={"HX-Request": "true"}).content.decode()

    assert "Reenviar 1 documento<" in off
    assert "2 correos: les llegará otra vez" in off
    assert "Reenviar 2 documentos<" in on
    assert 'name="expected" value="2"' in on
    assert 'value="copia"' in on
    assert "<html" not in on


def test_pressing_twice_shows_the_same_page_and_starts_once(client: Client, make: Make) -> None:
    batch = make(2)

    answers = [client.post(go("batch_confirm", batch), {"expected": "2", "note": note}) for note in ("una", "dos")]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, go("batch", batch))] * 2
    assert ResendBatch.across.get().note == "una"


def test_the_progress_is_told_and_looks_again_while_it_runs(client: Client, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = make(3)
    client.post(go("batch_confirm", batch), {"expected": "3"})
    monkeypatch.setattr(batches, "SLICE", 1)
    batches._some(batch.pk, batch.company_id, clock=lambda: NOON)

    page = client.get(go("batch", batch)).content.decode()
    partial = client.get(go("batch", batch), headers={"HX-Request": "true"}).content.decode()

    assert "1 de 3 documentos" in page
    assert 'aria-valuenow="1"' in page
    assert 'hx-trigger="every 2s"' in page
    assert "Cancelar lo que falta" in page
    assert 'hx-swap-oob="innerHTML:#dicho"' in partial
    assert "<html" not in partial


def test_a_finished_batch_says_what_became_of_it_and_rests(client: Client, make: Make) -> None:
    batch = make(2)
    client.post(go("batch_confirm", batch), {"expected": "2"})
    work(batch)
    Delivery.across.update(state="sent", queue="done", sent_at=NOON)

    page = client.get(go("batch", batch)).content.decode()

    assert "Se reenviaron 2." in page
    assert "Cómo les va a los 2 correos" in page
    assert "Enviado (sin confirmar)" in page
    assert "every 2s" not in page


def test_what_came_back_is_filtered_and_retried(client: Client, make: Make) -> None:
    batch = make(2)
    client.post(go("batch_confirm", batch), {"expected": "2"})
    work(batch)
    Delivery.across.filter(address="c0@example.com").update(state="rejected", queue="done", reason="policy_spam", settled_at=NOON)
    Delivery.across.filter(address="c1@example.com").update(state="sent", queue="done", sent_at=NOON)

    page = client.get(go("batch", batch), {"estado": "returned"}).content.decode()
    client.post(go("batch_retry", batch))

    assert "Reintentar el que falló" in page
    assert ("FE-1" in page, "FE-2" in page) == (True, False)
    assert "Corregir y reenviar" in page
    assert list(ResendBatchItem.across.order_by("position").values_list("status", flat=True)) == ["waiting", "sent"]


def test_what_is_left_can_be_canceled(client: Client, make: Make) -> None:
    batch = make(2)
    client.post(go("batch_confirm", batch), {"expected": "2"})

    response = client.post(go("batch_cancel", batch), follow=True)

    assert "Se canceló lo que faltaba: 2 documentos." in response.content.decode()
    assert "No se reenvió ninguno; 2 cancelados." in response.content.decode()


def test_a_discarded_draft_sends_nothing(client: Client, make: Make) -> None:
    batch = make(1)

    response = client.post(go("batch_cancel", batch), follow=True)
    client.post(go("batch_confirm", batch), {"expected": "1"})

    assert "El lote se descartó: no se envió nada." in response.content.decode()
    assert ResendBatch.across.get().status == "canceled"


def test_all_documents_of_a_group_are_shown_in_pages(client: Client, make: Make) -> None:
    batch = make(60)
    address = go("batch_documents", batch)

    first = client.get(address, {"grupo": "send"})
    second = client.get(address + first.context["older"])
    back = client.get(address + second.context["newer"])

    assert [len(page.context["rows"]) for page in (first, second, back)] == [50, 10, 50]
    assert [row.item.position for row in second.context["rows"]] == list(range(51, 61))
    assert [row.item.pk for row in back.context["rows"]] == [row.item.pk for row in first.context["rows"]]


@pytest.mark.parametrize("query", ["pagina=x", "pagina=YSB4IDk5OTk", "grupo=nada&estado=nada", "estado=returned"])
def test_a_mangled_address_is_no_error(client: Client, make: Make, query: str) -> None:
    batch = make(1)

    assert client.get(f"{go('batch_documents', batch)}?{query}").status_code == 200
    assert client.get(f"{go('batch', batch)}?{query}").status_code == 200


def rows_of(response: Any) -> list[dict[str, str]]:
    """The table of a CSV, below what it says of itself."""
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.split("\r\n\r\n", 1)[1].splitlines(), delimiter=";"))


def test_the_csv_has_every_row_with_its_result_and_leaves_a_line(client: Client, company: Company, make: Make) -> None:
    with company_scope(company.pk):
        factories.document(company, number="FE-0", addresses=())
    batch = make(1)
    client.post(go("batch_confirm", batch), {"expected": "1"})
    work(batch)

    rows = rows_of(client.get(go("batch_export", batch, "csv")))

    assert [(row["Número"], row["Al revisar"], row["Resultado"], row["Correos"]) for row in rows] == [
        ("FE-0", "Sin correo", "No se envía", ""),
        ("FE-1", "Se enviarán", "Reenviado", "c0@example.com (En cola)"),
    ]
    assert rows[0]["Motivo"] == "Ni el documento ni el cliente tienen un correo."
    assert AuditEntry.across.filter(action="exported", data__list="lote-20260715-1200").count() == 1


def test_a_group_is_exported_alone(client: Client, company: Company, make: Make) -> None:
    with company_scope(company.pk):
        factories.document(company, number="FE-0", addresses=())
    batch = make(2)

    rows = rows_of(client.get(go("batch_export", batch, "csv"), {"grupo": "no_address"}))
    book = client.get(go("batch_export", batch, "xlsx"), {"grupo": "send"})

    assert [row["Número"] for row in rows] == ["FE-0"]
    assert b"".join(book.streaming_content)[:2] == b"PK"


def test_past_batches_are_listed_in_pages_with_an_honest_sentence(client: Client, company: Company, make: Make, accountant: User) -> None:
    batch = make(1)
    client.post(go("batch_confirm", batch), {"expected": "1"})
    work(batch)
    with company_scope(company.pk):
        for minute in range(50):
            documents = ElectronicDocument.objects.all()
            batches.make(documents=documents, chosen="x", by=accountant, now=NOON + timedelta(minutes=minute + 1))

    first = client.get(reverse("batches", args=[NIT]))
    second = client.get(reverse("batches", args=[NIT]) + first.context["older"])

    assert [len(page.context["rows"]) for page in (first, second)] == [50, 1]
    assert "Aún no se envía nada" in first.content.decode()
    assert "Se reenvió 1." in second.content.decode()


def test_where_there_is_no_batch_it_says_how_to_make_one(client: Client, company: Company, accountant: User) -> None:
    assert "Aún no hay lotes" in client.get(reverse("batches", args=[NIT])).content.decode()


def test_an_auditor_sees_and_changes_nothing(client: Client, company: Company, make: Make) -> None:
    batch = make(2)
    client.force_login(factories.member(company, Membership.Role.AUDITOR))

    page = client.get(go("batch", batch)).content.decode()
    answers = {name: client.post(go(name, batch)).status_code for name in ("batch_confirm", "batch_sort", "batch_cancel", "batch_retry")}

    assert "Se enviarán" in page
    assert '<button class="btn btn-primary' not in page
    assert set(answers.values()) == {403}
    assert client.post(reverse("batch_create", args=[NIT]), {"todos": "1"}).status_code == 403
    assert ResendBatch.across.get().status == "draft"


@pytest.mark.parametrize(("name", "most"), [("batch", 13), ("batch_documents", 13), ("batch_export", 14)])
def test_a_draft_asks_a_known_number_of_questions(
    client: Client, make: Make, name: str, most: int, django_assert_max_num_queries: Any
) -> None:
    batch = make(60)
    more = ("csv",) if name == "batch_export" else ()

    with django_assert_max_num_queries(most):
        response = client.get(go(name, batch, *more))
        if response.streaming:
            b"".join(response.streaming_content)


def test_the_progress_asks_a_known_number_of_questions(
    client: Client, company: Company, make: Make, django_assert_max_num_queries: Any
) -> None:
    batch = make(60)
    client.post(go("batch_confirm", batch), {"expected": "60"})
    work(batch)

    with django_assert_max_num_queries(15):
        client.get(go("batch", batch))
    with company_scope(company.pk), django_assert_max_num_queries(6):
        batch_selectors.progress(batch)


def test_the_list_of_batches_asks_a_known_number_of_questions(client: Client, make: Make, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        make(1)

    with django_assert_max_num_queries(11):
        client.get(reverse("batches", args=[NIT]))
