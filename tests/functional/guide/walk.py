"""Follows one page of the guide through the product: remembers every word that was on the screens, and takes the page's pictures."""

import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from notifications.lives import DeliveryState
from tests.functional.conftest import SHOTS
from tests.functional.guide.story import NIT

FOLDER: Path = settings.BASE_DIR / "docs" / "guia"
# GUIDE=yes takes the pictures of the guide anew; any other run leaves them alone.
INTO = FOLDER / "img" if os.environ.get("GUIDE") == "yes" else SHOTS / "guia"
COLOURS = 96
MARGIN = 12
BOLD = re.compile(r"\*\*(.+?)\*\*")
PICTURE = re.compile(r"!\[[^\]]+\]\(img/([\w-]+)\.png\)")
# States that a document shows one at a time: the guide explains them all.
STATES = {str(label) for label in DeliveryState.labels}
WORDS = """() => [document.body.innerText, ...[...document.querySelectorAll("[aria-label], [placeholder], option")]
    .map((node) => node.ariaLabel || node.placeholder || node.textContent)].join("\\n")"""


def plain(text: str) -> str:
    """With single blanks."""
    return " ".join(text.split())


class Walk:
    """One page's walk; at its end ``missing`` and ``named`` say whether page and product agree."""

    def __init__(self, page: Page, server: str, number: str) -> None:
        self.page, self.server = page, server
        self.text = next(FOLDER.glob(f"{number}-*.md")).read_text(encoding="utf-8")
        self.read: list[str] = []
        self.taken: set[str] = set()
        page.set_viewport_size({"width": 1280, "height": 1400})

    def open(self, name: str, *args: Any, query: str = "") -> None:
        """Go to an address of the product by its name."""
        self.page.goto(self.server + reverse(name, args=args) + query)
        self.look()

    def look(self) -> None:
        """Remember what stands on the screen."""
        self.page.wait_for_load_state()
        self.read.append(plain(self.page.evaluate(WORDS)))

    def press(self, place: Locator) -> None:
        """Click, and look at what comes."""
        place.click()
        self.page.wait_for_load_state("networkidle")
        self.look()

    def shoot(self, picture: str, *places: Locator, until: Locator | None = None, margin: int = MARGIN) -> None:
        """
        Take a picture of the places together, or of the whole width down to ``until``, with a margin in pixels around it.

        A palette keeps it small; fonts and animations have come to rest.
        """
        self.look()
        self.page.evaluate("() => { document.activeElement?.blur(); return document.fonts.ready.then(() => true); }")
        self.page.mouse.move(0, 0)
        image = Image.open(io.BytesIO(self.page.screenshot(clip=self._clip(places, until, margin), animations="disabled")))
        INTO.mkdir(parents=True, exist_ok=True)
        image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            INTO / f"{picture}.png", optimize=True
        )
        self.taken.add(picture)

    def _clip(self, places: tuple[Locator, ...], until: Locator | None, margin: int) -> Any:
        size = self.page.viewport_size
        assert size
        if until is not None:
            box = until.bounding_box()
            assert box
            return {"x": 0, "y": 0, "width": size["width"], "height": min(box["y"] + box["height"] + margin, size["height"])}
        boxes = [box for place in places if (box := place.bounding_box())]
        assert len(boxes) == len(places)
        left, top = (max(min(box[side] for box in boxes) - margin, 0) for side in ("x", "y"))
        right, bottom = max(box["x"] + box["width"] for box in boxes) + margin, max(box["y"] + box["height"] for box in boxes) + margin
        return {"x": left, "y": top, "width": min(right, size["width"]) - left, "height": min(bottom, size["height"]) - top}

    @property
    def named(self) -> set[str]:
        """The pictures that the page of the guide names."""
        return set(PICTURE.findall(self.text))

    @property
    def missing(self) -> list[str]:
        """What the guide prints in bold, as a label of the screen, and no screen of the walk had."""
        labels = {plain(label).rstrip(".") for label in BOLD.findall(self.text)}
        return sorted(label for label in labels if label not in STATES and not any(label in words for words in self.read))


WalkOf = Callable[..., Walk]


def agrees(walk: Walk) -> tuple[list[str], set[str], set[str]]:
    """Labels that no screen had, pictures that are named and were not taken, and the other way round."""
    return walk.missing, walk.named - walk.taken, walk.taken - walk.named


WELL: tuple[list[str], set[str], set[str]] = ([], set(), set())


def row(page: Page, text: str) -> Locator:
    """The row of a table that holds the text."""
    return page.get_by_role("row").filter(has_text=text).first


def actions(walk: Walk, number: str) -> None:
    """Find a document in the list and open its *Acciones*."""
    walk.open("documents", NIT, query=f"?q={number}")
    walk.press(walk.page.get_by_role("button", name=f"Acciones de {number}"))


def link(walk: Walk, name: str) -> Locator:
    """A link by its whole label, wherever it is."""
    return walk.page.get_by_role("link", name=name).locator("visible=true").first


def button(walk: Walk, name: str) -> Locator:
    """A button by its label, in the dialog where there is one."""
    return walk.page.get_by_role("button", name=name).locator("visible=true").first


def dialog(walk: Walk) -> Locator:
    """The open dialog."""
    found = walk.page.get_by_role("dialog").locator("visible=true")
    expect(found).to_be_visible()
    return found
