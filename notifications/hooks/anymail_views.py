"""
Anymail's webhook views as we use them: the only place that names them.

Each is built for one request with the secrets of one channel. What is changed: no network (a view that would fetch something from
its provider says so instead), no package of a provider where none is needed, and an event that cannot be read comes out as
``Unread`` in its place, so that the others of its batch are kept.
"""

import json
from dataclasses import dataclass
from typing import Any

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.webhooks import (
    amazon_ses,
    brevo,
    mailersend,
    mailgun,
    mailjet,
    mailtrap,
    mandrill,
    postal,
    postmark,
    resend,
    sendgrid,
    sparkpost,
    unisender_go,
)
from cryptography.hazmat.primitives import serialization
from django.http import HttpRequest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

BadSignature = AnymailWebhookValidationFailure
# The post is of another kind than the address: nothing in it can be read.
WrongAddress = AnymailConfigurationError
STATUS = "transactional_email_status"


class StaleSignature(AnymailWebhookValidationFailure):
    """The signature is right, and older than its scheme allows."""


class NeedsProvider(Exception):
    """The post names a mail that only the provider's API holds."""


@dataclass(frozen=True, slots=True)
class Unread:
    """One event of a batch that could not be read, as it came, and why."""

    raw: Any
    error: Exception


class Tolerant:
    """Mixed into a view, so that each event stands for itself."""

    def esp_to_anymail_event(self, *args: Any) -> Any:
        """Anymail's event, or ``Unread``."""
        try:
            return super().esp_to_anymail_event(*args)  # type: ignore[misc]
        except WrongAddress:
            raise
        except Exception as exc:
            return Unread(args[0], exc)


class Postmark(Tolerant, postmark.PostmarkTrackingWebhookView): ...


class PostmarkInbound(Tolerant, postmark.PostmarkInboundWebhookView): ...


class Mailgun(Tolerant, mailgun.MailgunTrackingWebhookView):
    def mailgun_legacy_to_anymail_event(self, esp_event: Any) -> Any:
        try:
            return super().mailgun_legacy_to_anymail_event(esp_event)
        except WrongAddress:
            raise
        except Exception as exc:
            return Unread(esp_event, exc)


class MailgunInbound(Tolerant, mailgun.MailgunInboundWebhookView): ...


class MailerSend(Tolerant, mailersend.MailerSendTrackingWebhookView): ...


class MailerSendInbound(Tolerant, mailersend.MailerSendInboundWebhookView): ...


class Mailjet(Tolerant, mailjet.MailjetTrackingWebhookView): ...


class MailjetInbound(Tolerant, mailjet.MailjetInboundWebhookView): ...


class Mailtrap(Tolerant, mailtrap.MailtrapTrackingWebhookView): ...


class MailtrapInbound(Tolerant, mailtrap.MailtrapInboundWebhookView):
    def __init__(self, **kwargs: Any) -> None:
        super(mailtrap.MailtrapInboundWebhookView, self).__init__(_secret_name="inbound_secret", **kwargs)  # noqa: S106

    def fetch_inbound_message(self, *_: Any) -> Any:
        raise NeedsProvider


class Postal(postal.PostalTrackingWebhookView):
    def parse_events(self, request: HttpRequest) -> Any:
        try:
            return super().parse_events(request)
        except WrongAddress:
            raise
        except Exception as exc:
            return [Unread(json.loads(request.body), exc)]


class PostalInbound(postal.PostalInboundWebhookView): ...


class Brevo(Tolerant, brevo.BrevoTrackingWebhookView): ...


class BrevoInbound(Tolerant, brevo.BrevoInboundWebhookView):
    def __init__(self, **kwargs: Any) -> None:
        super(brevo.BrevoInboundWebhookView, self).__init__(**kwargs)

    def _fetch_attachment(self, attachment: Any) -> Any:
        raise NeedsProvider


class SendGridInbound(Tolerant, sendgrid.SendGridInboundWebhookView):
    """Without the warning that Anymail's tests no longer cover it; ours do."""

    def __init__(self, **kwargs: Any) -> None:
        super(sendgrid.SendGridInboundWebhookView, self).__init__(**kwargs)


class SendGrid(Tolerant, sendgrid.SendGridTrackingWebhookView):
    """Likewise; the verification key is read here."""

    def __init__(self, *, tracking_webhook_verification_key: str = "", **kwargs: Any) -> None:
        self.warn_if_no_basic_auth = not tracking_webhook_verification_key
        super(sendgrid.SendGridBaseWebhookView, self).__init__(**kwargs)
        if tracking_webhook_verification_key:
            pem = f"-----BEGIN PUBLIC KEY-----\n{tracking_webhook_verification_key}\n-----END PUBLIC KEY-----"
            self.webhook_verification_key = serialization.load_pem_public_key(pem.encode())


class Mandrill(Tolerant, mandrill.MandrillCombinedWebhookView):
    def esp_to_anymail_event(self, *args: Any) -> Any:
        self.signal = None  # Anymail forbids a batch of both kinds, because it has one signal for it
        return super().esp_to_anymail_event(*args)


class SparkPost(Tolerant, sparkpost.SparkPostTrackingWebhookView):
    def unwrap_event(self, raw_event: Any) -> Any:
        return _unwrapped(super().unwrap_event, raw_event)


class SparkPostInbound(Tolerant, sparkpost.SparkPostInboundWebhookView):
    def unwrap_event(self, raw_event: Any) -> Any:
        return _unwrapped(super().unwrap_event, raw_event)


def _unwrapped(unwrap: Any, raw_event: Any) -> Any:
    """Class and event; what has no wrapping goes on as it is, and cannot be read one step later."""
    try:
        return unwrap(raw_event)
    except Exception:
        return "", raw_event, raw_event


class UnisenderGo(Tolerant, unisender_go.UnisenderGoTrackingWebhookView):
    def parse_events(self, request: HttpRequest) -> Any:
        parsed = self.parse_json_body(request)
        if "events_by_user" not in parsed:
            return super().parse_events(request)
        events = [event for user in parsed["events_by_user"] for event in user["events"]]
        return [self.esp_to_anymail_event(_data(event)) for event in events if _is_status(event)]


def _is_status(event: Any) -> bool:
    """Whether it speaks of one mail, and not of the account; what cannot be told apart does."""
    return not isinstance(event, dict) or event.get("event_name", STATUS) == STATUS


def _data(event: Any) -> Any:
    return event.get("event_data", event) if isinstance(event, dict) else event


class AmazonSES(amazon_ses.AmazonSESTrackingWebhookView):
    """Never confirms a subscription by itself; each recipient of an event stands for itself."""

    LISTS = (("bounce", "bouncedRecipients"), ("complaint", "complainedRecipients"))

    def __init__(self, **kwargs: Any) -> None:
        self.auto_confirm_enabled = False
        super(amazon_ses.AmazonSESBaseWebhookView, self).__init__(**kwargs)

    def esp_to_anymail_events(self, ses_event: Any, sns_message: Any) -> Any:
        one = super().esp_to_anymail_events
        return [event for part in self._parts(ses_event) for event in _tolerant_ses(one, part, sns_message)]

    def _parts(self, ses_event: Any) -> list[Any]:
        for name, key in self.LISTS:
            said = ses_event.get(name) if isinstance(ses_event, dict) else None
            if isinstance(said, dict) and isinstance(said.get(key), list) and said[key]:
                return [{**ses_event, name: {**said, key: [recipient]}} for recipient in said[key]]
        return [ses_event]


class AmazonSESInbound(amazon_ses.AmazonSESInboundWebhookView):
    def __init__(self, **kwargs: Any) -> None:
        self.auto_confirm_enabled = False
        super(amazon_ses.AmazonSESBaseWebhookView, self).__init__(**kwargs)

    def esp_to_anymail_events(self, ses_event: Any, sns_message: Any) -> Any:
        return _tolerant_ses(super().esp_to_anymail_events, ses_event, sns_message)

    def fetch_s3_chunks(self, *_: Any) -> Any:
        raise NeedsProvider


def _tolerant_ses(read: Any, ses_event: Any, sns_message: Any) -> Any:
    try:
        return read(ses_event, sns_message)
    except WrongAddress:
        raise
    except Exception as exc:
        return [Unread(ses_event, exc)]


class _Svix:
    """
    Resend signs by the scheme of Svix, also known as Standard Webhooks: what is signed holds a time, five minutes are allowed.

    Anymail's own check needs the package of Svix.
    """

    def _set_secret(self, secret: str, kwargs: dict[str, Any]) -> None:
        self._svix_webhook = None
        self._secret = secret
        self.warn_if_no_basic_auth = not secret
        super(resend.SvixWebhookValidationMixin, self).__init__(**kwargs)

    def validate_request(self, request: HttpRequest) -> None:
        if not self._secret:
            return
        headers = {f"webhook-{name}": request.headers.get(f"svix-{name}", "") for name in ("id", "timestamp", "signature")}
        try:
            Webhook(self._secret).verify(request.body, headers, json_parse=False)
        except WebhookVerificationError as exc:
            raise (StaleSignature if " too " in str(exc) else BadSignature)(str(exc)) from exc
        except ValueError as exc:
            raise BadSignature("no signature of this scheme") from exc


class Resend(_Svix, Tolerant, resend.ResendTrackingWebhookView):
    def __init__(self, *, signing_secret: str = "", **kwargs: Any) -> None:
        self._set_secret(signing_secret, kwargs)


class ResendInbound(_Svix, Tolerant, resend.ResendInboundWebhookView):
    def __init__(self, *, inbound_secret: str = "", **kwargs: Any) -> None:
        self._set_secret(inbound_secret, kwargs)

    def _fetch_inbound_email(self, email_id: Any) -> Any:
        raise NeedsProvider
