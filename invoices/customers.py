"""The buyers of a company and the addresses at which they are told; each act of a person leaves a line in the audit trail."""

from datetime import datetime

from django.db import transaction

from invoices import audit
from invoices.addresses import one_address
from invoices.audit import Action
from invoices.invalid import Invalid
from invoices.models import Actor, Company, Customer, RecipientEmail, User
from invoices.models.sales import FINAL_CONSUMER, IDENTIFICATION_LABELS
from invoices.search import plain
from invoices.ubl.nit import check_digit
from invoices.written import one_line

NIT = "31"
MOST_ADDRESSES = 50
MAX_REASON = 300
MAX_NAME = 450


def clean_identification(identification_type: str, text: str) -> str:
    """
    The identification as documents carry it: without dots and blanks, and a NIT without its check digit, which is compared when given.

    :param identification_type: DIAN's code (Anexo Técnico 1.9, table 13.2.1): 31 NIT, 13 cédula …
    :raises Invalid: an unknown type, no identification, or a wrong check digit.
    """
    if identification_type not in IDENTIFICATION_LABELS:
        raise Invalid("El tipo de identificación no es de los de la DIAN (31 NIT, 13 cédula…).", field="identification_type")
    text = "".join(text.split()).replace(".", "")
    number, _, digit = text.partition("-") if identification_type == NIT else (text, "", "")
    if not number or len(number) > 40 or not number.isascii() or not number.replace("-", "").isalnum():
        raise Invalid("Escribe la identificación: solo letras y números.", field="identification")
    if identification_type == NIT and not number.isdecimal():
        raise Invalid("Un NIT solo lleva números.", field="identification")
    if digit and digit != check_digit(number):
        raise Invalid(f"El dígito de verificación de {number} es {check_digit(number)}, no {digit}.", field="identification")
    return number


def customer_of(
    *, company: Company, identification_type: str, identification: str, name: str, printed_digit: str = ""
) -> tuple[Customer, bool]:
    """
    The customer with this identification, made if there is none; whether it is new. A name that we know already is kept.

    :param printed_digit: the check digit that a document printed, right or wrong.
    """
    return Customer.objects.get_or_create(
        company=company,
        identification_type=identification_type,
        identification=identification,
        defaults={
            "check_digit": printed_digit,
            "name": name,
            "name_key": plain(name)[:MAX_NAME],  # some letters are several when they are made plain
        },
    )


def add_customer(
    *, company: Company, identification_type: str, identification: str, name: str, by: Actor | None, at: datetime
) -> tuple[Customer, bool]:
    """
    Add a customer by hand; whether it is new. One that is there is returned as it is.

    :raises Invalid: the identification or the name does not hold.
    """
    name = one_line(name)
    if not name or len(name) > MAX_NAME:
        raise Invalid("Escribe el nombre o la razón social (hasta 450 letras).", field="name")
    identification = clean_identification(identification_type, identification)
    if identification == FINAL_CONSUMER:
        raise Invalid("El consumidor final no es un cliente: no se identifica.", field="identification")
    customer, created = customer_of(company=company, identification_type=identification_type, identification=identification, name=name)
    if created:
        audit.record(
            company_id=company.pk, action=Action.CUSTOMER_ADDED, by=by, at=at, subject_id=customer.pk, data={"name": customer.name}
        )
    return customer, created


def add_address(*, customer: Customer, address: str, always: bool, by: Actor | None, at: datetime) -> tuple[RecipientEmail, bool]:
    """
    Keep an address for the customer; whether it is new. One that is there is returned as it is, on or off.

    :param always: told also when the document names other addresses.
    :raises Invalid: it cannot receive mail, or the customer has ``MOST_ADDRESSES`` already.
    """
    if customer.is_final_consumer:
        raise Invalid("El consumidor final no se identifica: no se le guardan correos.", field="address")
    key, error = one_address(address)
    if error:
        raise Invalid(error, field="address")
    known = RecipientEmail.objects.filter(customer=customer, address_key=key).first()
    if known:
        return known, False
    if RecipientEmail.objects.filter(customer=customer).count() >= MOST_ADDRESSES:
        raise Invalid(f"Este cliente ya tiene {MOST_ADDRESSES} correos.", field="address")
    email, created = RecipientEmail.objects.get_or_create(
        company_id=customer.company_id,
        customer=customer,
        address_key=key,
        defaults={"address": key, "source": RecipientEmail.Source.MANUAL, "always": always},
    )
    if created:
        _log(email, Action.ADDRESS_ADDED, by, at, always=always)
    return email, created


@transaction.atomic
def register(
    *, company: Company, identification_type: str, identification: str, name: str, address: str, by: Actor | None, at: datetime
) -> tuple[Customer, bool]:
    """
    Add a customer with its first address, or neither; whether the customer is new. ``address`` may be empty.

    :raises Invalid: something of it does not hold.
    """
    customer, created = add_customer(
        company=company, identification_type=identification_type, identification=identification, name=name, by=by, at=at
    )
    if address.strip():
        add_address(customer=customer, address=address, always=False, by=by, at=at)
    return customer, created


def set_always(*, email: RecipientEmail, always: bool, by: Actor | None, at: datetime) -> None:
    """Mark the address *siempre*, or no longer."""
    if email.always != always:
        email.always = always
        email.save(update_fields=["always"])
        _log(email, Action.ADDRESS_CHANGED, by, at, always=always)


def switch_off(*, email: RecipientEmail, reason: str, by: Actor | None, at: datetime) -> None:
    """
    Stop telling this address; what was sent stays in the history.

    :raises Invalid: nobody said why.
    """
    reason = one_line(reason)
    if not reason:
        raise Invalid("Escribe el motivo: quien lo vea después lo necesita.", field="reason")
    if len(reason) > MAX_REASON:
        raise Invalid(f"El motivo tiene {len(reason)} letras y caben {MAX_REASON}.", field="reason")
    if not email.active:
        return
    email.active, email.deactivated_at, email.deactivated_reason = False, at, reason
    email.deactivated_by = by if isinstance(by, User) else None
    email.save(update_fields=["active", "deactivated_at", "deactivated_by", "deactivated_reason"])
    _log(email, Action.ADDRESS_SWITCHED_OFF, by, at, reason=reason)


def switch_on(*, email: RecipientEmail, by: Actor | None, at: datetime) -> None:
    """Tell this address again."""
    if email.active:
        return
    email.active, email.deactivated_at, email.deactivated_by, email.deactivated_reason = True, None, None, ""
    email.save(update_fields=["active", "deactivated_at", "deactivated_by", "deactivated_reason"])
    _log(email, Action.ADDRESS_SWITCHED_ON, by, at)


def _log(email: RecipientEmail, action: audit.Action, by: Actor | None, at: datetime, **more: object) -> None:
    data = {"address": email.address_key, "customer": email.customer.name} | more
    audit.record(company_id=email.company_id, action=action, by=by, at=at, subject_id=email.customer_id, data=data)
