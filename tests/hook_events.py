"""Events as providers tell them, made up; and what we make of them through Anymail's own view."""

from datetime import UTC, datetime
from typing import Any

from notifications.facts import NewFact
from notifications.hooks import providers
from notifications.hooks.normalise import normal
from notifications.hooks.posted import stored
from tests.hook_posts import post

NOW = datetime(2026, 7, 20, tzinfo=UTC)
AT = 1784134800
USER_UNKNOWN = "550 5.1.1 <ana@example.com>: user unknown"
SPAM = "554 5.7.1 message looks like spam"


def parse(provider: str, event: Any) -> list[Any]:
    made = post(provider, event)
    return list(providers.reader(provider, "tracking", {}).parse_events(stored(body=made.body, content_type=made.content_type, headers={})))


def normals(provider: str, event: Any) -> list[NewFact | None]:
    return [normal(item, provider=provider, channel="avisos", received_at=NOW) for item in parse(provider, event)]


def fact(provider: str, event: Any) -> NewFact:
    [found] = normals(provider, event)
    assert found is not None
    return found


def ses(kind: str, sub: str, *recipients: dict[str, str]) -> dict[str, Any]:
    bounce = {"bounceType": kind, "bounceSubType": sub, "bouncedRecipients": list(recipients) or [{"emailAddress": "ana@example.com"}]}
    return {"notificationType": "Bounce", "mail": {"messageId": "1"}, "bounce": bounce}


def mailgun(event: str, **more: Any) -> dict[str, Any]:
    return {"event-data": {"event": event, "timestamp": AT, "recipient": "ana@example.com", **more}}


def postmark(kind: str, details: str = "") -> dict[str, Any]:
    return {"RecordType": "Bounce", "Type": kind, "ID": 5, "Email": "ana@example.com", "Details": details, "MessageID": "m"}


def resend(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "created_at": "2026-07-15T17:00:00Z", "data": {"email_id": "r", "to": ["ana@example.com"], **data}}


def postal(status: str, details: str = "", output: str = "", **more: Any) -> dict[str, Any]:
    message = {"id": 1, "to": "ana@example.com", "direction": "outgoing"}
    return {"timestamp": AT, "uuid": "u", "payload": {"status": status, "details": details, "output": output, "message": message}, **more}


def sparkpost(kind: str, bounce_class: str = "", reason: str = "") -> list[Any]:
    event = {"type": kind, "timestamp": str(AT), "raw_rcpt_to": "ana@example.com", "raw_reason": reason}
    return [{"msys": {"message_event": event | ({"bounce_class": bounce_class} if bounce_class else {})}}]


def sendgrid(event: str, **more: Any) -> list[Any]:
    return [{"event": event, "timestamp": AT, "email": "ana@example.com", **more}]


def brevo(event: str, reason: str = "") -> dict[str, Any]:
    return {"event": event, "email": "ana@example.com", "ts_epoch": AT * 1000, "message-id": "<b>", "reason": reason}


def mailjet(event: str, **more: Any) -> list[Any]:
    return [{"event": event, "time": AT, "email": "ana@example.com", "MessageID": 1, **more}]


def mailersend(kind: str, **morph: Any) -> dict[str, Any]:
    return {"data": {"type": kind, "email": {"recipient": {"email": "ana@example.com"}}, "morph": {"object": "x", **morph}}}


def mandrill(event: str, **msg: Any) -> list[Any]:
    return [{"event": event, "ts": AT, "_id": "m", "msg": {"email": "ana@example.com", **msg}}]


def mailtrap(event: str, **more: Any) -> dict[str, Any]:
    return {"events": [{"event": event, "timestamp": AT, "message_id": "m", "email": "ana@example.com", **more}]}


def unisender(status: str, delivery: str, answer: str = "") -> dict[str, Any]:
    info = {"delivery_status": delivery, "destination_response": answer}
    base = {"event_name": "transactional_email_status", "event_time": "2026-07-15 17:00:00", "email": "ana@example.com"}
    return {**base, "status": status, "delivery_info": info}
