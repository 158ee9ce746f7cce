"""The channels of a company: set up, changed and chosen, with every secret out of sight."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from invoices.invalid import Invalid
from invoices.models import AuditEntry, Company, Membership, User
from invoices.scope import company_scope
from notifications import channel_kinds, channel_registry, company_channels, outbox, services
from notifications.channels import Channel
from notifications.models import ChannelHealth, Delivery, MailChannel
from tests import factories
from tests.factories import NOON
from tests.sink import Sink

pytestmark = pytest.mark.django_db
Role = Membership.Role
NIT = "900373076"
SECRET = "Gir4sol-amarillo"
SMTP = {
    "label": "Correo",
    "sender": "facturas@empresa.co",
    "host": "mail.empresa.co",
    "port": "587",
    "user": "facturas",
    "password": SECRET,
}
TENANT = "0b7e3f8a-1c2d-4e5f-8a9b-0c1d2e3f4a5b"
MICROSOFT = {"label": "M365", "sender": "facturas@empresa.co", "tenant": TENANT, "client_id": "app", "client_secret": SECRET}
GOOGLE = {"label": "Gmail", "sender": "facturas@empresa.co", "client_id": "app", "client_secret": SECRET, "refresh_token": f"1//{SECRET}"}
POSTMARK = {"label": "Postmark", "sender": "facturas@empresa.co", "server_token": SECRET}
MAILGUN = {"label": "Mailgun", "sender": "facturas@empresa.co", "sender_domain": "mg.empresa.co", "api_key": SECRET}


@pytest.fixture
def company() -> Company:
    return factories.company(NIT, name="Ferretería El Roble S.A.S.", trade_name="El Roble")


@pytest.fixture
def admin(company: Company, client: Client) -> User:
    person = factories.member(company, role=Role.ADMINISTRATOR, name="Mariana Peñuela")
    client.force_login(person)
    return person


def page(client: Client) -> str:
    return client.get(reverse("channels", args=[NIT])).content.decode()


def add(client: Client, kind: str, fields: dict[str, str]) -> Any:
    return client.post(reverse("channel_add", args=[NIT, kind]), fields)


def only() -> MailChannel:
    return MailChannel.objects.get()


def trail(company: Company) -> list[tuple[str, Any]]:
    with company_scope(company.pk):
        return [(entry.action, entry.data) for entry in AuditEntry.objects.order_by("id")]


@pytest.mark.parametrize(
    ("kind", "fields", "made"),
    [
        (
            "smtp",
            SMTP,
            {"backend": "smtp", "host": "mail.empresa.co", "port": 587, "tls": "starttls", "user": "facturas", "password": SECRET},
        ),
        ("smtp", SMTP | {"port": "465"}, {"port": 465, "tls": "implicit"}),
        (
            "microsoft",
            MICROSOFT,
            {"host": "smtp.office365.com", "port": 587, "tls": "starttls", "auth": "xoauth2", "user": "facturas@empresa.co"},
        ),
        ("google", GOOGLE, {"host": "smtp.gmail.com", "auth": "xoauth2", "user": "facturas@empresa.co"}),
        (
            "postmark",
            POSTMARK,
            {"backend": "postmark", "reports": "webhook", "options": {"server_token": SECRET}, "providers": ("postmark",)},
        ),
        ("mailgun", MAILGUN, {"backend": "mailgun", "reports": "none", "options": {"api_key": SECRET, "sender_domain": "mg.empresa.co"}}),
        ("mailgun", MAILGUN | {"hook_secret": "k"}, {"reports": "webhook", "hook_options": {"webhook_signing_key": "k"}}),
    ],
)
def test_a_channel_is_set_up_on_the_screen(
    kind: str, fields: dict[str, str], made: dict[str, Any], client: Client, admin: User, company: Company
) -> None:
    add(client, kind, fields)

    channel = channel_registry.get(only().name)
    assert {name: getattr(channel, name) for name in made} == made
    assert (channel.sender, channel.outside, channel.hook) == ("facturas@empresa.co", True, only().hook_token)
    assert (only().company, only().label, only().reports) == (company, fields["label"], channel.reports)


def test_the_permission_of_microsoft_is_asked_of_the_companys_directory(client: Client, admin: User) -> None:
    add(client, "microsoft", MICROSOFT)

    assert channel_registry.get(only().name).oauth == {
        "token_url": f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token",
        "client_id": "app",
        "client_secret": SECRET,
        "scope": "https://outlook.office365.com/.default",
    }


@pytest.mark.parametrize(("kind", "fields"), [("smtp", SMTP), ("microsoft", MICROSOFT), ("google", GOOGLE), ("mailgun", MAILGUN)])
def test_a_secret_is_nowhere_to_be_read(kind: str, fields: dict[str, str], client: Client, admin: User, company: Company) -> None:
    add(client, kind, fields | {"hook_secret": SECRET})

    change = client.get(reverse("channel_change", args=[NIT, only().pk])).content.decode()
    assert [SECRET in text for text in (page(client), change, only().url_encrypted, str(trail(company)))] == [False] * 4
    assert "•••••••• guardado" in change


@pytest.mark.parametrize(
    ("kind", "fields", "wrong", "says"),
    [
        ("smtp", SMTP, {"host": "127.0.0.1"}, "Escribe el nombre del servidor"),
        ("smtp", SMTP, {"host": "localhost"}, "Escribe el nombre del servidor"),
        ("smtp", SMTP, {"host": "a.co/x"}, "Escribe el nombre del servidor"),
        ("smtp", SMTP, {"port": "22"}, "Elige un puerto"),
        ("smtp", SMTP, {"sender": "facturas"}, "le falta la @"),
        ("smtp", SMTP, {"password": ""}, "Falta este dato"),
        ("smtp", SMTP, {"password": "a\nb"}, "No puede llevar espacios"),
        ("smtp", SMTP, {"user": "x" * 254}, "Caben 253 letras"),
        ("smtp", SMTP, {"label": " "}, "Ponle un nombre"),
        ("microsoft", MICROSOFT, {"tenant": "evil.co/../x"}, "Id. de directorio"),
        ("microsoft", MICROSOFT, {"tenant": "evil.co#"}, "Id. de directorio"),
    ],
)
def test_what_does_not_hold_is_said_at_its_field(
    kind: str, fields: dict[str, str], wrong: dict[str, str], says: str, client: Client, admin: User
) -> None:
    response = add(client, kind, fields | wrong)

    assert response.status_code == 422
    assert says in response.content.decode()
    assert SECRET not in response.content.decode()
    assert not MailChannel.objects.exists()


def test_the_address_for_a_providers_notices_is_shown_once_with_its_secret(client: Client, admin: User, settings: Any) -> None:
    settings.PUBLIC_URL = "https://traza.example.com"

    response = add(client, "postmark", POSTMARK)

    secret = channel_registry.get(only().name).hook_options["webhook_secret"]
    assert f"https://{secret}@traza.example.com/hooks/{only().hook_token}/postmark/tracking/" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert secret not in page(client)
    assert f"https://traza.example.com/hooks/{only().hook_token}/postmark/tracking/" in page(client)


def test_a_lost_secret_of_the_notices_is_made_anew(client: Client, admin: User, company: Company) -> None:
    add(client, "postmark", POSTMARK)
    before = channel_registry.get(only().name).hook_options

    response = client.post(reverse("channel_change", args=[NIT, only().pk]), POSTMARK | {"server_token": "", "renovar": "1"})

    after = channel_registry.get(only().name)
    assert after.hook_options != before
    assert after.hook_options["webhook_secret"] in response.content.decode()
    assert after.options == {"server_token": SECRET}
    assert trail(company)[-1][1]["fields"] == ["Clave de los avisos"]


def test_an_empty_secret_keeps_what_there_is_and_the_trail_says_what_changed(client: Client, admin: User, company: Company) -> None:
    add(client, "smtp", SMTP)

    client.post(reverse("channel_change", args=[NIT, only().pk]), SMTP | {"password": "", "host": "otro.empresa.co", "label": "Nuevo"})

    channel = channel_registry.get(only().name)
    assert (channel.host, channel.password, only().label) == ("otro.empresa.co", SECRET, "Nuevo")
    assert trail(company) == [
        ("channel_added", {"channel": "Correo", "kind": "Servidor de correo (SMTP)"}),
        ("channel_changed", {"channel": "Nuevo", "fields": ["Servidor", "Nombre"]}),
    ]


def test_a_provider_that_signs_reports_once_its_key_is_typed(client: Client, admin: User) -> None:
    add(client, "mailgun", MAILGUN)
    before = page(client)

    client.post(reverse("channel_change", args=[NIT, only().pk]), MAILGUN | {"api_key": "", "hook_secret": "firma"})

    assert "escribe aquí su clave de firma" in before
    assert "escribe aquí su clave de firma" not in page(client)
    assert only().reports == "webhook"


def test_there_is_room_for_ten(client: Client, admin: User, company: Company) -> None:
    for _ in range(10):
        factories.mail_channel(company)

    response = add(client, "smtp", SMTP)

    assert "Ya hay 10 canales" in response.content.decode()
    assert MailChannel.objects.count() == 10


@pytest.fixture
def waiting(company: Company) -> Delivery:
    """A message that waits while the platform's channel rests."""
    with company_scope(company.pk):
        document = factories.document(company, addresses=("compras@example.com",))
        services.notify(document=document, now=NOON)
        Delivery.objects.update(next_at=NOON + timedelta(days=1))
        return Delivery.objects.get()


def choose(company: Company, name: str, by: User) -> bool:
    with company_scope(company.pk):
        return company_channels.choose(company=company, name=name, by=by, at=NOON)


def test_what_waits_goes_along_to_the_channel_that_is_chosen(company: Company, admin: User, waiting: Delivery) -> None:
    row = factories.mail_channel(company, label="Propio")

    choose(company, row.name, admin)

    with company_scope(company.pk):
        moved = Delivery.objects.get()
    assert (moved.channel, moved.from_address, moved.next_at) == (row.name, "El Roble <facturas@empresa.co>", NOON)
    assert Company.objects.get().channel == row.name
    assert trail(company)[-1] == ("channel_chosen", {"channel": "Propio", "channel_before": "Canal de la plataforma"})


def test_what_may_have_left_stays_with_its_channel(company: Company, admin: User, waiting: Delivery) -> None:
    with company_scope(company.pk):
        Delivery.objects.update(uncertain=True)

    choose(company, factories.mail_channel(company).name, admin)

    with company_scope(company.pk):
        assert Delivery.objects.get().channel == "default"


def test_new_mails_leave_by_the_chosen_channel_from_its_address(company: Company, admin: User, sink: Sink) -> None:
    url = f"smtp://127.0.0.1:{sink.port}/?tls=no&from=facturas%40empresa.co"
    choose(company, factories.mail_channel(company, url).name, admin)
    company.refresh_from_db()
    with company_scope(company.pk):
        services.notify(document=factories.document(company), now=NOON)

    outbox.drain(clock=lambda: NOON)

    (envelope,) = sink.envelopes
    assert (envelope[0], sink.messages[0]["From"]) == ("facturas@empresa.co", "El Roble <facturas@empresa.co>")


@pytest.mark.parametrize("name", ["gmail", "", "c-of-another"])
def test_only_the_platforms_channel_and_the_companys_own_can_be_chosen(name: str, company: Company, admin: User) -> None:
    factories.mail_channel(factories.company(), name="c-of-another")

    with pytest.raises(Invalid, match="no existe"):
        choose(company, name, admin)


def test_choosing_the_same_again_changes_nothing(company: Company, admin: User) -> None:
    changed = choose(company, "default", admin)

    assert not changed
    assert trail(company) == []


def test_a_mended_channel_is_tried_at_once(client: Client, company: Company, admin: User, waiting: Delivery) -> None:
    add(client, "smtp", SMTP)
    ChannelHealth.objects.create(name=only().name, failures=4, open_until=NOON, alerted_at=NOON)

    client.post(reverse("channel_change", args=[NIT, only().pk]), SMTP | {"password": "otra"})

    health = ChannelHealth.objects.get()
    assert (health.failures, health.open_until, health.alerted_at) == (0, None, None)


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.AUDITOR])
def test_who_does_not_administer_sees_and_changes_nothing(role: str, client: Client, company: Company) -> None:
    row = factories.mail_channel(company, "anymail+postmark://?server_token=x&from=f%40empresa.co")
    client.force_login(factories.member(company, role=role))

    changes = [
        client.post(reverse("channel_add", args=[NIT, "smtp"]), SMTP),
        client.post(reverse("channel_change", args=[NIT, row.pk]), POSTMARK),
        client.post(reverse("channel_choose", args=[NIT]), {"canal": row.name}),
        client.post(reverse("channel_probe", args=[NIT]), {"canal": row.name}),
    ]

    text = page(client)
    assert {response.status_code for response in changes} == {403}
    assert "Solo un Administrador" in text
    assert (row.hook_token in text) == (role == Role.ACCOUNTANT)


def test_another_companys_channel_is_not_there(client: Client, admin: User) -> None:
    row = factories.mail_channel(factories.company(), label="Ajeno")

    response = client.post(reverse("channel_change", args=[NIT, row.pk]), SMTP)

    assert response.status_code == 404
    assert "Ajeno" not in page(client)


def test_a_channel_whose_key_was_lost_is_told_and_stops_no_other(client: Client, admin: User, company: Company, settings: Any) -> None:
    lost = factories.mail_channel(company, label="Perdido")
    settings.SECRETS_KEYS = ["A" * 43 + "="]
    good = factories.mail_channel(company, label="Bueno")

    text = page(client)

    assert "No podemos leer sus claves" in text
    assert good.name in channel_registry.names()
    assert lost.name not in channel_registry.names()


def test_a_blind_channel_is_said_once(client: Client, admin: User, company: Company) -> None:
    text = page(client)

    assert text.count("El servidor de salida no informa entregas") == 1


def test_the_page_asks_few_questions(client: Client, admin: User, company: Company, django_assert_max_num_queries: Any) -> None:
    for _ in range(5):
        factories.mail_channel(company)

    with django_assert_max_num_queries(12):
        page(client)


def test_every_kind_reads_back_what_it_made() -> None:
    fields = {"smtp": SMTP, "microsoft": MICROSOFT, "google": GOOGLE}

    for code, kind in channel_kinds.KINDS.items():
        typed = fields.get(code) or {
            item.name: "facturas@empresa.co" if item.name == "sender" else f"v-{item.name}" for item in kind.fields
        }
        channel: Channel = channel_kinds.made(kind, typed, None)
        assert channel_kinds.kind_of(channel) == kind
        assert {name: kind.typed(channel)[name] for name in typed if name != "label"} == {
            name: text for name, text in typed.items() if name != "label"
        }
