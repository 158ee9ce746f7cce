"""
What providers really post, where it lies beside the checkout: each post through the hook, and each stored fact beside what is expected.

The recorded signatures are made anew with the keys of the test. An expected type counts as one of our kinds by ``KINDS``; where
Anymail says ``unknown`` or ``subscribed``, ours is no fact at all. Nothing is left out but what a provider's API would have to be
asked for.
"""

import base64
import hashlib
import importlib.util
import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from invoices.scope import company_scope
from notifications import inbound
from notifications.channels import Channel
from notifications.hooks import processing
from notifications.hooks.providers import PROVIDERS
from notifications.inbound_mail import NOTHING
from notifications.lives import DeliveryState, Queue
from notifications.models import Delivery, DeliveryEvent, InboundMessage, SecurityEvent
from notifications.returned import Kind
from tests import factories
from tests.factories import NOON

SHARED = Path(__file__).resolve().parents[3] / "shared"
PAYLOADS, TOOL = SHARED / "testdata" / "webhooks" / "payloads.jsonl", SHARED / "tools" / "replay_webhooks.py"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.django_db,
    pytest.mark.skipif(not (PAYLOADS.exists() and TOOL.exists()), reason="the recorded posts are not here"),
]
TOKEN = "t0ken-of-the-channel-with-all-providers"
RETURNED = {"bounced", "soft_bounced", "suppressed", "rejected"}
KINDS = {"bounced": RETURNED, "rejected": RETURNED, "unknown": set(), "subscribed": set()}
NEED_API = {"amazon_ses-inbound-232b0145bb", "resend-inbound-04d171ddd0", "resend-inbound-9b78fb3bff"}
# Counted by hand: a file that shrinks is noticed.
POSTS, TRACKED = 98, 76
# A post without a mail; and mails without any header that carry another mail, which makes them a return, of a mail that is not ours.
NO_ANSWER = {
    "resend-inbound-3203b0db56": processing.NOTHING,
    "mailgun-inbound-1fd84296db": "",
    "sendgrid-inbound-a8707f6422": "",
}

Record = dict[str, Any]


def records() -> list[Record]:
    """Each recorded post."""
    return [json.loads(line) for line in PAYLOADS.read_text().splitlines()] if PAYLOADS.exists() else []


RECORDS = records()
TRACKING = [record for record in RECORDS if {item["kind"] for item in record["expected"]} == {"tracking"}]
MAILS = [record for record in RECORDS if record not in TRACKING]
BY_ID = {record["id"]: record for record in RECORDS}


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The program that signs as the providers do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPLAY_KEYS", str(tmp_path_factory.mktemp("keys")))
        spec = importlib.util.spec_from_file_location("replay_webhooks", TOOL)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


@pytest.fixture(autouse=True)
def channel(settings: Any, tool: ModuleType) -> Channel:
    """One channel with every provider, each with its own secret."""
    given = {name.lower(): value for name, value in tool.settings().items() if isinstance(value, str)}
    made = Channel("todos", "smtp", "webhook", hook=TOKEN, hook_options=given, providers=tuple(PROVIDERS))
    settings.CHANNELS = {"todos": made}
    return made


Post = Callable[..., int]


@pytest.fixture
def post(client: Client, tool: ModuleType) -> Post:
    """Post one record; the answer's code."""

    def send(record: Record, *, tamper: bool = False, body: bytes | None = None) -> int:
        path = record["path"].replace("/anymail", f"/hooks/{TOKEN}", 1)
        url = f"http://testserver{path}"
        body, headers = tool.sign(record, base64.b64decode(record["body_b64"]) if body is None else body, url, tamper)
        return client.post(path, body, content_type=record["content_type"], headers=headers).status_code

    return send


def read_all() -> None:
    inbound.process_waiting(clock=timezone.now)


def events() -> list[DeliveryEvent]:
    return list(DeliveryEvent.across.order_by("pk"))


def expected(record: Record) -> list[Record]:
    """The facts that must be stored: those that say something of a message of ours."""
    return [item for item in record["expected"] if KINDS.get(item["event_type"], True)]


def test_the_corpus_is_whole() -> None:
    assert (len(RECORDS), len(TRACKING)) == (POSTS, TRACKED)
    assert {record["esp"] for record in RECORDS} == PROVIDERS
    assert {record["id"] for record in RECORDS if record["needs"].startswith("ESP API")} == NEED_API


@pytest.mark.parametrize("record", TRACKING, ids=lambda record: record["id"])
def test_each_stored_fact_is_what_is_expected(record: Record, post: Post, channel: Channel) -> None:
    if "TRACK_INITIAL_OPEN" in record["needs"]:
        channel.hook_options["track_initial_open_as_opened"] = "true"
    began = timezone.now()

    code = post(record)
    read_all()

    stored, wanted = events(), expected(record)
    assert code == 200
    assert len(stored) == len(wanted)
    for event, item in zip(stored, wanted, strict=True):
        assert_alike(event, item, began)
        assert event.event_id == (signed_id(record) if record["esp"] == "resend" else str(item["event_id"] or ""))
    assert [message.status for message in InboundMessage.across.all()] == ["done"]


def assert_alike(event: DeliveryEvent, item: Record, began: datetime) -> None:
    """Each field that both have; what the record has no time for, happened when it came in."""
    assert event.kind in KINDS.get(item["event_type"], {item["event_type"]})
    if item["timestamp"]:
        assert event.occurred_at == datetime.fromisoformat(item["timestamp"])
    else:
        assert event.occurred_at >= began
    assert event.message_id == str(item["message_id"] or "")
    assert event.recipient == (item["recipient"] or "")
    assert event.click_url == (item["click_url"] or "")
    said = item["mta_response"] or item["description"]
    if said:
        assert event.text == said
    kept = json.dumps(event.raw, ensure_ascii=False)
    assert all(str(name) in kept and str(value).removesuffix("True") in kept for name, value in (item["metadata"] or {}).items())
    assert (event.channel, event.orphan_reason) == ("todos", "No nombra ningún envío nuestro.")


def signed_id(record: Record) -> str:
    """The identifier that the signing program gives: it stands in a header, and is not recorded."""
    return f"msg_{hashlib.sha1(base64.b64decode(record['body_b64'])).hexdigest()[:24]}"


@pytest.mark.parametrize("record", MAILS, ids=lambda record: record["id"])
def test_each_mail_is_read_or_needs_its_provider(record: Record, post: Post) -> None:
    code = post(record)
    for minutes in range(4):
        inbound.process_waiting(clock=lambda minutes=minutes: timezone.now() + timedelta(minutes=minutes * 5))

    [message] = InboundMessage.across.all()
    assert code == 200
    if record["id"] in NEED_API:
        assert (message.status, message.error) == ("broken", f"NeedsProvider: {processing.NEEDS_API}")
    else:
        assert (message.status, message.error) == ("done", NO_ANSWER.get(record["id"], NOTHING[Kind.OTHER]))


def test_each_tampered_post_is_refused_and_leaves_nothing(post: Post) -> None:
    codes = {record["id"]: post(record, tamper=True) for record in RECORDS}

    assert len(codes) == POSTS
    assert set(codes.values()) <= {401, 403}
    assert not InboundMessage.across.exists()
    assert sum(SecurityEvent.objects.values_list("count", flat=True)) == POSTS


def test_posts_that_come_three_times_change_nothing(post: Post) -> None:
    codes = [post(record) for record in RECORDS]
    read_all()
    stored, facts = InboundMessage.across.count(), DeliveryEvent.across.count()

    for _ in range(2):
        codes += [post(record) for record in RECORDS]
        read_all()

    assert set(codes) == {200}
    assert DeliveryEvent.across.count() == facts
    assert InboundMessage.across.count() == stored


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_posts_in_any_order_and_repeated_give_the_same_states(seed: int, post: Post, tool: ModuleType) -> None:
    stories = {
        "delivered": ["mailgun-tracking-bec3208e45", "mailgun-tracking-4633198456", "postmark-tracking-25c7e2e850"],
        "bounced": ["mailgun-tracking-4633198456", "mailgun-tracking-7c82a83ce2", "postmark-tracking-682bc73e43"],
        "complained": ["amazon_ses-tracking-f9685be90b", "amazon_ses-tracking-da6265d0d8"],
    }
    company = factories.company()
    with company_scope(company.pk):
        document = factories.document(company)
        rows = {name: sent(document, f"{name}{seed}@example.com") for name in stories}
    posts = [(BY_ID[key], rows[name]) for name, keys in stories.items() for key in keys] * 2
    random.Random(seed).shuffle(posts)

    for record, row in posts:
        body = tool.substitute(record, base64.b64decode(record["body_b64"]), row.message_id, row.address)
        assert post(record, body=body) == 200
        if random.Random(seed).random() < 0.5:
            read_all()
    read_all()

    found = {name: Delivery.across.get(pk=row.pk) for name, row in rows.items()}
    facts = {name: DeliveryEvent.across.filter(delivery=row.pk).count() for name, row in rows.items()}
    assert {name: (row.state, row.complained, facts[name]) for name, row in found.items()} == {
        "delivered": (DeliveryState.DELIVERED, False, 3),
        "bounced": (DeliveryState.BOUNCED, False, 3),
        "complained": (DeliveryState.DELIVERED, True, 2),
    }


def sent(document: Any, address: str) -> Delivery:
    """A message that the channel accepted."""
    return factories.delivery(
        document, address, channel="todos", queue=Queue.DONE, state=DeliveryState.SENT, sent_at=NOON, attempts=1, verdict="sent"
    )
