"""A buyer, the document he got, and the link in its mail."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from invoices.models import DocumentFile, StoredFile
from invoices.scope import company_scope
from invoices.services import store_file
from notifications import buyer_limit, buyer_links
from notifications.models import Delivery
from tests import factories


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
