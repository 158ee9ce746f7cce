"""The bytes of a message."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from notifications import mime

HEADERS = {
    "sender": mime.mailbox("Ferretería «El Roble», S.A.S.", "traza@notificaciones.example.com"),
    "recipient": "compras@example.com",
    "reply_to": "respuestas@example.com",
    "subject": "909482675;Ferretería El Roble S.A.S.;FER-12800;01;El Ñandú;" + "Línea " * 20,
    "message_id": "<abc@traza.example.com>",
    "token": "abc",
    "at": datetime(2026, 7, 15, 17, 0, tzinfo=UTC),
}


def build(**changes):
    parts = [mime.attachment_part("z0900.zip", b"PK" * 500)]
    return mime.build(
        headers=mime.message_headers(**HEADERS | changes), boundary="=_abc", text="Señor\nñ", html="<p>ñ</p>", attachments=parts
    )


def test_the_same_row_gives_the_same_bytes():
    assert build() == build()


def test_a_mail_program_reads_it_back():
    message = message_from_bytes(build(), policy=policy.default)

    assert message["Subject"].strip() == HEADERS["subject"].strip()
    assert message["From"].addresses[0].display_name == "Ferretería «El Roble», S.A.S."
    assert message["X-Token"] == "abc"
    assert message.get_body(("plain",)).get_content().splitlines() == ["Señor", "ñ"]
    assert message.get_body(("html",)).get_content().strip() == "<p>ñ</p>"
    [attachment] = message.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content()) == ("z0900.zip", b"PK" * 500)
    assert not message.defects


def test_every_line_is_short_and_seven_bits():
    lines = build().split(b"\r\n")

    assert max(map(len, lines)) < 998
    assert all(byte < 128 for line in lines for byte in line)
    assert b"\n" not in b"".join(lines)


@pytest.mark.parametrize("field", ["subject", "sender", "recipient", "reply_to"])
def test_a_line_break_in_a_header_is_refused(field):
    with pytest.raises(ValueError, match="line break"):
        mime.message_headers(**HEADERS | {field: "uno\r\nBcc: otro@example.com"})


def test_an_ascii_name_with_a_comma_stays_one_mailbox():
    data = build(sender=mime.mailbox("Roble, Pino & Co.", "traza@notificaciones.example.com"))

    [sender] = message_from_bytes(data, policy=policy.default)["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Roble, Pino & Co.", "traza@notificaciones.example.com")
