"""Reenviar Notificación in a browser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from invoices.models import User
from notifications.models import Delivery
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways
from tests.functional.document_scene import NIT, Scene, play

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]
FAILED = "facturas.piedraalta@example.net"


@pytest.fixture
def scene(context: BrowserContext, sign_in: SignIn) -> Scene:
    made = play(timezone.now())
    sign_in(context, made.accountant)
    return made


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])
def test_the_form_fits_and_axe_finds_nothing_serious(page: Page, live_server: Any, scene: Scene, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse("resend", args=[NIT, scene.busy.pk]))
    shoot(page, f"reenviar-{size['width']}", whole=True)

    assert serious(page) == []
    assert sideways(page) == 0


def test_a_corrected_address_is_sent_to_in_four_clicks_from_the_list(page: Page, live_server: Any, scene: Scene) -> None:
    page.goto(live_server.url + reverse("documents", args=[NIT]))
    page.get_by_role("button", name="Acciones de FER-12790").click()
    page.get_by_role("link", name="Reenviar Notificación").click()
    field = page.get_by_label(f"Corregir {FAILED}")
    field.click(click_count=3)
    field.fill("pagos.piedraalta@example.com")
    expect(page.get_by_role("dialog").get_by_role("button", name="Reenviar a 1 correo")).to_be_visible()
    shoot(page, "reenviar-dialogo-1280")
    page.get_by_role("dialog").get_by_role("button", name="Reenviar a 1 correo").click()

    expect(page.get_by_text("FER-12790 se reenvía a 1 correo: pagos.piedraalta@example.com")).to_be_visible()
    assert Delivery.across.get(address=FAILED).replaced_by == Delivery.across.get(address="pagos.piedraalta@example.com")


def test_what_is_typed_before_the_script_arrives_counts(page: Page, live_server: Any, scene: Scene) -> None:
    """On a slow line the dialog stands before its script: it may not forget the correction."""
    held: list[Route] = []
    page.route("**/resend.js", lambda route: held.append(route))
    page.goto(live_server.url + reverse("documents", args=[NIT]))
    page.get_by_role("button", name="Acciones de FER-12790").click()
    with page.expect_request("**/resend.js"):
        page.get_by_role("link", name="Reenviar Notificación").click()
    page.get_by_label(f"Corregir {FAILED}").fill("pagos.piedraalta@example.com")
    held.pop().continue_()

    expect(page.get_by_role("dialog").get_by_role("button", name="Reenviar a 1 correo")).to_be_visible()


def test_the_sentence_follows_what_is_ticked_and_typed(page: Page, live_server: Any, scene: Scene) -> None:
    page.goto(live_server.url + reverse("resend", args=[NIT, scene.busy.pk]))
    says = page.locator("[data-resend-says]")
    expect(says).to_have_text("Elige al menos un correo.")

    page.get_by_label("Reenviar a recepcionfe.piedraalta@example.com").check()
    page.get_by_label("Agregar otros correos").fill("tesoreria@example.com")

    expect(says).to_have_text("Se enviará a 2 correos; a 1 ya se le envió.")
    expect(page.get_by_role("button", name="Reenviar a 2 correos")).to_be_visible()


def test_a_double_click_sends_once(page: Page, live_server: Any, scene: Scene) -> None:
    page.goto(live_server.url + reverse("resend", args=[NIT, scene.busy.pk]))

    page.get_by_label(f"Corregir {FAILED}").fill("pagos.piedraalta@example.com")
    page.get_by_role("button", name="Reenviar a 1 correo").dblclick()

    expect(page.get_by_text("FER-12790 se reenvía a 1 correo")).to_be_visible()
    assert Delivery.across.filter(address="pagos.piedraalta@example.com").count() == 1


def test_without_javascript_an_error_stands_at_its_field_and_the_repair_goes_through(
    browser: Browser, live_server: Any, sign_in: SignIn, browser_context_args: dict[str, Any]
) -> None:
    scene = play(timezone.now())
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, scene.accountant)
    page = context.new_page()
    page.goto(live_server.url + reverse("resend", args=[NIT, scene.busy.pk]))

    page.get_by_label(f"Reenviar a {FAILED}").check()
    page.get_by_label(f"Corregir {FAILED}").fill("jlópez@example.com")
    page.get_by_role("button", name="Reenviar").click()
    expect(page.get_by_text("«jlópez@example.com» no puede recibir correo")).to_be_visible()
    shoot(page, "reenviar-error-1280", whole=True)
    page.get_by_label(f"Corregir {FAILED}").fill("jlopez@example.com")
    page.get_by_role("button", name="Reenviar").click()

    expect(page.get_by_text("FER-12790 se reenvía a 1 correo: jlopez@example.com")).to_be_visible()
    context.close()
