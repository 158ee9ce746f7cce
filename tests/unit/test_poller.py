"""The poller's two loops: what leaves keeps nothing from being read, and no loop dies in silence."""

import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError

from notifications.management.commands import outbox as command

# What ran before may have left a connection open, which the loops look after.
pytestmark = pytest.mark.django_db
SECONDS = 10.0


@pytest.fixture
def loops(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Callable[[], None]]:
    """Stand in for both loops' work; gives what ends the process as a signal does."""
    handlers = dict[int, Any]()
    monkeypatch.setattr(signal, "signal", lambda number, handler: handlers.update({number: handler}))
    monkeypatch.setattr(command, "READ_SECONDS", 0.001)

    def stand_in(*, send: Callable[[], Any], read: Callable[[], Any]) -> None:
        monkeypatch.setattr(command, "_send", send)
        monkeypatch.setattr(command, "_read", lambda _: read())

    stand_in.end = lambda: handlers[signal.SIGTERM](signal.SIGTERM, None)  # type: ignore[attr-defined]
    return stand_in


def test_the_mailbox_is_read_while_a_long_send_goes_on(loops: Any) -> None:
    read_thrice, reads = threading.Event(), list[int]()

    def read() -> None:
        reads.append(1)
        if len(reads) == 3:
            read_thrice.set()
            loops.end()

    finished = list[bool]()
    loops(send=lambda: finished.append(read_thrice.wait(SECONDS)), read=read)

    call_command("outbox", "--every", "0.001")

    assert (len(reads), finished) == (3, [True])


def test_a_database_that_is_away_for_a_moment_ends_neither_loop(loops: Any, caplog: pytest.LogCaptureFixture) -> None:
    tries = list[int]()

    def read() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("la base no responde")
        loops.end()

    loops(send=lambda: None, read=read)

    call_command("outbox", "--every", "0.001")

    assert len(tries) == 2
    assert caplog.text.count("the poller will try again") == 1


@pytest.mark.parametrize("broken", ["send", "read"])
def test_what_breaks_one_loop_ends_the_process_with_an_error(loops: Any, broken: str) -> None:
    def fail() -> None:
        raise RuntimeError("roto")

    loops(**({"send": lambda: None, "read": lambda: None} | {broken: fail}))

    with pytest.raises(RuntimeError, match="roto"):
        call_command("outbox", "--every", "0.001")
