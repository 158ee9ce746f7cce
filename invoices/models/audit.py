"""The audit trail of a company: what people and programs did to its settings, and what they took away."""

from django.db import models

from invoices.identifiers import new_id
from invoices.models.companies import Company
from invoices.scope import CompanyModel


class AuditEntry(CompanyModel):
    """
    One act. ``invoices.audit`` is the only writer; the database refuses UPDATE and DELETE.

    What happens to a document stands in its history, not here. No foreign keys but the company: the trail outlives what it tells of.
    """

    class Action(models.TextChoices):
        EXPORTED = "exported", "Descargó una lista"
        KEY_CREATED = "key_created", "Creó una llave de la API"
        KEY_REVOKED = "key_revoked", "Anuló una llave de la API"
        INVITED = "invited", "Invitó a un usuario"
        INVITATION_WITHDRAWN = "invitation_withdrawn", "Retiró una invitación"
        JOINED = "joined", "Aceptó la invitación"
        ROLE_CHANGED = "role_changed", "Cambió un rol"
        MEMBER_REMOVED = "member_removed", "Quitó a un usuario"
        SETTINGS_CHANGED = "settings_changed", "Cambió la configuración"
        CUSTOMER_ADDED = "customer_added", "Agregó un cliente"
        ADDRESS_ADDED = "address_added", "Agregó un correo"
        ADDRESS_CHANGED = "address_changed", "Cambió un correo"
        ADDRESS_SWITCHED_OFF = "address_switched_off", "Desactivó un correo"
        ADDRESS_SWITCHED_ON = "address_switched_on", "Activó un correo"
        ADDRESS_SUPPRESSED = "address_suppressed", "Suprimió un correo"
        ADDRESS_RELEASED = "address_released", "Reactivó un correo suprimido"
        CHANNEL_ADDED = "channel_added", "Agregó un canal de correo"
        CHANNEL_CHANGED = "channel_changed", "Cambió un canal de correo"
        CHANNEL_CHOSEN = "channel_chosen", "Eligió el canal de correo"
        SALES_IMPORTED = "sales_imported", "Cargó ventas"
        DIRECTORY_DECIDED = "directory_decided", "Decidió sobre un correo de la DIAN"
        DEMAND_CHANGED = "demand_changed", "Cambió lo que pide un comprador"
        LINK_REVOKED = "link_revoked", "Anuló el enlace de un comprador"
        DIRECTORY_IMPORTED = "directory_imported", "Cargó la lista de la DIAN"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.DO_NOTHING, related_name="+")
    action = models.CharField("acción", max_length=24, choices=Action)
    recorded_at = models.DateTimeField("cuándo")
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField("quién", max_length=254)
    subject_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = "registro de auditoría"
        verbose_name_plural = "registro de auditoría"
        indexes = [
            models.Index(fields=["company", "-recorded_at", "-id"], name="audit_newest"),
            models.Index(fields=["company", "subject_id", "-recorded_at"], name="audit_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.recorded_at:%Y-%m-%d %H:%M} {self.actor_name}: {self.get_action_display()}"
