"""From the stored post of a provider to the state of the message it speaks of."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from invoices.models import Company, ElectronicDocument, TitleEvent
from invoices.scope import company_scope
from notifications import channel_registry, inbound, intake, verp
from notifications.hooks.processing import NEEDS_API, NOTHING
from notifications.hooks.providers import PROVIDERS
from notifications.lives import DeliveryState, Engagement, Queue
from notifications.models import Attempt, Delivery, DeliveryEvent, InboundMessage, SecurityEvent
from tests import dsn_builders as build
from tests import factories, hook_posts
from tests import ubl_builders as ubl
from tests.dsn_samples import sample
from tests.factories import NOON
from tests.hook_posts import post
from tests.reply_mails import event_zip, mail

pytestmark = pytest.mark.django_db
OUTLOOK = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)"


@pytest.fixture(autouse=True)
def channel(settings: Any) -> None:
    settings.CHANNELS = {"avisos": hook_posts.channel(*PROVIDERS)}


@pytest.fixture
def company() -> Company:
    return factories.company()


@pytest.fixture
def document(company: Company) -> Iterator[ElectronicDocument]:
    with company_scope(company.pk):
        yield factories.document(company)


@pytest.fixture
def delivery(document: ElectronicDocument) -> Delivery:
    return sent(document)


def sent(document: ElectronicDocument, **fields: Any) -> Delivery:
    """A message that the channel took at noon."""
    life = {"queue": Queue.DONE, "state": DeliveryState.SENT, "sent_at": NOON, "attempts": 1, "verdict": "sent", "channel": "avisos"}
    return factories.delivery(document, build.ADDRESS, **(life | fields))


@pytest.fixture
def arrive(client: Client) -> Any:
    """Post an event, have it read, and the message that was stored."""

    def send(provider: str, event: Any, kind: str = "tracking") -> InboundMessage:
        made = post(provider, event, kind=kind)
        response = client.post(made.path, made.body, content_type=made.content_type, headers=made.headers)
        assert response.status_code == 200
        inbound.process_waiting(clock=timezone.now)
        return InboundMessage.across.latest("received_at")

    return send


def events() -> list[DeliveryEvent]:
    return list(DeliveryEvent.across.order_by("pk"))


def postmark(kind: str, of: Delivery, **more: Any) -> dict[str, Any]:
    return {"RecordType": kind, "MessageID": "pm-1", "Metadata": {"delivery": str(of.pk)}, **more}


def test_a_bounce_finds_its_message_by_our_own_name(delivery: Delivery, arrive: Any) -> None:
    message = arrive("postmark", postmark("Bounce", delivery, Type="HardBounce", Details="smtp;550 5.1.1 no existe", ID=1))

    delivery.refresh_from_db()
    [event] = events()
    assert (delivery.state, delivery.reason, delivery.decided_by) == (DeliveryState.BOUNCED, "no_mailbox", f"event:{event.pk}")
    assert (event.company_id, event.inbound_id, event.status, event.text) == (
        delivery.company_id,
        message.pk,
        "5.1.1",
        "smtp;550 5.1.1 no existe",
    )
    assert (message.status, message.error) == ("done", "")


def test_a_delivery_finds_its_message_by_the_identifier_that_the_provider_gave(delivery: Delivery, arrive: Any) -> None:
    Attempt.objects.create(
        company_id=delivery.company_id,
        delivery=delivery,
        number=1,
        outcome="accepted",
        provider_id="77",
        started_at=NOON,
        finished_at=NOON,
    )

    arrive("postal", {"timestamp": 1784134800, "payload": {"status": "Sent", "message": {"id": 77, "direction": "outgoing"}}})

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED


def test_a_fact_of_a_message_that_left_by_another_channel_is_an_orphan_and_noted_once(document: ElectronicDocument, arrive: Any) -> None:
    other = sent(document, channel="default")

    arrive("postmark", postmark("Open", other, UserAgent=OUTLOOK, ReceivedAt="2026-07-15T20:00:00Z"))

    other.refresh_from_db()
    assert (other.state, other.engagement) == (DeliveryState.SENT, Engagement.NONE)
    assert [event.orphan_reason for event in events()] == ["Habla de un envío que salió por otro canal."]
    assert list(SecurityEvent.objects.values_list("kind", "channel", "provider", "count")) == [("wrong_channel", "avisos", "postmark", 1)]


@pytest.mark.parametrize(
    ("at", "human", "engagement", "state"),
    [
        ("2026-07-15T17:00:20Z", False, Engagement.MACHINE, DeliveryState.SENT),
        ("2026-07-15T18:00:00Z", True, Engagement.OPENED, DeliveryState.DELIVERED),
    ],
)
def test_an_opening_is_judged_by_when_its_message_left(
    delivery: Delivery, arrive: Any, at: str, human: bool, engagement: Engagement, state: DeliveryState
) -> None:
    arrive("postmark", postmark("Open", delivery, UserAgent=OUTLOOK, ReceivedAt=at))

    delivery.refresh_from_db()
    [event] = events()
    assert (event.human, event.judged[-1]) == (human, "puntos: 0" if human else "puntos: 70")
    assert (delivery.engagement, delivery.state) == (engagement, state)


def test_an_opening_before_we_know_that_the_message_left_is_a_machines(document: ElectronicDocument, arrive: Any) -> None:
    going = sent(document, sent_at=None, queue=Queue.WAITING, state=DeliveryState.SENDING)

    arrive("postmark", postmark("Open", going, UserAgent=OUTLOOK))

    assert [event.human for event in events()] == [False]


def test_an_opening_of_no_message_of_ours_is_judged_by_nobody(arrive: Any) -> None:
    arrive("postmark", {"RecordType": "Open", "MessageID": "x", "UserAgent": OUTLOOK})

    assert [(event.human, event.judged) for event in events()] == [(None, ["no se sabe cuánto después de salir", "puntos: 0"])]


def test_a_broken_event_is_an_orphan_that_says_why_and_the_others_count(delivery: Delivery, arrive: Any) -> None:
    good = {"event": "delivered", "timestamp": 1784134800, "email": build.ADDRESS, "delivery": str(delivery.pk)}

    message = arrive("sendgrid", [{"timestamp": 1784134800, "email": "x"}, good])

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED
    assert [(event.orphan_reason, event.retry_at, event.raw["email"]) for event in events() if event.delivery_id is None] == [
        ("No se pudo leer: KeyError 'event'", None, "x")
    ]
    assert message.status == "done"


def test_a_broken_event_that_comes_again_is_kept_once(arrive: Any) -> None:
    arrive("sendgrid", [{"email": "x"}])
    InboundMessage.across.update(sha256="0" * 64, status="done")

    arrive("sendgrid", [{"email": "x"}])

    assert InboundMessage.across.count() == 2
    assert len(events()) == 1


def test_what_says_nothing_is_kept_with_the_reason(arrive: Any) -> None:
    message = arrive("brevo", {"event": "list_addition", "email": "x"})

    assert (message.status, message.error, events()) == ("done", NOTHING, [])


def test_a_report_that_a_provider_delivers_reaches_the_message(document: ElectronicDocument, arrive: Any) -> None:
    returned = sent(document, token=build.TOKEN)

    arrive("postmark", {"FromFull": {}, "RawEmail": sample("postfix: user unknown").raw.decode()}, "inbound")

    returned.refresh_from_db()
    assert (returned.state, returned.reason) == (DeliveryState.BOUNCED, "no_mailbox")


def test_the_address_of_the_envelope_names_the_message(document: ElectronicDocument, arrive: Any) -> None:
    returned = sent(document)
    path = verp.return_path(returned.token, "devueltos.example.com")
    raw = build.plain("El buzón está lleno: compras@ferreteria.example.co\n", subject="Devuelto", sender="postmaster@x.co")

    arrive("mailersend", {"type": "inbound.message", "data": {"raw": raw.decode(), "recipients": {"rcptTo": [{"email": path}]}}}, "inbound")

    returned.refresh_from_db()
    assert (returned.state, returned.reason) == (DeliveryState.SOFT_BOUNCED, "mailbox_full")


@pytest.mark.parametrize(
    ("provider", "event"),
    [
        ("resend", {"type": "email.received", "data": {"email_id": "r1"}}),
        (
            "amazon_ses",
            {"notificationType": "Received", "receipt": {"action": {"type": "S3", "bucketName": "b", "objectKey": "k"}}, "mail": {}},
        ),
        ("brevo", {"items": [{"Headers": {}, "Attachments": [{"DownloadToken": "x"}]}]}),
        ("mailtrap", {"events": [{"event": "inbound.message_received", "inbox_id": 5, "message_id": "m"}]}),
    ],
)
def test_a_mail_that_only_the_provider_has_is_kept_as_broken(settings: Any, arrive: Any, provider: str, event: Any) -> None:
    settings.CHANNELS = {"avisos": hook_posts.channel(*PROVIDERS, **hook_posts.options(), mailtrap_inbound_secret=hook_posts.KEY)}

    message = arrive(provider, event, "inbound")
    for minutes in (5, 10):
        inbound.process_waiting(clock=lambda minutes=minutes: timezone.now() + timedelta(minutes=minutes))

    message.refresh_from_db()
    assert (message.status, message.error) == ("broken", f"NeedsProvider: {NEEDS_API}")


def test_one_mail_that_needs_its_provider_takes_no_other_with_it(delivery: Delivery, arrive: Any) -> None:
    answer = {"Headers": {"In-Reply-To": delivery.message_id, "Subject": "Re: factura", "From": "ana@x.co"}, "RawTextBody": "Recibida"}

    message = arrive("brevo", {"items": [{"Attachments": [{"DownloadToken": "x"}]}, answer]}, "inbound")

    delivery.refresh_from_db()
    assert delivery.engagement == Engagement.REPLIED
    assert (message.status, message.error) == ("done", "1 correos no se pudieron leer (NeedsProvider).")


@pytest.mark.parametrize("own", [True, False])
def test_what_is_attached_to_a_mail_goes_only_to_the_company_of_the_hook(arrive: Any, monkeypatch: Any, own: bool) -> None:
    seller = factories.company(ubl.ISSUER.identification)
    list(intake.receive([("fe.xml", ubl.build_invoice())], companies={seller.nit: seller}, by=None, notify="no", now=timezone.now()))
    keeper = seller if own else factories.company()
    monkeypatch.setattr(channel_registry, "company_of", lambda _: keeper.pk)

    message = arrive("postmark", {"FromFull": {}, "RawEmail": mail(event_zip()).as_string()}, "inbound")

    assert TitleEvent.across.count() == own
    assert message.error.endswith("Reclamo." if own else "que no es de ninguna de tus empresas.")


def test_a_post_of_the_other_kind_is_broken_and_says_so(arrive: Any) -> None:
    message = arrive("postmark", {"FromFull": {"Email": "a@b.co"}})
    for minutes in (5, 10):
        inbound.process_waiting(clock=lambda minutes=minutes: timezone.now() + timedelta(minutes=minutes))

    message.refresh_from_db()
    assert message.status == "broken"
    assert "inbound" in message.error


def test_a_topic_of_amazon_is_confirmed_by_a_person(arrive: Any) -> None:
    asked = {
        "Type": "SubscriptionConfirmation",
        "MessageId": "1",
        "TopicArn": "arn:aws:sns:us-east-1:1:rebotes",
        "SubscribeURL": "https://x",
    }

    message = arrive("amazon_ses", asked)

    assert message.status == "done"
    assert message.error.startswith("Amazon SNS pide confirmar el tema arn:aws:sns:us-east-1:1:rebotes")


def test_what_came_in_is_read_though_its_channel_is_gone(client: Client, settings: Any, delivery: Delivery) -> None:
    for provider in sorted(PROVIDERS):
        made = post(provider, hook_posts.DELIVERED[provider])
        client.post(made.path, made.body, content_type=made.content_type, headers=made.headers)
    settings.CHANNELS = {}

    inbound.process_waiting(clock=timezone.now)

    assert set(InboundMessage.across.values_list("status", flat=True)) == {"done"}
    assert len(events()) == len(PROVIDERS)
