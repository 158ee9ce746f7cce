"""The buyer's page in a browser: how it stands on a phone, a desk and paper."""

from decimal import Decimal
from urllib.parse import quote

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from invoices import logos
from invoices.models import Company, ElectronicDocument
from invoices.scope import company_scope
from notifications import acknowledgements
from notifications.models import Delivery
from tests.functional import conftest as c

pytestmark = pytest.mark.django_db(transaction=True)
CONFIRM = "Confirmo que recibí este documento"
# The words, and the pieces of addresses and numbers, that stand on two lines; a key may.
TORN = """() => {
  const torn = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode;
    for (const word of text.parentElement.closest("code") ? [] : text.data.matchAll(/[^\\s]+/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) torn.push(word[0]);
    }
  }
  return torn;
}"""
# Whatever is pressed and does not stand inside a sentence: its name and how high it is, in pixels.
LOW = """() => [...document.querySelectorAll("a, button, summary, textarea, input[type=text], label.radio")]
  .filter(item => !item.closest(".whole") && item.getBoundingClientRect().height < 44).map(item => item.textContent)"""


def answered(delivery: Delivery, code: str = "", message: str = "") -> None:
    """The answer behind the link was given before the page is opened."""
    assert delivery.company_id is not None
    now = timezone.now()
    with company_scope(delivery.company_id):
        if code:
            acknowledgements.claim(delivery=delivery, code=code, name="", message=message, now=now)
        else:
            acknowledgements.confirm(delivery=delivery, name="", message=message, now=now)


@pytest.mark.parametrize("width", [360, 320])
@pytest.mark.parametrize("state", ["open", "confirmed"])
def test_no_word_and_no_number_is_torn_by_a_phone(page: Page, link: str, delivery: Delivery, state: str, width: int) -> None:
    ElectronicDocument.across.update(number="NCE-0418", type_code="91")
    page.set_viewport_size({"width": width, "height": 760})
    if state == "confirmed":
        answered(delivery)

    page.goto(link)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate(TORN) == []


@pytest.mark.parametrize("state", ["open", "confirmed"])
def test_what_is_pressed_is_high_enough_for_a_thumb(page: Page, link: str, delivery: Delivery, state: str) -> None:
    page.set_viewport_size(c.PHONE)
    if state == "confirmed":
        answered(delivery)
    page.goto(link)

    if state == "open":
        page.get_by_text("Tengo un reclamo").click()

    assert page.evaluate(LOW) == []


def test_a_hint_keeps_its_distance_from_the_field(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_text("Tengo un reclamo").click()

    field, hint = page.locator("#detalle").bounding_box(), page.locator("#detalle-h").bounding_box()

    assert field is not None
    assert hint is not None
    assert hint["y"] - field["y"] - field["height"] >= 5


def test_the_full_stop_stays_with_the_longest_address(page: Page, link: str, delivery: Delivery) -> None:
    Company.objects.update(reply_address=f"{'facturacion.electronica.' * 2}recepcion@{'correo.de.proveedores.' * 3}example.com")
    page.set_viewport_size(c.PHONE)
    page.goto(link)

    address = page.locator("a[href^=mailto]")
    bottoms = address.evaluate("link => [link, link.parentElement].map(item => [...item.getClientRects()].at(-1).bottom)")

    assert abs(bottoms[0] - bottoms[1]) < 6
    assert c.sideways(page) == 0


def test_a_total_of_trillions_stands_on_one_line_of_a_phone(page: Page, link: str) -> None:
    ElectronicDocument.across.update(total=Decimal("98765432109876.54"))
    page.set_viewport_size(c.PHONE)

    page.goto(link)

    assert "$" in page.locator(".total").inner_text()
    assert not [word for word in page.evaluate(TORN) if "98.765" in word]


def test_a_claim_after_a_confirmation_leaves_no_hole_in_its_card(page: Page, link: str, delivery: Delivery) -> None:
    answered(delivery)
    page.goto(link + "?reclamo=1#reclamo")

    card, claim = page.locator(".act").bounding_box(), page.locator("summary").bounding_box()

    assert card is not None
    assert claim is not None
    assert claim["y"] - card["y"] < 30
    assert page.locator("#reclamo").evaluate("item => getComputedStyle(item).borderTopWidth") == "0px"


def test_the_other_language_shows_the_claim_as_well(page: Page, link: str, delivery: Delivery) -> None:
    answered(delivery)
    page.goto(link + "?reclamo=1")

    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Send the claim")).to_be_visible()
    page.get_by_role("link", name="Español").click()

    expect(page.get_by_role("button", name="Enviar reclamo")).to_be_visible()


def test_a_claim_keeps_its_lines_and_says_where_to_mend_it(page: Page, link: str, delivery: Delivery) -> None:
    answered(delivery, "03", "Faltaron 2 cajas.\nLlamen a bodega.")

    page.goto(link)

    expect(page.get_by_role("link", name="acuses@frailejon.example.com")).to_be_visible()
    assert page.get_by_text("Faltaron 2 cajas.").inner_text() == "«Faltaron 2 cajas.\nLlamen a bodega.»"


def test_a_mark_leaves_the_names_their_line_on_a_phone(page: Page, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = "<svg xmlns='http://www.w3.org/2000/svg' width='600' height='160'><rect width='600' height='160' fill='teal'/></svg>"
    monkeypatch.setattr(logos, "inline", lambda company: f"data:image/svg+xml,{quote(wide)}")
    page.set_viewport_size(c.PHONE)
    page.goto(link)
    c.shoot(page, "buyer-mark-360")

    names = page.locator(".top p").bounding_box()

    assert names is not None
    assert names["width"] > 300
    assert c.sideways(page) == 0


def test_on_paper_the_facts_stand_under_the_total(page: Page, link: str) -> None:
    page.emulate_media(media="print")
    page.goto(link)
    c.shoot(page, "buyer-print", whole=True)

    lefts = page.eval_on_selector_all("main > :not(.act)", "parts => parts.map(part => part.getBoundingClientRect().left)")

    assert len(lefts) == 2
    assert lefts[0] == lefts[1]
