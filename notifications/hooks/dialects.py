"""
What each provider means by its words: its event → what it says of our message. Pure.

Anymail puts every provider's event in one of a dozen types, which is too coarse: its ``bounced`` holds full mailboxes, spam filters
and addresses that never were. ``vocabulary`` has the words.
"""

from notifications.hooks.meanings import SUPPRESSED, SUPPRESSION, Heard, K, Rule, Said, hard, inner, later, look_up, of, plain, soft, told
from notifications.hooks.vocabulary import (
    BREVO,
    COMPLAINED,
    HELD,
    MAILERSEND,
    MAILGUN_CODES,
    MAILJET,
    MAILJET_RELATED,
    MANDRILL_BOUNCES,
    MANDRILL_REJECTS,
    POSTMARK,
    RESEND,
    SENDGRID_DROPS,
    SES,
    SES_OTHER,
    SPARKPOST,
    SPARKPOST_BOUNCES,
    UNISENDER,
)


def postmark(heard: Heard) -> Said | None:
    """``Type`` of a bounce or complaint; of a change of subscription, why it stopped."""
    if heard.raw.get("RecordType") == "SubscriptionChange":
        return plain(heard) if heard.type == "unsubscribed" else SUPPRESSED if heard.type in {"bounced", "complained"} else None
    return look_up(POSTMARK, heard.raw.get("Type"), heard)


def amazon_ses(heard: Heard) -> Said | None:
    """A bounce by its two types; a complaint that says the mail was wanted is none."""
    named = heard.raw.get("eventType") or heard.raw.get("notificationType")
    if named == "Bounce":
        bounce = inner(heard.raw, "bounce")
        return look_up(SES, f"{bounce.get('bounceType')}: {bounce.get('bounceSubType')}", heard)
    if named == "Complaint":
        complaint = inner(heard.raw, "complaint")
        if complaint.get("complaintSubType") == "OnAccountSuppressionList":
            return SUPPRESSED
        return None if complaint.get("complaintFeedbackType") == "not-spam" else COMPLAINED
    return look_up(SES_OTHER, named, heard)


def mailgun(heard: Heard) -> Said | None:
    """A failure that is temporary, suppressed by Mailgun itself, or the server's; old webhooks say ``dropped``."""
    event = inner(heard.raw, "event-data") or heard.raw
    if event.get("event") not in {"failed", "bounced", "dropped"}:
        return plain(heard)
    status = inner(event, "delivery-status")
    code = str(status.get("code") or event.get("code") or "")
    if event.get("severity") == "temporary":
        return later(heard)
    if code in MAILGUN_CODES or str(event.get("reason", "")).startswith("suppress-"):
        return SUPPRESSED
    if code in {"498", "499"} or event.get("reason") == "old":
        return of("expired")
    return soft(heard) if status.get("bounce-type") == "soft" else hard(heard)


def resend(heard: Heard) -> Said | None:
    """Three types that Anymail does not know; a bounce in the words of Amazon SES, or in a sentence."""
    bounce = inner(heard.raw, "data", "bounce")
    if heard.raw.get("type") != "email.bounced":
        return look_up(RESEND, heard.raw.get("type"), heard)
    if "suppressed sending" in heard.text:
        return SUPPRESSED
    if "inbox was full" in heard.text:
        return of("mailbox_full")
    words = f"{bounce.get('type')}: {bounce.get('subType')}"
    return look_up(SES, words, heard) if words in SES else hard(heard) if "hard bounce" in heard.text else told(heard)


def postal(heard: Heard) -> Said | None:
    """Its ``HardFail`` is the server's refusal, no failure of ours; what it holds back for its own list was not tried."""
    payload = inner(heard.raw, "payload")
    status = payload.get("status")
    if status == "HardFail":
        return SUPPRESSED if SUPPRESSION.search(heard.text) else hard(heard)
    if status == "Held":
        return SUPPRESSED if SUPPRESSION.search(heard.text) else HELD
    if heard.raw.get("event") == "MessageLoaded":
        return Said(K.OPENED)
    return plain(heard)


def sparkpost(heard: Heard) -> Said | None:
    """Bounces by their class; a refusal of SparkPost itself is its list, or its rules."""
    wrapped = next((event for event in inner(heard.raw, "msys").values() if isinstance(event, dict)), {})
    if wrapped.get("type") in SPARKPOST_BOUNCES:
        if str(wrapped.get("bounce_class")) == "25":
            return SUPPRESSED if SUPPRESSION.search(heard.text) else of("policy")
        return look_up(SPARKPOST, wrapped.get("bounce_class"), heard)
    if wrapped.get("type") in {"policy_rejection", "generation_rejection"}:
        return SUPPRESSED if SUPPRESSION.search(heard.text) else of("policy")
    return plain(heard)


def sendgrid(heard: Heard) -> Said | None:
    """A bounce that is called blocked says nothing of the address; what is dropped was not tried."""
    event, word = heard.raw.get("event"), str(heard.raw.get("type", ""))
    if event == "dropped":
        return look_up(SENDGRID_DROPS, str(heard.raw.get("reason") or word).lower(), heard)
    if event == "bounce":
        return soft(heard) if word == "blocked" else of("expired") if word == "expired" else hard(heard)
    return plain(heard)


def brevo(heard: Heard) -> Said | None:
    """Its bounces are told apart by their names."""
    return look_up(BREVO, heard.raw.get("event"), heard)


def mailjet(heard: Heard) -> Said | None:
    """By the error, else by whose it is, else by whether the bounce is final."""
    if heard.raw.get("event") not in {"bounce", "blocked"} or heard.type == "deferred":
        return plain(heard)
    if heard.raw.get("error") in MAILJET:
        return look_up(MAILJET, heard.raw["error"], heard)
    if heard.raw.get("error_related_to") in MAILJET_RELATED:
        return look_up(MAILJET_RELATED, heard.raw["error_related_to"], heard)
    return hard(heard) if heard.raw.get("hard_bounce") else soft(heard)


def mailersend(heard: Heard) -> Said | None:
    """By the name of the activity."""
    return look_up(MAILERSEND, inner(heard.raw, "data").get("type"), heard)


def mailtrap(heard: Heard) -> Said | None:
    """A reject is its own list; a bounce may be of any kind."""
    event = heard.raw.get("event")
    if event == "reject":
        return SUPPRESSED if SUPPRESSION.search(f"{heard.raw.get('reason', '')} {heard.text}") else of("policy")
    return hard(heard) if event == "bounce" else plain(heard)


def mandrill(heard: Heard) -> Said | None:
    """Bounces by Mandrill's own description where it is exact, else by the server's line."""
    event, message = heard.raw.get("event"), inner(heard.raw, "msg")
    if event == "hard_bounce":
        found = MANDRILL_BOUNCES.get(str(message.get("bounce_description")))
        return found if isinstance(found, Said) else hard(heard)
    if event == "soft_bounce":
        return soft(heard)
    if event == "reject":
        reject = message.get("reject")
        word = reject.get("reason") if isinstance(reject, dict) else reject or inner(heard.raw, "reject").get("reason")
        return look_up(MANDRILL_REJECTS, word, heard)
    return plain(heard)


def unisender_go(heard: Heard) -> Said | None:
    """A hard bounce by its delivery status; a soft one is tried again."""
    word = inner(heard.raw, "delivery_info").get("delivery_status")
    if heard.type == "deferred":
        return Said(K.DEFERRED, "mailbox_full") if word == "err_mailbox_full" else later(heard)
    return (look_up(UNISENDER, word, heard) if word in UNISENDER else hard(heard)) if heard.type == "bounced" else plain(heard)


DIALECTS: dict[str, Rule] = {
    "amazon_ses": amazon_ses,
    "brevo": brevo,
    "mailersend": mailersend,
    "mailgun": mailgun,
    "mailjet": mailjet,
    "mailtrap": mailtrap,
    "mandrill": mandrill,
    "postal": postal,
    "postmark": postmark,
    "resend": resend,
    "sendgrid": sendgrid,
    "sparkpost": sparkpost,
    "unisender_go": unisender_go,
}
