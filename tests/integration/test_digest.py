"""*Resumen diario*: to whom it goes, how often, and what it says."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from invoices.models import Company, Membership, User
from invoices.scope import company_scope
from notifications import digest, outbox
from notifications.models import Delivery, Notification
from tests import factories
from tests.factories import NOON
from tests.integration.problem_scene import failed, without_address
from tests.sink import Sink

pytestmark = pytest.mark.django_db
SEVEN = NOON.replace(hour=12, minute=0)


@pytest.fixture
def company() -> Company:
    return factories.company("900373076", name="El Frailejón Despensa")


@pytest.fixture
def laura(company: Company) -> User:
    return factories.member(company, email="laura@example.com")


def sent(now: datetime = SEVEN) -> list[Delivery]:
    """The digests that a beat at this moment owes."""
    before = set(Delivery.across.values_list("pk", flat=True))
    digest.send_due(now=now)
    return list(Delivery.across.exclude(pk__in=before).order_by("address"))


def test_each_user_of_a_company_gets_one_auditors_too(company: Company, laura: User) -> None:
    factories.member(company, role=Membership.Role.AUDITOR, email="auditor@example.com")

    assert [mail.address for mail in sent()] == ["auditor@example.com", "laura@example.com"]
    assert set(Notification.across.values_list("kind", "company")) == {("digest", None)}


@pytest.mark.parametrize("change", [{"daily_digest": False}, {"is_active": False}])
def test_whoever_does_not_want_it_or_is_switched_off_gets_none(laura: User, change: dict[str, bool]) -> None:
    User.objects.filter(pk=laura.pk).update(**change)

    assert sent() == []


def test_whoever_has_no_company_gets_none() -> None:
    factories.user()

    assert sent() == []


def test_once_a_day_however_often_it_beats_and_again_the_next_morning(laura: User) -> None:
    counts = [len(sent(SEVEN + wait)) for wait in (timedelta(), timedelta(minutes=10), timedelta(hours=11), timedelta(days=1))]

    assert counts == [1, 0, 0, 1]


def test_the_day_is_the_one_of_bogota(laura: User) -> None:
    evening = SEVEN.replace(hour=23, minute=59)  # 18:59 in Bogota; a minute later it is tomorrow in UTC only

    assert [len(sent(evening)), len(sent(evening + timedelta(minutes=2)))] == [1, 0]


def test_it_tells_causes_customers_and_what_to_do_over_all_companies(company: Company, laura: User) -> None:
    second = factories.company(name="Imprenta La Ceiba S.A.S.")
    Membership.objects.create(company=second, user=laura, role=Membership.Role.AUDITOR)
    with company_scope(company.pk):
        buyer = factories.customer(company, name="Hotel Mirador S.A.S.")
        for _ in range(2):
            failed(company, buyer)
    with company_scope(second.pk):
        failed(second, factories.customer(second, name="Panadería Trigo Ltda."))
        without_address(second, factories.customer(second))

    [mail] = sent()

    assert mail.subject == "4 problemas de entrega · miércoles 15/07/2026"
    for body in (mail.text_body, mail.html_body):
        assert body.lower().index("el buzón no existe") < body.lower().index("el cliente no tiene correo")
        assert "3 documentos · 2 clientes" in body
        assert "Corrige el correo o usa el de recepción de la DIAN." in body
        assert body.index("Hotel Mirador S.A.S.") < body.index("Panadería Trigo Ltda.")
        assert reverse("all_problems") in body
        assert reverse("problems", args=[company.nit]) in body
        assert reverse("problems", args=[second.nit]) in body
        assert reverse("daily_digest") in body


def test_it_says_nothing_of_a_company_that_the_user_left(company: Company, laura: User) -> None:
    left = factories.company(name="Ajena S.A.S.")
    membership = Membership.objects.create(company=left, user=laura, role=Membership.Role.ADMINISTRATOR)
    with company_scope(left.pk):
        failed(left, factories.customer(left, name="Cliente ajeno"))
    membership.delete()

    [mail] = sent()

    assert mail.subject.startswith("Sin problemas de entrega")
    assert "ajen" not in (mail.text_body + mail.html_body).lower()


def test_a_day_without_problems_says_what_arrived_this_month(company: Company, laura: User) -> None:
    with company_scope(company.pk):
        document = factories.document(company)
        for index, state in enumerate(["delivered", "delivered", "sent"]):
            factories.delivery(document, f"a{index}@example.com", state=state, queue="done", sent_at=NOON)

    [mail] = sent()

    assert "2 notificaciones entregadas y 1 enviada sin confirmación en lo que va del mes." in " ".join(mail.text_body.split())
    assert reverse("problems", args=[company.nit]) in mail.html_body


def test_a_day_on_which_nothing_happened_has_its_mail_too(laura: User) -> None:
    [mail] = sent()

    assert "Este mes todavía no ha salido ninguna notificación." in mail.html_body


def test_a_user_whose_digest_fails_stops_nobody(company: Company, laura: User, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = factories.member(company, email="ana@example.com")
    members = digest.problem_companies.members
    monkeypatch.setattr(digest.problem_companies, "members", lambda user: 1 / 0 if user == broken else members(user))

    assert [mail.address for mail in sent()] == ["laura@example.com"]


def test_long_names_and_many_causes_keep_the_text_narrow(company: Company, laura: User) -> None:
    Company.objects.filter(pk=company.pk).update(name="Comercializadora Internacional " * 4)
    with company_scope(company.pk):
        for reason in ("no_mailbox", "mailbox_full", "policy_spam", "auth", "too_large"):
            buyer = factories.customer(company, name="Insumos Agropecuarios y Servicios Complementarios " * 3)
            failed(company, buyer, reason=reason)

    [mail] = sent()

    assert [line for line in mail.text_body.splitlines() if len(line) > 76 and not line.startswith("http")] == []
    assert "\n\n\n" not in mail.text_body


@pytest.mark.django_db(transaction=True)
def test_it_leaves_through_the_outbox(company: Company, laura: User, sink: Sink) -> None:
    digest.send_due(now=SEVEN)

    outbox.drain(clock=lambda: SEVEN)

    [message] = sink.to("laura@example.com")
    assert message["Subject"] == "Sin problemas de entrega · miércoles 15/07/2026"


def test_the_user_switches_it_off_and_on_with_a_button(client: Client, laura: User) -> None:
    client.force_login(laura)
    address = reverse("daily_digest")
    seen: list[Any] = []

    for wanted in ("0", "0", "1"):
        client.post(address, {"recibir": wanted})
        laura.refresh_from_db()
        seen.append((laura.daily_digest, "Apagar el resumen" in client.get(address).content.decode()))

    assert seen == [(False, False), (False, False), (True, True)]


def test_opening_the_page_changes_nothing(client: Client, laura: User) -> None:
    client.force_login(laura)

    client.get(reverse("daily_digest"), {"recibir": "0"})

    laura.refresh_from_db()
    assert laura.daily_digest
