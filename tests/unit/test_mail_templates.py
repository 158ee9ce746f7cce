"""The mails as text and as HTML: what they say, how wide they are, what they never contain."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from invoices.models import Company, Customer, ElectronicDocument, HistoryEntry, StoredFile, User
from notifications import messages, report_mail
from notifications.messages import Rendered
from notifications.models import Delivery, HistoryReport, Package
from notifications.report_content import Content, Month, Section
from notifications.selectors import RecipientCard

NOON = datetime(2026, 7, 15, 17, 0, tzinfo=UTC)
LONG = "Comercializadora Internacional de Insumos Agropecuarios y Servicios Complementarios del Oriente Antioqueño S.A.S."
COMPANY = Company(nit="909214587", name=LONG, reply_address="acuses@example.com", phone="(601) 555 0142")


def document(**fields: Any) -> ElectronicDocument:
    """An invoice that DIAN accepted, not saved."""
    shared = {"number": "FEV20418", "type_code": "01", "key": "0123456789abcdef" * 6, "key_scheme": "CUFE-SHA384", "currency": "COP"}
    states = {"dian_status": "accepted", "issued_at": NOON, "dian_validated_at": NOON, "total": Decimal("1785000"), "environment": "1"}
    buyer = Customer(company=COMPANY, identification_type="31", identification="908630142", name=LONG)
    return ElectronicDocument(company=COMPANY, customer=buyer, **(shared | states | fields))


def notification(*, source: Delivery.Source = Delivery.Source.DOCUMENT, without_pdf: bool = False, **fields: Any) -> Rendered:
    """The mail of one document."""
    package = Package(name="z09092145870002600000001.zip", without_pdf=without_pdf, file=StoredFile(size=151_552))
    return messages.document_mail(
        document=document(**fields), package=package, delivery_id=UUID(int=1), address="compras@example.com", source=source
    )


def report(*, documents: int = 1, address: str = "laura@example.com", attached: bool = True, state: str = "bounced") -> Rendered:
    """The mail of a report."""
    laura = User(email="laura@example.com", name="Laura Restrepo Cifuentes")
    asked = HistoryReport(company=COMPANY, requested_by=laura, address=address, requested_at=NOON)
    line = HistoryEntry(seq=1, recorded_at=NOON, hash="a" * 64)
    card = RecipientCard(
        Delivery(address="compras@example.com", state=state, reason="no_mailbox", source="document", created_at=NOON), 1, None, []
    )
    sections = [Section(document(), 41, [Month("julio de 2026", 41, [])], [card], [], None, line, line, None) for _ in range(documents)]
    content = Content(COMPANY, sections, laura, NOON, "Contador", NOON, "AB12CD34")
    file = StoredFile(name="historial-FEV20418-20260715.pdf", size=77_000, sha256="b" * 64)
    return report_mail.report_mail(report=asked, content=content, files=[file], attached=[file] if attached else [], until=NOON)


MAILS = {"notification": notification, "report": report, "report of many": lambda: report(documents=12)}


@pytest.fixture(params=list(MAILS))
def mail(request: pytest.FixtureRequest) -> Rendered:
    """Each mail in turn."""
    return MAILS[request.param]()


def flat(text: str) -> str:
    """The text with its lines joined."""
    return " ".join(text.split())


def test_the_text_is_at_most_76_columns_wide(mail: Rendered) -> None:
    wide = [line for line in mail.text.splitlines() if len(line) > 76 and not line.startswith("http")]

    assert wide == []


def test_the_html_loads_nothing(mail: Rendered) -> None:
    assert re.findall(r"<img|<script|<link|url\(|src=|background=", mail.html) == []


def test_the_html_is_a_table_of_600_pixels_at_most(mail: Rendered) -> None:
    assert "max-width:600px" in mail.html
    assert max(int(width) for width in re.findall(r'width="(\d+)"', mail.html)) <= 600


def test_there_is_one_button(mail: Rendered) -> None:
    assert mail.html.count('class="btn"') == 1


def test_text_and_html_lead_to_the_same_page(mail: Rendered) -> None:
    [button] = re.findall(r'<a href="([^"]+)" style="display:inline-block;padding', mail.html)

    assert button in mail.text.splitlines()


def test_the_buyer_is_asked_to_confirm() -> None:
    mail = notification()

    assert "Confirmar que recibí este documento</a>" in mail.html
    assert "CONFIRMAR QUE RECIBÍ ESTE DOCUMENTO" in mail.text


def test_the_body_carries_the_reply_address_and_the_zip() -> None:
    mail = notification()

    for body in (mail.text, mail.html):
        assert "acuses@example.com" in body
        assert "z09092145870002600000001.zip" in body


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("document", "es el correo que trae el documento"),
        ("customer", "es un correo que"),
        ("always", "para todos sus documentos"),
        ("dian", "registró ante la DIAN"),
        ("manual", "el vendedor lo reenvió a"),
    ],
)
def test_the_buyer_learns_why_this_address_got_it(source: str, why: str) -> None:
    mail = notification(source=Delivery.Source(source))

    assert why in flat(mail.text)
    assert why in mail.html


@pytest.mark.parametrize("without", [True, False])
def test_a_pdf_that_does_not_fit_is_offered_at_the_link(without: bool) -> None:
    mail = notification(without_pdf=without)

    assert ("se descarga en el enlace" in flat(mail.text)) is without
    assert ("se descarga en el enlace" in mail.html) is without


def test_a_name_is_text_and_no_markup() -> None:
    mail = notification(number="<b>FE1</b>")

    assert "&lt;b&gt;FE1&lt;/b&gt;" in mail.html
    assert "<b>FE1</b>" in mail.text


def test_the_product_is_not_named_to_the_buyer() -> None:
    mail = notification()

    assert "Traza" not in mail.text + mail.html + mail.sender


@pytest.mark.parametrize(
    ("address", "words"),
    [("Laura@example.com", "Aquí está el informe que pediste"), ("otra@example.com", "Laura Restrepo Cifuentes pidió el 15/07/2026 12:00")],
)
def test_the_report_says_who_asked_for_it(address: str, words: str) -> None:
    mail = report(address=address)

    assert words in flat(mail.text)
    assert words in mail.html


def test_the_report_gives_the_result_of_each_address() -> None:
    mail = report()

    for words in ("Devuelto (dirección inválida)", "El buzón no existe."):
        assert words in mail.text
        assert words in mail.html


def test_a_report_over_many_documents_names_ten_with_a_problem() -> None:
    mail = report(documents=12)

    assert mail.text.count("El buzón no existe.") == 10
    assert "Y 2 documentos más, en el PDF." in mail.text


def test_a_report_without_attachment_says_where_it_is() -> None:
    mail = report(attached=False)

    assert "descárgalo en Mis informes" in flat(mail.text)
    assert "lo adjunto no vence" not in mail.text
