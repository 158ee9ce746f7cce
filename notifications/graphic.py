"""
The *representación gráfica* of an invoice or note: a PDF made from its XML, Letter, PDF/A-3a.

The business is the author: its logo and a colour of it, its words. The same arguments give the same bytes, and nothing is fetched.
"""

from datetime import datetime

from django.template.loader import render_to_string

from invoices.models import Company
from invoices.ubl.printed import read_printed
from invoices.ubl.types import Verdict
from notifications.graphic_content import content_of
from notifications.report_pdf import print_page


def render(*, xml: bytes, response: Verdict | None, company: Company, created: datetime) -> bytes:
    """
    Print one document: half a second for a short one, a second for sixty lines, some ten for a thousand.

    :param xml: an ``Invoice``, ``CreditNote`` or ``DebitNote``, or the ``AttachedDocument`` that holds it.
    :param response: DIAN's answer about it, which gives the moment of validation; nothing where there is none (type 04).
    :param company: its logo is shown where it is the issuer.
    :param created: aware; the date of the file. Another date gives other bytes.
    :raises Refused: the XML cannot be read or printed.

    Source: Resolución DIAN 165 de 2023, art. 11; Anexo Técnico Factura Electrónica de Venta 1.9, section 11.7 (QR).
    """
    content = content_of(read_printed(xml), response=response, company=company, created=created)
    return print_page(render_to_string("pdf/invoice.html", {"page": content}), "invoice.css").data
