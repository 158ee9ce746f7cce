"""What the builders and the demo make is what UBL 2.1 allows; where the schemas lie beside the checkout."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from notifications.demo import ubl as demo
from tests import ubl_builders as ubl

SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "schemas" / "ubl21" / "maindoc"
SALE = demo.DemoSale(
    root="Invoice",
    type_code="01",
    number="FER-1",
    at=datetime(2026, 7, 15, 12, 0),
    due=datetime(2026, 8, 14).date(),
    base=Decimal("100000.00"),
    seller=demo.DemoParty("31", "909482675", "6", "Ferretería El Roble S.A.S."),
    buyer=demo.DemoParty("31", "908046239", "5", "Hotel & Mirador", "a@x.example;b@y.example"),
)
MADE = {
    "invoice": ("Invoice", ubl.build_invoice()),
    "credit note": ("CreditNote", ubl.build_credit_note()),
    "debit note": ("DebitNote", ubl.build_debit_note()),
    "answer": ("ApplicationResponse", ubl.build_response(code="04", rules=[("FAD09e", "Fecha")])),
    "claim": ("ApplicationResponse", ubl.build_event("031", claim_code="02")),
    "container": ("AttachedDocument", ubl.build_attached_document(ubl.build_invoice(), ubl.build_response())),
    "demo invoice": ("Invoice", demo.document(SALE).encode()),
    "demo credit note": ("CreditNote", demo.document(replace(SALE, root="CreditNote", type_code="91")).encode()),
    "demo debit note": ("DebitNote", demo.document(replace(SALE, root="DebitNote", type_code="92")).encode()),
    "demo answer": ("ApplicationResponse", demo.dian_response(SALE).encode()),
    "demo container": ("AttachedDocument", demo.attached_document(SALE)),
    "demo event": ("ApplicationResponse", demo.buyer_event(SALE, code="030", name="Acuse de recibo", at=SALE.at)),
}


@pytest.mark.corpus
@pytest.mark.parametrize("name", MADE if SCHEMAS.is_dir() else [])
def test_what_we_make_is_valid_ubl(name: str) -> None:
    root, data = MADE[name]
    schema = etree.XMLSchema(etree.parse(SCHEMAS / f"UBL-{root}-2.1.xsd"))

    schema.validate(etree.fromstring(data))

    assert [error.message for error in schema.error_log] == []
