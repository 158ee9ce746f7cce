"""What we ask of a server that reports, and the name it gives a message."""

import pytest

from notifications.smtp_words import mail_options, queue_id, rcpt_options, xtext


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        ("2.0.0 Ok: queued as 4F2B31C0D", "4F2B31C0D"),
        ("2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 9C1A2200B1", "9C1A2200B1"),
        ("OK id=1rABCd-00012x-2Z", "1rABCd-00012x-2Z"),
        ("2.6.0 <a@x> [InternalId=33741, Hostname=X.prod.outlook.com] 9872 bytes in 0.5, 18.5 KB/sec Queued mail for delivery", "33741"),
        ("2.0.0 OK  1700000000 a1-20020a05600c4ec100b0040b2976.123 - gsmtp", "a1-20020a05600c4ec100b0040b2976.123"),
        ("2.0.0 4AB1xyz0012345 Message accepted for delivery", "4AB1xyz0012345"),
        ("Ok 0100018c4f1a2b3c-11112222-3333-4444-5555-666677778888-000000", "0100018c4f1a2b3c-11112222-3333-4444-5555-666677778888-000000"),
        ("ok 1700000000 qp 12345", "1700000000 qp 12345"),
        ("Message Queued (9E3F5C1A-0B.1)", "9E3F5C1A-0B.1"),
        ("2.0.0 Ok: queued as 4F2B31C0D.", "4F2B31C0D"),
        ("Great success", ""),
        ("", ""),
    ],
)
def test_the_name_of_a_message_is_read_from_the_last_reply(reply: str, name: str) -> None:
    assert queue_id(reply) == name


@pytest.mark.parametrize(("text", "coded"), [("a@x.co", "a@x.co"), ("a+b=c@x.co", "a+2Bb+3Dc@x.co"), ("a b\t", "a+20b+09")])
def test_what_may_not_stand_in_an_argument_is_coded(text: str, coded: str) -> None:
    assert xtext(text) == coded


def test_the_message_is_named_to_whoever_reports() -> None:
    assert mail_options("a" * 32) == f" RET=HDRS ENVID={'a' * 32}"
    assert rcpt_options("a+b@x.co") == " NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a+2Bb@x.co"


def test_an_address_beyond_ascii_is_not_said_twice() -> None:
    assert rcpt_options("ñ@x.co") == " NOTIFY=SUCCESS,FAILURE,DELAY"
