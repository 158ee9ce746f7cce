"""A real browser on the live server: Chromium of the system (``CHROMIUM`` or the path), never a downloaded one."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from invoices.models import User

# Playwright keeps an event loop in this thread; the tests' own queries are synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SHOTS = settings.BASE_DIR / "var" / "screenshots"
DESK, PHONE = {"width": 1280, "height": 1000}, {"width": 360, "height": 760}


# The walks that the suite takes each time: the list, a resend, a failure repaired, a claim by mail, the buyer's page.
WALKS = {"test_list", "test_resend", "test_problems", "test_reply_mailbox", "test_answers"}


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All other pages, and whether each fits, take minutes: the suite leaves them out, ``bin/test tests/functional`` runs them."""
    for item in items:
        name = item.name.partition("[")[0]
        fits = name.endswith(("_fit", "_fits")) or "_fit_" in name or "_fits_" in name
        if "functional" in item.nodeid and (fits or item.path.stem not in WALKS):
            item.add_marker(pytest.mark.every_page)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium; without it the tests fail, they do not skip."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "CHROMIUM names a Chromium; none was found."
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    return {**browser_type_launch_args, "executable_path": found, "args": sandbox}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A desk in Bogota."""
    return {**browser_context_args, "viewport": DESK, "locale": "es-CO", "timezone_id": "America/Bogota", "reduced_motion": "reduce"}


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """Every page knows axe; a policy that forbids inline scripts does not bind what the browser's driver brings."""
    context.add_init_script(path=str(AXE))
    context.set_default_timeout(10_000)
    return context


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[BrowserContext, User], None]:
    """Give the browser the session of a user, without the login page."""

    def sign(context: BrowserContext, user: User) -> None:
        client = Client()
        client.force_login(user)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])

    return sign


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical on the page as it stands: rule and place."""
    found = page.evaluate("() => axe.run()")["violations"]
    return [
        f"{rule['id']}: {' '.join(node['target'])}" for rule in found if rule["impact"] in {"serious", "critical"} for node in rule["nodes"]
    ]


def sideways(page: Page) -> int:
    """How many pixels of the page lie beyond its right edge."""
    return int(page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def shoot(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a picture of the page to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=whole)
