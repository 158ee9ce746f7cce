"""Every state of an address as it is seen: on the document's page, when resending, among those held back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from invoices.models import User
from notifications.models import Delivery, Suppression
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways
from tests.functional.health_scene import LISTED, MISTYPED, NIT, NOBODY, Scene, play

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]
SIZES = [pytest.param(DESK, id="1280"), pytest.param(PHONE, id="360")]
OPEN_ALL = "() => document.querySelectorAll('article details, .tl details').forEach((fold) => { fold.open = true; })"


@pytest.fixture
def scene(context: BrowserContext, sign_in: SignIn) -> Scene:
    made = play(timezone.now())
    sign_in(context, made.accountant)
    return made


def leave(place: Page | Locator, ticked: int) -> None:
    """Untick rows, from the first on, until so many are left."""
    boxes = place.locator("[name^=enviar_]:checked")
    while boxes.count() > ticked:
        boxes.first.uncheck()


@pytest.mark.parametrize("size", SIZES)
def test_the_documents_page_fits_in_every_state_folded_and_open(page: Page, live_server: Any, scene: Scene, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse("document", args=[NIT, scene.document.pk]))
    shoot(page, f"estados-{size['width']}", whole=True)
    folded = (serious(page), sideways(page))
    page.evaluate(OPEN_ALL)
    shoot(page, f"estados-porque-{size['width']}", whole=True)

    assert folded == ([], 0)
    assert (serious(page), sideways(page)) == ([], 0)


@pytest.mark.parametrize("size", SIZES)
def test_the_other_pages_fit_and_axe_finds_nothing_serious(page: Page, live_server: Any, scene: Scene, size: Any) -> None:
    page.set_viewport_size(size)
    held = Suppression.across.get(address_key=NOBODY)
    customer = scene.document.customer_id
    addresses = {
        "estados-acuses": reverse("acknowledgements", args=[NIT, scene.document.pk]),
        "estados-reenviar": reverse("resend", args=[NIT, scene.document.pk]),
        "estados-cliente": reverse("customer", args=[NIT, customer]),
        "estados-correo": reverse("customer_address", args=[NIT, customer]) + f"?correo={NOBODY}",
        "suprimidos": reverse("suppressed", args=[NIT]),
        "suprimidos-reactivados": reverse("suppressed", args=[NIT]) + "?ver=reactivados",
        "suprimidos-reactivar": reverse("suppression_release", args=[NIT, held.pk]),
        "suprimidos-suprimir": reverse("suppression_add", args=[NIT]),
    }

    found = {}
    for name, address in addresses.items():
        page.goto(live_server.url + address)
        found[name] = (serious(page), sideways(page))
        shoot(page, f"{name}-{size['width']}", whole=True)

    assert found == {name: ([], 0) for name in addresses}


def test_why_it_says_so_is_two_clicks_away(page: Page, live_server: Any, scene: Scene) -> None:
    page.goto(live_server.url + reverse("document", args=[NIT, scene.document.pk]))
    card = page.get_by_role("article").filter(has_text=NOBODY)
    card.get_by_text("¿Por qué dice esto?").click()

    expect(card).to_contain_text("El servidor devolvió el mensaje por la dirección. Una devolución definitiva pesa más que una entrega.")
    expect(card).to_contain_text("Informe de entrega (DSN): Devuelto")
    expect(card.locator("pre").first).to_contain_text("550 5.1.1")


def test_dians_address_takes_the_place_of_the_failed_one(page: Page, live_server: Any, scene: Scene) -> None:
    page.goto(live_server.url + reverse("document", args=[NIT, scene.document.pk]))
    page.get_by_role("link", name="Usar el correo de la DIAN").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(f'input[value="{LISTED}"]').first).to_be_visible()
    leave(dialog, 1)
    shoot(page, "estados-dian-1280")
    dialog.get_by_role("button", name="Reenviar a 1 correo").click()

    expect(page.get_by_text(f"FER-12790 se reenvía a 1 correo: {LISTED}")).to_be_visible()
    assert Delivery.across.filter(replaced_by__address=LISTED).count() == 1


def test_a_held_address_is_let_go_with_a_note_in_the_same_form(page: Page, live_server: Any, scene: Scene) -> None:
    page.goto(live_server.url + reverse("resend", args=[NIT, scene.document.pk]))
    leave(page, 0)
    row = page.get_by_role("row").filter(has=page.locator(f'input[value="{NOBODY}"]'))
    row.get_by_text("Reactivar y reenviar a este mismo").click()
    row.get_by_label("Por qué ya sirve").fill("El cliente creó de nuevo el buzón")
    page.get_by_role("button", name="Reenviar a 1 correo").click()

    expect(page.get_by_text(f"FER-12790 se reenvía a 1 correo: {NOBODY}")).to_be_visible()
    assert Suppression.across.get(address_key=NOBODY).release_note == "El cliente creó de nuevo el buzón"


def test_without_javascript_a_slip_is_asked_and_mended_with_one_press(
    browser: Browser, live_server: Any, sign_in: SignIn, browser_context_args: dict[str, Any]
) -> None:
    scene = play(timezone.now())
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, scene.accountant)
    page = context.new_page()
    page.goto(live_server.url + reverse("resend", args=[NIT, scene.document.pk]))
    leave(page, 0)
    page.get_by_label("Agregar otros correos").fill("luz.piedraalta@hotmial.com")
    page.get_by_role("button", name="Reenviar", exact=True).last.click()
    expect(page.get_by_text("hotmial.com parece mal escrito.")).to_be_visible()
    shoot(page, "estados-duda-1280", whole=True)
    page.get_by_role("button", name="Usar luz.piedraalta@hotmail.com").click()
    page.get_by_role("button", name="Reenviar", exact=True).last.click()

    expect(page.get_by_text("FER-12790 se reenvía a 1 correo: luz.piedraalta@hotmail.com")).to_be_visible()
    context.close()


def test_a_mistyped_address_is_mended_from_its_card(page: Page, live_server: Any, scene: Scene) -> None:
    meant = MISTYPED.replace("gmial", "gmail")
    page.goto(live_server.url + reverse("document", args=[NIT, scene.document.pk]))
    page.get_by_role("link", name=f"Usar {meant}").click()

    expect(page.get_by_role("dialog").get_by_label(f"Corregir {MISTYPED}")).to_have_value(meant)
    shoot(page, "estados-corregir-1280")
