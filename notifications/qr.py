"""The QR of a printed document: the annex's eleven lines, drawn as SVG."""

from decimal import ROUND_DOWN, Decimal

import segno
from django.utils.safestring import SafeString, mark_safe

from invoices.ubl.printed_types import Printed

IVA = "01"
CENT = Decimal("0.01")
HOSTS = {"2": "catalogo-vpfe-hab.dian.gov.co"}
HOST = "catalogo-vpfe.dian.gov.co"


def catalogue_url(printed: Printed) -> str:
    """Where anybody can see the document at DIAN; test documents live apart."""
    return f"https://{catalogue_host(printed)}/document/searchqr?documentkey={printed.document.key}"


def catalogue_host(printed: Printed) -> str:
    """The name of DIAN's catalogue, for people to read."""
    return HOSTS.get(printed.document.environment, HOST)


def qr_text(printed: Printed) -> str:
    """
    Ten facts and the address, a line each; the issuer's own text where it has this form and is about this document.

    Amounts have two decimals, truncated, as in the CUFE; date and time are those printed in the XML.

    Source: DIAN, Anexo Técnico Factura Electrónica de Venta 1.9, section 11.7.
    """
    document = printed.document
    if printed.qr_text.startswith("NumFac:") and printed.qr_text.endswith(catalogue_url(printed)):
        return printed.qr_text
    iva = sum((tax.amount for tax in printed.taxes if tax.code == IVA), Decimal(0))
    facts = {
        "NumFac": document.number,
        "FecFac": document.issue_date.isoformat(),
        "HorFac": document.issued_at.timetz().isoformat("seconds"),
        "NitFac": document.issuer.identification,
        "DocAdq": document.customer.identification,
        "ValFac": _figure(document.subtotal),
        "ValIva": _figure(iva),
        "ValOtroIm": _figure(document.taxes - iva),
        "ValTolFac": _figure(document.total),
        key_name(printed): document.key,
    }
    return "\n".join([*(f"{name}: {value}" for name, value in facts.items()), catalogue_url(printed)])


def key_name(printed: Printed) -> str:
    """*CUFE*, *CUDE* or *CUDS*, as the document says."""
    return printed.document.key_scheme.split("-")[0].upper() or "CUFE"


def draw(text: str) -> SafeString:
    """The text as an ``<svg>`` of black modules, level M, without size, so that the style sheet gives it."""
    code = segno.make(text, error="m", micro=False, boost_error=False)
    return mark_safe(code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None))  # noqa: S308 - numbers and our own tags


def _figure(amount: Decimal) -> str:
    return str(amount.quantize(CENT, rounding=ROUND_DOWN))
