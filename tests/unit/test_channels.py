"""Channels written as URLs, and the environment that refuses to guess."""

import pytest

from einvoice_trace import env
from notifications.channels import BadChannel, channel_url, parse_channel

TOKEN = "t" * 32
XOAUTH2 = (
    "smtp://a%40x.co@smtp.office365.com/?auth=xoauth2&oauth.token_url=https%3A%2F%2Flogin.example%2Ftoken"
    "&oauth.client_id=app&oauth.client_secret=s3cret&oauth.scope=mail"
)


def test_an_smtp_channel_is_encrypted_unless_it_says_otherwise():
    channel = parse_channel("default", "smtp://user%40x:p%2Fw@mail.example.com")

    assert (channel.user, channel.password, channel.port, channel.tls, channel.reports) == ("user@x", "p/w", 587, "starttls", "none")


def test_a_provider_takes_its_options_from_the_query():
    channel = parse_channel("p", "anymail+postmark://?server_token=abc&reports=webhook")

    assert (channel.backend, channel.options, channel.reports) == ("postmark", {"server_token": "abc"}, "webhook")


def test_a_channel_does_not_print_its_secrets():
    url = f"smtp://user:hunter2@h/?auth=xoauth2&oauth.token_url=https://t&oauth.client_id=i&oauth.client_secret=hunter2&hook={TOKEN}"

    channel = parse_channel("default", f"{url}&hook.webhook_secret=hunter2:hunter2")

    assert "hunter2" not in repr(channel)
    assert TOKEN not in repr(channel)


def test_a_channel_says_who_may_call_its_hook_and_with_which_secret():
    channel = parse_channel("p", f"smtp://h/?reports=webhook&hook={TOKEN}&hook.webhook_secret=u%3Ap%2B&providers=postmark,mailgun")

    assert (channel.hook, channel.hook_options, channel.providers) == (TOKEN, {"webhook_secret": "u:p+"}, ("postmark", "mailgun"))


def test_the_hook_of_a_provider_is_its_own_unless_others_are_named():
    assert parse_channel("p", "anymail+postmark://?server_token=a").providers == ("postmark",)


def test_a_mailbox_without_password_brings_what_its_token_needs():
    channel = parse_channel("default", XOAUTH2)

    assert (channel.auth, channel.user) == ("xoauth2", "a@x.co")
    assert channel.oauth == {"token_url": "https://login.example/token", "client_id": "app", "client_secret": "s3cret", "scope": "mail"}


@pytest.mark.parametrize(
    "url",
    [
        "smtp://u%40x:p%2Fw%3F@[2001:db8::1]:2525/?tls=implicit&reports=dsn&bounces=b.example.com&from=a%40x.co",
        f"anymail+mailgun://?api_key=a%2Bb%26c&reports=webhook&hook={TOKEN}&hook.webhook_signing_key=k%3D",
        f"smtp://h:25/?tls=no&providers=ses&hook={TOKEN}",
        XOAUTH2,
    ],
)
def test_a_channel_written_out_is_read_the_same(url):
    channel = parse_channel("default", url)

    assert parse_channel("default", channel_url(channel)) == channel


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://x", "must begin with smtp://"),
        ("smtp://", "names no host"),
        ("smtp://h:port/", "is not an URL"),
        ("smtp://[h/", "is not an URL"),
        ("smtp://h/?tls=maybe", "tls must be one of starttls, implicit, no"),
        ("smtp://h/?reports=yes", "reports must be one of"),
        ("smtp://h/?colour=blue", "unknown arguments colour"),
        ("smtp://h/?tls=no&tls=starttls", "says an argument twice"),
        ("smtp://h/?hook=short", "hook must be 32 to 64"),
        ("smtp://h/?hook.signing_key=x", "hook=TOKEN is missing"),
        (f"smtp://h/?hook={TOKEN}&hook.signing_key=", "hook.signing_key is empty"),
        (f"smtp://h/?hook={TOKEN}&hook.Signing=x", "hook.Signing is no setting"),
        ("smtp://h/?bounces=nowhere", "bounces must be a domain"),
        ("smtp://h/?from=a%0D%0Ab%40x.co", "from must be an address"),
        ("smtp://h/?providers=a,B", "'B', which is no provider"),
        ("smtp://h/?auth=kerberos", "auth must be one of"),
        ("smtp://h/?oauth.client_id=x", "needs auth=xoauth2"),
        ("smtp://h/?auth=xoauth2", "needs the mailbox as user"),
        ("smtp://u@h/?auth=xoauth2&oauth.client_id=x", "needs oauth.token_url"),
        ("smtp://u@h/?auth=xoauth2&oauth.client_id=x&oauth.token_url=https://t", "oauth.refresh_token or oauth.client_secret"),
        (XOAUTH2.replace("https", "http"), "must begin with https://"),
        (f"{XOAUTH2}&oauth.colour=x", "unknown arguments oauth.colour"),
        ("anymail+a-b://", "is no backend"),
    ],
)
def test_what_is_not_understood_is_refused_with_the_reason(url, why):
    with pytest.raises(BadChannel, match=why):
        parse_channel("default", url)


def test_a_refusal_does_not_print_a_secret():
    with pytest.raises(BadChannel) as refused:
        parse_channel("default", "smtp://user:hunter2@h/?oauth.client_secret=hunter2")

    assert "hunter2" not in str(refused.value)


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


@pytest.mark.parametrize("value", ["", "short", "aW5zZWN1cmU=", "ñ"])
def test_a_key_that_cannot_encrypt_is_refused_with_the_way_to_make_one(value, monkeypatch):
    monkeypatch.setenv("KEYS", value)

    with pytest.raises(env.BadEnvironment, match="openssl rand -base64 32"):
        env.keys("KEYS", default=None)


@pytest.mark.parametrize(("name", "value"), [("FLAG", "True"), ("FLAG", "1")])
def test_a_flag_is_yes_or_no(name, value, monkeypatch):
    monkeypatch.setenv(name, value)

    with pytest.raises(env.BadEnvironment, match="must be one of yes, no"):
        env.flag(name, default=False)


def test_a_missing_variable_without_default_is_an_error(monkeypatch):
    monkeypatch.delenv("NOT_THERE", raising=False)

    with pytest.raises(env.BadEnvironment, match="must be set"):
        env.text("NOT_THERE")
