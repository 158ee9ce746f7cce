"""What the pages of *Clientes* read; everything inside the company's scope."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from invoices import directory, selectors
from invoices.models import AuditEntry, Customer, ElectronicDocument, ReceptionDirectory, RecipientEmail
from invoices.search import recognise
from invoices.selectors import Filters, Order
from notifications import address_health, evidence
from notifications.address_health import UNKNOWN, Health
from notifications.models import Delivery

NEWEST = Order("created_at", datetime.fromisoformat)
# What a page shows of a customer; whoever wants more documents follows the link to the list.
MOST_ADDRESSES = 100
MOST_DOCUMENTS = 10
MOST_CHANGES = 100
# Acts on an address that concern every customer that has it.
OF_EVERYBODY = (AuditEntry.Action.ADDRESS_SUPPRESSED, AuditEntry.Action.ADDRESS_RELEASED)
# What no page shows and what makes a row heavy.
BODIES = ("text_body", "html_body")


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One customer of the list; ``listed`` is the address of DIAN's list, when it is none of the active ones."""

    customer: Customer
    active: Sequence[RecipientEmail]
    listed: str
    last: ElectronicDocument | None


def customers(text: str) -> QuerySet[Customer]:
    """The company's customers that the search box means, each with its active addresses and its latest document's id."""
    latest = ElectronicDocument.objects.filter(customer=OuterRef("pk")).order_by("-issue_date", "-pk").values("pk")[:1]
    active = Prefetch("emails", RecipientEmail.objects.filter(active=True).order_by("pk"), to_attr="active_emails")
    return selectors.customers(text).annotate(last_id=Subquery(latest)).prefetch_related(active)


def lines(found: Sequence[Customer]) -> list[CustomerLine]:
    """The rows of a page, in two queries more, however many they are."""
    listed = directory.told(found)
    documents = ElectronicDocument.objects.in_bulk([last_id for row in found if (last_id := getattr(row, "last_id", None))])
    return [_line(row, listed.get(row.pk, ""), documents.get(getattr(row, "last_id", None))) for row in found]


def _line(customer: Customer, address: str, last: ElectronicDocument | None) -> CustomerLine:
    active: list[RecipientEmail] = getattr(customer, "active_emails", [])
    return CustomerLine(customer, active, "" if address in {email.address_key for email in active} else address, last)


@dataclass(frozen=True, slots=True)
class AddressCard:
    """
    One address of a customer: its row, unless only DIAN's list has it; what the list says, unless it does not have it.

    ``last`` is the latest message to it about this customer's documents, where the page asks for it; ``health`` is over all.
    """

    address: str
    email: RecipientEmail | None
    listed: ReceptionDirectory | None
    last: Delivery | None
    health: Health = UNKNOWN

    @property
    def active(self) -> bool:
        """Whether it is told; DIAN's is, unless it is kept and switched off."""
        return self.email is None or self.email.active


def address_cards(customer: Customer) -> list[AddressCard]:
    """The customer's addresses, the active ones first, and the one that DIAN's list gives behind them when it is another."""
    latest = messages(customer, OuterRef("address_key")).order_by("-created_at", "-pk").values("pk")[:1]
    emails = list(
        RecipientEmail.objects.filter(customer=customer)
        .select_related("deactivated_by")
        .annotate(last_id=Subquery(latest))
        .order_by("-active", "pk")[:MOST_ADDRESSES]
    )
    last = Delivery.objects.select_related("document").defer(*BODIES).in_bulk([email.last_id for email in emails if email.last_id])
    listed = None if customer.is_final_consumer else directory.in_use([customer]).get(customer.pk)
    address = (directory.mailable(listed) or listed.address_key) if listed else ""
    cards = [
        AddressCard(email.address_key, email, listed if email.address_key == address else None, last.get(email.last_id)) for email in emails
    ]
    if listed and all(card.address != address for card in cards):
        cards.append(AddressCard(address, None, listed, messages(customer, address).order_by("-created_at", "-pk").first()))
    evidence.date([card.last for card in cards if card.last])
    health = address_health.of([card.address for card in cards])
    return [replace(card, health=health[card.address]) for card in cards]


def messages(customer: Customer, address: str | OuterRef) -> QuerySet[Delivery]:
    """Every message that was owed to the address about this customer's documents, in no order."""
    return Delivery.objects.filter(document__customer=customer, address_key=address).select_related("document").defer(*BODIES)


def address_card(customer: Customer, address: str) -> AddressCard | None:
    """One address of the customer; None when neither the customer, nor DIAN's list, nor any message has it."""
    email = RecipientEmail.objects.filter(customer=customer, address_key=address).select_related("deactivated_by").first()
    row = directory.in_use([customer]).get(customer.pk)
    listed = row if row and address in {row.address_key, directory.mailable(row)} else None
    last = None if email or listed else messages(customer, address).first()
    if not (email or listed or last):
        return None
    return AddressCard(address, email, listed, last, address_health.of([address])[address])


def changes(customer: Customer, address: str) -> list[AuditEntry]:
    """What people and programs did with the address, newest first."""
    about = Q(subject_id=customer.pk) | Q(subject_id=None, action__in=OF_EVERYBODY)
    rows = AuditEntry.objects.filter(about, data__address=address)
    return list(rows.order_by("-recorded_at", "-pk")[:MOST_CHANGES])


def latest_documents(customer: Customer) -> list[ElectronicDocument]:
    """The customer's newest documents."""
    rows = selectors.documents(Filters()).filter(customer=customer)
    return list(rows.order_by("-issue_date", "-pk")[:MOST_DOCUMENTS])


def search_text(customer: Customer) -> str:
    """What the list's box finds this customer's documents by: the identification, or the name where it would not know that for one."""
    typed = recognise(customer.identification)
    return customer.identification if typed and typed.kind == "identification" else customer.name
