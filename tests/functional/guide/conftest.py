"""The clock, the company and the walk of every page of the guide."""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from playwright.sync_api import BrowserContext, Page

from invoices.models import User
from tests import factories
from tests.factories import NOON
from tests.functional.guide import story
from tests.functional.guide.story import Scene
from tests.functional.guide.walk import (
    Walk,
    WalkOf,
)

SignIn = Callable[[BrowserContext, User], None]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Wednesday, 15 July 2026, noon in Bogota, and factories that count from one: the same picture every time."""
    monkeypatch.setattr(factories, "_numbers", itertools.count(1))
    with time_machine.travel(NOON + timedelta(seconds=5)):
        yield


@pytest.fixture
def scene() -> Scene:
    return story.build(NOON)


@pytest.fixture
def walk(page: Page, context: BrowserContext, live_server: Any, scene: Scene, sign_in: SignIn, settings: Any) -> WalkOf:
    """The walk of a page, as the accountant unless somebody else is named."""
    settings.PUBLIC_URL = live_server.url

    def begin(number: str, by: User | None = None) -> Walk:
        sign_in(context, by or scene.accountant)
        return Walk(page, live_server.url, number)

    return begin
