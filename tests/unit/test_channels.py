"""Channels written as URLs, and the environment that refuses to guess."""

import pytest

from einvoice_trace import env
from notifications.channels import BadChannel, parse_channel


def test_an_smtp_channel_is_encrypted_unless_it_says_otherwise():
    channel = parse_channel("default", "smtp://user%40x:p%2Fw@mail.example.com")

    assert (channel.user, channel.password, channel.port, channel.tls, channel.reports) == ("user@x", "p/w", 587, "starttls", "none")


def test_a_provider_takes_its_options_from_the_query():
    channel = parse_channel("p", "anymail+postmark://?server_token=abc&reports=webhook")

    assert (channel.backend, channel.options, channel.reports) == ("postmark", {"server_token": "abc"}, "webhook")


def test_a_channel_does_not_print_its_secrets():
    channel = parse_channel("default", "smtp://user:hunter2@mail.example.com")

    assert "hunter2" not in repr(channel)


@pytest.mark.parametrize(
    "url",
    ["http://x", "smtp://", "smtp://h/?tls=maybe", "smtp://h/?reports=yes", "smtp://h/?colour=blue"],
)
def test_what_is_not_understood_is_refused(url):
    with pytest.raises(BadChannel):
        parse_channel("default", url)


def test_a_secret_may_come_from_a_file(tmp_path, monkeypatch):
    path = tmp_path / "secret"
    path.write_text("s3cret\n")
    monkeypatch.setenv("THING_FILE", str(path))

    assert env.text("THING") == "s3cret"


def test_named_channels_come_from_variables_of_their_own(monkeypatch):
    monkeypatch.setenv("MAILS", "smtp://a.example.com")
    monkeypatch.setenv("MAILS__BULK", "smtp://b.example.com")

    assert {name: channel.host for name, channel in env.channels("MAILS", default=None).items()} == {
        "default": "a.example.com",
        "bulk": "b.example.com",
    }


@pytest.mark.parametrize(("name", "value"), [("FLAG", "True"), ("FLAG", "1")])
def test_a_flag_is_yes_or_no(name, value, monkeypatch):
    monkeypatch.setenv(name, value)

    with pytest.raises(env.BadEnvironment, match="must be one of yes, no"):
        env.flag(name, default=False)


def test_a_missing_variable_without_default_is_an_error(monkeypatch):
    monkeypatch.delenv("NOT_THERE", raising=False)

    with pytest.raises(env.BadEnvironment, match="must be set"):
        env.text("NOT_THERE")
