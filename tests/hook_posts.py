"""Posts as providers make them: made-up events, signed with keys of the tests."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from notifications.channels import Channel

TOKEN = "ficha-del-canal-de-las-pruebas-0001"
BASIC = "aviso:clave-de-los-avisos"
KEY = "una-clave-de-prueba"
SVIX = "whsec_" + base64.b64encode(b"otra-clave-de-prueba-de-32-bytes").decode()
HOST = "http://testserver"


@cache
def keys() -> tuple[ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey]:
    """Of SendGrid and of Postal."""
    return ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)


def public(key: Any) -> str:
    """A public key as the providers' pages show it."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def options() -> dict[str, str]:
    """The secrets of a channel that has every provider."""
    return {
        "webhook_secret": BASIC,
        "mailgun_webhook_signing_key": KEY,
        "mailersend_signing_secret": KEY,
        "mailersend_inbound_secret": KEY,
        "mandrill_webhook_key": KEY,
        "postal_webhook_key": public(keys()[1]),
        "resend_signing_secret": SVIX,
        "resend_inbound_secret": SVIX,
        "sendgrid_tracking_webhook_verification_key": public(keys()[0]),
        "unisender_go_api_key": KEY,
        "mailtrap_tracking_secret": KEY,
    }


def channel(*providers: str, **given: str) -> Channel:
    """A channel with those providers, and their secrets or those given."""
    return Channel("avisos", "smtp", "webhook", hook=TOKEN, hook_options=given or options(), providers=providers)


@dataclass(slots=True)
class Post:
    """One post, ready for Django's test client."""

    provider: str
    body: bytes
    kind: str = "tracking"
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/hooks/{TOKEN}/{self.provider}/{self.kind}/"


def post(provider: str, event: Any, *, kind: str = "tracking", at: float | None = None, host: str = HOST) -> Post:
    """An event as the provider posts it, well signed; ``at`` is the time of a signature that holds one."""
    made = Post(provider, json.dumps(event).encode(), kind, headers={"Authorization": f"Basic {base64.b64encode(BASIC.encode()).decode()}"})
    sign = SIGNERS.get(provider)
    if sign is not None:
        sign(made, event, str(int(time.time() if at is None else at)), host)
    return made


def _mac(text: bytes, digest: str = "sha256", key: bytes = KEY.encode()) -> Any:
    return hmac.new(key, text, digest)


def _mailgun(made: Post, event: Any, at: str, host: str) -> None:
    token = hashlib.sha1(made.body).hexdigest()
    signature = {"token": token, "timestamp": at, "signature": _mac(f"{at}{token}".encode()).hexdigest()}
    if made.kind == "tracking":
        made.body = json.dumps({**event, "signature": signature}).encode()
    else:
        made.body, made.content_type = urlencode({**event, **signature}).encode(), "application/x-www-form-urlencoded"


def _mailersend(made: Post, event: Any, at: str, host: str) -> None:
    made.headers["Signature"] = _mac(made.body).hexdigest()


def _mailtrap(made: Post, event: Any, at: str, host: str) -> None:
    made.headers["Mailtrap-Signature"] = _mac(made.body).hexdigest()


def _mandrill(made: Post, event: Any, at: str, host: str) -> None:
    fields = {"mandrill_events": json.dumps(event)}
    made.body, made.content_type = urlencode(fields).encode(), "application/x-www-form-urlencoded"
    address = f"{host.replace('://', f'://{BASIC}@')}{made.path}"
    text = address + "".join(name + value for name, value in sorted(fields.items()))
    made.headers["X-Mandrill-Signature"] = base64.b64encode(_mac(text.encode(), "sha1").digest()).decode()


def _postal(made: Post, event: Any, at: str, host: str) -> None:
    made.headers["X-Postal-Signature"] = base64.b64encode(keys()[1].sign(made.body, padding.PKCS1v15(), hashes.SHA1())).decode()


def _resend(made: Post, event: Any, at: str, host: str) -> None:
    named = f"msg_{hashlib.sha1(made.body).hexdigest()[:20]}"
    mac = _mac(f"{named}.{at}.".encode() + made.body, key=base64.b64decode(SVIX.removeprefix("whsec_")))
    signature = f"v1,{base64.b64encode(mac.digest()).decode()}"
    made.headers |= {"svix-id": named, "svix-timestamp": at, "svix-signature": signature}


def _sendgrid(made: Post, event: Any, at: str, host: str) -> None:
    signature = base64.b64encode(keys()[0].sign(at.encode() + made.body, ec.ECDSA(hashes.SHA256()))).decode()
    made.headers |= {"X-Twilio-Email-Event-Webhook-Timestamp": at, "X-Twilio-Email-Event-Webhook-Signature": signature}


def _ses(made: Post, event: Any, at: str, host: str) -> None:
    """An event inside a notification of SNS; what names its own type is one already."""
    kind = event.get("Type", "Notification")
    note = event if "Type" in event else {"Type": kind, "MessageId": hashlib.sha1(made.body).hexdigest(), "Message": json.dumps(event)}
    made.body, made.content_type = json.dumps({"Timestamp": "2026-07-15T17:05:00.000Z", **note}).encode(), "text/plain; charset=UTF-8"
    made.headers |= {"x-amz-sns-message-type": kind, "x-amz-sns-message-id": str(note["MessageId"])}


def _unisender(made: Post, event: Any, at: str, host: str) -> None:
    body = json.dumps({**event, "auth": KEY})
    made.body = body.replace(KEY, hashlib.md5(body.encode()).hexdigest()).encode()


SIGNERS = {
    "amazon_ses": _ses,
    "mailersend": _mailersend,
    "mailgun": _mailgun,
    "mailtrap": _mailtrap,
    "mandrill": _mandrill,
    "postal": _postal,
    "resend": _resend,
    "sendgrid": _sendgrid,
    "unisender_go": _unisender,
}
NAMES = {"delivery": "0198a1b2-0000-7000-8000-000000000001"}
# One delivery as each provider tells it.
DELIVERED: dict[str, Any] = {
    "amazon_ses": {
        "eventType": "Delivery",
        "mail": {"messageId": "ses-1", "destination": ["ana@example.com"], "headers": [{"name": "X-Metadata", "value": json.dumps(NAMES)}]},
        "delivery": {"recipients": ["ana@example.com"], "smtpResponse": "250 2.6.0 recibido"},
    },
    "brevo": {"event": "delivered", "email": "ana@example.com", "message-id": "<b1>", "X-Mailin-custom": json.dumps(NAMES)},
    "mailersend": {"data": {"type": "delivered", "email": {"message": {"id": "ms1"}, "recipient": {"email": "ana@example.com"}}}},
    "mailgun": {"event-data": {"event": "delivered", "timestamp": 1784134800, "recipient": "ana@example.com", "user-variables": NAMES}},
    "mailjet": [{"event": "sent", "time": 1784134800, "email": "ana@example.com", "MessageID": 12, "Payload": json.dumps(NAMES)}],
    "mailtrap": {
        "events": [
            {"event": "delivery", "timestamp": 1784134800, "message_id": "mt1", "email": "ana@example.com", "custom_variables": NAMES}
        ]
    },
    "mandrill": [{"event": "send", "ts": 1784134800, "_id": "md1", "msg": {"email": "ana@example.com", "metadata": NAMES}}],
    "postal": {
        "timestamp": 1784134800,
        "uuid": "u1",
        "payload": {"status": "Sent", "output": "250 OK", "message": {"id": 7, "to": "ana@example.com", "direction": "outgoing"}},
    },
    "postmark": {"RecordType": "Delivery", "Recipient": "ana@example.com", "MessageID": "pm1", "Metadata": NAMES, "Details": "250 OK"},
    "resend": {
        "type": "email.delivered",
        "created_at": "2026-07-15T17:00:00.000Z",
        "data": {"email_id": "re1", "to": ["ana@example.com"], "headers": [{"name": "X-Metadata", "value": json.dumps(NAMES)}]},
    },
    "sendgrid": [{"event": "delivered", "timestamp": 1784134800, "sg_event_id": "sg1", "email": "ana@example.com", **NAMES}],
    "sparkpost": [
        {"msys": {"message_event": {"type": "delivery", "timestamp": "1784134800", "raw_rcpt_to": "ana@example.com", "rcpt_meta": NAMES}}}
    ],
    "unisender_go": {
        "event_name": "transactional_email_status",
        "status": "delivered",
        "email": "ana@example.com",
        "event_time": "2026-07-15 17:00:00",
        "metadata": NAMES,
    },
}
