"""The poller: sends what is due every ten seconds, and reads what came in every four, with or without Redis."""

import logging
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections, connections
from django.utils import timezone

from notifications import batches, facts, first_notices, inbound, mailbox, outbox, reports
from notifications.mailbox_connections import Connections

logger = logging.getLogger(__name__)
READ_SECONDS = 4.0


class Command(BaseCommand):
    """``outbox [--once]``."""

    help = "Envía lo que esté pendiente cada diez segundos y lee lo que llegó cada cuatro, sin Redis."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--once`` drains and ends."""
        parser.add_argument("--once", action="store_true", help="una sola vez")
        parser.add_argument("--every", type=float, default=10.0, help="segundos entre un envío y otro")

    def handle(self, *_: Any, once: bool, every: float, **__: Any) -> None:
        """Send and read until told to stop, each in its own time: ten thousand mails that leave keep none from being read."""
        if once:
            _send()
            with Connections() as mailboxes:
                _read(mailboxes)
            return
        stop = threading.Event()

        def on_signal(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
        with ThreadPoolExecutor(1, "reader") as pool:
            reader = pool.submit(_read_until, stop)
            try:
                _again(_send, stop, every)
            finally:
                stop.set()
        reader.result()


def _send() -> None:
    outbox.drain(clock=timezone.now)
    first_notices.work(clock=timezone.now)
    batches.work(clock=timezone.now)
    reports.make_due(clock=timezone.now)


def _read(mailboxes: Connections) -> None:
    mailbox.poll(mailboxes, clock=timezone.now)
    inbound.process_waiting(clock=timezone.now)
    facts.match_orphans(now=timezone.now())


def _read_until(stop: threading.Event) -> None:
    """A thread has no supervisor: what breaks it ends the process, which has one."""
    try:
        with Connections() as mailboxes:
            _again(lambda: _read(mailboxes), stop, READ_SECONDS)
    finally:
        stop.set()
        connections.close_all()


def _again(work: Callable[[], None], stop: threading.Event, seconds: float) -> None:
    """A database that is away for a moment ends nothing."""
    while not stop.is_set():
        try:
            work()
        except Error:
            logger.exception("the poller will try again")
        close_old_connections()
        stop.wait(seconds)
