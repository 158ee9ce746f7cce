"""What each provider means by its words, through Anymail's own view: kind and reason of each gotcha."""

from typing import Any

import pytest

from notifications.hooks.dialects import DIALECTS
from notifications.hooks.providers import PROVIDERS
from tests.hook_events import (
    AT,
    SPAM,
    USER_UNKNOWN,
    brevo,
    fact,
    mailersend,
    mailgun,
    mailjet,
    mailtrap,
    mandrill,
    normals,
    postal,
    postmark,
    resend,
    sendgrid,
    ses,
    sparkpost,
    unisender,
)

GONE = {"severity": "permanent"}
STOPPED = {"RecordType": "SubscriptionChange", "SuppressSending": True}
TO = {"destination": ["a@b.co"]}
FULL = {"message": "x", "type": "Transient", "subType": "MailboxFull"}
WANTED = {"complaintFeedbackType": "not-spam", "complainedRecipients": [{"emailAddress": "a"}]}


def status(code: int, message: str = "", **more: str) -> dict[str, Any]:
    return {"delivery-status": {"code": code, "message": message, **more}}


CASES = [
    # Postmark: both bounces are one type for Anymail
    ("postmark", postmark("HardBounce"), "bounced", "no_mailbox"),
    ("postmark", postmark("HardBounce", "smtp;552 5.2.2 mailbox full"), "soft_bounced", "mailbox_full"),
    ("postmark", postmark("HardBounce", SPAM), "rejected", "policy_spam"),
    ("postmark", postmark("SoftBounce"), "soft_bounced", "expired"),
    ("postmark", postmark("SoftBounce", "smtp;452 4.2.2 over quota"), "soft_bounced", "mailbox_full"),
    ("postmark", postmark("SoftBounce", USER_UNKNOWN), "bounced", "no_mailbox"),
    ("postmark", postmark("Transient"), "deferred", "temporary"),
    ("postmark", postmark("DnsError"), "deferred", "temporary"),
    ("postmark", postmark("Blocked"), "rejected", "policy_spam"),
    ("postmark", postmark("SpamNotification"), "rejected", "policy_spam"),
    ("postmark", postmark("DMARCPolicy"), "rejected", "auth"),
    ("postmark", postmark("Unconfirmed"), "rejected", "policy"),
    ("postmark", postmark("ManuallyDeactivated"), "suppressed", "suppressed"),
    ("postmark", postmark("BadEmailAddress"), "bounced", "bad_syntax"),
    ("postmark", postmark("AutoResponder"), "autoresponded", "auto_reply"),
    ("postmark", postmark("AddressChange"), "autoresponded", "address_change"),
    ("postmark", postmark("ChallengeVerification"), "autoresponded", "challenge"),
    ("postmark", postmark("SMTPApiError"), "failed", "provider"),
    ("postmark", postmark("SpamComplaint"), "complained", "complaint"),
    ("postmark", postmark("Unknown", USER_UNKNOWN), "bounced", "no_mailbox"),
    (
        "postmark",
        STOPPED | {"SuppressionReason": "HardBounce"},
        "suppressed",
        "suppressed",
    ),
    (
        "postmark",
        STOPPED | {"SuppressionReason": "ManualSuppression"},
        "unsubscribed",
        "",
    ),
    # Amazon SES: type and subtype in one text
    ("amazon_ses", ses("Permanent", "NoEmail"), "bounced", "no_mailbox"),
    ("amazon_ses", ses("Permanent", "General"), "bounced", "no_mailbox"),
    ("amazon_ses", ses("Permanent", "General", {"emailAddress": "a@b.co", "diagnosticCode": SPAM}), "rejected", "policy_spam"),
    ("amazon_ses", ses("Permanent", "General", {"emailAddress": "a@b.co", "status": "5.1.2"}), "bounced", "bad_domain"),
    ("amazon_ses", ses("Permanent", "Suppressed"), "suppressed", "suppressed"),
    ("amazon_ses", ses("Permanent", "OnAccountSuppressionList"), "suppressed", "suppressed"),
    ("amazon_ses", ses("Transient", "MailboxFull"), "soft_bounced", "mailbox_full"),
    ("amazon_ses", ses("Transient", "MessageTooLarge"), "rejected", "too_large"),
    ("amazon_ses", ses("Transient", "AttachmentRejected"), "rejected", "too_large"),
    ("amazon_ses", ses("Transient", "ContentRejected"), "rejected", "policy_spam"),
    ("amazon_ses", ses("Transient", "General"), "soft_bounced", "expired"),
    ("amazon_ses", ses("Undetermined", "Undetermined"), "rejected", "policy"),
    (
        "amazon_ses",
        {
            "eventType": "DeliveryDelay",
            "mail": {"destination": ["a@b.co"]},
            "deliveryDelay": {"delayedRecipients": [{"emailAddress": "a@b.co", "status": "4.2.2", "diagnosticCode": "full"}]},
        },
        "deferred",
        "mailbox_full",
    ),
    (
        "amazon_ses",
        {"eventType": "Reject", "mail": TO, "reject": {"reason": "Bad content"}},
        "rejected",
        "policy_spam",
    ),
    # Mailgun: temporary and permanent, and its own list
    ("mailgun", mailgun("failed", severity="temporary", reason="generic"), "deferred", "temporary"),
    (
        "mailgun",
        mailgun("failed", **GONE, reason="suppress-bounce", **status(605)),
        "suppressed",
        "suppressed",
    ),
    ("mailgun", mailgun("failed", **GONE, reason="suppress-complaint"), "suppressed", "suppressed"),
    (
        "mailgun",
        mailgun("failed", **GONE, **status(550, USER_UNKNOWN)),
        "bounced",
        "no_mailbox",
    ),
    ("mailgun", mailgun("failed", **GONE, **status(550, SPAM)), "rejected", "policy_spam"),
    ("mailgun", mailgun("failed", **GONE, **status(499)), "soft_bounced", "expired"),
    (
        "mailgun",
        mailgun("failed", **GONE, **status(552, "", **{"bounce-type": "soft"})),
        "soft_bounced",
        "expired",
    ),
    ("mailgun", mailgun("rejected", reject={"reason": "Sandbox subdomains are for test purposes only"}), "rejected", "policy"),
    ("mailgun", mailgun("accepted"), "queued", ""),
    # Resend: three types that Anymail does not know
    ("resend", resend("email.failed", failed={"reason": "reached_daily_quota"}), "failed", "provider"),
    ("resend", resend("email.suppressed", suppressed={"message": "x"}), "suppressed", "suppressed"),
    ("resend", resend("email.scheduled"), "queued", ""),
    ("resend", resend("email.bounced", bounce={"message": "Resend has suppressed sending to this address"}), "suppressed", "suppressed"),
    ("resend", resend("email.bounced", bounce={"message": "x", "type": "Permanent", "subType": "General"}), "bounced", "no_mailbox"),
    (
        "resend",
        resend("email.bounced", bounce=FULL),
        "soft_bounced",
        "mailbox_full",
    ),
    ("resend", resend("email.bounced", bounce={"message": "the recipient's inbox was full."}), "soft_bounced", "mailbox_full"),
    ("resend", resend("email.delivery_delayed"), "deferred", "temporary"),
    # Postal: HardFail is the server's refusal
    ("postal", postal("Sent"), "delivered", ""),
    ("postal", postal("SoftFail", output="451 4.7.1 greylisted"), "deferred", "temporary"),
    ("postal", postal("HardFail", output=USER_UNKNOWN), "bounced", "no_mailbox"),
    ("postal", postal("HardFail", output=SPAM), "rejected", "policy_spam"),
    ("postal", postal("Held"), "queued", ""),
    ("postal", postal("Held", "Recipient (ana@example.com) is on the suppression list"), "suppressed", "suppressed"),
    ("postal", {"event": "MessageLoaded", "timestamp": AT, "payload": {"message": {"id": 1}, "user_agent": "x"}}, "opened", ""),
    ("postal", {"timestamp": AT, "payload": {"original_message": {"id": 1}, "bounce": {"id": 2}}}, "rejected", "policy"),
    # SparkPost: classes of bounces
    ("sparkpost", sparkpost("bounce", "10"), "bounced", "no_mailbox"),
    ("sparkpost", sparkpost("bounce", "21"), "soft_bounced", "bad_domain"),
    ("sparkpost", sparkpost("bounce", "22"), "soft_bounced", "mailbox_full"),
    ("sparkpost", sparkpost("out_of_band", "23"), "rejected", "too_large"),
    ("sparkpost", sparkpost("bounce", "24"), "soft_bounced", "expired"),
    ("sparkpost", sparkpost("bounce", "25", "550 [internal] [oob] recipient address was suppressed"), "suppressed", "suppressed"),
    ("sparkpost", sparkpost("bounce", "30", USER_UNKNOWN), "bounced", "no_mailbox"),
    ("sparkpost", sparkpost("bounce", "51"), "rejected", "policy_spam"),
    ("sparkpost", sparkpost("bounce", "60"), "autoresponded", "auto_reply"),
    ("sparkpost", sparkpost("bounce", "70"), "soft_bounced", "expired"),
    ("sparkpost", sparkpost("bounce", "100"), "autoresponded", "challenge"),
    ("sparkpost", sparkpost("bounce", "7777", USER_UNKNOWN), "bounced", "no_mailbox"),
    ("sparkpost", sparkpost("delay", "21", "454 4.4.4 no MX"), "deferred", "temporary"),
    ("sparkpost", sparkpost("policy_rejection", "25", "recipient address suppressed due to customer policy"), "suppressed", "suppressed"),
    ("sparkpost", sparkpost("generation_failure"), "failed", "provider"),
    # SendGrid: blocked says nothing of the address, dropped was not tried
    ("sendgrid", sendgrid("bounce", type="bounce", status="5.1.1", reason="x"), "bounced", "no_mailbox"),
    ("sendgrid", sendgrid("bounce", type="blocked", reason=SPAM), "rejected", "policy_spam"),
    ("sendgrid", sendgrid("bounce", type="blocked", reason="451 try later"), "soft_bounced", "expired"),
    ("sendgrid", sendgrid("bounce", type="expired"), "soft_bounced", "expired"),
    ("sendgrid", sendgrid("dropped", reason="Bounced Address"), "suppressed", "suppressed"),
    ("sendgrid", sendgrid("dropped", reason="Invalid"), "bounced", "bad_syntax"),
    ("sendgrid", sendgrid("dropped", reason="Spam Content"), "rejected", "policy_spam"),
    ("sendgrid", sendgrid("dropped", reason="Recipient List over Package Quota"), "failed", "provider"),
    ("sendgrid", sendgrid("deferred", response="452 4.2.2 mailbox full"), "deferred", "mailbox_full"),
    # Brevo
    ("brevo", brevo("soft_bounce"), "soft_bounced", "expired"),
    ("brevo", brevo("hard_bounce", USER_UNKNOWN), "bounced", "no_mailbox"),
    ("brevo", brevo("blocked", "blocked : due to blacklist user"), "suppressed", "suppressed"),
    ("brevo", brevo("invalid_email"), "bounced", "bad_syntax"),
    ("brevo", brevo("request"), "queued", ""),
    ("brevo", brevo("error"), "failed", "provider"),
    # Mailjet: the error, else whose it is
    ("mailjet", mailjet("bounce", error="user unknown", error_related_to="recipient"), "bounced", "no_mailbox"),
    ("mailjet", mailjet("bounce", error="mailbox inactive"), "bounced", "disabled"),
    ("mailjet", mailjet("bounce", error="quota exceeded"), "soft_bounced", "mailbox_full"),
    ("mailjet", mailjet("bounce", error="no mail host"), "bounced", "bad_domain"),
    ("mailjet", mailjet("bounce", error="greylisted", hard_bounce=False), "deferred", "temporary"),
    ("mailjet", mailjet("blocked", error="preblocked"), "suppressed", "suppressed"),
    ("mailjet", mailjet("blocked", error="algo nuevo", error_related_to="spam"), "rejected", "policy_spam"),
    ("mailjet", mailjet("blocked", error="algo nuevo", error_related_to="mailjet"), "failed", "provider"),
    ("mailjet", mailjet("bounce", error="algo nuevo", error_related_to="recipient", hard_bounce=True), "bounced", "no_mailbox"),
    ("mailjet", mailjet("bounce", error="", hard_bounce=False), "soft_bounced", "expired"),
    # MailerSend
    ("mailersend", mailersend("soft_bounced", reason="452 4.2.2 full"), "soft_bounced", "mailbox_full"),
    ("mailersend", mailersend("hard_bounced", reason=USER_UNKNOWN), "bounced", "no_mailbox"),
    ("mailersend", mailersend("deferred"), "deferred", "temporary"),
    # Mandrill
    ("mandrill", mandrill("hard_bounce", bounce_description="bad_mailbox"), "bounced", "no_mailbox"),
    ("mandrill", mandrill("hard_bounce", bounce_description="invalid_domain"), "bounced", "bad_domain"),
    ("mandrill", mandrill("hard_bounce", bounce_description="general", diag=SPAM), "rejected", "policy_spam"),
    ("mandrill", mandrill("soft_bounce", diag="smtp;452 4.2.2 over quota"), "soft_bounced", "mailbox_full"),
    ("mandrill", mandrill("reject", reject={"reason": "hard-bounce"}), "suppressed", "suppressed"),
    ("mandrill", mandrill("reject", reject={"reason": "unsigned"}), "failed", "provider"),
    ("mandrill", mandrill("deferral"), "deferred", "temporary"),
    # Mailtrap
    ("mailtrap", mailtrap("bounce", response=USER_UNKNOWN), "bounced", "no_mailbox"),
    ("mailtrap", mailtrap("soft bounce", response="452 4.2.2 full"), "deferred", "mailbox_full"),
    ("mailtrap", mailtrap("reject", reason="Recipient in suppression list. Reason: unsubscription"), "suppressed", "suppressed"),
    ("mailtrap", mailtrap("reject", reason="account"), "rejected", "policy"),
    # Unisender Go
    ("unisender_go", unisender("hard_bounced", "err_user_inactive"), "bounced", "disabled"),
    ("unisender_go", unisender("hard_bounced", "err_too_large"), "rejected", "too_large"),
    ("unisender_go", unisender("hard_bounced", "err_unreachable"), "suppressed", "suppressed"),
    ("unisender_go", unisender("hard_bounced", "err_delivery_failed", SPAM), "rejected", "policy_spam"),
    ("unisender_go", unisender("soft_bounced", "err_mailbox_full"), "deferred", "mailbox_full"),
    ("unisender_go", unisender("soft_bounced", "err_will_retry"), "deferred", "temporary"),
]


@pytest.mark.parametrize(("provider", "event", "kind", "reason"), CASES)
def test_what_a_provider_means(provider: str, event: Any, kind: str, reason: str) -> None:
    found = fact(provider, event)

    assert (found.kind, found.reason) == (kind, reason)


def test_every_provider_has_its_dialect() -> None:
    assert set(DIALECTS) == PROVIDERS


@pytest.mark.parametrize(
    ("provider", "event"),
    [
        ("postmark", {"RecordType": "SubscriptionChange", "SuppressSending": False}),
        (
            "amazon_ses",
            {"eventType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam", "complainedRecipients": [{"emailAddress": "a"}]}},
        ),
        ("resend", resend("contact.created")),
        ("postal", {"event": "SendLimitApproaching", "payload": {}}),
        ("sparkpost", sparkpost("bounce", "80")),
        ("brevo", brevo("list_addition")),
        ("mandrill", [{"type": "blacklist", "action": "add", "reject": {"email": "a@b.co", "reason": "x"}}]),
    ],
)
def test_what_says_nothing_of_a_message_is_no_fact(provider: str, event: Any) -> None:
    assert normals(provider, event) == [None]
