"""The poller: sends what is due and reads what came in, every ten seconds, with or without Redis."""

import logging
import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections
from django.utils import timezone

from notifications import batches, facts, inbound, mailbox, outbox, reports

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """``outbox [--once]``."""

    help = "Envía lo que esté pendiente y lee lo que llegó, cada diez segundos y sin Redis."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--once`` drains and ends."""
        parser.add_argument("--once", action="store_true", help="una sola vez")
        parser.add_argument("--every", type=float, default=10.0, help="segundos entre una vez y otra")

    def handle(self, *_: Any, once: bool, every: float, **__: Any) -> None:
        """Drain until told to stop; a database that is away for a moment ends nothing."""
        stop = threading.Event()

        def on_signal(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        if not once:
            signal.signal(signal.SIGTERM, on_signal)
            signal.signal(signal.SIGINT, on_signal)
        while True:
            try:
                outbox.drain(clock=timezone.now)
                batches.work(clock=timezone.now)
                reports.make_due(clock=timezone.now)
                mailbox.poll(clock=timezone.now)
                inbound.process_waiting(clock=timezone.now)
                facts.match_orphans(now=timezone.now())
            except Error:
                if once:
                    raise
                logger.exception("the poller will try again")
            close_old_connections()
            if once or stop.wait(every):
                return
