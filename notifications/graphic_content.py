"""What the *representación gráfica* says, in the words and figures of the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.safestring import SafeString

from invoices.models import Company
from invoices.models.documents import TYPE_TITLES
from invoices.models.sales import IDENTIFICATION_LABELS
from invoices.ubl.printed_types import Printed
from invoices.ubl.types import Verdict
from invoices.ubl.words import amount_in_words
from notifications import brand, qr
from notifications.brand import Brand
from notifications.graphic_figures import dotted, identification, money, nit, price
from notifications.graphic_rows import Table, table_of
from notifications.graphic_sums import Sum, sums_of, taxes_of

COP, TESTS = "COP", "2"
# What fits beside the totals without making them taller.
SIDE_NOTES = 420


@dataclass(frozen=True, slots=True)
class Content:
    """The page. ``seller`` is whose paper it is: nothing where the XML's issuer is another company."""

    printed: Printed
    brand: Brand
    seller: Company | None
    verdict: Verdict | None
    created: datetime
    table: Table
    sums: tuple[Sum, ...]
    taxes: tuple[tuple[str, str, str], ...]
    payment: tuple[str, ...]
    exchange: str
    qr: SafeString

    @property
    def title(self) -> str:
        """*Factura electrónica de venta*."""
        return TYPE_TITLES.get(self.printed.document.type_code, "Documento electrónico")

    @property
    def key_name(self) -> str:
        """*CUFE* or *CUDE*."""
        return qr.key_name(self.printed)

    @property
    def catalogue(self) -> tuple[str, str]:
        """Name and address of DIAN's catalogue."""
        return qr.catalogue_host(self.printed), qr.catalogue_url(self.printed)

    @property
    def band(self) -> str:
        """Why the document is worth nothing, where it is."""
        if self.verdict and self.verdict.rejected:
            return "Sin validez: rechazada por la DIAN"
        return "Sin validez: ambiente de pruebas" if self.printed.document.environment == TESTS else ""

    @property
    def standing(self) -> str:
        """What the paper is beside the XML, in the foot of each page."""
        validated = " que validó la DIAN" if self.verdict and self.verdict.accepted else ""
        return f"Representación gráfica: el documento válido es el XML{validated}."

    @property
    def is_note(self) -> bool:
        """A credit or debit note, which says what it corrects in the place of how it is paid."""
        return self.printed.document.root != "Invoice"

    @property
    def total(self) -> str:
        """With its currency."""
        return money(self.printed.totals.payable, self.printed.document.currency)

    @property
    def words(self) -> tuple[str, str]:
        """The total in words, and *M/CTE* apart, which must not break at its slash."""
        said, mark, _ = amount_in_words(self.printed.totals.payable, self.printed.document.currency).partition(" M/CTE")
        return said, mark

    @property
    def numbers(self) -> str:
        """``del 1 al 50.000``: the range that DIAN authorised."""
        authorization = self.printed.authorization
        known = authorization and authorization.first and authorization.last
        return f"del {dotted(authorization.first)} al {dotted(authorization.last)}" if authorization and known else ""

    @property
    def issuer_name(self) -> str:
        """What people call the seller."""
        return self.printed.document.issuer.trade_name or self.printed.document.issuer.name

    @property
    def issuer_identification(self) -> str:
        """``NIT 909.214.587-8``."""
        return identification(self.printed.issuer, IDENTIFICATION_LABELS)

    @property
    def customer_identification(self) -> str:
        """``C.C. 1.020.304.050``."""
        return identification(self.printed.customer, IDENTIFICATION_LABELS)

    @property
    def provider(self) -> str:
        """With which program it was made, and who transmits it to DIAN."""
        software = self.printed.software
        named = ", de ".join(part for part in (software.name, software.maker) if part)
        own = software.provider == self.printed.document.issuer.identification
        by = f"{'propio,' if own else 'de proveedor tecnológico,'} NIT {nit(software.provider, software.provider_digit)}"
        return ", ".join(part for part in (named, by if software.provider else "") if part)

    @property
    def has_delivery(self) -> bool:
        """Whether there is a place, a day, a reference or a period to print."""
        delivery = self.printed.delivery
        return bool(
            delivery.name or delivery.place.street or delivery.place.city or delivery.day or self.printed.references or self.printed.period
        )

    @property
    def notes_aside(self) -> bool:
        """Whether the notes are so short that they fit beside the totals."""
        return sum(map(len, self.printed.notes)) <= SIDE_NOTES


def content_of(printed: Printed, *, response: Verdict | None, company: Company, created: datetime) -> Content:
    """
    The content of one document.

    :param response: DIAN's answer; one about another document is not shown.
    :param company: lends logo, colour and reply address where it is the issuer.
    :param created: aware; the file's own date.
    """
    seller = company if company.nit == printed.document.issuer.identification else None
    own = response if response and response.document_key == printed.document.key else None
    return Content(
        printed=printed,
        brand=brand.of(seller),
        seller=seller,
        verdict=own,
        created=created,
        table=table_of(printed),
        sums=tuple(sums_of(printed)),
        taxes=tuple(taxes_of(printed)),
        payment=tuple(_payment(printed)),
        exchange=_exchange(printed),
        qr=qr.draw(qr.qr_text(printed)),
    )


def _payment(printed: Printed) -> Iterator[str]:
    """The first is the form: *Crédito a 30 días*."""
    payment = printed.payment
    days = (payment.due - printed.document.issue_date).days if payment.due else 0
    yield f"{payment.form} a {days} día{'' if days == 1 else 's'}" if payment.form == "Crédito" and days > 0 else payment.form
    if payment.means:
        yield f"Medio: {', '.join(payment.means)}"
    yield from (f"Cuenta {account}" for account in payment.accounts)
    yield from (f"Referencia {number}" for number in payment.references)
    yield from payment.terms


def _exchange(printed: Printed) -> str:
    """The rate, and what a total in another currency comes to in pesos."""
    exchange, currency = printed.exchange, printed.document.currency
    if exchange is None or exchange.source == exchange.target:
        return ""
    one, other = exchange.source, exchange.target
    if one == COP and exchange.rate > 1:  # many write it the other way round: no peso is worth more than one of the other
        one, other = other, one
    text = f"Tasa de cambio: 1 {one} = {price(exchange.rate)} {other}{_of(exchange.day)}."
    equivalent = currency == one and other == COP
    return f"{text} El total equivale a {money(printed.totals.payable * exchange.rate, COP)} COP." if equivalent else text


def _of(day: date | None) -> str:
    return f" ({day:%d/%m/%Y})" if day else ""
