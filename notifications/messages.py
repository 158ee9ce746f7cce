"""What a buyer reads: subject, sender, HTML and text of the mail that notifies one document to one address."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from invoices import demands
from invoices.models import Company, ElectronicDocument
from invoices.templatetags.traza import day
from notifications import buyer_links, channel_registry
from notifications.mime import mailbox
from notifications.models import Delivery, Package

BREAKS = re.compile(r"[;\s]+")
CONTENTS = "Contiene el documento electrónico con la validación de la DIAN y, cuando la hay, su representación gráfica en PDF."
# What did not fit, by whether the PDF and the annexes did not.
BY_LINK = {
    (False, False): "",
    (True, False): " El PDF no cabe en el correo: se descarga en el enlace.",
    (False, True): " Los anexos no caben en el correo: se descargan en el enlace.",
    (True, True): " El PDF y los anexos no caben en el correo: se descargan en el enlace.",
}
# Why this address gets the mail, by where it came from.
WHY = {
    Delivery.Source.DOCUMENT: "Recibe este mensaje porque {address} es el correo que trae el documento de {customer}.",
    Delivery.Source.CUSTOMER: "Recibe este mensaje porque {address} es un correo que {customer} le dio al vendedor.",
    Delivery.Source.ALWAYS: "Recibe este mensaje porque {customer} le dio al vendedor el correo {address} para todos sus documentos.",
    Delivery.Source.DIAN: "Recibe este mensaje porque {address} es el correo de recepción que {customer} registró ante la DIAN.",
    Delivery.Source.MANUAL: "Recibe este mensaje porque el vendedor lo reenvió a {address}.",
    Delivery.Source.USER: "Recibe este mensaje en {address} porque lo pidió el vendedor.",
}


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
    if line := _business_line(document):
        fields.append(line)
    return ";".join(BREAKS.sub(" ", field).strip() for field in fields)


def _business_line(document: ElectronicDocument) -> str:
    """The one that this buyer asks for, else the company's."""
    asked = demands.of([document.customer], demands.Demand.BUSINESS_LINE) if document.customer_id else {}
    return asked.get(document.customer_id) or document.company.business_line


def document_mail(*, document: ElectronicDocument, package: Package, delivery_id: UUID, address: str, source: Delivery.Source) -> Rendered:
    """Render the mail; the link in it is personal to the delivery."""
    company = document.company
    link = settings.PUBLIC_URL + reverse("buyer", args=[buyer_links.make(company_id=company.pk, delivery_id=delivery_id)])
    context = {
        "document": document,
        "company": company,
        "seller": company.trade_name or company.name,
        "seller_nit": f"NIT {company.formatted_nit}",
        "package": package,
        "contents": CONTENTS + BY_LINK[package.without_pdf, package.without_annexes],
        "payment": payment(document),
        "intro": intro(document),
        "why": WHY[source].format(address=address, customer=document.customer.name).replace("..", "."),
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


def intro(document: ElectronicDocument) -> str:
    """The first sentence: what comes with this mail."""
    article = "la" if document.type_title.startswith(("Factura", "Nota", "Boleta")) else "el"
    what = document.type_title[0].lower() + document.type_title[1:]
    validated = " La DIAN ya la validó" if article == "la" else " La DIAN ya lo validó"
    tail = f"{validated} y va en un archivo ZIP." if document.accepted_by_dian else " Va en un archivo ZIP."
    return f"Le enviamos {article} {what} {document.number}.{tail}"


def payment(document: ElectronicDocument) -> str:
    """The form of payment in words; empty where the document does not say."""
    due = f", vence el {day(document.due_date)}" if document.due_date else ""
    return {"1": "De contado", "2": f"A crédito{due}"}.get(document.payment_form, "")


def sender(company: Company, *, channel: str = "") -> str:
    """The seller's name before the address of the channel (the company's, unless another is named), or ours."""
    return mailbox(company.sender_name or company.trade_name or company.name, channel_registry.sender(channel or company.channel))


def reply_address(company: Company) -> str:
    """The *correo de autorespuesta*: where the buyer returns events."""
    return company.reply_address or settings.DEFAULT_FROM_EMAIL
