"""A mailbox as an URL."""

import pytest

from notifications.mailbox_url import BadMailbox, Mailbox, parse_mailbox

XOAUTH2 = "auth=xoauth2&oauth.token_url=https://login.example.com/token&oauth.client_id=c"


def test_an_url_says_everything():
    found = parse_mailbox("default", "imaps://rebotes%40example.com:cl%40ve@imap.example.com:1993/Devueltos%20hoy")

    assert found == Mailbox("default", "imap.example.com", 1993, "rebotes@example.com", "Devueltos hoy", "implicit", "cl@ve")


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("imaps://u:p@h", 993, "implicit"),
        ("imap://u:p@h/INBOX", 143, "starttls"),
        ("imap://u:p@h/?tls=no", 143, "no"),
    ],
)
def test_what_is_left_out_is_safe(url, port, tls):
    found = parse_mailbox("default", url)

    assert (found.port, found.tls, found.folder) == (port, tls, "INBOX")


def test_an_account_without_password_is_opened_by_a_token():
    found = parse_mailbox("m365", f"imaps://rebotes%40example.com@outlook.example.com/?{XOAUTH2}&oauth.refresh_token=r")

    assert found.oauth == {"token_url": "https://login.example.com/token", "client_id": "c", "refresh_token": "r"}


def test_a_secret_is_not_shown():
    assert "p-secreta" not in repr(parse_mailbox("default", "imaps://u:p-secreta@h"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "pop3://u:p@h",
        "imaps://h",
        "imaps://u:p@",
        "imaps://u@h",
        "imaps://u:p@h:puerto",
        "imaps://u:p@h/?tls=tal",
        "imaps://u:p@h/?otra=1",
        "imaps://u:p@h/?auth=ninguna",
        "imaps://u:p@h/?oauth.client_id=c",
        "imaps://u@h/?auth=xoauth2",
        f"imaps://u@h/?{XOAUTH2}",
    ],
)
def test_another_form_is_refused(url):
    with pytest.raises(BadMailbox):
        parse_mailbox("default", url)
