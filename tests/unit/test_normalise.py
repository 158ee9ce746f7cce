"""What all providers have in common: which message, when, what of the event is kept, and that one broken event breaks no other."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from notifications.hooks.anymail_views import Unread, WrongAddress
from notifications.hooks.providers import PROVIDERS
from notifications.lives import ReportKind
from tests.hook_events import (
    AT,
    NOW,
    brevo,
    fact,
    mailgun,
    mailjet,
    mailtrap,
    mandrill,
    normals,
    parse,
    resend,
    sendgrid,
    ses,
    sparkpost,
    unisender,
)
from tests.hook_posts import DELIVERED, NAMES


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_every_provider_tells_of_a_delivery(provider: str) -> None:
    found = fact(provider, DELIVERED[provider])

    assert (found.kind, found.reason, found.recipient) == (
        ReportKind.SENT if provider == "mandrill" else ReportKind.DELIVERED,
        "",
        "ana@example.com",
    )
    assert (found.provider, found.channel) == (provider, "avisos")
    json.dumps(found.raw)


@pytest.mark.parametrize("provider", sorted(PROVIDERS - {"mailersend", "postal"}))  # these have no metadata
def test_our_own_name_of_the_message_comes_back(provider: str) -> None:
    assert fact(provider, DELIVERED[provider]).delivery_id == UUID(NAMES["delivery"])


TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("provider", "event"),
    [
        ("amazon_ses", ses("Permanent", "NoEmail") | {"mail": {"headers": [{"name": "X-Token", "value": TOKEN}]}}),
        ("resend", resend("email.sent", headers=[{"name": "x-token", "value": TOKEN}])),
        ("postal", {"timestamp": AT, "payload": {"status": "Sent", "message": {"id": 1, "tag": TOKEN}}}),
        ("mailersend", {"data": {"type": "sent", "email": {"tags": ["otra", TOKEN]}}}),
    ],
)
def test_our_token_is_found_in_headers_and_tags(provider: str, event: Any) -> None:
    assert fact(provider, event).token == TOKEN


def test_what_is_no_name_of_ours_names_nothing() -> None:
    found = fact("postmark", {"RecordType": "Delivery", "Tag": "factura", "Metadata": {"delivery": "no soy un uuid"}})

    assert (found.token, found.delivery_id) == ("", None)


def test_each_recipient_of_an_event_is_a_fact_with_its_own_answer() -> None:
    two = (
        {"emailAddress": "ana@b.co", "status": "5.1.1", "diagnosticCode": "no such user"},
        {"emailAddress": "eva@b.co", "status": "5.2.2"},
    )

    found = [item for item in normals("amazon_ses", ses("Permanent", "General", *two)) if item]

    assert [(item.recipient, item.reason, item.status) for item in found] == [
        ("ana@b.co", "no_mailbox", "5.1.1"),
        ("eva@b.co", "mailbox_full", "5.2.2"),
    ]


@pytest.mark.parametrize(
    ("provider", "events"),
    [
        ("mailjet", [{"event": "open"}, "roto", {"sin": "evento"}, *mailjet("sent")]),
        ("sendgrid", [*sendgrid("open"), 7, {}, *sendgrid("delivered")]),
        ("sparkpost", [*sparkpost("open"), {"msys": {"a": {}, "b": {}}}, {"nada": 1}, *sparkpost("delivery")]),
        ("mandrill", [*mandrill("open"), None, [], *mandrill("send")]),
        ("mailtrap", {"events": [*mailtrap("open")["events"], {}, "x", *mailtrap("delivery")["events"]]}),
        (
            "unisender_go",
            {
                "events_by_user": [
                    {
                        "events": [
                            {"event_name": "transactional_email_status", "event_data": unisender("opened", "")},
                            {"event_name": "transactional_email_status"},
                            "x",
                            {"event_name": "transactional_spam_block", "event_data": {}},
                            {"event_name": "transactional_email_status", "event_data": unisender("delivered", "")},
                        ]
                    }
                ]
            },
        ),
    ],
)
def test_a_broken_event_takes_no_other_of_its_batch_with_it(provider: str, events: Any) -> None:
    found = parse(provider, events)

    assert [isinstance(item, Unread) for item in found] == [False, True, True, False]


def test_a_broken_recipient_takes_no_other_with_it() -> None:
    found = parse("amazon_ses", ses("Permanent", "General", {"emailAddress": "ana@b.co"}, {}, {"emailAddress": "eva@b.co"}))

    assert [isinstance(item, Unread) for item in found] == [False, True, False]


def test_mails_and_facts_of_mandrill_may_share_a_batch() -> None:
    mail = {"event": "inbound", "ts": AT, "msg": {"raw_msg": "Subject: hola\n\nhola", "email": "a@b.co"}}

    found = parse("mandrill", [*mandrill("send"), mail])

    assert [item.event_type for item in found] == ["sent", "inbound"]


def test_a_mail_that_is_posted_as_a_fact_is_the_wrong_address() -> None:
    with pytest.raises(WrongAddress):
        parse("postmark", {"FromFull": {"Email": "a@b.co"}})


def test_neither_the_reader_nor_the_signature_is_kept() -> None:
    event = mailgun(
        "opened", ip="192.0.2.7", geolocation={"city": "Cali"}, **{"client-info": {"user-agent": "Thunderbird/128", "client-os": "x"}}
    )

    [found] = normals("mailgun", event)

    assert found is not None
    kept = json.dumps(found.raw)
    assert not any(word in kept for word in ("192.0.2.7", "Cali", "Thunderbird", "signature"))
    assert found.sign is not None
    assert found.sign.user_agent == "Thunderbird/128"


def test_an_event_without_end_is_kept_as_far_as_it_makes_sense() -> None:
    event = json.loads('{"RecordType": "Delivery", "x": 1e999, "y": ' + "[" * 900 + "]" * 900 + "}")

    kept = fact("postmark", event).raw

    assert kept["x"] == "inf"
    assert json.dumps(kept).count("[") < 40


def test_what_a_database_refuses_is_left_out() -> None:
    found = fact("postmark", {"RecordType": "Delivery", "Details": "a\x00b\ud800", "Metadata": {"x\x00": "\udfff"}, "MessageID": "\x00m"})

    assert (found.text, found.message_id, found.raw["Metadata"]) == ("ab?", "m", {"x": "?"})


@pytest.mark.parametrize(
    ("given", "kept"), [("2026-07-15T12:00:00-05:00", datetime(2026, 7, 15, 17, tzinfo=UTC)), ("2031-01-01T00:00:00Z", NOW), (None, NOW)]
)
def test_no_fact_happens_after_it_came_in(given: str | None, kept: datetime) -> None:
    event = {"RecordType": "Delivery"} | ({"DeliveredAt": given} if given else {})

    assert fact("postmark", event).occurred_at == kept


@pytest.mark.parametrize(
    ("provider", "event", "flagged", "shared"),
    [
        ("sendgrid", sendgrid("open", sg_machine_open=True), True, False),
        ("sendgrid", sendgrid("open", sg_machine_open=False), None, False),
        ("brevo", brevo("unique_proxy_open"), True, False),
        ("brevo", brevo("opened"), None, False),
        ("mailgun", mailgun("opened", **{"client-info": {"bot": "apple"}}), True, False),
        ("sparkpost", [{"msys": {"track_event": {"type": "open", "is_prefetched": True}}}], True, False),
        ("resend", resend("email.opened", to=["a@b.co", "c@d.co"]), None, True),
    ],
)
def test_what_a_provider_says_of_an_opening(provider: str, event: Any, flagged: bool | None, shared: bool) -> None:
    [found] = normals(provider, event)

    assert found is not None
    assert found.sign is not None
    assert (found.sign.flagged, found.sign.shared) == (flagged, shared)
