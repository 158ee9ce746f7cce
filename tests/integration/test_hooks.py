"""The doors of the providers: token and secret open them; everything else leaves nothing but a count."""

import time
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications import channel_registry, wakeup
from notifications.hooks import views
from notifications.hooks.providers import DOORS, PROVIDERS, Kind, door
from notifications.models import InboundMessage, SecurityEvent
from tests import hook_posts
from tests.hook_posts import BASIC, DELIVERED, KEY, TOKEN, Post, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def channel(settings: Any) -> None:
    settings.CHANNELS = {"avisos": hook_posts.channel(*PROVIDERS)}


def send(client: Client, made: Post, **changes: Any) -> Any:
    given = {"data": made.body, "content_type": made.content_type, "headers": made.headers, "path": made.path} | changes
    return client.post(given.pop("path"), **given)


def noted() -> list[tuple[str, str, str, int]]:
    return list(SecurityEvent.objects.order_by("pk").values_list("kind", "channel", "provider", "count"))


def assert_nothing_but(kind: str, provider: str, channel: str = "avisos") -> None:
    assert not InboundMessage.across.exists()
    assert noted() == [(kind, channel, provider, 1)]


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_a_signed_post_of_each_provider_is_kept_raw(client: Client, provider: str) -> None:
    made = post(provider, DELIVERED[provider])

    response = send(client, made)

    [row] = InboundMessage.across.all()
    assert (response.status_code, response.content, noted()) == (200, b"", [])
    assert (row.channel, row.provider, row.kind, bytes(row.body), row.status) == ("avisos", provider, "tracking", made.body, "waiting")


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_a_post_without_any_proof_is_refused(client: Client, provider: str) -> None:
    made = post(provider, DELIVERED[provider])
    sns = {name: value for name, value in made.headers.items() if name.startswith("x-amz")}
    body = made.body.replace(b'"signature"', b'"other"').replace(b'"auth"', b'"other"')

    response = send(client, made, headers=sns, data=body)

    assert response.status_code in {401, 403}
    assert_nothing_but("bad_signature", provider)


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_a_signature_with_another_key_is_refused(client: Client, provider: str, settings: Any) -> None:
    made = post(provider, DELIVERED[provider])
    other = hook_posts.options() | {name: f"{value[:6]}x{value[7:]}" for name, value in hook_posts.options().items() if value == KEY}
    other |= {"webhook_secret": f"{BASIC}s", "resend_signing_secret": hook_posts.SVIX[:-6] + "AAAA=="}
    settings.CHANNELS = {"avisos": hook_posts.channel(*PROVIDERS, **other)}

    response = send(client, made)

    assert response.status_code == 403
    assert_nothing_but("bad_signature", provider)


@pytest.mark.parametrize("provider", ["mailersend", "postal", "resend", "sendgrid", "mandrill", "unisender_go", "mailtrap"])
def test_a_body_that_was_changed_after_it_was_signed_is_refused(client: Client, provider: str) -> None:
    made = post(provider, DELIVERED[provider])

    response = send(client, made, data=made.body.replace(b"ana", b"eva").replace(b"ana%40", b"eva%40"))

    assert response.status_code == 403
    assert_nothing_but("bad_signature", provider)


def test_the_same_body_again_changes_nothing(client: Client) -> None:
    made = post("postmark", DELIVERED["postmark"])

    codes = [send(client, made).status_code for _ in range(3)]

    assert codes == [200, 200, 200]
    assert InboundMessage.across.count() == 1


def test_a_post_is_one_statement(client: Client) -> None:
    made = post("mailgun", DELIVERED["mailgun"])
    channel_registry.names()  # asked of the database every few seconds

    with CaptureQueriesContext(connection) as queries:
        send(client, made)

    assert [query["sql"].split()[0] for query in queries] == ["INSERT"]


def test_only_what_is_new_wakes_the_workers(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wakeup, "wake", rung := Mock())
    made = post("brevo", DELIVERED["brevo"])

    send(client, made)
    send(client, made)
    send(client, post("brevo", DELIVERED["brevo"] | {"event": "nuevo"}), headers={})

    assert rung.call_count == 1


def test_no_password_and_no_signature_is_kept(client: Client) -> None:
    send(client, post("resend", DELIVERED["resend"]))

    [row] = InboundMessage.across.all()
    assert set(row.headers) == {"svix-id"}


@pytest.mark.parametrize("path", [f"/hooks/{TOKEN}x/postmark/tracking/", "/hooks/x/nadie/nada/"])
def test_an_unknown_token_is_404(client: Client, path: str) -> None:
    response = send(client, post("postmark", DELIVERED["postmark"]), path=path)

    assert response.status_code == 404
    assert_nothing_but("unknown_channel", "postmark" if "postmark" in path else "", channel="")


@pytest.mark.parametrize("way", ["nadie/tracking", "postmark/nada", "unisender_go/inbound"])
def test_what_no_provider_posts_is_404(client: Client, way: str) -> None:
    response = send(client, post("postmark", DELIVERED["postmark"]), path=f"/hooks/{TOKEN}/{way}/")

    assert response.status_code == 404
    assert not InboundMessage.across.exists()


def test_a_provider_that_the_channel_does_not_name_is_404(client: Client, settings: Any) -> None:
    settings.CHANNELS = {"avisos": hook_posts.channel("postmark")}

    response = send(client, post("brevo", DELIVERED["brevo"]))

    assert response.status_code == 404
    assert_nothing_but("unknown_channel", "brevo")


@pytest.mark.parametrize(("provider", "kind"), sorted(DOORS))
def test_no_door_opens_for_a_channel_without_its_secret(provider: str, kind: Kind) -> None:
    assert door(hook_posts.channel(provider, from_nobody="x"), provider, kind) is None


@pytest.mark.parametrize(("provider", "kind"), sorted(DOORS))
def test_each_secret_alone_makes_its_view_refuse_strangers(client: Client, settings: Any, provider: str, kind: Kind) -> None:
    for name in DOORS[provider, kind].proofs:
        value = hook_posts.options().get(f"{provider}_{name}", BASIC)
        settings.CHANNELS = {"avisos": hook_posts.channel(provider, **{name: value})}

        response = client.post(f"/hooks/{TOKEN}/{provider}/{kind}/", b"{}", content_type="application/json")

        assert response.status_code in {400, 401, 403}
    assert not InboundMessage.across.exists()


@pytest.mark.parametrize(("kind", "most"), [("tracking", views.MOST[Kind.TRACKING]), ("inbound", views.MOST[Kind.INBOUND])])
def test_a_body_that_says_to_be_too_large_is_not_read(client: Client, kind: str, most: int) -> None:
    made = post("postmark", {}, kind=kind)

    response = client.post(made.path, b"", content_type="application/json", headers=made.headers, CONTENT_LENGTH=str(most + 1))

    assert response.status_code == 413
    assert_nothing_but("too_large", "postmark")


def test_a_body_that_is_too_large_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(views.MOST, Kind.TRACKING, 100)
    monkeypatch.setattr(views, "_declared", lambda _: 0)
    made = post("postmark", {"RecordType": "x" * 100})

    response = send(client, made)

    assert response.status_code == 413
    assert_nothing_but("too_large", "postmark")


def test_a_mail_of_ten_megabytes_is_kept(client: Client) -> None:
    made = post("postmark", {"FromFull": {}, "RawEmail": "x" * 10_000_000}, kind="inbound")

    response = send(client, made)

    assert response.status_code == 200
    assert len(InboundMessage.across.get().body) > 10_000_000


@pytest.mark.parametrize("body", [b"", b"{", b"[1", b"12", b'"x"', b'{"a": NaN}', b"\xff\xfe{}", b"[" * 100_000, b'{"RecordType":"\xe9"}'])
def test_a_body_that_is_no_json_is_malformed(client: Client, body: bytes) -> None:
    response = send(client, post("postmark", {}), data=body)

    assert response.status_code == 400
    assert_nothing_but("malformed", "postmark")


@pytest.mark.parametrize("body", [b"[]", b"12", b"null", b'{"Type": 1}'])
def test_what_its_own_check_cannot_read_is_refused(client: Client, body: bytes) -> None:
    for provider in ("mailgun", "unisender_go", "amazon_ses"):
        response = send(client, post(provider, DELIVERED[provider]), data=body)

        assert response.status_code in {400, 403}
    assert not InboundMessage.across.exists()


@pytest.mark.parametrize("body", [b"", b"--x"])
def test_a_form_that_is_broken_is_malformed(client: Client, body: bytes) -> None:
    made = post("sendgrid", {}, kind="inbound")

    response = send(client, made, data=body, content_type="multipart/form-data; boundary=x")

    assert response.status_code == 400
    assert_nothing_but("malformed", "sendgrid")


@pytest.mark.parametrize("events", ["", "x", "3"])
def test_events_of_mandrill_that_are_no_list_are_malformed(client: Client, events: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook_posts.json, "dumps", lambda _: events)
    made = post("mandrill", [])
    monkeypatch.undo()

    response = send(client, made)

    assert response.status_code == 400
    assert_nothing_but("malformed", "mandrill")


def test_another_method_is_405(client: Client) -> None:
    response = client.put(f"/hooks/{TOKEN}/postmark/tracking/")

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert_nothing_but("malformed", "postmark")


@pytest.mark.parametrize(("method", "provider"), [("head", "mandrill"), ("head", "postmark"), ("get", "unisender_go")])
def test_the_greeting_of_a_provider_is_answered(client: Client, method: str, provider: str) -> None:
    response = getattr(client, method)(f"/hooks/{TOKEN}/{provider}/tracking/")

    assert (response.status_code, noted(), InboundMessage.across.count()) == (200, [], 0)


@pytest.mark.parametrize("host", [hook_posts.HOST, "https://facturas.example.com"])
def test_mandrill_may_sign_the_address_outside_of_the_proxy(client: Client, settings: Any, host: str) -> None:
    settings.PUBLIC_URL = "https://facturas.example.com"

    response = send(client, post("mandrill", DELIVERED["mandrill"], host=host))

    assert response.status_code == 200


def test_mandrill_may_sign_no_other_address(client: Client) -> None:
    response = send(client, post("mandrill", DELIVERED["mandrill"], host="https://otra.example.com"))

    assert response.status_code == 403


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_signature_that_holds_a_time_is_good_for_five_minutes(client: Client, seconds: int) -> None:
    response = send(client, post("resend", DELIVERED["resend"], at=time.time() + seconds))

    assert response.status_code == 403
    assert_nothing_but("stale", "resend")


@pytest.mark.parametrize("provider", ["mailgun", "sendgrid"])
def test_no_other_signature_grows_old(client: Client, provider: str) -> None:
    response = send(client, post(provider, DELIVERED[provider], at=1_700_000_000))

    assert response.status_code == 200


def test_amazon_is_asked_for_the_password_that_it_sends_only_then(client: Client) -> None:
    made = post("amazon_ses", DELIVERED["amazon_ses"])
    headers = {name: value for name, value in made.headers.items() if name != "Authorization"}

    response = send(client, made, headers=headers)

    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Basic realm="traza"')


def test_refusals_of_one_hour_are_one_row_and_counted_for_prometheus(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "x"
    for _ in range(3):
        send(client, post("postmark", {}), headers={})

    page = client.get("/metrics", headers={"Authorization": "Bearer x"}).content.decode()

    assert noted() == [("bad_signature", "avisos", "postmark", 3)]
    assert 'traza_hook_refusals{kind="bad_signature"} 3.0' in page
    assert 'traza_hook_refusals{kind="stale"} 0.0' in page
