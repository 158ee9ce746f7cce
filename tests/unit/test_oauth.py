"""Access tokens, asked of a real endpoint on loopback."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from notifications import oauth
from notifications.channels import Channel
from tests.mail_server import TokenEndpoint, running_token_endpoint


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    with running_token_endpoint() as running:
        yield running


@pytest.fixture
def channel(endpoint: TokenEndpoint) -> Channel:
    """A mailbox whose application speaks for itself."""
    secrets = {"token_url": endpoint.url, "client_id": "app", "client_secret": "s3cret", "scope": "mail"}
    return Channel("m365", "smtp", "none", host="h", user="a@x.co", auth="xoauth2", oauth=secrets)


@pytest.fixture
def kept() -> list[tuple[str, str]]:
    """The refresh tokens that were to be kept."""
    return []


@pytest.fixture
def keep(kept: list[tuple[str, str]]) -> Callable[[str, str], None]:
    return lambda name, token: kept.append((name, token))


def with_refresh(channel: Channel, token: str) -> Channel:
    return replace(channel, oauth=channel.oauth | {"refresh_token": token})


def test_the_application_speaks_for_itself(endpoint: TokenEndpoint, channel: Channel, keep: Any) -> None:
    token = oauth.access_token(channel, keep=keep)

    assert token == "t1"
    assert endpoint.asked == [{"grant_type": "client_credentials", "client_id": "app", "client_secret": "s3cret", "scope": "mail"}]


def test_a_refresh_token_goes_before_the_application(endpoint: TokenEndpoint, channel: Channel, keep: Any) -> None:
    oauth.access_token(with_refresh(channel, "r1"), keep=keep)

    assert (endpoint.asked[0]["grant_type"], endpoint.asked[0]["refresh_token"]) == ("refresh_token", "r1")


def test_a_token_is_kept_while_it_is_good(endpoint: TokenEndpoint, channel: Channel, keep: Any) -> None:
    tokens = [oauth.access_token(channel, keep=keep) for _ in range(3)]

    assert tokens == ["t1", "t1", "t1"]


@pytest.mark.parametrize("seconds", [60, "60", 0, -5, "nan"])
def test_a_token_that_ends_within_a_minute_is_asked_for_again(
    seconds: object, endpoint: TokenEndpoint, channel: Channel, keep: Any
) -> None:
    endpoint.more = {"expires_in": seconds}

    tokens = [oauth.access_token(channel, keep=keep) for _ in range(2)]

    assert tokens == ["t1", "t2"]


def test_a_token_of_unknown_life_is_good_for_some_minutes(
    endpoint: TokenEndpoint, channel: Channel, keep: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.more = {"expires_in": None}
    oauth.access_token(channel, keep=keep)
    clock = time.monotonic()

    monkeypatch.setattr(oauth.time, "monotonic", lambda: clock + 200)
    soon = oauth.access_token(channel, keep=keep)
    monkeypatch.setattr(oauth.time, "monotonic", lambda: clock + 300)
    later = oauth.access_token(channel, keep=keep)

    assert (soon, later) == ("t1", "t2")


def test_a_forgotten_token_is_asked_for_again(channel: Channel, endpoint: TokenEndpoint, keep: Any) -> None:
    oauth.access_token(channel, keep=keep)

    oauth.forget(channel)

    assert oauth.access_token(channel, keep=keep) == "t2"


@pytest.mark.parametrize("change", [{"user": "b@x.co"}, {"oauth": {"client_secret": "new"}}])
def test_the_token_of_another_account_is_not_used(change: dict[str, Any], channel: Channel, endpoint: TokenEndpoint, keep: Any) -> None:
    oauth.access_token(channel, keep=keep)
    change = {name: channel.oauth | value if isinstance(value, dict) else value for name, value in change.items()}

    assert oauth.access_token(replace(channel, **change), keep=keep) == "t2"


def test_an_exchanged_refresh_token_is_kept_and_used(endpoint: TokenEndpoint, channel: Channel, keep: Any, kept: list[Any]) -> None:
    endpoint.more = {"refresh_token": "r2", "expires_in": 0}
    written = with_refresh(channel, "r1")

    oauth.access_token(written, keep=keep)
    oauth.access_token(written, keep=keep)  # the channel as it is written down has the old one: an environment cannot be written to

    assert [form["refresh_token"] for form in endpoint.asked] == ["r1", "r2"]
    assert kept == [("m365", "r2")]


def test_the_access_token_outlives_the_exchange(endpoint: TokenEndpoint, channel: Channel, keep: Any) -> None:
    endpoint.more = {"refresh_token": "r2"}
    oauth.access_token(with_refresh(channel, "r1"), keep=keep)

    token = oauth.access_token(with_refresh(channel, "r2"), keep=keep)

    assert token == "t1"


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (
            400,
            {"error": "invalid_grant", "error_description": "AADSTS70008: expired\r\nTrace"},
            "400 invalid_grant: AADSTS70008: expired Trace",
        ),
        (401, {"error": "invalid_client", "error_description": "secret s3cret is wrong"}, "401 invalid_client: secret … is wrong"),
        (503, b"<html>", "503"),
        (200, b"[1]", "200"),
        (200, {"access_token": ""}, "200"),
        (200, {"access_token": 7}, "200"),
        (302, b"", "302"),
    ],
)
def test_a_refusal_is_said_without_our_secrets(
    status: int, body: Any, says: str, endpoint: TokenEndpoint, channel: Channel, keep: Any
) -> None:
    endpoint.answers = [(status, body if isinstance(body, bytes) else json.dumps(body).encode())]

    with pytest.raises(oauth.NoToken) as refused:
        oauth.access_token(channel, keep=keep)

    assert str(refused.value) == says
    assert len(endpoint.asked) == 1  # a redirection is not followed: it would carry the secret


def test_an_endpoint_that_is_away_is_no_error_of_ours(channel: Channel, keep: Any) -> None:
    away = replace(channel, oauth=channel.oauth | {"token_url": "http://127.0.0.1:9/token"})

    with pytest.raises(oauth.NoToken, match="ConnectionError"):
        oauth.access_token(away, keep=keep)
