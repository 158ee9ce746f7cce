"""Sales that are told to us by themselves, with or without an electronic document."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from invoices.customers import MAX_NAME, clean_identification, customer_of
from invoices.invalid import Invalid
from invoices.models import Company, Customer, SalesTransaction
from invoices.models.documents import TYPE_LABELS
from invoices.search import number_key, plain
from invoices.services import Outcome
from invoices.written import one_line

FIRST_DAY = date(2000, 1, 1)
MOST = Decimal(10) ** 18


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale as it was given: ``type_code`` as in the document that may come later (01, 91 …), ``total`` exact in ``currency``."""

    type_code: str
    number: str
    issue_date: date
    currency: str
    total: Decimal
    identification_type: str
    identification: str
    customer_name: str


@dataclass(frozen=True, slots=True)
class RecordedSale:
    """The sale's row, and what became of what was given."""

    sale: SalesTransaction
    outcome: Outcome


def record_sale(*, company: Company, given: Sale, today: date) -> RecordedSale:
    """
    Keep a sale once per company, type and number: a document with the same three is matched to it, before or after.

    :param today: in America/Bogota; a sale of the future is refused.
    :returns: ``NEW``, ``ALREADY`` (the same date, total and buyer), or ``CONFLICT`` (another one has this number; nothing is changed).
    :raises Invalid: a field does not hold.
    """
    given = checked(given, today=today)
    sale, created = SalesTransaction.objects.select_related("customer").get_or_create(  # type: ignore[misc]
        company=company,
        type_code=given.type_code,
        number_key=number_key(given.number),
        defaults={
            "customer": lambda: _customer(company, given),  # made only with a sale
            "number": given.number,
            "issue_date": given.issue_date,
            "currency": given.currency,
            "total": given.total,
        },
    )
    if created:
        return RecordedSale(sale, Outcome.NEW)
    return RecordedSale(sale, Outcome.ALREADY if _same(sale, given) else Outcome.CONFLICT)


def _customer(company: Company, given: Sale) -> Customer:
    customer, _ = customer_of(
        company=company,
        identification_type=given.identification_type,
        identification=given.identification,
        name=given.customer_name,
    )
    return customer


def _same(sale: SalesTransaction, given: Sale) -> bool:
    buyer = (sale.customer.identification_type, sale.customer.identification)
    return (buyer, sale.issue_date, sale.currency, sale.total) == (
        (given.identification_type, given.identification),
        given.issue_date,
        given.currency,
        given.total,
    )


def checked(given: Sale, *, today: date) -> Sale:
    """
    The sale as it will be kept: blanks tidied, the identification as documents carry it.

    :raises Invalid: a field does not hold.
    """
    given = replace(given, number=given.number.strip(), customer_name=one_line(given.customer_name))
    _check_document(given, today)
    _check_amount(given)
    if not 0 < len(given.customer_name) <= MAX_NAME:
        raise Invalid("Escribe el nombre del cliente (hasta 450 letras).", field="customer_name")
    return replace(given, total=given.total + 0, identification=clean_identification(given.identification_type, given.identification))


def _check_document(given: Sale, today: date) -> None:
    if given.type_code not in TYPE_LABELS:
        raise Invalid(f"El tipo «{given.type_code[:10]}» no es de los de la DIAN (01 factura, 91 nota crédito…).", field="type_code")
    key = number_key(given.number)
    if not key or len(key) > 60 or len(given.number) > 60 or not (given.number.isprintable() and plain(given.number).isascii()):
        raise Invalid("Escribe el número, con su prefijo (hasta 60 caracteres).", field="number")
    if not FIRST_DAY <= given.issue_date <= today:
        raise Invalid(f"La fecha debe estar entre el 01/01/2000 y hoy, no {given.issue_date:%d/%m/%Y}.", field="issue_date")


def _check_amount(given: Sale) -> None:
    if len(given.currency) != 3 or not (given.currency.isascii() and given.currency.isupper()):
        raise Invalid("La moneda se escribe con su código de tres letras: COP, USD.", field="currency")
    if not given.total.is_finite() or not 0 <= given.total < MOST:
        raise Invalid("El total debe ser un número positivo.", field="total")
    if given.total != round(given.total, 6):
        raise Invalid("El total lleva como máximo seis decimales.", field="total")
