"""The ZIPs of the demo: the container and, where asked, a plain PDF."""

import io
import zipfile
from html import escape

from weasyprint import HTML

from notifications.demo.ubl import DemoSale, attached_document

PAGE = """<html lang="es"><style>@page {{ size: Letter; margin: 2cm }} body {{ font: 11pt sans-serif; color: #161b25 }}
h1 {{ font-size: 16pt }} td {{ padding: 4pt 12pt 4pt 0; vertical-align: top }} small {{ color: #556070; word-break: break-all }}</style>
<h1>{title} {number}</h1><p><b>{seller}</b><br>NIT {nit}-{digit}</p>
<table><tr><td>Cliente<td>{buyer}<tr><td>Fecha<td>{at:%d/%m/%Y %H:%M}<tr><td>Subtotal<td>{base:,.2f}<tr><td>IVA 19 %<td>{tax:,.2f}
<tr><td><b>Total</b><td><b>{total:,.2f} COP</b></table><p><small>CUFE {key}</small></p><p>Documento de demostración.</p></html>"""
TITLES = {"01": "Factura electrónica de venta", "91": "Nota crédito", "92": "Nota débito"}


def zip_of(sale: DemoSale, *, pdf: bool) -> tuple[str, bytes]:
    """The file as it would come by e-mail: name and contents."""
    stem = f"{sale.seller.number:0>10}000{sale.at:%y}{int(sale.key[:6], 16):08x}"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"ad{stem}.xml", attached_document(sale))
        if pdf:
            archive.writestr(f"fv{stem}.pdf", _pdf(sale))
    return f"z{stem}.zip", buffer.getvalue()


def _pdf(sale: DemoSale) -> bytes:
    page = PAGE.format(
        title=TITLES[sale.type_code],
        number=sale.number,
        seller=escape(sale.seller.name),
        nit=sale.seller.number,
        digit=sale.seller.digit,
        buyer=escape(sale.buyer.name),
        at=sale.at,
        base=sale.base,
        tax=sale.tax,
        total=sale.base + sale.tax,
        key=sale.key,
    )
    return bytes(HTML(string=page).write_pdf())
