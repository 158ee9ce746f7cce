"""A real worker process, woken through a real Redis; and what remains of it when Redis is away."""

import socket
import time
from contextlib import closing

import pytest
from celery import Celery
from django.core.management import call_command
from django.utils import timezone

from invoices.scope import company_scope
from notifications import services, wakeup
from notifications.lives import Queue
from notifications.models import Delivery
from tests import factories
from tests.worker import running_worker, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]

ARRIVES_SECONDS = 10


@pytest.fixture
def company():
    return factories.company()


@pytest.fixture
def bell(monkeypatch):
    """The real wake-up, as in a process that has just begun."""
    monkeypatch.setattr(wakeup, "wake", wakeup.Bell("notifications.tasks.wake", every=wakeup.EVERY_SECONDS).ring)


@pytest.fixture
def worker(sink, tmp_path):
    with running_worker(sink, tmp_path) as process:
        yield process


@pytest.fixture
def silent_redis(monkeypatch, bell):
    """A broker that takes connections and never says a word, which is worse than one that refuses them."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        app = Celery("away", set_as_current=False)  # the pool of the other one is connected already
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.conf.broker_url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        monkeypatch.setattr(wakeup, "current_app", app)
        yield
        app.close()


def notify(company, address):
    """Owe one message, as an import does; nothing is committed yet."""
    now = timezone.now()
    services.notify(document=factories.document(company, addresses=(address,), at=now), now=now)


def test_a_commit_wakes_the_worker_which_delivers(worker, bell, sink, company):
    with company_scope(company.pk):
        notify(company, "compras@example.com")

    wait_for(lambda: sink.messages, seconds=ARRIVES_SECONDS)
    assert [message["To"] for message in sink.messages] == ["compras@example.com"]


def test_a_silent_redis_holds_no_commit_up(silent_redis, company, caplog):
    with company_scope(company.pk):
        notify(company, "compras@example.com")
        began = time.monotonic()

    assert time.monotonic() - began < 1  # the promise; without its timeouts the client would wait for ever
    assert [record.name for record in caplog.records if "no wake-up" in record.message] == ["notifications.wakeup"]
    assert Delivery.across.get().queue == Queue.READY


def test_without_redis_the_poller_delivers(silent_redis, sink, company):
    with company_scope(company.pk):
        notify(company, "compras@example.com")

    call_command("outbox", "--once")

    assert [message["To"] for message in sink.messages] == ["compras@example.com"]
