"""The POST of a provider: refused, or kept raw and answered. Nothing is read of it here but what proves who sent it."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from notifications import channel_registry, inbound, security, wakeup
from notifications.channels import Channel
from notifications.hooks import providers
from notifications.hooks.anymail_views import BadSignature, StaleSignature
from notifications.hooks.posted import KEPT_HEADERS, Posted
from notifications.hooks.providers import BASIC, KINDS, PROVIDERS, Door, Kind

Event = security.Kind
# The most that is read of one body, in bytes: a batch of facts, or a mail with its attachments.
MOST = {Kind.TRACKING: 2 * 1024 * 1024, Kind.INBOUND: 30 * 1024 * 1024}
# Asked once, when a person writes our address into the provider's page.
GREETINGS = {"HEAD": PROVIDERS, "GET": frozenset({"unisender_go"})}
FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})


class Refused(Exception):
    """What is answered, and what is noted; ``detail`` never holds a secret, nor anything of the body."""

    def __init__(self, status: int, kind: security.Kind, detail: str = "", *, channel: Channel | None = None, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail, self.headers = status, kind, detail, headers
        self.channel = channel.name if channel else ""


@dataclass(frozen=True, slots=True)
class Way:
    """Whose hook was called, for what."""

    channel: Channel
    provider: str
    kind: Kind
    door: Door


@csrf_exempt
def hook(request: HttpRequest, token: str, provider: str, kind: str) -> HttpResponse:
    """Keep what a provider posts; 200 with nothing in it, also for what is here already."""
    now = timezone.now()
    try:
        way = _way(request, token, provider, kind)
        if request.method == "POST":
            _keep(request, way, now)
    except Refused as refused:
        named = provider if provider in PROVIDERS else ""
        security.note(kind=refused.kind, channel=refused.channel, provider=named, now=now, detail=refused.detail)
        return HttpResponse(status=refused.status, headers=refused.headers)
    return HttpResponse()


def _way(request: HttpRequest, token: str, provider: str, kind: str) -> Way:
    channel = channel_registry.by_hook(token)
    what = KINDS.get(kind, Kind.TRACKING)
    if _declared(request) > MOST[what]:
        raise Refused(413, Event.TOO_LARGE, channel=channel)
    if channel is None:
        raise Refused(404, Event.UNKNOWN_CHANNEL)
    door = providers.door(channel, provider, what) if kind in KINDS else None
    if door is None:
        raise Refused(404, Event.UNKNOWN_CHANNEL, "el canal no tiene este proveedor, o no tiene su clave", channel=channel)
    if request.method != "POST" and provider not in GREETINGS.get(request.method or "", ()):
        raise Refused(405, Event.MALFORMED, "método", channel=channel, Allow="POST")
    return Way(channel, provider, what, door)


def _declared(request: HttpRequest) -> int:
    given = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(given) if given.isascii() and given.isdigit() else 0


def _keep(request: HttpRequest, way: Way, now: Any) -> None:
    posted = _posted(request, way)
    try:
        _check(posted, way)
    finally:
        posted.close()
    row = inbound.store(
        channel=way.channel.name,
        provider=way.provider,
        kind=way.kind,
        content_type=posted.META["CONTENT_TYPE"],
        headers={name: value[:255] for name in KEPT_HEADERS if (value := posted.headers.get(name))},
        body=posted.body,
        now=now,
    )
    if row is not None:
        wakeup.wake()


def _posted(request: HttpRequest, way: Way) -> Posted:
    """The request with its body, of which never more than one byte too many is read."""
    content_type = request.META.get("CONTENT_TYPE", "")
    if len(content_type) > 255:
        raise Refused(400, Event.MALFORMED, "Content-Type", channel=way.channel)
    try:
        body = request.read(MOST[way.kind] + 1)
    except UnreadablePostError as exc:
        raise Refused(400, Event.MALFORMED, "se cortó", channel=way.channel) from exc
    if len(body) > MOST[way.kind]:
        raise Refused(413, Event.TOO_LARGE, channel=way.channel)
    return Posted({**request.META, "CONTENT_TYPE": content_type}, body)


def _check(posted: Posted, way: Way) -> None:
    """Signature first, then form: whoever has no key learns nothing of what we read."""
    try:
        providers.authenticate(way.channel, way.provider, way.kind, posted)
        _parse(posted)
    except BadSignature as exc:
        _refuse_signature(posted, way, exc)
    except RequestDataTooBig as exc:
        raise Refused(413, Event.TOO_LARGE, "un campo del formulario", channel=way.channel) from exc
    except Exception as exc:  # whatever a body can make a parser say: never ours to answer with 500
        raise Refused(400, Event.MALFORMED, type(exc).__name__, channel=way.channel) from exc


def _refuse_signature(posted: Posted, way: Way, exc: Exception) -> NoReturn:
    if isinstance(exc, StaleSignature):
        raise Refused(403, Event.STALE, channel=way.channel) from exc
    if way.door.proofs == (BASIC,) and "Authorization" not in posted.headers:
        # Amazon SNS sends the password only after it was asked for it.
        headers = {"WWW-Authenticate": 'Basic realm="traza"'}
        raise Refused(401, Event.BAD_SIGNATURE, "sin clave", channel=way.channel, **headers) from exc
    raise Refused(403, Event.BAD_SIGNATURE, channel=way.channel) from exc


def _parse(posted: Posted) -> None:
    """
    Whether it can be read later: a form with fields, or JSON that is an object or a list.

    :raises ValueError: it is neither. Django's exceptions: the form is broken, or larger than forms may be.
    """
    if posted.content_type in FORMS:
        if not posted.POST:
            raise ValueError("an empty form")
        events = posted.POST.get("mandrill_events")
        value = json.loads(events, parse_constant=_no_number) if events is not None else []
    else:
        value = json.loads(posted.body.decode(), parse_constant=_no_number)
    if not isinstance(value, dict | list):
        raise ValueError("neither an object nor a list")  # noqa: TRY004 - the same answer as for any other body


def _no_number(word: str) -> NoReturn:
    """NaN and Infinity are no JSON, though Python reads them."""
    raise ValueError(word)
