"""One returned mail → the facts it holds about a message of ours. Pure."""

from dataclasses import replace
from datetime import datetime

from notifications.causes import status_cause
from notifications.facts import NewFact
from notifications.lives import DeliveryState, ReportKind
from notifications.returned import Kind, ReturnedMail, ReturnedRecipient, automatic

K = ReportKind
BY_STATE = {
    DeliveryState.BOUNCED: K.BOUNCED,
    DeliveryState.REJECTED: K.REJECTED,
    DeliveryState.SOFT_BOUNCED: K.SOFT_BOUNCED,
    DeliveryState.SUPPRESSED: K.SUPPRESSED,
    DeliveryState.DEFERRED: K.DEFERRED,
}
BY_ACTION = {"delivered": K.DELIVERED, "expanded": K.DELIVERED, "relayed": K.RELAYED}
PROVIDERS = {Kind.DSN: "dsn", Kind.BOUNCE: "dsn", Kind.ARF: "arf", Kind.AUTOREPLY: "mail", Kind.OTHER: "mail"}


def returned_facts(mail: ReturnedMail, *, channel: str, now: datetime) -> list[NewFact]:
    """
    The facts in the mail: one per address it speaks of; one for an automatic answer, or for an answer of a person.

    :param channel: by which it came in, empty for an upload. :param now: aware; counts where the mail has no date, or one that
        lies ahead.
    :returns: empty for a mail that says nothing of a mail of ours.
    """
    base = NewFact(
        kind=K.REPLIED,
        provider=PROVIDERS[mail.kind],
        channel=channel,
        occurred_at=min(mail.date or now, now),
        token=mail.token,
        message_id=mail.original_message_id,
        event_id=mail.message_id,
        raw={"kind": mail.kind, "subject": mail.subject, "from": mail.sender},
    )
    if mail.kind == Kind.ARF:
        return [_complaint(base, recipient) for recipient in mail.recipients]
    if mail.kind in {Kind.DSN, Kind.BOUNCE}:
        return [_report(base, recipient) for recipient in mail.recipients]
    return _answer(base, mail)


def _report(base: NewFact, recipient: ReturnedRecipient) -> NewFact:
    said = replace(
        base,
        recipient=recipient.mailbox,
        status=recipient.status,
        text=recipient.diagnostic,
        host=recipient.remote_mta,
        raw={**base.raw, "action": recipient.action},
    )
    if recipient.action in BY_ACTION:
        return replace(said, kind=BY_ACTION[recipient.action])
    cause = status_cause(recipient.status, text=recipient.diagnostic, action=recipient.action)
    return replace(said, kind=BY_STATE.get(cause.state, K.FAILED), reason=cause.reason)


def _complaint(base: NewFact, recipient: ReturnedRecipient) -> NewFact:
    kind = K.UNSUBSCRIBED if recipient.action.startswith("opt-out") else K.COMPLAINED
    return replace(
        base,
        kind=kind,
        recipient=recipient.address,
        reason="complaint" if kind == K.COMPLAINED else "",
        text=recipient.diagnostic,
        raw={**base.raw, "feedback": recipient.action},
    )


def _answer(base: NewFact, mail: ReturnedMail) -> list[NewFact]:
    """Only what names a mail of ours: the address it was sent to, or the Message-ID it answers."""
    answered = mail.original_message_id or next(iter(mail.answers), "")
    if not (mail.token or answered):
        return []
    fact = replace(base, recipient=mail.sender, message_id=answered, text=" ".join(mail.text.split())[:1000])
    if mail.kind == Kind.AUTOREPLY:
        return [replace(fact, kind=K.AUTORESPONDED, reason=automatic.reason(f"{mail.subject}\n{mail.text}"))]
    return [fact]
