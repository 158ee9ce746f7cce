"""The tables that can be taken away, column by column."""

from collections.abc import Callable, Mapping

from invoices.audit_lines import details
from invoices.exports import Cell, Column, Table
from invoices.models import AuditEntry, Customer, DirectoryDecision, ElectronicDocument, HistoryEntry, RecipientEmail, SalesTransaction
from invoices.models.documents import TYPE_LABELS
from invoices.models.sales import IDENTIFICATION_LABELS

# Looked up once: the models' own labels are put together anew for every row.
DIAN = dict(ElectronicDocument.Dian.choices)
DELIVERY = dict(ElectronicDocument.Delivery.choices)
CUSTOMER = dict(ElectronicDocument.CustomerStatus.choices)
TITLE = dict(ElectronicDocument.TitleStatus.choices)
MOVEMENT = dict(HistoryEntry.Event.choices)


def _reached(document: ElectronicDocument) -> Cell:
    """Not 2/3, which Excel takes for the second of March."""
    return f"{document.deliveries_reached} de {document.deliveries_total}" if document.deliveries_total else ""


def _newest(sale: SalesTransaction) -> ElectronicDocument | None:
    """The first of its documents, which ``selectors.sales`` brings newest first."""
    return next(iter(sale.documents.all()), None)


def _of_newest(sale: SalesTransaction, field: str, labels: Mapping[str, str]) -> Cell:
    document = _newest(sale)
    return labels[getattr(document, field)] if document else ""


DOCUMENTS: Table[ElectronicDocument] = Table(
    "facturacion-electronica",
    "Facturación Electrónica",
    [
        Column("Tipo", 14, lambda row: row.type_label),
        Column("Número", 16, lambda row: row.number),
        Column("Cliente", 40, lambda row: row.customer.name),
        Column("Identificación", 16, lambda row: row.customer.identification),
        Column("Fecha", 12, lambda row: row.issue_date),
        Column("Vencimiento", 12, lambda row: row.due_date),
        Column("Moneda", 8, lambda row: row.currency),
        Column("Total", 18, lambda row: row.total),
        Column("Subtotal", 18, lambda row: row.subtotal),
        Column("Impuestos", 18, lambda row: row.taxes),
        Column("Notificación DIAN", 26, lambda row: DIAN[row.dian_status]),
        Column("Entrega", 14, lambda row: DELIVERY[row.delivery_status]),
        Column("Correos enviados de total", 26, _reached),
        Column("Notificación Cliente", 28, lambda row: CUSTOMER[row.customer_status]),
        Column("Eventos de Título Valor", 24, lambda row: TITLE[row.title_status]),
        Column("Último movimiento", 30, lambda row: MOVEMENT.get(row.last_movement, "")),
        Column("Fecha del movimiento", 20, lambda row: row.last_movement_at),
        Column("CUFE/CUDE", 100, lambda row: row.key),
    ],
)

SALES: Table[SalesTransaction] = Table(
    "transacciones",
    "Transacciones",
    [
        Column("Tipo", 14, lambda row: TYPE_LABELS.get(row.type_code, row.type_code)),
        Column("Número", 16, lambda row: row.number),
        Column("Cliente", 40, lambda row: row.customer.name),
        Column("Identificación", 16, lambda row: row.customer.identification),
        Column("Fecha", 12, lambda row: row.issue_date),
        Column("Moneda", 8, lambda row: row.currency),
        Column("Total", 18, lambda row: row.total),
        Column("Documento electrónico", 22, lambda row: "Sí" if _newest(row) else "No"),
        Column("Notificación DIAN", 26, lambda row: _of_newest(row, "dian_status", DIAN)),
        Column("Entrega", 14, lambda row: _of_newest(row, "delivery_status", DELIVERY)),
        Column("Notificación Cliente", 28, lambda row: _of_newest(row, "customer_status", CUSTOMER)),
    ],
)


def _addresses(customer: Customer, wanted: Callable[[RecipientEmail], bool]) -> Cell:
    """The addresses of a kind, which the caller has prefetched."""
    return ", ".join(email.address_key for email in customer.emails.all() if wanted(email))


CUSTOMERS: Table[Customer] = Table(
    "clientes",
    "Clientes",
    [
        Column("Cliente", 40, lambda row: row.name),
        Column("Tipo de identificación", 20, lambda row: IDENTIFICATION_LABELS.get(row.identification_type, row.identification_type)),
        Column("Identificación", 16, lambda row: row.identification),
        Column("Correos activos", 50, lambda row: _addresses(row, lambda email: email.active)),
        Column("De ellos, Siempre", 40, lambda row: _addresses(row, lambda email: email.active and email.always)),
        Column("Correos desactivados", 40, lambda row: _addresses(row, lambda email: not email.active)),
    ],
)

DECISION = dict(DirectoryDecision.Choice.choices)


def _annotated(name: str) -> Callable[[Customer], Cell]:
    return lambda row: getattr(row, name, None)


DIFFERENCES: Table[Customer] = Table(
    "correos-de-recepcion",
    "Correos que difieren",
    [
        Column("Cliente", 40, lambda row: row.name),
        Column("NIT", 16, lambda row: row.identification),
        Column("Sus correos activos", 50, lambda row: ", ".join(email.address_key for email in getattr(row, "active_emails", []))),
        Column("Correo en la lista de la DIAN", 40, _annotated("listed_address")),
        Column("Fecha en la lista", 16, _annotated("listed_on")),
        Column("Visto por primera vez", 20, _annotated("first_seen")),
        Column("Visto por última vez", 20, _annotated("last_seen")),
        Column("Decisión", 12, lambda row: DECISION.get(getattr(row, "decision", None) or "", "")),
    ],
)

AUDIT: Table[AuditEntry] = Table(
    "registro",
    "Registro",
    [
        Column("Cuándo", 20, lambda row: row.recorded_at),
        Column("Quién", 30, lambda row: row.actor_name),
        Column("Qué", 34, lambda row: row.get_action_display()),
        Column("Detalle", 80, lambda row: " · ".join(details(row))),
    ],
)
