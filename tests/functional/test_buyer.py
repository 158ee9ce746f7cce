"""The buyer's page in a browser: by phone, by desk, without a script."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from invoices import logos
from invoices.models import Company, DocumentFile, ElectronicDocument, StoredFile
from invoices.scope import company_scope
from invoices.services import store_file
from notifications import acknowledgements, buyer_limit, buyer_links
from notifications.models import CustomerAnswer, Delivery
from tests import factories
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


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """All these walks come from one address within a minute: none of them is the one press too many."""
    monkeypatch.setattr(buyer_limit, "MOST_BY_ADDRESS", 10_000)


@pytest.fixture
def delivery() -> Delivery:
    """What a hotel got from a shop: an invoice with its PDF."""
    now = timezone.now()
    company = factories.company(
        nit="909214587",
        name="Despensa y Café El Frailejón S.A.S.",
        trade_name="El Frailejón Despensa",
        reply_address="acuses@frailejon.example.com",
    )
    with company_scope(company.pk):
        buyer = factories.customer(company, identification="908630142", name="Hotel Mirador del Chicamocha S.A.S.")
        document = factories.document(
            company, at=now, customer=buyer, number="FEV20418", due_date=date(2026, 12, 24), payment_form="2", dian_validated_at=now
        )
        pdf = store_file(company_id=company.pk, name="a.pdf", data=b"%PDF-1.7", kind=StoredFile.Kind.RECEIVED)
        DocumentFile.objects.create(company=company, document=document, file=pdf, role=DocumentFile.Role.PDF)
        return factories.delivery(document, "recepcionfe@hotelmirador.example.org", at=now)


@pytest.fixture
def link(live_server: Any, delivery: Delivery) -> str:
    """The address behind the button of the mail."""
    assert delivery.company_id is not None
    return str(live_server.url) + reverse("buyer", args=[buyer_links.make(company_id=delivery.company_id, delivery_id=delivery.pk)])


def answers(delivery: Delivery) -> list[tuple[str, str]]:
    """Name and message of what was answered."""
    assert delivery.company_id is not None
    with company_scope(delivery.company_id):
        return list(CustomerAnswer.objects.values_list("name", "message"))


def test_a_buyer_confirms_in_one_click(page: Page, link: str, delivery: Delivery) -> None:
    page.goto(link)

    page.get_by_label("Su nombre").fill("Julián Ardila Serrano")
    page.get_by_label("Mensaje para el vendedor").fill("Recibida por cartera.")
    page.get_by_role("button", name=CONFIRM).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Gracias: quedó confirmado que recibió FEV20418")
    assert answers(delivery) == [("Julián Ardila Serrano", "Recibida por cartera.")]


def test_confirming_needs_no_script(browser: Browser, link: str, delivery: Delivery) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(link)

    page.get_by_role("button", name=CONFIRM).click()

    expect(page.get_by_text("No es un evento RADIAN")).to_be_visible()
    assert answers(delivery) == [("", "")]
    page.close()


def test_opening_the_page_asks_no_other_site_and_says_nothing_to_one(page: Page, link: str, live_server: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(link)

    assert [url for url in asked if not url.startswith(live_server.url)] == []
    assert page.get_by_role("link", name="Ver en la DIAN").get_attribute("rel") == "noreferrer"


@pytest.mark.parametrize(("width", "size"), [("1280", c.DESK), ("360", c.PHONE)])
def test_the_page_is_accessible_and_fits(page: Page, link: str, width: str, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(link)
    c.shoot(page, f"buyer-{width}", whole=True)
    before = [*c.serious(page), c.sideways(page)]

    page.get_by_role("button", name=CONFIRM).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Gracias")
    c.shoot(page, f"buyer-confirmed-{width}", whole=True)

    assert before == [0]
    assert [*c.serious(page), c.sideways(page)] == [0]


@pytest.mark.parametrize(("width", "size"), [("1280", c.DESK), ("360", c.PHONE)])
def test_a_buyer_claims_after_an_incomplete_form(page: Page, link: str, delivery: Delivery, width: str, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(link)

    page.get_by_text("Tengo un reclamo").click()
    page.get_by_label("Mercancía entregada parcialmente").check()
    page.get_by_role("button", name="Enviar reclamo").click()
    expect(page.get_by_text("Cuente qué pasó")).to_be_visible()
    expect(page.get_by_label("Mercancía entregada parcialmente")).to_be_checked()
    c.shoot(page, f"buyer-claim-{width}", whole=True)
    form = [*c.serious(page), c.sideways(page)]
    page.get_by_label("Cuéntele al vendedor los detalles").fill("Faltaron 2 cajas de vasos.")
    page.get_by_role("button", name="Enviar reclamo").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Su reclamo sobre FEV20418 quedó registrado")
    c.shoot(page, f"buyer-claimed-{width}", whole=True)
    assert form == [0]
    assert [*c.serious(page), c.sideways(page)] == [0]
    assert answers(delivery) == [("", "Faltaron 2 cajas de vasos.")]


def test_a_claim_after_a_confirmation_is_one_click_away_and_in_english(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("link", name="English").click()
    page.get_by_role("button", name="I confirm that I received this document").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you: it is confirmed that you received FEV20418")

    page.get_by_role("link", name="I have a claim").click()

    expect(page.get_by_role("button", name="Send the claim")).to_be_visible()
    expect(page.get_by_role("button", name="I confirm that I received this document")).to_have_count(0)
    c.shoot(page, "buyer-claim-english", whole=True)


@pytest.mark.parametrize(("width", "size"), [("1280", c.DESK), ("360", c.PHONE)])
def test_a_link_that_is_over_offers_a_new_one(page: Page, link: str, monkeypatch: pytest.MonkeyPatch, width: str, size: Any) -> None:
    page.set_viewport_size(size)
    monkeypatch.setattr(buyer_links, "LINK_LIFE", timedelta(seconds=-1))
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Este enlace venció")
    c.shoot(page, f"buyer-closed-{width}", whole=True)
    closed = [*c.serious(page), c.sideways(page)]

    page.get_by_role("button", name="Enviarme un enlace nuevo").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Revise su correo")
    expect(page.get_by_text("re•••@hotelmirador.example.org")).to_be_visible()
    c.shoot(page, f"buyer-new-link-{width}", whole=True)
    assert closed == [0]
    assert [*c.serious(page), c.sideways(page)] == [0]


def test_a_revoked_link_offers_no_other(page: Page, link: str, delivery: Delivery) -> None:
    Delivery.across.filter(pk=delivery.pk).update(link_revoked_at=timezone.now())
    page.goto(link)
    c.shoot(page, "buyer-revoked")

    expect(page.get_by_role("heading", level=1)).to_have_text("Este enlace fue anulado")
    expect(page.get_by_role("button")).to_have_count(0)
    assert [*c.serious(page), c.sideways(page)] == [0]


def test_a_broken_link_says_what_to_do(page: Page, live_server: Any) -> None:
    response = page.goto(live_server.url + reverse("buyer", args=["roto"]))
    c.shoot(page, "buyer-unknown")

    assert response is not None
    assert response.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Este enlace no sirve")
    assert [*c.serious(page), c.sideways(page)] == [0]
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work")


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


def test_a_message_as_long_as_its_field_takes_may_have_lines(page: Page, link: str, delivery: Delivery) -> None:
    page.goto(link)

    page.get_by_label("Mensaje para el vendedor").fill("Caja\n" * 199 + "12345")
    page.get_by_role("button", name=CONFIRM).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Gracias")
    assert answers(delivery) == [("", "Caja\n" * 199 + "12345")]


@pytest.mark.parametrize(("width", "size"), [("1280", c.DESK), ("360", c.PHONE)])
def test_a_claim_sent_too_soon_is_sent_again_without_writing_it_again(
    page: Page, link: str, delivery: Delivery, monkeypatch: pytest.MonkeyPatch, width: str, size: Any
) -> None:
    page.set_viewport_size(size)
    page.goto(link)
    page.get_by_text("Tengo un reclamo").click()
    page.get_by_label("Servicio no prestado").check()
    page.get_by_label("Cuéntele al vendedor los detalles").fill("Nadie vino.\nNi llamó.")
    monkeypatch.setattr(buyer_limit, "MOST_BY_LINK", 0)
    page.get_by_role("button", name="Enviar reclamo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Un momento")
    c.shoot(page, f"buyer-busy-{width}")
    busy = [*c.serious(page), c.sideways(page)]

    monkeypatch.setattr(buyer_limit, "MOST_BY_LINK", 10_000)
    page.get_by_role("button", name="Intentar de nuevo").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Su reclamo sobre FEV20418 quedó registrado")
    assert busy == [0]
    assert answers(delivery) == [("", "Nadie vino.\nNi llamó.")]


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
