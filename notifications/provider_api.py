"""The only place that calls a provider, by Anymail. Says what happened; never raises for the network."""

from dataclasses import dataclass
from typing import Any

from anymail.exceptions import (
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from anymail.message import AnymailMessage
from django.core.mail import get_connection

from notifications.channels import Channel
from notifications.tracking import Outcome
from notifications.transport import Handover

# These take no data of ours beside a message, and would refuse it: our token goes as its tag, which comes back in their events.
WITHOUT_METADATA = frozenset({"mailersend", "postal"})


# The channel is well: it is this message that it cannot take.
OF_THE_MESSAGE = (AnymailInvalidAddress, AnymailSerializationError, AnymailUnsupportedFeature)


@dataclass(frozen=True, slots=True)
class Parts:
    """A message for a provider's API, which takes parts and makes the bytes itself."""

    sender: str
    recipient: str
    reply_to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    metadata: dict[str, str]
    attachments: tuple[tuple[str, bytes, str], ...] = ()


def send_by_api(channel: Channel, parts: Parts) -> Handover:
    """Hand one message to a provider by Anymail; its identifier is kept."""
    message = AnymailMessage(
        subject=parts.subject,
        body=parts.text,
        from_email=parts.sender,
        to=[parts.recipient],
        reply_to=[parts.reply_to] if parts.reply_to else None,
        headers=parts.headers,
        attachments=list(parts.attachments),
        connection=get_connection(f"anymail.backends.{channel.backend}.EmailBackend", **dict[str, Any](channel.options)),
    )
    if parts.html:
        message.attach_alternative(parts.html, "text/html")
    if channel.backend in WITHOUT_METADATA:
        message.tags = [parts.headers["X-Token"]]
    else:
        message.metadata = parts.metadata
    try:
        message.send()
    except AnymailRecipientsRefused:
        return _api_answer(channel, message)
    except AnymailRequestsAPIError as exc:
        return _api_error(channel, exc)
    except OF_THE_MESSAGE as exc:
        return Handover(Outcome.PERMANENT, "api", reply=str(exc)[:2000], host=channel.backend)
    except (AnymailError, OSError) as exc:
        return Handover(Outcome.CHANNEL, "api", reply=str(exc)[:2000], host=channel.backend)
    return _api_answer(channel, message)


def _api_error(channel: Channel, exc: AnymailRequestsAPIError) -> Handover:
    """Classified by status code: the class is an OSError, so ``except OSError`` would call everything a channel's fault."""
    code: int | None = exc.status_code
    if code is None:
        outcome = Outcome.UNKNOWN
    elif code in {400, 406, 413, 422}:
        outcome = Outcome.PERMANENT
    elif code == 429 or code >= 500:
        outcome = Outcome.TEMPORARY
    else:
        outcome = Outcome.CHANNEL
    return Handover(outcome, "api", code=code, reply=str(exc)[:2000], host=channel.backend)


def _api_answer(channel: Channel, message: AnymailMessage) -> Handover:
    """A provider that neither refuses nor gives an identifier took nothing: what it wrote is all there is to know."""
    status = message.anymail_status
    words = ", ".join(sorted(status.status or ()))
    unsaid = words in {"", "unknown"} and not status.message_id
    refused = unsaid or (status.status is not None and status.status <= {"invalid", "rejected", "failed"})
    return Handover(
        Outcome.PERMANENT if refused else Outcome.ACCEPTED,
        "api",
        reply=str(getattr(status.esp_response, "text", "") or words)[:2000] if unsaid else words,
        host=channel.backend,
        provider_id=str(status.message_id or ""),
    )
