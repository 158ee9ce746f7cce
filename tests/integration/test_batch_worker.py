"""A real process works through a batch and is killed; another takes up what it left."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from invoices.models import Company, ElectronicDocument, User
from invoices.scope import company_scope
from notifications import batch_selectors, batches
from notifications.models import Delivery, Notification, ResendBatch, ResendBatchItem
from tests import factories
from tests.sink import Sink
from tests.worker import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]
DOCUMENTS = 30
SECONDS = 60


@pytest.fixture
def company() -> Company:
    return factories.company()


@pytest.fixture
def running(company: Company) -> ResendBatch:
    """A confirmed batch of documents that nobody was told of."""
    accountant: User = factories.member(company)
    now = timezone.now()
    with company_scope(company.pk):
        for number in range(DOCUMENTS):
            factories.document(company, addresses=(f"c{number}@example.com",), at=now)
        documents = ElectronicDocument.objects.order_by("pk")
        made = batches.make(documents=documents, chosen="Todos los documentos", by=accountant, now=now)
        batches.confirm(batch_id=made.pk, again=False, note="", expected=DOCUMENTS, by=accountant, now=now)
    return made


def settled() -> int:
    """How many documents the batch has behind it."""
    return ResendBatchItem.across.exclude(status="waiting").count()


def poller(sink: Sink, folder: Path) -> "subprocess.Popen[bytes]":
    """The poller as a process of its own, on the test's database, files and mail server."""
    server, _, _ = settings.DATABASE_URL.rpartition("/")
    environment = os.environ | {
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}/?reports=none&tls=no",
        "VAR_DIR": str(folder),
    }
    command = [sys.executable, "manage.py", "outbox", "--once"]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_killed_worker_loses_nothing_and_doubles_nothing(running: ResendBatch, sink: Sink, tmp_path: Path) -> None:
    process = poller(sink, tmp_path)
    wait_for(lambda: settled() >= 3 or process.poll() is not None, seconds=SECONDS)
    process.kill()
    process.wait(timeout=20)
    left = ResendBatchItem.across.filter(status="waiting").count()
    told = Notification.across.filter(origin="bulk").count()

    batches.work(clock=timezone.now)

    running.refresh_from_db()
    per_document = Notification.across.filter(origin="bulk").values_list("document_id", flat=True)
    assert 0 < left < DOCUMENTS  # it died on the way
    assert told == DOCUMENTS - left
    assert len(per_document) == len(set(per_document)) == Delivery.across.count() == DOCUMENTS
    assert (running.status, set(running_statuses())) == ("done", {"sent"})


def running_statuses() -> list[str]:
    """The status of each document."""
    return list(ResendBatchItem.across.values_list("status", flat=True))


def test_two_workers_at_once_send_each_document_once(running: ResendBatch, sink: Sink) -> None:
    errors: list[BaseException] = []

    def work(*_: Any) -> None:
        try:
            batches.work(clock=timezone.now)
        except BaseException as exc:
            errors.append(exc)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=SECONDS)

    with company_scope(running.company_id):
        tally = batch_selectors.tally(running)
    assert errors == []
    assert (tally.sent, tally.waiting) == (DOCUMENTS, 0)
    assert sorted(sink.rcpts) == sorted(f"c{number}@example.com" for number in range(DOCUMENTS))
    assert ResendBatch.across.get().status == "done"
