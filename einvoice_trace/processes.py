"""Processes told apart by the folder they run in and the moment they began, never by their number alone: numbers are used again."""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1  # prctl(2)
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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


def exit_when_told() -> None:
    """Unwind at the first Ctrl-C, SIGTERM or SIGHUP, also where a shell started this process with Ctrl-C ignored."""

    def leave(number: int, _frame: FrameType | None) -> None:
        for ending in ENDINGS:
            signal.signal(ending, signal.SIG_IGN)  # what is being undone is not interrupted
        sys.exit(128 + number)

    for ending in ENDINGS:
        signal.signal(ending, leave)


def die_with_parent() -> Callable[[], None]:
    """For ``Popen(preexec_fn=…)``: the kernel asks the child to stop when this process is gone, however it went."""
    parent, libc = os.getpid(), ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # gone before the kernel could be asked
            os.kill(os.getpid(), signal.SIGTERM)

    return ask
