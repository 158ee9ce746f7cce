"""Processes told apart by the folder they run in and the moment they began, never by their number alone: numbers are used again."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path


def start_time(pid: int) -> str | None:
    """Clock ticks since boot at which the process began; None when it is gone. With the number it names one process for good."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def inhabitants(folder: Path) -> list[int]:
    """The processes that run in this folder, also where it was removed under them: PostgreSQL and Redis go to their data and stay there."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and str((entry / "cwd").readlink()).removesuffix(" (deleted)") == str(folder):
                found.append(int(entry.name))
    return found


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Look every 20 ms until the condition holds; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end(pids: Callable[[], list[int]], *, seconds: float = 10) -> None:
    """Ask these processes to stop, and kill those that do not listen."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if wait_until(lambda: not pids(), seconds=seconds):
            return
