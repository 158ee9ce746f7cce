"""The append-only history: one hash chain per document."""

from django.db import models

from invoices.models.companies import Company
from invoices.scope import CompanyModel


class HistoryHead(CompanyModel):
    """Tip and lock of one document's chain."""

    document_id = models.UUIDField(primary_key=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    seq = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.document_id} {self.seq}"


class HistoryEntry(CompanyModel):
    """
    One movement of one document.

    The id carries the recording time and chooses the partition; ``occurred_at`` is when it happened. No foreign keys: the
    log must outlive what it tells of. ``invoices.history`` is the only writer; the database refuses UPDATE and DELETE.
    """

    class Event(models.TextChoices):
        IMPORTED = "imported", "Documento cargado"
        COMPLETED = "completed", "Documento completado"
        CONFLICT = "conflict", "Llegó otro contenido con la misma clave"
        DIAN_ACCEPTED = "dian_accepted", "Confirmado"
        DIAN_NOTICES = "dian_notices", "Confirmado con Notificación"
        DIAN_REJECTED = "dian_rejected", "Rechazado"
        TITLE_EVENT = "title_event", "Evento del cliente"
        NOTIFIED = "notified", "Notificación inicial"
        NO_ADDRESS = "no_address", "Sin correo"
        RESENT = "resent", "Reenvío"
        ADDRESS_SAVED = "address_saved", "Correo guardado para el cliente"
        SENT = "sent", "Enviado (sin confirmar)"
        RELAYED = "relayed", "Entregado a intermediario"
        DELIVERED = "delivered", "Entregado al servidor del cliente"
        UNCONFIRMED = "unconfirmed", "Sin confirmación"
        DEFERRED = "deferred", "Demorado, reintentando"
        SOFT_BOUNCED = "soft_bounced", "Devuelto (temporal)"
        BOUNCED = "bounced", "Devuelto (dirección inválida)"
        REJECTED = "rejected", "Rechazado por política"
        FAILED = "failed", "Error de envío"
        BLOCKED = "blocked", "Requiere acción"
        SUPPRESSED = "suppressed", "No enviado: dirección suprimida"
        CANCELED = "canceled", "Cancelado"
        UNCERTAIN = "uncertain", "No sabemos si salió"
        DUPLICATE = "duplicate", "Posible duplicado"
        COMPLAINED = "complained", "Marcado como spam"
        UNSUBSCRIBED = "unsubscribed", "Pidió no recibir más"
        AUTORESPONDED = "autoresponded", "Respuesta automática"
        OPENED = "opened", "Apertura probable"
        CLICKED = "clicked", "Clic en el correo"
        REPLIED = "replied", "Respondió el correo"
        RETRIED = "retried", "Reintento pedido"
        REVIEWED = "reviewed", "Problema revisado"
        RESOLVED = "resolved", "Problema resuelto"
        INVALID_ADDRESS = "invalid_address", "Correo incorrecto"
        PENDING = "pending", "Pendiente Confirmación"
        CONFIRMED = "confirmed_by_customer", "Confirmado por el Cliente"
        REJECTED_BY_CUSTOMER = "rejected_by_customer", "Rechazado por el Cliente"
        AUTO_CONFIRMED = "auto_confirmed", "Confirmado Automáticamente"
        REPORT_REQUESTED = "report_requested", "Historial solicitado"
        REPORT_SENT = "report_sent", "Historial enviado"
        REPORT_READ = "report_read", "Historial consultado"

    id = models.UUIDField(primary_key=True, editable=False)
    company = models.ForeignKey(Company, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    document_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    event = models.CharField(max_length=30, choices=Event)
    recorded_at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=254)
    address = models.CharField(max_length=254, blank=True)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "movimiento"
        indexes = [models.Index(fields=["document_id", "-seq"], name="history_of_document")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.seq} {self.event}"
