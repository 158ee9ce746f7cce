"""Which problems of delivery there are: their causes, and the conditions by which messages and documents are found."""

from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, When

from invoices.models import ElectronicDocument
from invoices.models.sales import FINAL_CONSUMER
from invoices.selectors import Trouble
from notifications.causes import REASONS, Reason, Remedy
from notifications.lives import MEANING, DeliveryState
from notifications.models import Delivery

NO_ADDRESS = "no_address"
WITHOUT_ADDRESS = Reason(
    "El cliente no tiene correo.", Remedy.CORRECT, "Nada salió. Agrega un correo y se envían sus documentos.", DeliveryState.BLOCKED
)
# What a failure without a reason is told as: its state, and what can be done about that.
OF_STATE = {
    DeliveryState.BOUNCED: Remedy.CORRECT,
    DeliveryState.SOFT_BOUNCED: Remedy.RETRY,
    DeliveryState.REJECTED: Remedy.RETRY,
    DeliveryState.FAILED: Remedy.RETRY,
    DeliveryState.SUPPRESSED: Remedy.RELEASE,
    DeliveryState.BLOCKED: Remedy.PACKAGE,
}
CAUSE = Case(When(reason="", then=F("state")), default=F("reason"), output_field=CharField())


def reason_of(cause: str) -> Reason:
    """The reason that a cause names: one of ``REASONS``, ``no_address``, or a state whose reason nobody gave."""
    if cause == NO_ADDRESS:
        return WITHOUT_ADDRESS
    if cause in REASONS:
        return REASONS[cause]
    state = DeliveryState(cause) if cause in OF_STATE else DeliveryState.FAILED
    return Reason(f"{state.label}.", OF_STATE[state], MEANING[state], state)


def open_problems() -> QuerySet[Any]:
    """The company's open problems, each with its ``cause``, in no order."""
    return Delivery.objects.filter(Delivery.OPEN_PROBLEM).annotate(cause=CAUSE)


def lacking_address() -> Q:
    """Documents that nobody gave an address for; of a final consumer none is expected."""
    return Q(delivery_status=ElectronicDocument.Delivery.NO_ADDRESS) & ~Q(customer__identification=FINAL_CONSUMER)


def with_open_problem() -> Q:
    """Documents with an open problem of delivery."""
    return Q(pk__in=Delivery.objects.filter(Delivery.OPEN_PROBLEM).values("document_id")) | lacking_address()


def reached_nobody() -> Q:
    """Documents that were told to nobody although they should have been."""
    return Q(delivery_status=ElectronicDocument.Delivery.PROBLEM) | lacking_address()


def unconfirmed() -> Q:
    """Documents of which nobody confirmed a delivery in time."""
    rows = Delivery.objects.filter(state=DeliveryState.UNCONFIRMED, document__isnull=False, replaced_by=None)
    return Q(pk__in=rows.values("document_id"))


# By their names in the address of the list of documents.
FILTERS = {
    "abierto": Trouble("Con problema abierto", with_open_problem),
    "sin-entrega": Trouble("Sin ninguna entrega", reached_nobody),
    "sin-confirmar": Trouble("Sin confirmar hace más de 72 h", unconfirmed),
}
