"""What is printed of a document, as plain values: amounts exact as the XML writes them, texts stripped and bounded."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from invoices.ubl.types import Document, Party

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Place:
    """An address: street, and city with department and country; empty where the XML has none."""

    street: str
    city: str


@dataclass(frozen=True, slots=True)
class PrintedParty:
    """
    A party as the head of the document names it.

    :param computed_digit: the check digit that its NIT should have; empty where it is no NIT. What is printed in the XML is in ``who``.
    :param qualities: regime and responsibilities in words (*Responsable de IVA*, *Autorretenedor*), as the XML states them.
    :param activities: codes of economic activity (CIIU).
    """

    who: Party
    computed_digit: str
    place: Place
    phone: str
    mail: str
    qualities: tuple[str, ...]
    activities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Authorization:
    """DIAN's authorisation of the numbering; ``first`` and ``last`` as printed, days where they can be read."""

    number: str
    prefix: str
    first: str
    last: str
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Tax:
    """
    A tax or a withholding, by code and rate.

    :param rate: as the XML writes it, normally per cent; nothing for a tax per unit.
    :param per_unit: what one unit pays, of a nominal tax (IBUA, ICL); otherwise nothing.
    :param base: nothing where the XML does not say it.
    """

    code: str
    name: str
    rate: Decimal | None
    per_unit: Decimal | None
    base: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A discount, or a charge; ``rate`` in per cent."""

    is_charge: bool
    reason: str
    rate: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """
    One line.

    :param unit: in Spanish for the usual codes of UN/ECE Rec. 20, else the code.
    :param details: brand, lot, notes, on whose account: short texts in their order.
    :param reference_price: what one would cost, where it is given for free; otherwise nothing.
    :param total: after discounts and charges of the line, before taxes.
    """

    number: str
    code: str
    description: str
    details: tuple[str, ...]
    quantity: Decimal | None
    unit: str
    price: Decimal | None
    reference_price: Decimal | None
    adjustments: tuple[Adjustment, ...]
    taxes: tuple[Tax, ...]
    total: Decimal

    @property
    def discount(self) -> Decimal:
        """Discounts less charges of the line."""
        return sum((-item.amount if item.is_charge else item.amount for item in self.adjustments), ZERO)


@dataclass(frozen=True, slots=True)
class Totals:
    """The document's totals as the XML states them; nothing where it does not. ``subtotal`` is the sum of the lines."""

    subtotal: Decimal
    discounts: Decimal | None
    charges: Decimal | None
    with_taxes: Decimal | None
    prepaid: Decimal | None
    rounding: Decimal | None
    payable: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """``form`` *Contado*, *Crédito* or empty; means in words; references (``PaymentID``); accounts; terms as the seller wrote them."""

    form: str
    means: tuple[str, ...]
    due: date | None
    references: tuple[str, ...]
    accounts: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document: an order, a dispatch note, or the invoice that a note corrects (then with its key and date)."""

    kind: str
    number: str
    key: str
    day: date | None


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """One unit of ``source`` is ``rate`` units of ``target``, as the XML states it."""

    source: str
    target: str
    rate: Decimal
    day: date | None


@dataclass(frozen=True, slots=True)
class Software:
    """Who transmits (NIT and check digit as printed) and, where the XML names it, the program and its maker."""

    provider: str
    provider_digit: str
    name: str
    maker: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where and to whom it is delivered; empty fields where the XML does not say."""

    name: str
    place: Place
    day: date | None


@dataclass(frozen=True, slots=True)
class Printed:
    """
    All that is printed of one document; the facts that the product traces are in ``document``.

    :param taxes: by code and rate, in the order of the XML; ``withholdings`` likewise, as information.
    :param references: orders, dispatch notes and contracts; ``corrected``: the documents that a note is about.
    :param concepts: why a note is made, in words.
    :param period: first and last day of what is charged, where it is charged by period.
    :param qr_text: the text of the QR as the issuer wrote it; empty where there is none.
    """

    document: Document
    issuer: PrintedParty
    customer: PrintedParty
    authorization: Authorization | None
    lines: tuple[PrintedLine, ...]
    taxes: tuple[Tax, ...]
    withholdings: tuple[Tax, ...]
    adjustments: tuple[Adjustment, ...]
    totals: Totals
    payment: Payment
    delivery: Delivery
    period: tuple[date, date] | None
    references: tuple[Reference, ...]
    corrected: tuple[Reference, ...]
    concepts: tuple[str, ...]
    notes: tuple[str, ...]
    exchange: ExchangeRate | None
    software: Software
    qr_text: str
