"""The documents of a batch as a file, column by column."""

from invoices.exports import Cell, Column, Table
from notifications import presenters
from notifications.lives import DeliveryState
from notifications.models import ResendBatch, ResendBatchItem
from notifications.moments import local

GROUPS = dict(ResendBatchItem.Group.choices)
STATUSES = dict(ResendBatchItem.Status.choices)
STATES = dict(DeliveryState.choices)


def _addresses(item: ResendBatchItem) -> Cell:
    """To whom it was sent, with what became of it; to whom it would be, while it was not."""
    if item.notification:
        return "; ".join(f"{sent.address_key} ({STATES[sent.state]})" for sent in item.notification.deliveries.all())
    return "; ".join(entry["address"] for entry in item.addresses)


def _reasons(item: ResendBatchItem) -> Cell:
    """Why it was left out, or why its messages came back."""
    deliveries = item.notification.deliveries.all() if item.notification else []
    return " ".join(dict.fromkeys(filter(None, [item.reason, *(presenters.why(delivery) for delivery in deliveries)])))


COLUMNS: list[Column[ResendBatchItem]] = [
    Column("Tipo", 14, lambda row: row.document.type_label),
    Column("Número", 16, lambda row: row.document.number),
    Column("Cliente", 40, lambda row: row.document.customer.name),
    Column("Identificación", 16, lambda row: row.document.customer.identification),
    Column("Fecha", 12, lambda row: row.document.issue_date),
    Column("Total", 18, lambda row: row.document.total),
    Column("Al revisar", 26, lambda row: GROUPS[row.group]),
    Column("Resultado", 14, lambda row: STATUSES[row.status]),
    Column("Motivo", 60, _reasons),
    Column("Correos", 60, _addresses),
    Column("Hora", 20, lambda row: row.settled_at),
]


def table(batch: ResendBatch) -> Table[ResendBatchItem]:
    """The table of one batch; its name tells which."""
    made = f"{local(batch.created_at):%d/%m/%Y %H:%M}"
    return Table(f"lote-{local(batch.created_at):%Y%m%d-%H%M}", f"Lote del {made}".replace("/", "-").replace(":", "."), COLUMNS)
