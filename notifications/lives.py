"""The two columns of a delivery's life, as values: no models here, so that the fold stays a pure function."""

from django.db import models


class Queue(models.TextChoices):
    """Where the outbox has the message."""

    READY = "ready", "En cola"
    LEASED = "leased", "Enviándose"
    WAITING = "waiting", "Esperando evidencia"
    HOLD = "hold", "Retenido"
    DONE = "done", "Terminado"
    DEAD = "dead", "Abandonado"


class DeliveryState(models.TextChoices):
    """What is known of the message; the word is what the screen says."""

    BLOCKED = "blocked", "Requiere acción"
    CANCELED = "canceled", "Cancelado"
    QUEUED = "queued", "En cola"
    SENDING = "sending", "Enviándose"
    SENT = "sent", "Enviado (sin confirmar)"
    RELAYED = "relayed", "Entregado a intermediario"
    DEFERRED = "deferred", "Demorado, reintentando"
    UNCONFIRMED = "unconfirmed", "Sin confirmación"
    DELIVERED = "delivered", "Entregado al servidor del cliente"
    FAILED = "failed", "Error de envío"
    SOFT_BOUNCED = "soft_bounced", "Devuelto (temporal)"
    SUPPRESSED = "suppressed", "No enviado: dirección suprimida"
    REJECTED = "rejected", "Rechazado por política"
    BOUNCED = "bounced", "Devuelto (dirección inválida)"


class ReportKind(models.TextChoices):
    """What a fact from outside says of one message."""

    QUEUED = "queued", "El proveedor lo tiene en cola"
    SENT = "sent", "El proveedor lo envió"
    RELAYED = "relayed", "Entregado a un intermediario que no informa más"
    DEFERRED = "deferred", "El servidor del cliente pidió esperar"
    DELIVERED = "delivered", "El servidor del cliente lo recibió"
    FAILED = "failed", "El proveedor no pudo enviarlo"
    SOFT_BOUNCED = "soft_bounced", "Devuelto por un tiempo"
    SUPPRESSED = "suppressed", "El proveedor no lo envió"
    REJECTED = "rejected", "Rechazado por política"
    BOUNCED = "bounced", "Devuelto"
    COMPLAINED = "complained", "El cliente lo marcó como spam"
    UNSUBSCRIBED = "unsubscribed", "El cliente pidió no recibir más"
    AUTORESPONDED = "autoresponded", "Respuesta automática"
    OPENED = "opened", "Apertura"
    CLICKED = "clicked", "Clic"
    CONFIRMED = "confirmed", "Confirmó con el botón"
    REPLIED = "replied", "Respondió"
    SILENCE = "silence", "Nadie confirmó en el plazo"


class Engagement(models.TextChoices):
    """What was seen in the mailbox; never proof of reading, and never part of the state."""

    NONE = "none", "Sin señal"
    MACHINE = "machine", "Precarga automática"
    OPENED = "opened", "Apertura probable"
    CLICKED = "clicked", "Clic"
    CONFIRMED = "confirmed", "Confirmó por enlace"
    REPLIED = "replied", "Respondió"


# What each state means, for whoever points at it.
MEANING = {
    DeliveryState.BLOCKED: "No se intentó: sin correo, correo inválido o el paquete no se puede enviar.",
    DeliveryState.CANCELED: "Cancelado antes de salir.",
    DeliveryState.QUEUED: "Creado en la plataforma; aún no ha salido.",
    DeliveryState.SENDING: "Está saliendo en este momento.",
    DeliveryState.SENT: "Nuestro servidor de salida lo aceptó; aún no hay respuesta del servidor del cliente.",
    DeliveryState.RELAYED: "El último servidor que lo recibió no informa si llegó al buzón.",
    DeliveryState.UNCONFIRMED: "Pasaron más de 72 horas sin que nadie confirmara la entrega. No es un error: puede haber llegado.",
    DeliveryState.DELIVERED: "El servidor del cliente lo recibió. No prueba que lo leyeran ni que esté en la bandeja de entrada.",
    DeliveryState.DEFERRED: "El servidor pidió esperar; se vuelve a intentar.",
    DeliveryState.FAILED: "No pudimos entregarlo al servidor de salida.",
    DeliveryState.SOFT_BOUNCED: "Se agotaron los intentos; la dirección puede ser válida.",
    DeliveryState.SUPPRESSED: "No se intentó: el correo está suprimido o desactivado.",
    DeliveryState.REJECTED: "El servidor no lo recibió por política, tamaño o contenido.",
    DeliveryState.BOUNCED: "La dirección no existe o está deshabilitada.",
}

# A delivery that got out of our hands and has not come back.
REACHED = frozenset({DeliveryState.SENT, DeliveryState.RELAYED, DeliveryState.UNCONFIRMED, DeliveryState.DELIVERED})
# A delivery that ended without reaching anybody.
FAILURES = frozenset(
    {
        DeliveryState.BLOCKED,
        DeliveryState.FAILED,
        DeliveryState.SOFT_BOUNCED,
        DeliveryState.SUPPRESSED,
        DeliveryState.REJECTED,
        DeliveryState.BOUNCED,
    }
)
