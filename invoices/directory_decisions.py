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
def decide(*, customer: Customer, address: str, choice: DirectoryDecision.Choice, by: User, at: datetime) -> tuple[DirectoryDecision, bool]:
    """
    *Usar* keeps the address for the customer; *Ignorar* no longer tells it because of the list. What is decided, and whether it is new.

    Whoever decided first decides: another choice needs *Deshacer* before it.

    :param address: as the list has it; it must be the one that the list gives now.
    :raises Invalid: the list gives another one, or none, or it can receive no mail.
    """
    row = directory.in_use([customer]).get(customer.pk)
    if row is None or row.address_key != address:
        raise Invalid("La lista de la DIAN cambió: mira el correo que da ahora.")
    decision, new = DirectoryDecision.objects.get_or_create(
        company_id=customer.company_id,
        customer=customer,
        address_key=address,
        defaults={"choice": choice, "decided_at": at, "decided_by": by},
    )
    if new:
        if choice == Choice.USE:
            decision.added = _kept(customer, directory.mailable(row) or address, by, at)
            decision.save(update_fields=["added"])
        _log(customer, address, choice, by, at)
    return decision, new


@transaction.atomic
def undo(*, customer: Customer, address: str, by: User, at: datetime) -> bool:
    """
    Forget what was decided, and take back the address that *Usar* made; whether there was anything to forget.

    An address that was there before, or that somebody has since switched off or marked *siempre*, stays as that person left it.
    """
    decision = DirectoryDecision.objects.select_for_update().filter(customer=customer, address_key=address).first()
    if decision is None:
        return False
    decision.delete()
    if decision.added_id:
        RecipientEmail.objects.filter(pk=decision.added_id, active=True, always=False).delete()
    _log(customer, address, UNDONE, by, at)
    return True


def _kept(customer: Customer, address: str, by: User, at: datetime) -> RecipientEmail | None:
    """The address that this makes for the customer, or nothing where somebody had kept it before."""
    email, created = customers.add_address(customer=customer, address=address, always=False, by=by, at=at)
    return email if created else None


def _log(customer: Customer, address: str, decision: str, by: User, at: datetime) -> None:
    data = {"address": address, "customer": customer.name, "decision": decision}
    audit.record(company_id=customer.company_id, action=Action.DIRECTORY_DECIDED, by=by, at=at, subject_id=customer.pk, data=data)
