"""A Celery worker process and a poller on the test's own database, files and mail servers."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tests.imap_server import Box
from tests.sink import Sink

READY_SECONDS = 30


def wait_for(condition: Callable[[], Any], *, seconds: float) -> None:
    """Look often until it holds; what follows asserts whether it did."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


@contextmanager
def running_worker(sink: Sink, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Ready when the block begins; ``folder`` holds its log, and its files in ``files``."""
    environment = _environment(folder, EMAIL_URL=f"smtp://127.0.0.1:{sink.port}/?reports=none&tls=no")
    log = folder / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "einvoice_trace", "worker", "--concurrency", "1"]
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=file, stderr=subprocess.STDOUT)
    wait_for(lambda: " ready." in log.read_text() or process.poll() is not None, seconds=READY_SECONDS)
    assert process.poll() is None, log.read_text()
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def running_poller(box: Box, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """``outbox``, which reads the mailbox; ready when the block begins. ``folder`` holds its log."""
    environment = _environment(folder, MAILBOX_URL=f"imap://respuestas:{box.password}@127.0.0.1:{box.port}/?tls=no")
    log = folder / "outbox.log"
    with log.open("w") as file:
        command = [sys.executable, "manage.py", "outbox"]
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=file, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: any("SEARCH" in line for line in box.asked) or process.poll() is not None, seconds=READY_SECONDS)
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def _environment(folder: Path, **more: str) -> dict[str, str]:
    server, _, _ = settings.DATABASE_URL.rpartition("/")
    return os.environ | {"DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}", "VAR_DIR": str(folder)} | more
