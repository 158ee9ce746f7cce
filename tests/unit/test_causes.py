"""What a server said → why the message did not arrive."""

import pytest

from notifications import causes
from notifications.lives import DeliveryState as S


@pytest.mark.parametrize(
    ("code", "reply", "phase", "state", "reason"),
    [
        (550, "5.1.1 User unknown", "rcpt", S.BOUNCED, "no_mailbox"),
        (550, "No such user here", "rcpt", S.BOUNCED, "no_mailbox"),
        (550, "Message refused", "dot", S.REJECTED, "policy"),
        (550, "Access denied", "rcpt", S.BOUNCED, "no_mailbox"),
        (550, "5.2.1 Mailbox disabled", "rcpt", S.BOUNCED, "disabled"),
        (553, "5.1.3 Bad address syntax", "rcpt", S.BOUNCED, "bad_syntax"),
        (556, "5.1.10 Null MX", "rcpt", S.BOUNCED, "bad_domain"),
        (554, "5.7.1 Spam message rejected", "dot", S.REJECTED, "policy_spam"),
        (550, "5.7.26 Unauthenticated email is not accepted", "dot", S.REJECTED, "auth"),
        (552, "Message size exceeds fixed limit", "mail", S.REJECTED, "too_large"),
        (552, "5.3.4 Message too big", "dot", S.REJECTED, "too_large"),
        (552, "5.2.2 Mailbox full", "rcpt", S.SOFT_BOUNCED, "mailbox_full"),
        (552, "Requested action aborted", "dot", S.REJECTED, "too_large"),
        (551, "User not local", "rcpt", S.BOUNCED, "no_mailbox"),
        (550, "El buzón del usuario no existe", "rcpt", S.BOUNCED, "no_mailbox"),
        (550, "Buzón lleno", "rcpt", S.SOFT_BOUNCED, "mailbox_full"),
        (550, "192.0.2.4 said no", "dot", S.REJECTED, "policy"),
    ],
)
def test_a_permanent_reply_says_what_is_wrong(code, reply, phase, state, reason):
    assert causes.smtp_cause(code, reply, phase=phase) == causes.Cause(state, reason)


@pytest.mark.parametrize(
    ("status", "text", "action", "state", "reason"),
    [
        ("5.1.1", "", "failed", S.BOUNCED, "no_mailbox"),
        ("5.1.0", "not allowed to send per its SPF record", "failed", S.REJECTED, "auth"),
        ("5.1.6", "recipient no longer on server", "failed", S.BOUNCED, "address_change"),
        ("5.2.0", "550 User unknown", "failed", S.BOUNCED, "no_mailbox"),
        ("5.4.4", "Host not found", "failed", S.SOFT_BOUNCED, "bad_domain"),
        ("5.4.7", "", "failed", S.SOFT_BOUNCED, "expired"),
        ("4.4.7", "", "failed", S.SOFT_BOUNCED, "expired"),
        ("4.2.2", "", "failed", S.SOFT_BOUNCED, "mailbox_full"),
        ("4.2.2", "", "delayed", S.DEFERRED, "mailbox_full"),
        ("4.4.1", "", "delayed", S.DEFERRED, "temporary"),
        ("5.1.10", "RESOLVER.ADR.RecipientNotFound; Recipient ana@example.co not found", "failed", S.BOUNCED, "no_mailbox"),
        ("5.1.10", "Recipient address has null MX", "failed", S.BOUNCED, "bad_domain"),
        ("5.1.10", "", "failed", S.BOUNCED, "bad_domain"),
        ("4.0.0", "DNS type 'mx' lookup of example.co responded with code NXDOMAIN", "failed", S.SOFT_BOUNCED, "bad_domain"),
        ("5.5.0", "Requested action not taken: mailbox unavailable", "failed", S.BOUNCED, "no_mailbox"),
        ("5.0.0", "This user doesn't have an account", "failed", S.BOUNCED, "no_mailbox"),
        ("", "la dirección no es válida", "failed", S.BOUNCED, "no_mailbox"),
        ("5.7.606", "Access denied, banned sending IP", "failed", S.REJECTED, "policy_spam"),
        ("", "", "failed", S.REJECTED, "policy"),
    ],
)
def test_a_status_says_what_is_wrong(status, text, action, state, reason):
    assert causes.status_cause(status, text=text, action=action) == causes.Cause(state, reason)


def test_every_code_leads_to_a_reason_with_a_sentence_and_advice():
    found = {
        causes.status_cause(f"{kind}.{subject}.{detail}").reason for kind in (4, 5) for subject in range(8) for detail in (*range(31), 606)
    }

    assert found <= set(causes.REASONS)
    assert len(found) >= 10
    assert all(reason.sentence.endswith(".") and reason.advice.endswith(".") for reason in causes.REASONS.values())


@pytest.mark.parametrize(
    ("text", "code"), [("550 5.1.1 no", "5.1.1"), ("host 192.0.2.5 said 5.7.26 no", "5.7.26"), ("10.5.1.1", ""), ("", "")]
)
def test_an_enhanced_code_is_found_and_no_address_taken_for_one(text, code):
    assert causes.enhanced(text) == code
