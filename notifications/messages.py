"""What a buyer reads: subject, sender, HTML and text of the mail that notifies one document to one address."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from invoices.models import Company, ElectronicDocument
from notifications.acknowledgements import buyer_token
from notifications.mime import mailbox
from notifications.models import Delivery, Package

BREAKS = re.compile(r"[;\s]+")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One mail, ready to be owed."""

    sender: str
    reply_to: str
    subject: str
    text: str
    html: str


def subject(document: ElectronicDocument) -> str:
    """
    NIT;name;number;type;trade name[;line of business]: the fields by which a buyer's robot knows the mail.

    The separator inside a name becomes a blank. Source: DIAN, Anexo Técnico 1.9, section 9.1.
    """
    company = document.company
    name = document.issuer_name or company.name
    fields = [company.nit, name, document.number, document.type_code, document.issuer_trade_name or company.trade_name or name]
    if company.business_line:
        fields.append(company.business_line)
    return ";".join(BREAKS.sub(" ", field).strip() for field in fields)


def document_mail(*, document: ElectronicDocument, package: Package, delivery_id: UUID, address: str, source: Delivery.Source) -> Rendered:
    """Render the mail; the link in it is personal to the delivery."""
    company = document.company
    link = settings.PUBLIC_URL + reverse("buyer", args=[buyer_token(company_id=company.pk, delivery_id=delivery_id)])
    context = {
        "document": document,
        "company": company,
        "package": package,
        "address": address,
        "source": source,
        "link": link,
        "reply_address": reply_address(company),
    }
    return Rendered(
        sender=sender(company),
        reply_to=reply_address(company),
        subject=subject(document),
        text=render_to_string("mail/notification.txt", context),
        html=render_to_string("mail/notification.html", context),
    )


def sender(company: Company) -> str:
    """The seller's name before our address."""
    return mailbox(company.sender_name or company.trade_name or company.name, settings.DEFAULT_FROM_EMAIL)


def reply_address(company: Company) -> str:
    """The *correo de autorespuesta*: where the buyer returns events."""
    return company.reply_address or settings.DEFAULT_FROM_EMAIL
