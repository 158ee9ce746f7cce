"""
Who may post, how each proves that it is it, and Anymail's view for one request.

A channel says its secrets as ``hook.<setting>``: Anymail's name of the setting in lower case, without the provider's prefix. Where
two providers of one channel have different secrets of one name, ``hook.<provider>_<setting>`` goes first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from notifications.channels import Channel
from notifications.hooks import anymail_views as views
from notifications.hooks.anymail_views import BadSignature
from notifications.hooks.posted import Posted
from notifications.models import InboundMessage

Kind = InboundMessage.Kind
BASIC = "webhook_secret"
# The last part of the address; Mailgun posts whole mails only where it reads "mime" in it.
KINDS = {"tracking": Kind.TRACKING, "inbound": Kind.INBOUND, "inbound_mime": Kind.INBOUND}


@dataclass(frozen=True, slots=True)
class Door:
    """
    What one provider posts of one kind.

    ``proofs``: settings of which the channel must have one, because each of them makes the view refuse what is not signed by it;
    ``takes``: settings that the view takes besides.
    """

    view: Callable[..., Any]
    proofs: tuple[str, ...] = (BASIC,)
    takes: tuple[str, ...] = ()


_MAILGUN = ("webhook_signing_key", "api_key")
_MANDRILL = Door(views.Mandrill, ("webhook_key",), ("webhook_url",))
DOORS = {
    ("amazon_ses", Kind.TRACKING): Door(views.AmazonSES),
    ("amazon_ses", Kind.INBOUND): Door(views.AmazonSESInbound),
    ("brevo", Kind.TRACKING): Door(views.Brevo),
    ("brevo", Kind.INBOUND): Door(views.BrevoInbound),
    ("mailersend", Kind.TRACKING): Door(views.MailerSend, ("signing_secret",)),
    ("mailersend", Kind.INBOUND): Door(views.MailerSendInbound, ("inbound_secret",)),
    ("mailgun", Kind.TRACKING): Door(views.Mailgun, _MAILGUN),
    ("mailgun", Kind.INBOUND): Door(views.MailgunInbound, _MAILGUN),
    ("mailjet", Kind.TRACKING): Door(views.Mailjet),
    ("mailjet", Kind.INBOUND): Door(views.MailjetInbound),
    ("mailtrap", Kind.TRACKING): Door(views.Mailtrap, ("tracking_secret", BASIC)),
    ("mailtrap", Kind.INBOUND): Door(views.MailtrapInbound, ("inbound_secret", BASIC)),
    ("mandrill", Kind.TRACKING): _MANDRILL,
    ("mandrill", Kind.INBOUND): _MANDRILL,
    ("postal", Kind.TRACKING): Door(views.Postal, ("webhook_key",)),
    ("postal", Kind.INBOUND): Door(views.PostalInbound, ("webhook_key",)),
    ("postmark", Kind.TRACKING): Door(views.Postmark),
    ("postmark", Kind.INBOUND): Door(views.PostmarkInbound),
    ("resend", Kind.TRACKING): Door(views.Resend, ("signing_secret", BASIC)),
    ("resend", Kind.INBOUND): Door(views.ResendInbound, ("inbound_secret", BASIC)),
    ("sendgrid", Kind.TRACKING): Door(views.SendGrid, ("tracking_webhook_verification_key", BASIC)),
    ("sendgrid", Kind.INBOUND): Door(views.SendGridInbound),
    ("sparkpost", Kind.TRACKING): Door(views.SparkPost, takes=("track_initial_open_as_opened",)),
    ("sparkpost", Kind.INBOUND): Door(views.SparkPostInbound),
    ("unisender_go", Kind.TRACKING): Door(views.UnisenderGo, ("api_key",)),
}
PROVIDERS = frozenset(provider for provider, _ in DOORS)


def door(channel: Channel, provider: str, kind: InboundMessage.Kind) -> Door | None:
    """The door, if the channel has that provider and a secret by which it proves itself; without one, anybody could knock."""
    found = DOORS.get((provider, kind)) if provider in channel.providers else None
    if found is None or not any(_option(channel, provider, name) for name in found.proofs):
        return None
    return found


def view(channel: Channel, provider: str, kind: InboundMessage.Kind, **more: Any) -> Any:
    """Anymail's view with the channel's secrets; ``more`` are settings that the request decides."""
    found = DOORS[provider, kind]
    names = {*found.proofs, *found.takes} - {BASIC}
    given = {name: value for name in names if (value := _option(channel, provider, name))}
    return found.view(**{BASIC: _option(channel, provider, BASIC) or [], **given, **more})


def authenticate(channel: Channel, provider: str, kind: InboundMessage.Kind, request: Posted) -> None:
    """
    Check signature and password.

    :raises BadSignature: they are not the channel's. Other exceptions: the body is not what this provider signs.
    """
    refused: Exception = BadSignature()
    for built in _views(channel, provider, kind, request):
        try:
            built.run_validators(request)
        except BadSignature as exc:
            refused = exc
        else:
            return
    raise refused


def _views(channel: Channel, provider: str, kind: InboundMessage.Kind, request: Posted) -> Iterator[Any]:
    """One view; for Mandrill, which signs the address that it called, one more with the address that is ours outside of a proxy."""
    yield view(channel, provider, kind)
    if provider == "mandrill" and not _option(channel, provider, "webhook_url"):
        yield view(channel, provider, kind, webhook_url=_public_address(channel, provider, request))


def _public_address(channel: Channel, provider: str, request: Posted) -> str:
    parts = urlsplit(settings.PUBLIC_URL)
    secret = _option(channel, provider, BASIC)
    host = f"{secret}@{parts.netloc}" if secret else parts.netloc
    return urlunsplit((parts.scheme, host, request.get_full_path(), "", ""))


def _option(channel: Channel, provider: str, name: str) -> str:
    return channel.hook_options.get(f"{provider}_{name}") or channel.hook_options.get(name, "")


def reader(provider: str, kind: str, options: dict[str, str]) -> Any:
    """
    The view that reads what was authenticated when it came in; secrets may have been changed since then, and are not needed.

    :raises KeyError: there is no such door.
    """
    found = DOORS[provider, Kind(kind)]
    needed = {} if BASIC in found.proofs else {found.proofs[0]: "-"}
    given = {name: value for name in found.takes if (value := options.get(f"{provider}_{name}") or options.get(name))}
    return found.view(**{BASIC: "-", **needed, **given})
