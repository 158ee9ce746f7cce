"""Returned mails: whom they speak of, what they say, and which message of ours they name."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications import verp
from notifications.causes import status_cause
from notifications.returned import Kind, ReturnedMail, read
from tests import dsn_builders as build
from tests.dsn_builders import ADDRESS, MESSAGE_ID, TOKEN
from tests.dsn_samples import SAMPLES, sample

PATH = verp.return_path("f" * 32, "devueltos.example.com")
FORGED = f"b.{'f' * 32}.{'0' * 16}@devueltos.example.com"
GOOD = ("delivered", "relayed", "expanded")
# What belongs to a report, so that the fuzzer finds its way into the parts that read one.
WORDS = st.sampled_from(
    [
        b"Content-Type: multipart/report; boundary=corte\n\n--corte\n",
        b"Content-Type: message/delivery-status\n\n",
        b"Content-Type: message/feedback-report\n\n",
        b"Content-Type: message/rfc822\n\n",
        b"Content-Type: text/html; charset=unknown-8bit\n",
        b"Content-Type: text/plain; charset*=%FF''%ZZ\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: x-uuencode\n\n",
        b"Final-Recipient: rfc822;",
        b"Action: failed\nStatus: 5.1.1\n",
        b"From: MAILER-DAEMON <>\n",
        b"Subject: =?utf-8?b?/?= =?x-no?q?=ff?=\n",
        b"Date: Thu, 99 Foo 0000 99:99:99 +9999\n",
        b"<html><style><!--",
        b"--corte\n",
        b"\x00\xff\xfe\r\n\r\n",
        b"550 5.1.1 ",
        ADDRESS.encode(),
    ]
)


def texts(mail: ReturnedMail) -> list[str]:
    people = [text for one in mail.recipients for text in (one.address, one.original_address, one.diagnostic, one.status, one.remote_mta)]
    return [mail.subject, mail.sender, mail.message_id, mail.original_message_id, mail.text, *mail.answers, *people]


@pytest.mark.parametrize("returned", SAMPLES, ids=lambda one: one.name)
def test_a_returned_mail_says_whom_it_is_about_and_why(returned):
    mail = read(returned.raw)

    found = [
        (
            one.mailbox,
            one.status,
            one.action,
            "" if one.action in GOOD else status_cause(one.status, text=one.diagnostic, action=one.action).reason,
        )
        for one in mail.recipients
    ]
    assert (mail.kind, tuple(found)) == (returned.kind, returned.says)


@pytest.mark.parametrize(
    "returned",
    [one for one in SAMPLES if one.kind == "dsn" or "below" in one.name or one.name.startswith("qmail")],
    ids=lambda one: one.name,
)
def test_the_returned_message_names_our_delivery(returned):
    mail = read(returned.raw)

    assert (mail.token, mail.original_message_id) == (TOKEN, MESSAGE_ID)


def test_the_diagnostic_is_the_line_of_the_server_unfolded():
    (one,) = read(sample("gmail: no such address").raw).recipients

    assert one.diagnostic == (
        "smtp; 550-5.1.1 The email account that you tried to reach does not exist. 550-5.1.1 Please check for typos 550 5.1.1 - gsmtp"
    )
    assert one.remote_mta == "mx.ferreteria.example.co"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("cpanel: no such", "550 No existe el usuario aquí"),
        ("mdaemon", "La cuenta está inactiva o fue suspendida."),
        ("exim: delayed", f"{ADDRESS} Delay reason: Connection refused"),
        ("an appliance", "550 5.7.1 Mensaje rechazado por política de la organización"),
    ],
)
def test_a_bounce_in_words_keeps_the_line_that_tells_why(name, line):
    assert read(sample(name).raw).recipients[0].diagnostic == line


@pytest.mark.parametrize("header", ["To", "Delivered-To", "X-Original-To", "Return-Path", "Envelope-To"])
def test_the_return_path_that_a_mail_came_to_goes_before_what_it_returns(header):
    raw = build.report(human=build.part("No existe."), fields=build.recipient(), more=f"{header}: <{PATH}>\n" if header != "To" else "")
    raw = raw.replace(f"To: {build.SENDER}".encode(), f"To: {PATH}".encode(), 1) if header == "To" else raw

    assert read(raw).token == "f" * 32


def test_a_return_path_with_a_wrong_signature_takes_every_name_from_the_mail():
    mail = read(build.report(human=build.part("No existe."), fields=build.recipient(), to=FORGED))

    assert (mail.forged, mail.token, mail.original_message_id, mail.answers) == (True, "", "", ())
    assert mail.recipients[0].address == ADDRESS


@pytest.mark.parametrize("envelope", [TOKEN, f"<{TOKEN.upper()}>"])
def test_the_envelope_identifier_names_our_delivery_where_nothing_is_returned(envelope):
    fields = f"{build.recipient()}\n".replace("Final-", f"Original-Envelope-Id: {envelope}\n\nFinal-", 1)

    assert read(build.report(human=build.part("No existe."), fields=fields, returned=b"")).token == TOKEN


def test_an_address_in_another_system_is_kept_beside_the_one_we_wrote_to():
    fields = f"Original-Recipient: rfc822;{ADDRESS}\nFinal-Recipient: x400; /S=compras/C=CO/\nAction: failed\nStatus: 5.1.1\n"

    (one,) = read(build.report(human=build.part("No."), fields=fields)).recipients

    assert (one.address, one.original_address, one.mailbox) == ("/S=compras/C=CO/", ADDRESS, ADDRESS)


@pytest.mark.parametrize(
    ("fields", "action"),
    [
        ("Status: 4.2.2\n", "delayed"),
        ("Status: 2.0.0\n", "delivered"),
        ("Status: 5.0.0\n", "failed"),
        ("Action: ???\nStatus: 4.0.0\n", "delayed"),
        ("Action: expired\nStatus:\n", "failed"),
        ("Diagnostic-Code: smtp; 451 espere\n", "delayed"),
        ("", "failed"),
    ],
)
def test_an_action_that_is_missing_or_another_word_follows_from_the_rest(fields, action):
    raw = build.report(human=build.part("Aviso."), fields=f"Final-Recipient: rfc822;{ADDRESS}\n{fields}")

    assert [one.action for one in read(raw).recipients] == [action]


def test_a_complaint_names_the_reader_and_our_message():
    mail = read(build.complaint())

    assert (mail.kind, mail.token) == (Kind.ARF, TOKEN)
    assert [(one.address, one.action) for one in mail.recipients] == [(ADDRESS, "abuse")]


def test_a_complaint_may_say_to_whom_the_mail_went():
    mail = read(build.complaint(more="Original-Rcpt-To: <otro@ferreteria.example.co>\n"))

    assert [one.address for one in mail.recipients] == ["otro@ferreteria.example.co"]


@pytest.mark.parametrize("feedback", ["not-spam", "auth-failure"])
def test_feedback_that_complains_of_nothing_names_nobody(feedback):
    mail = read(build.complaint(feedback=feedback))

    assert (mail.kind, mail.recipients) == (Kind.ARF, ())


@pytest.mark.parametrize(
    ("subject", "more"),
    [
        ("Re: factura", "Auto-Submitted: auto-replied (vacation)\n"),
        ("Re: factura", "X-Autoreply: yes\n"),
        ("Re: factura", "Precedence: auto_reply\n"),
        ("Respuesta automática: factura FE-1001", ""),
        ("=?utf-8?q?Respuesta_autom=C3=A1tica=3A_factura?=", ""),
        ("Fuera de la oficina", ""),
        ("Automatic reply: factura", ""),
    ],
)
def test_an_answer_of_a_machine_is_no_bounce_and_no_reply(subject, more):
    mail = read(build.answer(subject=subject, body="La cuenta está inactiva hasta el lunes.", more=more))

    assert (mail.kind, mail.recipients, mail.answers) == (Kind.AUTOREPLY, (), (MESSAGE_ID,))


def test_a_read_receipt_is_an_answer_of_a_machine():
    receipt = build.multipart(
        build.part("Se leyó."),
        b"Content-Type: message/disposition-notification\n\nDisposition: automatic-action; displayed\n",
        kind="report",
    )

    assert read(build.mail(subject="Re: factura", sender=ADDRESS, body=receipt)).kind == Kind.AUTOREPLY


def test_an_answer_of_a_person_is_no_bounce():
    mail = read(build.answer(subject="Re: factura FE-1001", body="Recibida, gracias. El usuario 550 no existe."))

    assert (mail.kind, mail.recipients, mail.answers) == (Kind.OTHER, (), (MESSAGE_ID,))


def test_the_nearest_message_that_is_answered_goes_first():
    raw = build.answer(subject="Re", body="ok", answers="").replace(
        b"Subject:", b"In-Reply-To: <c@x>\nReferences: <a@x> <b@x>\n <c@x>\nSubject:"
    )

    assert read(raw).answers == ("<c@x>", "<b@x>", "<a@x>")


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("Wed, 15 Jul 2026 12:03:00 -0500", datetime(2026, 7, 15, 17, 3, tzinfo=UTC)),
        ("Wed, 15 Jul 2026 12:03:00", datetime(2026, 7, 15, 12, 3, tzinfo=UTC)),
        ("ayer", None),
        ("Wed, 99 Jul 2026 12:03:00 -0500", None),
    ],
)
def test_the_date_is_aware_or_none(written, date):
    raw = sample("null mx").raw.replace(b"Wed, 15 Jul 2026 12:03:00 -0500", written.encode(), 1)

    assert read(raw).date == date


def test_old_formats_are_left_to_flufl_bounce():
    raw = build.plain(
        "The message that you sent was undeliverable.\n\n   ----- The following addresses had permanent fatal errors -----\n\n"
        f"   ----- Unsent message below -----\nThis Message was undeliverable due to the following reason:\n\n{ADDRESS} no\n",
        subject="Undeliverable mail",
        sender="postmaster@mx.example.co",
    )

    assert read(raw).kind in {Kind.BOUNCE, Kind.OTHER}


def test_parts_in_parts_without_end_are_read_as_far_as_it_goes():
    raw = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (depth, depth) for depth in range(2000))

    assert read(b"Subject: hondo\n" + raw).kind == Kind.OTHER


def test_what_is_beyond_the_limit_is_not_read():
    raw = sample("postfix: user unknown").raw

    assert read(raw.replace(b"Factura adjunta.", b"x" * 6_000_000)).recipients == read(raw).recipients


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.one_of(WORDS, st.binary(max_size=60)), max_size=25).map(b"".join))
@example(b"")
@example(b"\n")
@example(b"From: \xff\xfe\nSubject: \xf3\n\n\x00")
@example("Subject: =?\N{EURO SIGN}iso-8859-1?Q?a?=\n\n".encode())
def test_no_bytes_at_all_make_it_fail(raw):
    mail = read(raw)

    assert all("\x00" not in text and text.encode() is not None for text in texts(mail))
    assert all(one.action and len(one.address) <= 320 and len(one.diagnostic) <= 2000 for one in mail.recipients)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_no_damage_to_a_real_report_makes_it_fail(returned, data):
    start = data.draw(st.integers(0, len(returned.raw)))
    end = data.draw(st.integers(start, min(start + 200, len(returned.raw))))
    raw = returned.raw[:start] + data.draw(st.binary(max_size=40)) + returned.raw[end:]

    assert all("\x00" not in text and text.encode() is not None for text in texts(read(raw)))
