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
    DEFERRED = "deferred", "Demorado, reintentando"
    FAILED = "failed", "Error de envío"
    SOFT_BOUNCED = "soft_bounced", "Devuelto (temporal)"
    SUPPRESSED = "suppressed", "No enviado: dirección suprimida"
    REJECTED = "rejected", "Rechazado por política"
    BOUNCED = "bounced", "Devuelto (dirección inválida)"


# What each state means, for whoever points at it.
MEANING = {
    DeliveryState.BLOCKED: "No se intentó: sin correo, correo inválido o el paquete no se puede enviar.",
    DeliveryState.CANCELED: "Cancelado antes de salir.",
    DeliveryState.QUEUED: "Creado en la plataforma; aún no ha salido.",
    DeliveryState.SENDING: "Está saliendo en este momento.",
    DeliveryState.SENT: "Nuestro servidor de salida lo aceptó; aún no hay respuesta del servidor del cliente.",
    DeliveryState.DEFERRED: "El servidor pidió esperar; se vuelve a intentar.",
    DeliveryState.FAILED: "No pudimos entregarlo al servidor de salida.",
    DeliveryState.SOFT_BOUNCED: "Se agotaron los intentos; la dirección puede ser válida.",
    DeliveryState.SUPPRESSED: "Una persona desactivó este correo.",
    DeliveryState.REJECTED: "El servidor no lo recibió por política, tamaño o contenido.",
    DeliveryState.BOUNCED: "La dirección no existe o está deshabilitada.",
}

# A delivery that got out of our hands and has not come back.
REACHED = frozenset({DeliveryState.SENT})
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
