"""
Anymail's event → a fact of ours. Pure.

What it says comes from the ``dialects``; here is what all providers have in common: which message it names, when it happened, and
what is kept of the event as it came. Neither addresses of the network nor programs of the reader are kept.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from notifications.causes import enhanced
from notifications.engagement import Sign
from notifications.facts import NewFact
from notifications.hooks.dialects import DIALECTS
from notifications.hooks.meanings import Heard, inner, plain
from notifications.lives import ReportKind

TOKEN = re.compile(r"[0-9a-f]{32}")
MOST_TEXT, MOST_DEPTH = 10_000, 30
# Keys of events that say who read it from where, or how it was signed.
FORGOTTEN = re.compile(
    r"(?:geo_?)?ip(?:[_-]?address)?|geo(?:ip|location)?|(?:user[_-]?)?agent(?:_parsed)?|client(?:[_-]info)?"
    r"|location|city|country|region|os|platform|device|browser|signature|auth|token",
    re.IGNORECASE,
)
MACHINE_FLAGS = ("sg_machine_open", "is_prefetched", "isBot", "is_bot")
PROXY_OPENS = frozenset({"proxy_open", "unique_proxy_open"})


def normal(event: Any, *, provider: str, channel: str, received_at: datetime) -> NewFact | None:
    """
    The fact in one of Anymail's tracking events; None where it says nothing of a message.

    :param received_at: aware; counts where the event has no time, or one that lies ahead. Amazon SES: the time is that of SNS,
        seconds after it happened.
    """
    raw = _object(event.esp_event)
    heard = Heard(event.event_type, event.reject_reason or "", raw, _server_said(event, raw), _status(raw, event.recipient))
    said = DIALECTS.get(provider, plain)(heard)
    if said is None:
        return None
    metadata = event.metadata if isinstance(event.metadata, Mapping) else {}
    return NewFact(
        kind=said.kind,
        provider=provider,
        channel=channel,
        occurred_at=_when(event.timestamp, received_at),
        token=_token(raw, event.tags),
        delivery_id=_uuid(metadata.get("delivery")),
        message_id=_text(event.message_id),
        recipient=_text(event.recipient),
        event_id=_text(event.event_id),
        reason=said.reason,
        status=heard.status or enhanced(heard.text),
        text=_text(heard.text),
        host=_host(raw),
        click_url=_text(event.click_url),
        raw=_kept(raw),
        sign=_sign(event, raw, said.kind),
    )


def unread(raw: Any, error: Exception, *, provider: str, channel: str, received_at: datetime) -> NewFact:
    """An event that could not be read, as an orphan that says why: it names nobody, and means nothing."""
    kept = _kept(_object(raw))
    why = f"No se pudo leer: {type(error).__name__} {_text(str(error))[:100]}".strip()
    key = hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
    return NewFact(
        kind=ReportKind.QUEUED, provider=provider, channel=channel, occurred_at=received_at, event_id=key, text=why, raw=kept, unread=why
    )


def _server_said(event: Any, raw: dict[str, Any]) -> str:
    """The line of the server, else the provider's words; Anymail does not look everywhere."""
    delayed = _recipient(inner(raw, "deliveryDelay").get("delayedRecipients"), event.recipient)
    named = inner(raw, "data", "failed").get("reason") or inner(raw, "data", "suppressed").get("message")
    words = (event.mta_response, delayed.get("diagnosticCode"), named, event.description, raw.get("comment"), raw.get("reason"))
    return next((_text(found) for found in words if isinstance(found, str) and found), "")


def _status(raw: dict[str, Any], recipient: Any) -> str:
    """An enhanced code that the provider gives apart: SES by recipient, Mailgun, SendGrid."""
    lists = (inner(raw, "bounce").get("bouncedRecipients"), inner(raw, "deliveryDelay").get("delayedRecipients"))
    apart = [_recipient(found, recipient).get("status") for found in lists]
    apart += [inner(raw, "event-data", "delivery-status").get("enhanced-code"), raw.get("status")]
    return next((code for given in apart if (code := enhanced(str(given)))), "")


def _recipient(listed: Any, address: Any) -> dict[str, Any]:
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    return next((row for row in rows if row.get("emailAddress") == address), {})


def _host(raw: dict[str, Any]) -> str:
    found = inner(raw, "event-data", "delivery-status").get("mx-host") or inner(raw, "bounce").get("reportingMTA") or ""
    return _text(found).removeprefix("dns;").strip()


def _when(given: Any, received_at: datetime) -> datetime:
    if not isinstance(given, datetime):
        return received_at
    return min(given if given.tzinfo else given.replace(tzinfo=UTC), received_at)


def _token(raw: dict[str, Any], tags: Any) -> str:
    """Ours, as a header of the message where the provider gives its headers back, or as a tag."""
    given = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list | tuple) else []
    return next((found for found in (*_headers(raw), *given) if TOKEN.fullmatch(found)), "")


def _headers(raw: dict[str, Any]) -> Iterable[str]:
    listed = inner(raw, "mail").get("headers") or inner(raw, "data").get("headers") or _json(raw.get("message-headers"))
    for header in listed if isinstance(listed, list) else ():
        pair = (header.get("name"), header.get("value")) if isinstance(header, dict) else header
        if isinstance(pair, list | tuple) and len(pair) == 2 and str(pair[0]).lower() == "x-token":
            yield str(pair[1])


def _sign(event: Any, raw: dict[str, Any], kind: ReportKind) -> Sign | None:
    if kind not in {ReportKind.OPENED, ReportKind.CLICKED}:
        return None
    wrapped = next((inner(raw, "msys", name) for name in inner(raw, "msys")), raw)
    flagged = any(wrapped.get(name) is True for name in MACHINE_FLAGS) or raw.get("event") in PROXY_OPENS
    flagged = flagged or bool(inner(raw, "event-data", "client-info").get("bot"))
    everybody = inner(raw, "mail").get("destination") or inner(raw, "data").get("to")
    agent = event.user_agent
    return Sign(
        kind=kind,
        user_agent=agent if isinstance(agent, str) else None,
        flagged=True if flagged else None,
        shared=isinstance(everybody, list) and len(everybody) > 1,
    )


def _uuid(given: Any) -> UUID | None:
    try:
        return UUID(str(given)) if given else None
    except ValueError:
        return None


def _json(given: Any) -> Any:
    try:
        return json.loads(given) if isinstance(given, str) else None
    except ValueError:
        return None


def _object(given: Any) -> dict[str, Any]:
    """The provider's event as an object: a form has the last value of each field, as Django reads it."""
    if isinstance(given, Mapping):
        return {str(key): given[key] for key in given}
    return {"event": given if isinstance(given, str | int | list) else type(given).__name__}


def _kept(raw: Any, depth: int = 0) -> Any:
    """What of the event is stored: nothing that is not ours to keep, and nothing that the database refuses (NUL, half characters, ∞)."""
    if isinstance(raw, dict | list) and depth > MOST_DEPTH:
        return "…"
    if isinstance(raw, dict):
        return {_text(key): _kept(value, depth + 1) for key, value in raw.items() if not FORGOTTEN.fullmatch(str(key))}
    if isinstance(raw, list):
        return [_kept(value, depth + 1) for value in raw]
    return raw if raw is None or isinstance(raw, bool | int) or (isinstance(raw, float) and math.isfinite(raw)) else _text(raw)


def _text(given: Any) -> str:
    text = "" if given is None else str(given)
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:MOST_TEXT]
