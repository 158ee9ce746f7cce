"""What came in from outside: raw as it came, then one row per fact; and what was refused."""

from django.db import models
from django.db.models import Q

from notifications.lives import ReportKind
from notifications.models.acts import OutboxModel
from notifications.models.deliveries import Delivery


class InboundMessage(OutboxModel):
    """
    One POST of a provider, or one mail about our mails, as it came and once; it is read later.

    ``company`` stays NULL: one message may speak of several companies. Each ``DeliveryEvent`` has its own.
    """

    class Kind(models.TextChoices):
        TRACKING = "tracking", "Aviso del proveedor"
        INBOUND = "inbound", "Correo que entregó el proveedor"
        MAILBOX = "mailbox", "Correo del buzón"
        UPLOAD = "upload", "Correo cargado"

    class Status(models.TextChoices):
        WAITING = "waiting", "Por leer"
        DONE = "done", "Leído"
        BROKEN = "broken", "No se pudo leer"

    channel = models.CharField("canal", max_length=40, blank=True)
    provider = models.CharField("proveedor", max_length=30, blank=True)
    kind = models.CharField("clase", max_length=8, choices=Kind)
    content_type = models.CharField(max_length=255, blank=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    status = models.CharField("estado", max_length=8, choices=Status, default=Status.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    error = models.CharField("motivo", max_length=300, blank=True)
    received_at = models.DateTimeField("recibido")
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "mensaje recibido"
        verbose_name_plural = "mensajes recibidos"
        constraints = [models.UniqueConstraint(fields=["channel", "provider", "kind", "sha256"], name="inbound_once")]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(status="waiting"), name="inbound_due"),
            models.Index(fields=["-id"], condition=Q(status="broken"), name="inbound_broken"),
            models.Index(fields=["-id"], condition=~Q(error=""), name="inbound_noted"),
        ]

    def __str__(self) -> str:
        return f"{self.provider or self.kind} {self.received_at:%Y-%m-%d %H:%M}"


class DeliveryEvent(OutboxModel):
    """
    One fact that came in about one message. ``notifications.facts`` is the only writer, and never changes what it says.

    Without a delivery it is an orphan: ``orphan_reason`` says why, and it is matched again from ``retry_at`` on.
    """

    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    inbound = models.ForeignKey(InboundMessage, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField("hecho", max_length=14, choices=ReportKind)
    provider = models.CharField("proveedor", max_length=30, blank=True)
    channel = models.CharField("canal", max_length=40, blank=True)
    occurred_at = models.DateTimeField("ocurrió")
    recorded_at = models.DateTimeField("recibido")
    token = models.CharField(max_length=32, blank=True)
    named_delivery = models.UUIDField(null=True, blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    recipient = models.CharField("correo", max_length=320, blank=True)
    event_id = models.CharField(max_length=255, blank=True)
    reason = models.CharField("motivo", max_length=20, blank=True)
    status = models.CharField("código", max_length=12, blank=True)
    text = models.TextField("respuesta", blank=True)
    host = models.CharField("servidor", max_length=255, blank=True)
    click_url = models.CharField(max_length=2000, blank=True)
    human = models.BooleanField(null=True, blank=True)
    judged = models.JSONField(default=list)
    raw = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=64, unique=True)
    orphan_reason = models.CharField("por qué no tiene dueño", max_length=200, blank=True)
    retries = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "hecho recibido"
        verbose_name_plural = "hechos recibidos"
        constraints = [
            models.CheckConstraint(
                condition=Q(delivery__isnull=False, orphan_reason="") | (Q(delivery=None) & ~Q(orphan_reason="")),
                name="orphan_says_why",
            )
        ]
        indexes = [
            models.Index(fields=["delivery", "id"], name="event_of_delivery"),
            models.Index(fields=["retry_at"], condition=Q(delivery=None), name="orphan_due"),
            models.Index(fields=["-id"], condition=Q(delivery=None), name="orphan_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.recipient}"


class SecurityEvent(models.Model):
    """What was refused at the hooks, counted by the hour: a flood of forgeries makes no flood of rows."""

    class Kind(models.TextChoices):
        BAD_SIGNATURE = "bad_signature", "Firma o clave que no vale"
        UNKNOWN_CHANNEL = "unknown_channel", "Canal desconocido"
        TOO_LARGE = "too_large", "Demasiado grande"
        MALFORMED = "malformed", "Mal formado"
        WRONG_CHANNEL = "wrong_channel", "Hecho de un envío de otro canal"
        STALE = "stale", "Firma vencida"

    kind = models.CharField("qué", max_length=16, choices=Kind)
    channel = models.CharField("canal", max_length=40, blank=True)
    provider = models.CharField("proveedor", max_length=30, blank=True)
    hour = models.DateTimeField("hora")
    count = models.PositiveIntegerField("veces", default=1)
    last_at = models.DateTimeField("última vez")
    detail = models.CharField("detalle", max_length=300, blank=True)

    class Meta:
        verbose_name = "evento de seguridad"
        verbose_name_plural = "eventos de seguridad"
        constraints = [models.UniqueConstraint(fields=["kind", "channel", "provider", "hour"], name="security_event_per_hour")]
        indexes = [models.Index(fields=["-hour", "-id"], name="security_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.hour:%Y-%m-%d %H}"
