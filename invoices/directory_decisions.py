"""What people decide of an address that DIAN's list gives for a customer and that the customer's own do not include."""

from datetime import datetime

from django.db import transaction

from invoices import audit, customers, directory
from invoices.audit import Action
from invoices.invalid import Invalid
from invoices.models import Customer, DirectoryDecision, RecipientEmail, User

Choice = DirectoryDecision.Choice
UNDONE = "undo"


@transaction.atomic
def decide(*, customer: Customer, address: str, choice: DirectoryDecision.Choice, by: User, at: datetime) -> bool:
    """
    *Usar* keeps the address for the customer, active; *Ignorar* sends it nothing. Whether it changed anything.

    :param address: as the list has it; it must be the one that the list gives now.
    :raises Invalid: the list gives another one, or none, or it can receive no mail.
    """
    row = directory.in_use([customer]).get(customer.pk)
    if row is None or row.address_key != address:
        raise Invalid("La lista de la DIAN cambió: mira el correo que da ahora.")
    _, new = DirectoryDecision.objects.get_or_create(
        company_id=customer.company_id,
        customer=customer,
        address_key=address,
        defaults={"choice": choice, "decided_at": at, "decided_by": by},
    )
    if new and choice == Choice.USE:
        customers.add_address(customer=customer, address=directory.mailable(row) or address, always=False, by=by, at=at)
    if new:
        _log(customer, address, choice, by, at)
    return new


@transaction.atomic
def undo(*, customer: Customer, address: str, by: User, at: datetime) -> bool:
    """
    Forget what was decided, and take back the address that *Usar* kept; whether there was anything to forget.

    An address that somebody has since switched off or marked *siempre* stays as that person left it.
    """
    decision = DirectoryDecision.objects.filter(customer=customer, address_key=address).first()
    if decision is None:
        return False
    decision.delete()
    if decision.choice == Choice.USE:
        _taken_back(customer, address)
    _log(customer, address, UNDONE, by, at)
    return True


def _taken_back(customer: Customer, address: str) -> None:
    row = directory.in_use([customer]).get(customer.pk)
    kept = directory.mailable(row) if row and row.address_key == address else address
    manual = RecipientEmail.objects.filter(customer=customer, address_key=kept, source=RecipientEmail.Source.MANUAL)
    manual.filter(active=True, always=False).delete()


def _log(customer: Customer, address: str, decision: str, by: User, at: datetime) -> None:
    data = {"address": address, "customer": customer.name, "decision": decision}
    audit.record(company_id=customer.company_id, action=Action.DIRECTORY_DECIDED, by=by, at=at, subject_id=customer.pk, data=data)
