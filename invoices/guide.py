"""
The accountant's guide: the Markdown of ``docs/guia``, read once per process and rendered as pages of the product.

``README.md`` is the cover and ``NN-slug.md`` a page. Links to the other files and to the pictures in ``img`` work in the folder
itself; here they become addresses of the product.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from invoices.search import plain

FOLDER: Path = settings.BASE_DIR / "docs" / "guia"
COVER = "README.md"
NAMED = re.compile(r"\]\((\d\d-[\w-]+\.md)\)")
# HTML in the text stays text.
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: ``lead`` is its first paragraph as text, ``html`` what follows the title, ``words`` all of it as the search compares it."""

    slug: str
    title: str
    lead: str
    html: SafeString
    words: str


@cache
def pages() -> Sequence[Page]:
    """Every page, in the order in which the cover names them."""
    named = NAMED.findall((FOLDER / COVER).read_text(encoding="utf-8"))
    return [_read(FOLDER / name) for name in named]


@cache
def cover() -> Page:
    """The list of pages, told in parts."""
    return _read(FOLDER / COVER)


@dataclass(frozen=True, slots=True)
class Opened:
    """A page between its neighbours."""

    page: Page
    before: Page | None
    after: Page | None


def find(slug: str) -> Opened | None:
    """The page of an address; None when there is none."""
    all_pages = [None, *pages(), None]
    around = zip(all_pages, all_pages[1:], all_pages[2:], strict=False)
    return next((Opened(page, before, after) for before, page, after in around if page and page.slug == slug), None)


def search(text: str) -> Sequence[Page]:
    """The pages that hold every word, whatever its case and accents; those that hold it in their title come first."""
    words = plain(text).split()
    found = [page for page in pages() if all(word in page.words for word in words)]
    return sorted(found, key=lambda page: not all(word in plain(page.title) for word in words))


def slug_of(name: str) -> str:
    """``08-reenviar-notificacion.md`` → ``reenviar-notificacion``."""
    return name.removesuffix(".md").partition("-")[2]


def _read(path: Path) -> Page:
    """A file begins with its title and a paragraph; a picture, a table and a link are made fit for the product."""
    tokens = MARKDOWN.parse(path.read_text(encoding="utf-8"))
    title, lead = (tokens[place].content for place in (1, 4))
    for token in tokens:
        if token.type == "table_open":
            token.attrSet("class", "tbl")
        if token.children:
            token.children = [made for child in token.children for made in _inline(child)]
    body = MARKDOWN.renderer.render(tokens[3:], MARKDOWN.options, {})
    html = mark_safe(body)  # noqa: S308 - our own text, rendered without HTML of its own
    return Page(slug_of(path.name), title, lead.replace("**", ""), html, plain(" ".join(_texts(tokens))))


def _inline(token: Token) -> Iterator[Token]:
    """A link to another page leads to it; a picture has its size, waits until it is near, and opens whole where it is too small to read."""
    if token.type == "link_open" and str(token.attrs["href"]).endswith(".md"):
        name = str(token.attrs["href"])
        token.attrSet("href", reverse("guide") if name == COVER else reverse("guide_page", args=[slug_of(name)]))
    if token.type != "image":
        yield token
        return
    name = str(token.attrs["src"])
    address = static(f"guia/{Path(name).name}")
    with Image.open(FOLDER / name) as picture:
        size = {"width": picture.width, "height": picture.height}
    token.attrs |= {"src": address, "loading": "lazy", **size}
    yield Token("link_open", "a", 1, attrs={"href": address})
    yield token
    yield Token("link_close", "a", -1)


def _texts(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        yield from (child.content for child in token.children or () if child.type in {"text", "code_inline"})
