"""The demo's mail sink and the mailbox that shows what it kept."""

import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client

from notifications.demo import mailbox
from notifications.management.commands.smtp_sink import DemoServer


@pytest.fixture
def box(tmp_path: Path, settings: Any) -> Path:
    settings.DEMO_MAILBOX = str(tmp_path / "buzon")
    settings.ROOT_URLCONF = "tests.demo_urls"
    return tmp_path / "buzon"


@pytest.fixture
def port(box: Path) -> Iterator[int]:
    """The sink on a free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    controller = Controller(DemoServer(box), hostname="127.0.0.1", port=free, decode_data=False)
    controller.start()
    yield free
    controller.stop()


def message(subject: str = "909482675;Ferretería;FER1;01;Ferretería") -> EmailMessage:
    """A mail with HTML and a ZIP."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = "traza@example.com", "compras@example.com", subject, "<1@example.com>"
    mail.set_content("Hola")
    mail.add_alternative("<html><head></head><body><p>Hola</p></body></html>", subtype="html")
    mail.add_attachment(b"PK", maintype="application", subtype="zip", filename="z1.zip")
    return mail


def send(port: int, to: str, mail: EmailMessage) -> None:
    """Hand the mail to the sink."""
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(mail, "traza@example.com", [to])


def test_what_was_sent_is_in_the_mailbox_with_its_envelope(port: int) -> None:
    send(port, "cartera@example.com", message())

    (mail,) = mailbox.newest()
    assert (mail.recipient, mail.subject) == ("cartera@example.com", "909482675;Ferretería;FER1;01;Ferretería")
    assert mail.text.strip() == "Hola"
    assert [part.get_filename() for part in mail.attachments] == ["z1.zip"]


@pytest.mark.parametrize(("to", "code", "words"), [("noexiste@example.com", 550, b"5.1.1"), ("lleno.x@example.com", 452, b"4.2.2")])
def test_some_addresses_are_refused_at_once(port: int, to: str, code: int, words: bytes) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        send(port, to, message())

    assert caught.value.recipients[to][0] == code
    assert words in caught.value.recipients[to][1]
    assert mailbox.newest() == []


def test_spam_is_refused_after_the_message(port: int) -> None:
    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(port, "spam@example.com", message())

    assert caught.value.smtp_code == 554


def test_a_slow_server_takes_a_message_the_second_time(port: int) -> None:
    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(port, "lento@example.com", message())
    send(port, "lento@example.com", message())

    assert caught.value.smtp_code == 451
    assert len(mailbox.newest()) == 1


def test_the_mailbox_lists_the_mail_and_its_page_shows_text_headers_and_attachments(port: int, client: Client) -> None:
    send(port, "compras@example.com", message())

    listed = client.get("/demo/buzon/").content.decode()
    shown = client.get(f"/demo/buzon/{mailbox.newest()[0].key}/").content.decode()

    assert "909482675;Ferretería;FER1;01;Ferretería" in listed
    assert "z1.zip" in shown
    assert "Message-ID: &lt;1@example.com&gt;" in shown


def test_the_html_is_shown_in_a_sandbox_that_loads_nothing(port: int, client: Client) -> None:
    send(port, "compras@example.com", message())

    response = client.get(f"/demo/buzon/{mailbox.newest()[0].key}/html/")

    assert "<p>Hola</p>" in response.content.decode()
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "allow-scripts" not in policy


def test_an_attachment_is_a_download(port: int, client: Client) -> None:
    send(port, "compras@example.com", message())
    key = mailbox.newest()[0].key

    response = client.get(f"/demo/buzon/{key}/adjunto/0/")

    assert response.content == b"PK"
    assert response["Content-Disposition"] == 'attachment; filename="z1.zip"'
    assert client.get(f"/demo/buzon/{key}/adjunto/1/").status_code == 404


@pytest.mark.parametrize("key", ["..", "nadie", "%2e%2e%2fcur"])
def test_a_key_is_never_a_path(port: int, client: Client, key: str) -> None:
    send(port, "compras@example.com", message())

    assert client.get(f"/demo/buzon/{key}/").status_code == 404


def test_an_empty_mailbox_is_an_empty_list(box: Path) -> None:
    assert mailbox.newest() == []
