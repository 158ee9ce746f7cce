"""What administrators are told without having asked."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from invoices.models import Company, Membership, User
from invoices.scope import company_scope
from notifications import alerts, breaker, outbox, secret_box
from notifications.models import ChannelHealth, Delivery, MailChannel
from tests import factories
from tests.factories import NOON
from tests.sink import Sink

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
Role = Membership.Role


@pytest.fixture
def company() -> Company:
    return factories.company("900373076", name="El Roble S.A.S.")


@pytest.fixture
def admin(company: Company) -> User:
    return factories.member(company, role=Role.ADMINISTRATOR, email="mariana@example.com")


def give_up(company: Company, number: int = 1, *, at: datetime = NOON, **fields: Any) -> None:
    with company_scope(company.pk):
        for _ in range(number):
            factories.delivery(factories.document(company), queue="dead", state="failed", settled_at=at, **fields)


def told(now: datetime) -> int:
    with time_machine.travel(now, tick=False):
        return alerts.raise_due(now=now)


def mails(sink: Sink, now: datetime) -> list[tuple[str, str]]:
    """Address and subject of what left, whatever the order."""
    outbox.drain(clock=lambda: now)
    return sorted((mail["To"], mail["Subject"]) for mail in sink.messages)


def test_what_was_given_up_is_told_to_every_administrator_and_to_nobody_else(company: Company, admin: User, sink: Sink) -> None:
    factories.member(company, role=Role.ADMINISTRATOR, email="otra@example.com")
    factories.member(company, role=Role.ACCOUNTANT, email="contador@example.com")
    factories.member(company, role=Role.ADMINISTRATOR, email="fuera@example.com", is_active=False)
    give_up(company, 2)

    told(NOON + HOUR)

    subject = "2 envíos sin entregar en El Roble S.A.S."
    assert mails(sink, NOON + HOUR) == [("mariana@example.com", subject), ("otra@example.com", subject)]
    assert "Ver los problemas de entrega" in str(sink.messages[0])


def test_a_company_is_told_once_an_hour(company: Company, admin: User, sink: Sink) -> None:
    give_up(company)
    told(NOON)
    give_up(company, 3, at=NOON + HOUR / 2)

    answers = [told(NOON + HOUR - timedelta(minutes=1)), told(NOON + HOUR), told(NOON + 3 * HOUR)]

    assert answers == [0, 1, 0]
    assert [subject[:9] for _, subject in mails(sink, NOON + 3 * HOUR)] == ["1 envío s", "3 envíos "]


def test_each_company_is_told_of_its_own(company: Company, admin: User, sink: Sink) -> None:
    other = factories.company(name="Otra S.A.")
    factories.member(other, role=Role.ADMINISTRATOR, email="jefe@otra.example.com")
    give_up(company)
    give_up(other, 2)

    told(NOON)

    assert [(address, subject[:8]) for address, subject in mails(sink, NOON)] == [
        ("jefe@otra.example.com", "2 envíos"),
        ("mariana@example.com", "1 envío "),
    ]


def test_where_nobody_administers_nobody_is_told(company: Company, sink: Sink) -> None:
    give_up(company)

    assert told(NOON) == 0
    assert mails(sink, NOON) == []


def test_an_alert_that_was_given_up_makes_no_other(company: Company, admin: User) -> None:
    give_up(company)
    told(NOON)
    with company_scope(company.pk):
        Delivery.objects.filter(document=None).update(queue="dead", settled_at=NOON + HOUR)

    assert told(NOON + 2 * HOUR) == 0


def stop(row: MailChannel, times: int) -> None:
    for number in range(times):
        breaker.trip(row.name, error="535 5.7.8 no", now=NOON + number * HOUR)


def test_a_channel_that_stopped_is_told_once_until_it_works_again(company: Company, admin: User, sink: Sink) -> None:
    row = factories.mail_channel(company, label="Propio")
    stop(row, 3)

    first = [told(NOON + 3 * HOUR), told(NOON + 4 * HOUR)]
    breaker.close(row.name)
    stop(row, 3)
    again = [told(NOON + 5 * HOUR), told(NOON + 6 * HOUR)]

    assert (first, again) == ([1, 0], [1, 0])
    assert {subject for _, subject in mails(sink, NOON + 6 * HOUR)} == {"El canal de correo «Propio» se detuvo"}
    assert "no aceptó el usuario" in sink.messages[0].get_body().get_content().replace("\n", " ")  # type: ignore[union-attr]


def test_a_channel_that_stumbles_worries_nobody(company: Company, admin: User) -> None:
    stop(factories.mail_channel(company), 2)

    assert told(NOON + 3 * HOUR) == 0


def test_the_platforms_channel_is_for_those_who_run_it(company: Company, admin: User) -> None:
    ChannelHealth.objects.create(name="default", failures=9, open_until=NOON)

    assert told(NOON) == 0


def test_an_alert_does_not_leave_by_the_channel_that_is_broken(company: Company, admin: User) -> None:
    row = factories.mail_channel(company)
    Company.objects.filter(pk=company.pk).update(channel=row.name)
    stop(row, 3)

    told(NOON + 3 * HOUR)

    with company_scope(company.pk):
        assert Delivery.objects.get().channel == "default"


def test_secrets_are_written_anew_under_the_first_key(company: Company, settings: Any) -> None:
    row = factories.mail_channel(company)
    old, new = settings.SECRETS_KEYS[0], "A" * 43 + "="
    settings.SECRETS_KEYS = [new, old]
    out = StringIO()

    call_command("rotate_secrets", stdout=out)

    settings.SECRETS_KEYS = [new]
    row.refresh_from_db()
    assert secret_box.decrypt(row.url_encrypted).startswith("smtp://cuenta")
    assert out.getvalue() == "1 channels encrypted with the first key\n"


def test_a_secret_that_no_key_opens_stops_the_rotation_and_names_itself(company: Company, settings: Any) -> None:
    row = factories.mail_channel(company)
    settings.SECRETS_KEYS = ["A" * 43 + "="]

    with pytest.raises(CommandError, match=row.name):
        call_command("rotate_secrets", stdout=StringIO())
