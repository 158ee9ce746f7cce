"""*Problemas de entrega* as a file: one line for each message that failed."""

from django import forms

from invoices.exports import Column, Table
from invoices.models import ElectronicDocument
from notifications import presenters
from notifications.models import Delivery
from notifications.problem_kinds import reason_of


class EveryProblem(forms.Form):
    """The file has no filters: it holds every open problem."""


def _cause(row: Delivery) -> str:
    return str(getattr(row, "cause", ""))


def _document(row: Delivery) -> ElectronicDocument:
    assert row.document is not None
    return row.document


PROBLEMS: Table[Delivery] = Table(
    "problemas",
    "Problemas de entrega",
    [
        Column("Causa", 40, lambda row: reason_of(_cause(row)).sentence),
        Column("Qué hacer", 50, lambda row: reason_of(_cause(row)).advice),
        Column("Cliente", 40, lambda row: _document(row).customer.name),
        Column("Identificación", 16, lambda row: _document(row).customer.identification),
        Column("Correo", 36, lambda row: row.address_key),
        Column("Tipo", 14, lambda row: _document(row).type_label),
        Column("Documento", 16, lambda row: _document(row).number),
        Column("Fecha", 12, lambda row: _document(row).issue_date),
        Column("Moneda", 8, lambda row: _document(row).currency),
        Column("Total", 18, lambda row: _document(row).total),
        Column("Estado", 30, lambda row: row.get_state_display()),
        Column("Desde", 20, presenters.since),
        Column("Respuesta del servidor", 60, lambda row: row.last_reply),
    ],
)
