"""
The providers' own words for why a message did not arrive → what they mean. Pure.

Sources: the providers' documentation of their webhooks, and Anymail's own views.
"""

from notifications.hooks.meanings import FAILED, SUPPRESSED, K, Said, Table, hard, later, of, soft, told

COMPLAINED, UNSUBSCRIBED = Said(K.COMPLAINED, "complaint"), Said(K.UNSUBSCRIBED)
HELD = Said(K.QUEUED)

# Its two bounces are one type for Anymail, and so are the answers of robots.
POSTMARK: Table = {
    "HardBounce": hard,
    "SoftBounce": soft,
    "Transient": later,
    "DnsError": later,
    "OpenRelayTest": later,
    "Unknown": told,
    "BadEmailAddress": of("bad_syntax"),
    "Blocked": of("policy_spam"),
    "SpamNotification": of("policy_spam"),
    "VirusNotification": of("policy_spam"),
    "DMARCPolicy": of("auth"),
    "Unconfirmed": of("policy"),
    "ManuallyDeactivated": SUPPRESSED,
    "AutoResponder": Said(K.AUTORESPONDED, "auto_reply"),
    "AddressChange": Said(K.AUTORESPONDED, "address_change"),
    "ChallengeVerification": Said(K.AUTORESPONDED, "challenge"),
}

# Type and subtype of a bounce; also of Resend, which sends through it.
SES: Table = {
    "Permanent: General": hard,
    "Permanent: NoEmail": of("no_mailbox"),
    "Permanent: Suppressed": SUPPRESSED,
    "Permanent: OnAccountSuppressionList": SUPPRESSED,
    "Permanent: UnsubscribedRecipient": SUPPRESSED,
    "Permanent: MessageRejected": told,
    "Transient: General": soft,
    "Transient: MailboxFull": of("mailbox_full"),
    "Transient: MessageTooLarge": of("too_large"),
    "Transient: AttachmentRejected": of("too_large"),
    "Transient: ContentRejected": of("policy_spam"),
    "Transient: CustomTimeoutExceeded": of("expired"),
    "Undetermined: Undetermined": told,
}
SES_OTHER: Table = {"DeliveryDelay": later, "Reject": of("policy_spam")}

MAILGUN_CODES = frozenset({"605", "606", "607"})  # its own: bounced before, unsubscribed, complained

RESEND: Table = {
    "email.failed": FAILED,
    "email.suppressed": SUPPRESSED,
    "email.scheduled": HELD,
    "email.queued": HELD,
}

SPARKPOST: Table = {
    "10": of("no_mailbox"),
    "20": soft,
    "21": Said(K.SOFT_BOUNCED, "bad_domain"),
    "22": of("mailbox_full"),
    "23": of("too_large"),
    "24": of("expired"),
    "30": hard,
    "40": soft,
    "50": of("policy_spam"),
    "51": of("policy_spam"),
    "52": of("policy_spam"),
    "53": of("too_large"),
    "54": of("policy"),
    "60": Said(K.AUTORESPONDED, "auto_reply"),
    "70": soft,
    "80": None,
    "90": UNSUBSCRIBED,
    "100": Said(K.AUTORESPONDED, "challenge"),
}
SPARKPOST_BOUNCES = frozenset({"bounce", "out_of_band"})

SENDGRID_DROPS: Table = {
    "bounced address": SUPPRESSED,
    "bounce": SUPPRESSED,
    "spam reporting address": SUPPRESSED,
    "unsubscribed address": SUPPRESSED,
    "blocked": SUPPRESSED,
    "invalid": of("bad_syntax"),
    "spam content": of("policy_spam"),
    "expired": of("expired"),
    "recipient list over package quota": FAILED,
}

BREVO: Table = {
    "hard_bounce": hard,
    "soft_bounce": soft,
    "blocked": SUPPRESSED,
    "invalid_email": of("bad_syntax"),
    "error": FAILED,
}

MAILJET: Table = {
    "user unknown": of("no_mailbox"),
    "mailbox inactive": of("disabled"),
    "quota exceeded": of("mailbox_full"),
    "blacklisted": SUPPRESSED,
    "spam reporter": SUPPRESSED,
    "preblocked": SUPPRESSED,
    "invalid domain": of("bad_domain"),
    "no mail host": of("bad_domain"),
    "typofix": of("bad_syntax"),
    "sender blocked": of("policy_spam"),
    "content blocked": of("policy_spam"),
    "policy issue": of("policy_spam"),
    "relay/access denied": of("policy"),
    "greylisted": soft,
    "duplicate in campaign": FAILED,
}
# What it says less exactly: to whom the error belongs.
MAILJET_RELATED: Table = {"spam": of("policy_spam"), "content": of("policy_spam"), "mailjet": FAILED, "domain": soft, "system": soft}

MAILERSEND: Table = {"soft_bounced": soft, "hard_bounced": hard, "deferred": later, "spam_complaint": COMPLAINED}

MANDRILL_BOUNCES: Table = {"bad_mailbox": of("no_mailbox"), "invalid_domain": of("bad_domain"), "mailbox_full": of("mailbox_full")}
MANDRILL_REJECTS: Table = {
    "hard-bounce": SUPPRESSED,
    "soft-bounce": SUPPRESSED,
    "spam": SUPPRESSED,
    "unsub": SUPPRESSED,
    "custom": SUPPRESSED,
    "invalid": of("bad_syntax"),
    "invalid-sender": FAILED,
    "rule": FAILED,
    "test-mode-limit": FAILED,
    "unsigned": FAILED,
}

UNISENDER: Table = {
    "err_user_unknown": of("no_mailbox"),
    "err_user_inactive": of("disabled"),
    "err_mailbox_discarded": of("disabled"),
    "err_mailbox_full": of("mailbox_full"),
    "err_spam_rejected": of("policy_spam"),
    "err_spam_skipped": of("policy_spam"),
    "err_blacklisted": of("policy_spam"),
    "err_too_large": of("too_large"),
    "err_unsubscribed": SUPPRESSED,
    "err_unreachable": SUPPRESSED,
    "err_domain_inactive": of("bad_domain"),
    "err_destination_misconfigured": of("bad_domain"),
    "err_skip_letter": FAILED,
    "err_lost": FAILED,
}
