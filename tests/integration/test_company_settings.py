"""Empresa: the settings, the logo, what becomes of them, and what they leave in the audit trail."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from invoices import company as services
from invoices import logos
from invoices.company import TEXTS, Settings
from invoices.invalid import Invalid
from invoices.models import AuditEntry, Company, ElectronicDocument, Membership, StoredFile, User
from invoices.scope import company_scope
from invoices.services import lock_document
from notifications import buyer_links, report_content, report_pdf, summaries
from notifications.lives import DeliveryState
from notifications.models import Delivery
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
Role = Membership.Role
GIVEN = Settings(
    trade_name="El Roble",
    business_line="Materiales",
    sender_name="Facturación El Roble",
    reply_address="acuses@elroble.example.com",
    phone="(601) 555 0142",
    city="Bogotá",
    auto_confirm_days=5,
    auto_confirm_calendar="business",
)
FORM = {name: getattr(GIVEN, name) for name in GIVEN.__slots__}


@pytest.fixture
def company() -> Company:
    return factories.company("909482675", name="Ferretería El Roble S.A.S.")


@pytest.fixture
def admin(company: Company, client: Client) -> User:
    person = factories.member(company, role=Role.ADMINISTRATOR, name="Mariana Peñuela")
    client.force_login(person)
    return person


@pytest.fixture
def page(company: Company) -> str:
    return reverse("company_settings", args=[company.nit])


def picture(colour: str = "green") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (90, 30), colour).save(buffer, "PNG")
    return buffer.getvalue()


def upload(client: Client, company: Company, data: bytes | None = None, **more: str) -> Any:
    """Send a logo, or what stands in its place."""
    file = {} if data is None else {"logo": SimpleUploadedFile("mi logo.png", data)}
    return client.post(reverse("company_logo", args=[company.nit]), file | more)


def trail(company: Company) -> list[AuditEntry]:
    with company_scope(company.pk):
        return list(AuditEntry.objects.order_by("recorded_at", "id"))


def test_what_is_typed_is_kept(client: Client, company: Company, admin: User, page: str) -> None:
    response = client.post(page, FORM)

    company.refresh_from_db()
    assert response["Location"] == page
    assert {name: getattr(company, name) for name in FORM} == FORM


def test_a_change_leaves_before_and_after_in_the_trail(client: Client, company: Company, admin: User, page: str) -> None:
    before = {name: getattr(company, name) for name in FORM}

    client.post(page, {**before, "city": "Bogotá"})

    [entry] = trail(company)
    assert (entry.action, entry.actor_id, entry.data) == ("settings_changed", admin.pk, {"changes": {"city": ["", "Bogotá"]}})


def test_saving_without_a_change_leaves_no_trail(client: Client, company: Company, admin: User, page: str) -> None:
    client.post(page, FORM)

    response = client.post(page, FORM, follow=True)

    assert "No había nada que cambiar." in response.content.decode()
    assert len(trail(company)) == 1


def test_nit_and_name_are_not_changed_by_a_form_that_brings_them(client: Client, company: Company, admin: User, page: str) -> None:
    client.post(page, {**FORM, "nit": "900111222", "name": "Otra S.A.S.", "channel": "otro"})

    company.refresh_from_db()
    assert (company.nit, company.name, company.channel) == ("909482675", "Ferretería El Roble S.A.S.", "default")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("reply_address", "", "Escribe un correo."),
        ("reply_address", "a@x.example, b@x.example", "Escribe un solo correo aquí."),
        ("reply_address", "jlópez@x.example", "no puede recibir correo"),
        ("phone", "1" * 41, "Caben 40 letras y escribiste 41."),
        ("auto_confirm_days", "0", "Escribe entre 1 y 30 días."),
        ("auto_confirm_days", "31", "Escribe entre 1 y 30 días."),
        ("auto_confirm_days", "tres", "Escribe un número entero."),
        ("auto_confirm_calendar", "lunar", "Elige días calendario o días hábiles."),
    ],
)
def test_an_error_stands_at_its_field_and_nothing_is_kept(
    client: Client, company: Company, admin: User, page: str, field: str, value: str, sentence: str
) -> None:
    response: Any = client.post(page, {**FORM, field: value})

    company.refresh_from_db()
    assert response.status_code == 422
    assert sentence in response.context["form"].errors[field][0]
    assert (company.trade_name, trail(company)) == ("", [])


def test_a_text_becomes_one_line_that_can_be_seen(company: Company, admin: User) -> None:
    with company_scope(company.pk):
        services.change_settings(company=company, given=replace(GIVEN, sender_name=" El\r\nRoble\x07 \u202e x "), by=admin, at=NOON)

    company.refresh_from_db()
    assert company.sender_name == "El Roble x"


def test_the_lengths_are_the_models() -> None:
    assert {name: Company._meta.get_field(name).max_length for name in TEXTS} == TEXTS


def test_a_change_on_top_of_a_stale_page_compares_with_what_is_kept(company: Company, admin: User) -> None:
    stale = Company.objects.get(pk=company.pk)
    with company_scope(company.pk):
        services.change_settings(company=company, given=GIVEN, by=admin, at=NOON)

        changed = services.change_settings(company=stale, given=GIVEN, by=admin, at=NOON)

    assert changed is False


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.AUDITOR])
def test_others_read_and_do_not_change(client: Client, company: Company, page: str, role: Role) -> None:
    client.force_login(factories.member(company, role=role))

    read, changed, logo = client.get(page), client.post(page, FORM), upload(client, company, picture())

    assert (read.status_code, changed.status_code, logo.status_code) == (200, 403, 403)
    assert b"Guardar" not in read.content
    assert trail(company) == []


def test_the_preview_is_what_the_mail_will_carry(client: Client, company: Company, admin: User, page: str) -> None:
    client.post(page, {**FORM, "trade_name": "El Roble; S.A.S."})

    body = client.get(page).content.decode()

    assert "Facturación El Roble &lt;traza@notificaciones.example.com&gt;" in body
    assert "909482675;Ferretería El Roble S.A.S.;FE-1234;01;El Roble S.A.S.;Materiales" in body


def test_the_page_asks_few_questions(client: Client, company: Company, admin: User, page: str, django_assert_max_num_queries: Any) -> None:
    upload(client, company, picture())

    with django_assert_max_num_queries(9):
        client.get(page)


def sent(company: Company) -> ElectronicDocument:
    """A document that went out at noon and waits for an answer."""
    document = factories.document(company)
    factories.delivery(document, state=DeliveryState.SENT, queue="done", sent_at=NOON)
    summaries.refresh(document=lock_document(document.pk), now=NOON)
    return ElectronicDocument.objects.get(pk=document.pk)


def test_other_days_count_for_what_is_sent_from_then_on_and_for_what_moves_again(company: Company, admin: User) -> None:
    with company_scope(company.pk):
        document = sent(company)
        services.change_settings(company=company, given=replace(GIVEN, auto_confirm_calendar="calendar"), by=admin, at=NOON)
        company.refresh_from_db()
        kept, new = ElectronicDocument.objects.get(pk=document.pk), sent(company)

        summaries.refresh(document=lock_document(document.pk), now=NOON)
        moved = ElectronicDocument.objects.get(pk=document.pk)

    assert kept.auto_confirm_at == NOON + timedelta(days=3)
    assert new.auto_confirm_at == moved.auto_confirm_at == NOON + timedelta(days=5)


def test_a_logo_is_kept_drawn_anew_and_shown(client: Client, company: Company, admin: User, page: str) -> None:
    response = upload(client, company, picture())

    company.refresh_from_db()
    assert response["Location"] == page
    assert company.logo is not None
    assert (company.logo.kind, company.logo.name, company.logo.company_id) == (StoredFile.Kind.LOGO, "logo.png", company.pk)
    assert logos.inline(company) in client.get(page).content.decode()
    assert trail(company)[0].data == {"changes": {"logo": ["", company.logo.sha256]}}


def test_a_bad_logo_is_refused_at_its_field_and_the_old_one_stays(client: Client, company: Company, admin: User) -> None:
    upload(client, company, picture())

    response = upload(client, company, b"no es una imagen")

    assert response.status_code == 422
    assert logos.NO_IMAGE in response.content.decode()
    assert "data:image/png" in response.content.decode()
    assert len(trail(company)) == 1


def test_no_logo_at_all_is_asked_for(client: Client, company: Company, admin: User) -> None:
    assert upload(client, company).status_code == 422


def test_the_same_logo_again_changes_nothing(client: Client, company: Company, admin: User) -> None:
    upload(client, company, picture())
    upload(client, company, picture())

    assert len(trail(company)) == 1


def test_a_logo_is_taken_away(client: Client, company: Company, admin: User) -> None:
    upload(client, company, picture())
    upload(client, company, quitar="1")
    upload(client, company, quitar="1")

    company.refresh_from_db()
    assert company.logo is None
    assert [entry.data["changes"]["logo"][1] for entry in trail(company)][1:] == [""]


def test_the_buyer_sees_the_logo_without_asking_for_a_file(client: Client, company: Company, admin: User) -> None:
    upload(client, company, picture())
    company.refresh_from_db()
    with company_scope(company.pk):
        delivery: Delivery = factories.delivery(factories.document(company))

    body = client.get(reverse("buyer", args=[buyer_links.make(company_id=company.pk, delivery_id=delivery.pk)])).content.decode()

    assert f'<img src="{logos.inline(company)}" alt="">' in body


def test_the_printed_history_carries_the_logo_and_stays_the_same_bytes(client: Client, company: Company, admin: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
    upload(client, company, picture())
    company.refresh_from_db()
    with company_scope(company.pk):
        content = report_content.gather(company=company, documents=[document], by=admin, asked_at=NOON, made_at=NOON)

        plain, first, again = (report_pdf.render(item).data for item in (replace(content, logo=""), content, content))

    images = [len(PdfReader(io.BytesIO(data)).pages[0].images) for data in (plain, first)]
    assert images == [0, 1]
    assert first == again


def test_a_company_without_logo_prints_and_shows_none(client: Client, company: Company, admin: User, page: str) -> None:
    assert logos.inline(company) == ""
    assert "<img" not in client.get(page).content.decode()


def test_the_service_refuses_what_the_form_would(company: Company, admin: User) -> None:
    with company_scope(company.pk), pytest.raises(Invalid) as refused:
        services.change_settings(company=company, given=replace(GIVEN, auto_confirm_days=99), by=admin, at=NOON)

    assert refused.value.field == "auto_confirm_days"
