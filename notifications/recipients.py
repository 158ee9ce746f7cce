"""To whom a document is notified."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from invoices import demands, directory
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
    The addresses in the document; if it names none, the customer's active ones; in both cases also those marked *siempre*, the
    second mailbox that the buyer asks for, and the one in DIAN's reception directory. Compared in lower case, none twice, the
    first reason counts.

    A final consumer has no addresses of its own: only those in the document count.
    """
    return recipients_of([document])[document.pk]


def recipients_of(documents: Sequence[ElectronicDocument]) -> dict[UUID, list[Recipient]]:
    """The recipients of each document, with its customer, by the document's id; five questions however many they are."""
    named, known = _named(documents), _known(documents)
    listed = directory.told(item.customer for item in documents)
    second = demands.of([item.customer for item in documents], demands.Demand.SECOND_MAILBOX)
    found = {
        item.pk: _first(named[item.pk], known[item.customer_id], second.get(item.customer_id, ""), listed.get(item.customer_id, ""))
        for item in documents
    }
    held = suppressions.held({address for sources in found.values() for address in sources})
    off = {customer_id: {email.address_key for email in emails if not email.active} for customer_id, emails in known.items()}
    return {
        item.pk: [
            Recipient(address, source, switched_off=address in off.get(item.customer_id, ()), suppressed=address in held)
            for address, source in found[item.pk].items()
        ]
        for item in documents
    }


def _named(documents: Sequence[ElectronicDocument]) -> dict[UUID, list[str]]:
    named: dict[UUID, list[str]] = defaultdict(list)
    rows = DocumentRecipient.objects.filter(document__in=[item.pk for item in documents], source=Source.DOCUMENT)
    for document_id, address in rows.order_by("pk").values_list("document_id", "address_key"):
        named[document_id].append(address)
    return named


def _known(documents: Sequence[ElectronicDocument]) -> dict[UUID, list[RecipientEmail]]:
    known: dict[UUID, list[RecipientEmail]] = defaultdict(list)
    customers = {item.customer_id for item in documents if not item.customer.is_final_consumer}
    for email in RecipientEmail.objects.filter(customer__in=customers).order_by("pk"):
        known[email.customer_id].append(email)
    return known


def _first(named: Sequence[str], known: Sequence[RecipientEmail], second: str, listed: str) -> dict[str, Delivery.Source]:
    """Each address with the first reason why it is told."""
    found = [(address, Source.DOCUMENT) for address in named]
    if not found:
        found = [(email.address_key, Source.CUSTOMER) for email in known if email.active]
    found += [(email.address_key, Source.ALWAYS) for email in known if email.active and email.always]
    if second:
        found.append((second, Source.CUSTOMER))
    if listed:
        found.append((listed, Source.DIAN))
    first: dict[str, Delivery.Source] = {}
    for address, source in found:
        first.setdefault(address, source)
    return first


def no_longer_told(document: ElectronicDocument, address: str) -> bool:
    """
    Whether the company decided against an address that it once told of this document: switched off for the customer, held back,
    or ignored where nothing but DIAN's list names it.
    """
    now_told = next((item for item in recipients(document) if item.address == address), None)
    if now_told is not None:
        return now_told.switched_off or now_told.suppressed
    off = RecipientEmail.objects.filter(customer=document.customer_id, address_key=address, active=False)
    return off.exists() or address in suppressions.held([address]) or directory.is_ignored(document.customer, address)


def reception_address(document: ElectronicDocument) -> str:
    """The address that DIAN's list last gave for the customer's NIT, as mail is sent to it; nothing where the company ignores it."""
    return directory.told([document.customer]).get(document.customer_id, "")
