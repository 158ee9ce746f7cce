"""
The report as PDF: WeasyPrint over a template, Letter, PDF/A-3a.

The same content gives the same bytes, so that the digest in the mail can be computed again: the fonts are static (the subset
of a variable one carries the time of day) and the dates in the file are the report's own. Nothing is fetched: style and
fonts are read from ``static/pdf`` and inlined.
"""

import base64
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from notifications.report_content import Content

FOLDER: Path = settings.BASE_DIR / "static" / "pdf"
FONT = re.compile(r"url\(fonts/([\w-]+\.woff2)\)")


@dataclass(frozen=True, slots=True)
class Printed:
    """The file and how many pages it has."""

    data: bytes
    pages: int


def render(content: Content) -> Printed:
    """Print the report; half a second for a short one, some seven for ``MAX_ROWS`` movements."""
    return print_page(render_to_string("pdf/history.html", {"report": content}))


def print_page(html: str, sheet: str = "history.css") -> Printed:
    """
    Lay out and print, with nothing from outside the text but our own style and fonts.

    :param sheet: the style of this kind of document, on top of ``base.css``.
    :raises ValueError: the text names a resource that is not inline.
    """
    fonts = FontConfiguration()
    fetcher = URLFetcher(allowed_protocols=["data"], fail_on_errors=True)
    style = CSS(string=stylesheet(sheet), font_config=fonts, url_fetcher=fetcher)
    try:
        document = HTML(string=html, url_fetcher=fetcher).render(stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-3a")
    except FatalURLFetchingError as exc:  # not an Exception: it would end the worker
        raise ValueError(str(exc)) from exc
    return Printed(document.write_pdf(pdf_variant="pdf/a-3a"), len(document.pages))


@lru_cache
def stylesheet(sheet: str) -> str:
    """The base and one sheet, with their fonts inside."""
    return FONT.sub(_inlined, "\n".join((FOLDER / name).read_text() for name in ("base.css", sheet)))


def _inlined(match: re.Match[str]) -> str:
    data = base64.b64encode((FOLDER / "fonts" / match[1]).read_bytes()).decode()
    return f"url(data:font/woff2;base64,{data})"
