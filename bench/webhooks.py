"""
What a webhook costs: its POST beside a bare view that makes the same single INSERT, and ten thousand facts folded by one worker.

Both views run in this process, through the whole WSGI application with the same middleware, by turns.
"""

import hashlib
import io
import json
import logging
import os
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bench.load import company_with
from einvoice_trace.urls import urlpatterns
from invoices.models import ElectronicDocument
from invoices.scope import company_scope
from notifications import inbound
from notifications.lives import DeliveryState, Queue
from notifications.models import Delivery, DeliveryEvent, InboundMessage
from tests import factories, hook_posts
from tests.hook_posts import DELIVERED, Post, post

ROUNDS, WARM_UP, MAX_RATIO = 300, 30, 2.0
DOCUMENTS, ADDRESSES, EVENTS, MAX_SECONDS = 1_000, 2, 5, 60.0
PROVIDERS = ("postmark", "mailgun", "sendgrid", "resend", "mandrill", "postal", "amazon_ses", "sparkpost")
Application = Callable[..., Any]
INSERT = """
INSERT INTO notifications_inboundmessage
    (id, channel, provider, kind, content_type, headers, body, sha256, status, tries, next_at, error, received_at)
VALUES (%s, 'avisos', 'nadie', 'tracking', %s, '{}', %s, %s, 'waiting', 0, %s, '', %s) ON CONFLICT DO NOTHING
"""


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    """The same INSERT, and nothing else."""
    now, body = timezone.now(), request.body
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [uuid4(), request.content_type, body, hashlib.sha256(body).hexdigest(), now, now])
    return HttpResponse()


def seconds(application: Application, made: Post, address: str) -> float:
    """How long one POST takes, from the environment of the request to the last byte of the answer."""
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in made.headers.items()}
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": address,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(made.body),
        "wsgi.errors": io.StringIO(),
        "CONTENT_TYPE": made.content_type,
        "CONTENT_LENGTH": str(len(made.body)),
        **headers,
    }
    codes: list[str] = []
    began = time.perf_counter()
    response = application(environ, lambda code, _: codes.append(code))
    b"".join(response)
    response.close()
    took = time.perf_counter() - began
    assert codes == ["200 OK"], (made.provider, codes)
    return took


def another(provider: str, number: int) -> Post:
    """A post that was not there before."""
    event = DELIVERED[provider]
    unique = {"n": number}
    if isinstance(event, dict):
        return post(provider, {**event, **unique})
    return post(provider, [{**event[0], **unique}])


def ratio(application: Application, provider: str) -> float:
    """The median of our hook by the median of the bare view."""
    ours, theirs = [], []
    for number in range(ROUNDS + WARM_UP):
        turns = [(ours, another(provider, 2 * number)), (theirs, another(provider, 2 * number + 1))]
        for times, made in random.sample(turns, 2):
            times.append(seconds(application, made, made.path if times is ours else "/bare/"))
    hook, plain = (statistics.median(times[WARM_UP:]) for times in (ours, theirs))
    print(f"{provider:12} hook {hook * 1000:6.2f} ms   bare view {plain * 1000:6.2f} ms   × {hook / plain:.2f}")
    return hook / plain


def posts() -> None:
    """Compare each provider's way to sign."""
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    settings.ROOT_URLCONF = (*urlpatterns, path("bare/", bare))
    application = get_wsgi_application()
    silence()
    worst = max(ratio(application, provider) for provider in PROVIDERS)
    print(f"worst ratio × {worst:.2f} (at most {MAX_RATIO})")
    assert worst <= MAX_RATIO
    InboundMessage.across.all().delete()


def story(delivery: Delivery, number: int) -> list[dict[str, Any]]:
    """Five facts of one message: most arrive, each tenth comes back."""
    last = {"RecordType": "Bounce", "Type": "HardBounce", "Details": "550 5.1.1 no existe", "ID": number}
    facts = [
        {"RecordType": "Bounce", "Type": "Transient", "ID": number + 1_000_000},
        {"RecordType": "Delivery", "Details": "250 OK", "DeliveredAt": "2026-07-15T17:01:00Z"},
        {"RecordType": "Open", "UserAgent": "Thunderbird/128", "ReceivedAt": "2026-07-15T18:00:00Z"},
        {"RecordType": "Click", "UserAgent": "Thunderbird/128", "ReceivedAt": "2026-07-15T18:01:00Z"},
        last if number % 10 == 0 else {"RecordType": "Open", "UserAgent": "Thunderbird/128", "ReceivedAt": "2026-07-15T19:00:00Z"},
    ]
    named = {"MessageID": f"pm-{number}", "Recipient": delivery.address, "Metadata": {"delivery": str(delivery.pk)}}
    return [named | fact for fact in facts]


def load() -> int:
    """Messages that left, and what came in about them, each fact in its own post and all in random order; how many."""
    company = company_with(DOCUMENTS, nit="900555111")
    life = {
        "queue": Queue.DONE,
        "state": DeliveryState.SENT,
        "sent_at": factories.NOON,
        "attempts": 1,
        "verdict": "sent",
        "channel": "avisos",
    }
    with company_scope(company.pk):
        documents = ElectronicDocument.objects.order_by("pk")[:DOCUMENTS]
        deliveries = [
            factories.delivery(document, f"compras{index}@example.com", **life) for document in documents for index in range(ADDRESSES)
        ]
    events = [event for number, delivery in enumerate(deliveries) for event in story(delivery, number)]
    random.shuffle(events)
    way: dict[str, Any] = {"channel": "avisos", "provider": "postmark", "kind": InboundMessage.Kind.TRACKING, "headers": {}}
    way["content_type"] = "application/json"
    for event in events:
        inbound.store(**way, body=json.dumps(event).encode(), now=timezone.now())
    return len(events)


def fold() -> None:
    """One worker reads, matches, folds and tells everything that waits."""
    loaded = load()
    began = time.perf_counter()
    read = inbound.process_waiting(clock=timezone.now)
    took = time.perf_counter() - began
    kept = DeliveryEvent.across.exclude(delivery=None).count()
    states = {state: Delivery.across.filter(state=state).count() for state in (DeliveryState.DELIVERED, DeliveryState.BOUNCED)}
    print(f"{read} posts read, {kept} facts kept and folded in {took:.1f} s (at most {MAX_SECONDS:.0f}): {kept / took:.0f} a second")
    assert (read, kept) == (loaded, DOCUMENTS * ADDRESSES * EVENTS)
    assert states == {DeliveryState.DELIVERED: DOCUMENTS * ADDRESSES * 9 // 10, DeliveryState.BOUNCED: DOCUMENTS * ADDRESSES // 10}
    assert took <= MAX_SECONDS


def silence() -> None:
    """The lines of the log are written all the same, to nowhere."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(Path(os.devnull).open("w"))  # noqa: SIM115 - until the end


def main() -> None:
    """Measure both."""
    settings.CHANNELS = {"avisos": hook_posts.channel(*PROVIDERS)}
    posts()
    fold()


if __name__ == "__main__":
    main()
