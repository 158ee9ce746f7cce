"""One address that must be told, and each try to hand the message over."""

from datetime import datetime

from django.db import models

from invoices.models import ElectronicDocument, User
from invoices.states import StatefulModel
from notifications.lives import FAILURES, DeliveryState, Engagement, Queue
from notifications.models.acts import Notification, OutboxModel


class Delivery(OutboxModel, StatefulModel):
    """
    One message owed to one address; the row is the outbox entry.

    ``queue`` is the outbox's and moves by its table. ``state`` is only ever recomputed by the fold in ``tracking``.
    """

    class Source(models.TextChoices):
        DOCUMENT = "document", "Documento"
        CUSTOMER = "customer", "Cliente"
        ALWAYS = "always", "Siempre"
        DIAN = "dian", "DIAN"
        MANUAL = "manual", "Agregado al reenviar"
        USER = "user", "Usuario"

    STATE = "queue"
    MOVES = {
        Queue.READY: frozenset({Queue.LEASED, Queue.DONE, Queue.HOLD}),
        Queue.LEASED: frozenset({Queue.READY, Queue.WAITING, Queue.DONE, Queue.DEAD}),
        Queue.WAITING: frozenset({Queue.READY, Queue.DONE, Queue.DEAD}),
        Queue.HOLD: frozenset({Queue.READY, Queue.DONE}),
        Queue.DEAD: frozenset({Queue.READY, Queue.DONE}),
        Queue.DONE: frozenset(),
    }
    # What somebody must look at: it failed, and neither a later message nor a person settled it.
    OPEN_PROBLEM = models.Q(
        state__in=sorted(FAILURES), document__isnull=False, replaced_by=None, resolved_by=None, reviewed_at=None
    ) & ~models.Q(reason="switched_off")

    # When the fact that decided the state happened: set by ``evidence.date`` where a page shows it, no column.
    known_at: datetime | None = None

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="deliveries")
    document = models.ForeignKey(ElectronicDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries")
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces")
    address = models.CharField("correo", max_length=254)
    address_key = models.CharField(max_length=254)
    source = models.CharField("origen", max_length=10, choices=Source)
    resolved_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="resolves")

    # The message, rendered and validated when it was enqueued; the MIME bytes are put together from it, always the same.
    channel = models.CharField("canal", max_length=40)
    from_address = models.CharField(max_length=400)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField("asunto", max_length=900)
    text_body = models.TextField(blank=True)
    html_body = models.TextField(blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    token = models.CharField(max_length=32, unique=True)

    queue = models.CharField("cola", max_length=8, choices=Queue, default=Queue.READY)
    state = models.CharField("estado", max_length=12, choices=DeliveryState, default=DeliveryState.QUEUED)
    reason = models.CharField("motivo", max_length=20, blank=True)
    verdict = models.CharField("decidido antes de enviar", max_length=12, blank=True)
    engagement = models.CharField("señal del buzón", max_length=12, choices=Engagement, default=Engagement.NONE)
    uncertain = models.BooleanField("incierta", default=False)
    complained = models.BooleanField("marcó como spam", default=False)
    autoresponded = models.BooleanField("respuesta automática", default=False)
    conflict = models.BooleanField("hechos que se contradicen", default=False)
    inferred = models.BooleanField("deducido", default=False)
    returned = models.BooleanField("devuelto tras aceptación", default=False)
    decided_by = models.CharField("el hecho que decidió", max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField("intentos", default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField("próximo intento")
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    last_reply = models.TextField(blank=True)
    link_revoked_at = models.DateTimeField("enlace anulado", null=True, blank=True)
    reviewed_at = models.DateTimeField("revisado", null=True, blank=True)
    reviewed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_note = models.CharField("nota de la revisión", max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "envío"
        constraints = [
            models.UniqueConstraint(fields=["notification", "address_key"], name="one_message_per_address"),
            models.CheckConstraint(
                condition=models.Q(queue="leased", lease__isnull=False, lease_until__isnull=False)
                | (~models.Q(queue="leased") & models.Q(lease=None, lease_until=None)),
                name="leased_has_a_lease",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_at=None) | ~models.Q(reviewed_note=""),
                name="review_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(queue="ready"), name="delivery_due"),
            models.Index(fields=["lease_until"], condition=models.Q(queue="leased"), name="delivery_lease"),
            models.Index(fields=["next_at"], condition=models.Q(queue="waiting"), name="delivery_waiting"),
            models.Index(fields=["queue"], condition=models.Q(queue__in=["hold", "dead"]), name="delivery_stuck"),
            models.Index(fields=["document", "-id"], name="delivery_of_document"),
            models.Index(fields=["company", "address_key", "-created_at", "-id"], name="delivery_of_address"),
            models.Index(
                fields=["company", "reason", "-id"],
                condition=models.Q(
                    state__in=sorted(FAILURES), document__isnull=False, replaced_by=None, resolved_by=None, reviewed_at=None
                ),
                name="delivery_open_problem",
            ),
            models.Index(
                fields=["channel", "sent_at"], condition=models.Q(queue="done", state__in=["deferred", "sent"]), name="delivery_silent"
            ),
            models.Index(fields=["company", "-id"], condition=models.Q(state="unconfirmed"), name="delivery_unconfirmed"),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.state}"


class Attempt(OutboxModel):
    """One try to hand a message over; written before a byte leaves, closed when the outcome is known."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Aceptado"
        TEMPORARY = "temp", "Demora"
        PERMANENT = "perm", "Rechazo"
        CHANNEL = "channel", "Falla del canal"
        UNKNOWN = "unknown", "Desconocido"

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome, null=True, blank=True)  # noqa: DJ001 - NULL is "still open", '' would be a lie
    phase = models.CharField(max_length=10, blank=True)
    code = models.PositiveSmallIntegerField(null=True, blank=True)
    reply = models.TextField(blank=True)
    host = models.CharField(max_length=255, blank=True)
    tls = models.CharField(max_length=60, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "intento"
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="attempt_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(outcome=None, finished_at=None) | models.Q(outcome__isnull=False, finished_at__isnull=False),
                name="outcome_says_when",
            ),
        ]
        indexes = [models.Index(fields=["provider_id"], condition=~models.Q(provider_id=""), name="attempt_of_provider")]

    def __str__(self) -> str:
        return f"{self.number} {self.outcome or '…'}"
