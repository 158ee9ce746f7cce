"""To whom a document is notified."""

from dataclasses import dataclass

from invoices import directory
from invoices.models import DocumentRecipient, ElectronicDocument, RecipientEmail
from notifications import suppressions
from notifications.models import Delivery

Source = Delivery.Source


@dataclass(frozen=True, slots=True)
class Recipient:
    """
    One address and why it is told. ``switched_off``: a person did, for this customer; ``suppressed``: it bounced or complained,
    and the company holds it back.
    """

    address: str
    source: Delivery.Source
    switched_off: bool = False
    suppressed: bool = False


def recipients(document: ElectronicDocument) -> list[Recipient]:
    """
    The addresses in the document; if it names none, the customer's active ones; in both cases also those marked
    *siempre* and the one in DIAN's reception directory. Compared in lower case, none twice, the first reason counts.

    A final consumer has no addresses of its own: only those in the document count.
    """
    named = list(
        DocumentRecipient.objects.filter(document=document, source=Source.DOCUMENT).order_by("pk").values_list("address_key", flat=True)
    )
    known = [] if document.customer.is_final_consumer else list(RecipientEmail.objects.filter(customer=document.customer).order_by("pk"))
    off = {email.address_key for email in known if not email.active}
    found = [(address, Source.DOCUMENT) for address in named]
    if not found:
        found = [(email.address_key, Source.CUSTOMER) for email in known if email.active]
    found += [(email.address_key, Source.ALWAYS) for email in known if email.active and email.always]
    if listed := reception_address(document):
        found.append((listed, Source.DIAN))
    return _once(found, off)


def reception_address(document: ElectronicDocument) -> str:
    """The address that DIAN's list last gave for the customer's NIT, as mail is sent to it, or nothing."""
    row = directory.in_use([document.customer]).get(document.customer_id)
    return directory.mailable(row) if row else ""


def _once(found: list[tuple[str, Delivery.Source]], off: set[str]) -> list[Recipient]:
    first: dict[str, Delivery.Source] = {}
    for address, source in found:
        first.setdefault(address, source)
    held = suppressions.held(first)
    return [Recipient(address, source, switched_off=address in off, suppressed=address in held) for address, source in first.items()]
