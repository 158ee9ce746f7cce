"""Printed documents for the tests that read them: the seller, DIAN's answer, the words of each page."""

import io
import re
from datetime import UTC, datetime
from decimal import Decimal

import pypdf

from invoices.models import Company
from invoices.ubl.attached import read_xml
from invoices.ubl.types import Verdict
from notifications import graphic
from tests.ubl_builders import build_response

D = Decimal
CREATED = datetime(2026, 11, 24, 13, 41, 12, tzinfo=UTC)
WITHHELD = (("06", D("2.5"), D(1575000)), ("05", D(15), D(210000)), ("07", D("1.104"), D(1575000)))
CODE = re.compile(r"[A-Z]{3}-0\d{3}")


def seller() -> Company:
    """The issuer of the documents, without a logo."""
    return Company(nit="909214587", name="Despensa", reply_address="acuses@elfrailejon.example.com")


def answer(xml: bytes, code: str = "02") -> Verdict:
    """DIAN's answer about a document, five seconds later."""
    [piece] = read_xml(build_response(document=xml, code=code, issued=("2026-11-24", "08:41:12-05:00"))).pieces
    assert isinstance(piece.content, Verdict)
    return piece.content


def printed(xml: bytes, *, company: Company | None = None, code: str = "02", created: datetime = CREATED) -> bytes:
    """A document with DIAN's answer about it, as a PDF."""
    return graphic.render(xml=xml, response=answer(xml, code) if code else None, company=company or seller(), created=created)


def pages(pdf: bytes) -> list[str]:
    """The words of each page, one blank between them."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
