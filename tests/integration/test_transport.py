"""The conversation with real mail servers on loopback: tokens, reports, names of messages, and hosts that are not ours to reach."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from notifications import channel_registry, secret_box, transport
from notifications.channels import Channel, channel_url
from notifications.models import MailChannel
from notifications.tracking import Outcome
from notifications.transport import Handover, SmtpTransport
from tests.factories import NOON
from tests.mail_server import MAILBOX, MailServer, TokenEndpoint, certificate, running_mail_server, running_token_endpoint
from tests.sink import Sink

MESSAGE = b"Subject: x\r\n\r\nhello\r\n"


@pytest.fixture
def started() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def endpoint(started: ExitStack) -> TokenEndpoint:
    return started.enter_context(running_token_endpoint())


@pytest.fixture
def server(started: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MailServer:
    """Takes the first token that the endpoint gives, by TLS; its certificate is trusted."""
    context, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    running = started.enter_context(running_mail_server(tls=context))
    running.tokens = {"t1"}
    return running


@pytest.fixture
def channel(server: MailServer, endpoint: TokenEndpoint) -> Channel:
    secrets = {"token_url": endpoint.url, "client_id": "app", "client_secret": "s3cret"}
    place: dict[str, Any] = {"host": "127.0.0.1", "port": server.port, "tls": "starttls"}
    return Channel("m365", "smtp", "none", user=MAILBOX, auth="xoauth2", oauth=secrets, **place)


@pytest.fixture
def plain(started: ExitStack) -> MailServer:
    """Takes everybody's mail, and reports."""
    return started.enter_context(running_mail_server())


def send(channel: Channel, *, recipient: str = "compras@example.com", times: int = 1) -> list[Handover]:
    transport = SmtpTransport(channel)
    try:
        return [transport.send(sender=MAILBOX, recipient=recipient, message=MESSAGE, envid="a" * 32) for _ in range(times)]
    finally:
        transport.quit()


def test_a_mailbox_that_takes_no_password_is_sent_from_with_a_token(channel: Channel, server: MailServer) -> None:
    (handover,) = send(channel)

    assert (handover.outcome, handover.provider_id, handover.tls[:3]) == (Outcome.ACCEPTED, "4F2B31C0D", "TLS")
    assert server.logins == [f"user={MAILBOX}\x01auth=Bearer t1\x01\x01"]
    assert len(server.messages) == 1


def test_no_token_goes_to_a_server_whose_certificate_is_not_trusted(
    channel: Channel, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    (handover,) = send(channel)

    assert (handover.outcome, handover.phase, server.logins) == (Outcome.CHANNEL, "connect", [])


def test_a_token_as_long_as_microsofts_is_taken(channel: Channel, server: MailServer, endpoint: TokenEndpoint) -> None:
    long = "e" * 4000
    endpoint.more, server.tokens = {"access_token": long}, {long}

    (handover,) = send(channel)

    assert handover.outcome == Outcome.ACCEPTED


def test_a_withdrawn_token_is_replaced_once(channel: Channel, server: MailServer, endpoint: TokenEndpoint) -> None:
    server.tokens = {"t2"}

    (handover,) = send(channel)

    assert (handover.outcome, len(endpoint.asked)) == (Outcome.ACCEPTED, 2)
    assert server.answers == [b""]  # the challenge that says why was answered with an empty line


def test_a_mailbox_that_takes_no_token_is_the_channels_fault(channel: Channel, server: MailServer, endpoint: TokenEndpoint) -> None:
    server.tokens = set()

    (handover,) = send(channel)

    assert (handover.outcome, handover.phase, handover.code) == (Outcome.CHANNEL, "auth", 535)
    assert '"status": "401"' in handover.reply
    assert (len(server.logins), len(endpoint.asked), server.messages) == (2, 2, [])


def test_what_the_server_says_holds_no_token(channel: Channel, server: MailServer, endpoint: TokenEndpoint) -> None:
    server.tokens = set()
    endpoint.more = {"access_token": "tok3n-of-the-mailbox"}

    (handover,) = send(channel)

    assert "tok3n" not in repr(handover)


def test_an_endpoint_that_refuses_is_the_channels_fault(channel: Channel, server: MailServer, endpoint: TokenEndpoint) -> None:
    endpoint.answers = [(400, b'{"error": "invalid_grant"}')]

    (handover,) = send(channel)

    assert (handover.outcome, handover.phase, handover.reply) == (Outcome.CHANNEL, "auth", "400 invalid_grant")
    assert server.logins == []


def test_a_second_message_needs_no_second_login(channel: Channel, server: MailServer, endpoint: TokenEndpoint) -> None:
    send(channel, times=2)

    assert (len(server.logins), len(endpoint.asked), len(server.messages)) == (1, 1, 2)


@pytest.mark.django_db
def test_an_exchanged_refresh_token_is_stored_encrypted(channel: Channel, endpoint: TokenEndpoint) -> None:
    endpoint.more = {"refresh_token": "second-permission"}
    old = replace(channel, oauth=channel.oauth | {"refresh_token": "r1"})
    row = MailChannel.objects.create(
        name="m365", label="x", url_encrypted=secret_box.encrypt(channel_url(old)), hook_token="h" * 32, created_at=NOON
    )

    send(channel_registry.get("m365"))

    row.refresh_from_db()
    assert channel_registry.get("m365").oauth["refresh_token"] == "second-permission"
    assert "second-permission" not in row.url_encrypted


def test_a_report_is_asked_for_where_channel_and_server_know_how(plain: MailServer) -> None:
    reporting = Channel("default", "smtp", "dsn", host="127.0.0.1", port=plain.port)

    send(reporting, recipient="a+b@example.com")

    assert plain.commands == [
        f"MAIL FROM:<{MAILBOX}> RET=HDRS ENVID={'a' * 32}",
        "RCPT TO:<a+b@example.com> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a+2Bb@example.com",
    ]


def test_a_server_that_knows_no_reports_is_not_asked_for_them(started: ExitStack) -> None:
    server = started.enter_context(running_mail_server(offers_reports=False))

    (handover,) = send(Channel("default", "smtp", "dsn", host="127.0.0.1", port=server.port))

    assert handover.outcome == Outcome.ACCEPTED
    assert server.commands == [f"MAIL FROM:<{MAILBOX}>", "RCPT TO:<compras@example.com>"]


@pytest.mark.parametrize("reports", ["none", "webhook"])
def test_a_channel_that_wants_no_reports_asks_for_none(reports: str, plain: MailServer) -> None:
    send(Channel("default", "smtp", reports, host="127.0.0.1", port=plain.port))

    assert plain.commands[0] == f"MAIL FROM:<{MAILBOX}>"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("tls", ["no", "starttls", "implicit"])
def test_a_host_that_a_user_typed_does_not_lead_inside(host: str, tls: str, sink: Sink, settings: Any) -> None:
    settings.MAIL_OUTSIDE_ONLY = True

    (handover,) = send(Channel("own", "smtp", "none", host=host, port=sink.port, tls=tls, outside=True))

    assert (handover.outcome, sink.envelopes) == (Outcome.CHANNEL, [])
    assert "red interna" in handover.reply


def test_the_environments_own_server_may_lie_inside(sink: Sink, settings: Any) -> None:
    settings.MAIL_OUTSIDE_ONLY = True

    (handover,) = send(Channel("default", "smtp", "none", host="127.0.0.1", port=sink.port))

    assert handover.outcome == Outcome.ACCEPTED


def test_a_channel_that_was_changed_leaves_no_open_connection(plain: MailServer) -> None:
    channel = Channel("default", "smtp", "none", host="127.0.0.1", port=plain.port)
    before = transport.smtp(channel)
    before.send(sender=MAILBOX, recipient="compras@example.com", message=MESSAGE)

    after = transport.smtp(replace(channel, reports="dsn"))

    assert after is not before
    assert before.client is None


def test_a_server_that_a_user_typed_has_less_time(plain: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "OUTSIDE_SECONDS", 0)

    (handover,) = send(Channel("own", "smtp", "none", host="127.0.0.1", port=plain.port, outside=True))

    assert (handover.outcome, handover.reply) == (Outcome.CHANNEL, "the conversation took longer than its deadline")
