"""*Probar el canal*: a mail by this channel to whoever asks, and what DNS says of its sender."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import dns.resolver
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invoices.invalid import Invalid
from invoices.models import Company, Membership, User
from invoices.scope import company_scope
from notifications import channel_probe, mail_dns, outbox
from notifications.models import ChannelHealth, MailChannel
from tests import factories
from tests.dns_server import running_dns
from tests.factories import NOON
from tests.sink import Sink

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ZONE = {("empresa.co", "TXT"): ['"v=spf1 -all"'], ("_dmarc.empresa.co", "TXT"): ['"v=DMARC1; p=none"']}


@pytest.fixture
def company() -> Company:
    return factories.company("900373076")


@pytest.fixture
def admin(company: Company) -> User:
    return factories.member(company, role=Membership.Role.ADMINISTRATOR, email="mariana@example.com")


@pytest.fixture
def resolver() -> Iterator[dns.resolver.Resolver]:
    with running_dns(ZONE) as running:
        yield running


@pytest.fixture
def row(company: Company, sink: Sink) -> MailChannel:
    return factories.mail_channel(company, f"smtp://127.0.0.1:{sink.port}/?tls=no&from=facturas%40empresa.co", label="Propio")


def probe(company: Company, name: str, by: User, *, at: Any = NOON, resolver: Any = None) -> channel_probe.Probe:
    with company_scope(company.pk), time_machine.travel(at, tick=False):
        return channel_probe.probe(company=company, name=name, label="Propio", by=by, now=at, resolver=resolver)


def test_the_mail_leaves_by_the_channel_that_is_tried(
    company: Company, admin: User, row: MailChannel, sink: Sink, resolver: dns.resolver.Resolver
) -> None:
    probe(company, row.name, admin, resolver=resolver)

    outbox.drain(clock=lambda: NOON)

    (mail,) = sink.to("mariana@example.com")
    assert mail["From"].addresses[0].addr_spec == "facturas@empresa.co"
    assert "Prueba del canal" in mail["Subject"]


def test_what_dns_says_is_kept_with_the_channel(company: Company, admin: User, row: MailChannel, resolver: dns.resolver.Resolver) -> None:
    probe(company, row.name, admin, resolver=resolver)

    row.refresh_from_db()
    kept = {check["name"]: check["answer"] for check in row.test_result["checks"]}
    assert (row.tested_at, kept) == (NOON, {"SPF": "yes", "DMARC": "yes", "DKIM": "unknown"})


def test_without_dns_the_mail_goes_all_the_same(company: Company, admin: User, row: MailChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_dns, "_system_resolver", lambda: None)

    done = probe(company, row.name, admin)

    assert {check.answer for check in done.checks} == {mail_dns.Answer.UNKNOWN}
    assert done.delivery.queue == "ready"


def test_five_tests_an_hour_are_enough(company: Company, admin: User, row: MailChannel, resolver: dns.resolver.Resolver) -> None:
    for _ in range(5):
        probe(company, row.name, admin, resolver=resolver)

    with pytest.raises(Invalid, match="5 pruebas"):
        probe(company, row.name, admin, at=NOON + HOUR - timedelta(seconds=1), resolver=resolver)

    assert probe(company, row.name, admin, at=NOON + HOUR, resolver=resolver).delivery.queue == "ready"


def test_a_channel_that_rests_is_tried_at_once(
    company: Company, admin: User, row: MailChannel, resolver: dns.resolver.Resolver, sink: Sink
) -> None:
    ChannelHealth.objects.create(name=row.name, failures=5, open_until=NOON + HOUR)

    probe(company, row.name, admin, resolver=resolver)
    outbox.drain(clock=lambda: NOON)

    assert len(sink.envelopes) == 1
    assert ChannelHealth.objects.get().failures == 0


def test_the_platforms_channel_goes_on_resting(company: Company, admin: User, sink: Sink, resolver: dns.resolver.Resolver) -> None:
    ChannelHealth.objects.create(name="default", failures=5, open_until=NOON + HOUR)

    probe(company, "default", admin, resolver=resolver)

    assert ChannelHealth.objects.get().open_until == NOON + HOUR


def test_the_result_stands_on_the_page(
    client: Client, company: Company, admin: User, row: MailChannel, monkeypatch: pytest.MonkeyPatch, resolver: dns.resolver.Resolver
) -> None:
    monkeypatch.setattr(mail_dns, "_system_resolver", lambda: resolver)
    client.force_login(admin)

    answer = client.post(reverse("channel_probe", args=[company.nit]), {"canal": row.name}, follow=True).content.decode()

    assert "Sale un correo de prueba a mariana@example.com" in answer
    assert "Correo a mariana@example.com" in answer
    assert "v=spf1 -all" in answer


@pytest.mark.parametrize("name", ["gmail", "", "nada"])
def test_a_channel_that_is_not_there_is_not_tried(name: str, client: Client, company: Company, admin: User) -> None:
    client.force_login(admin)

    answer = client.post(reverse("channel_probe", args=[company.nit]), {"canal": name}, follow=True).content.decode()

    assert "Ese canal no existe." in answer
