"""Who must be told, and were they: one act, one address, one try."""

from django.db import models

from invoices.identifiers import new_id
from invoices.models import Actor, ApiKey, Company, ElectronicDocument, StoredFile, User
from invoices.scope import CompanyModel
from invoices.states import StatefulModel
from notifications.lives import DeliveryState, Queue


class OutboxModel(CompanyModel):
    """A row of the outbox: of a company, or of a user (``company`` is NULL: mails of the account, digests)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Notification(OutboxModel):
    """One act of telling somebody: the first send, a resend, a report, a mail of the account."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", "Documento"
        REPORT = "report", "Informe"
        DIGEST = "digest", "Resumen diario"
        ALERT = "alert", "Alerta"
        ACCOUNT = "account", "Cuenta"

    class Origin(models.TextChoices):
        INITIAL = "initial", "Inicial"
        RESEND = "resend", "Reenvío"
        BULK = "bulk", "Reenvío masivo"
        API = "api", "API"

    kind = models.CharField("clase", max_length=10, choices=Kind)
    origin = models.CharField("origen", max_length=10, choices=Origin)
    document = models.ForeignKey(ElectronicDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="notifications")
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="pedida por")
    requested_key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="llave")
    note = models.CharField("nota", max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "notificación"
        verbose_name_plural = "notificaciones"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="document", document__isnull=False) | (~models.Q(kind="document") & models.Q(document=None)),
                name="only_document_notifications_have_one",
            ),
            models.CheckConstraint(
                condition=models.Q(company__isnull=False) | models.Q(kind__in=["account", "digest"]),
                name="only_account_and_digest_lack_a_company",
            ),
            models.UniqueConstraint(fields=["document"], condition=models.Q(origin="initial"), name="one_initial_notification"),
            models.CheckConstraint(condition=models.Q(requested_by=None) | models.Q(requested_key=None), name="notification_asked_by_one"),
        ]
        indexes = [models.Index(fields=["document", "-id"], name="notification_of_document")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_origin_display()}"

    @property
    def requester(self) -> Actor | None:
        """Who asked for it: a person, a program, or nobody but the system."""
        return self.requested_by or self.requested_key


def asked_by(by: Actor | None) -> dict[str, Actor | None]:
    """The columns that say who asked."""
    return {"requested_by": by if isinstance(by, User) else None, "requested_key": by if isinstance(by, ApiKey) else None}


class Attachment(OutboxModel):
    """A file that every message of a notification carries, and under which name."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notification", "name"], name="attachment_named_once")]

    def __str__(self) -> str:
        return self.name


class Package(CompanyModel):
    """The ZIP of one document, made once from the files there were; a document that is completed later gets another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(ElectronicDocument, on_delete=models.CASCADE, related_name="packages")
    sources = models.CharField("huella de los archivos de origen", max_length=64)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    without_pdf = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "paquete"
        constraints = [models.UniqueConstraint(fields=["document", "sources"], name="one_package_per_sources")]

    def __str__(self) -> str:
        return self.name


class PackageCounter(CompanyModel):
    """The consecutive of the naming rule: one per company and year."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "year"], name="one_counter_per_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.value}"


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

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="deliveries")
    document = models.ForeignKey(ElectronicDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries")
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces")
    address = models.CharField("correo", max_length=254)
    address_key = models.CharField(max_length=254)
    source = models.CharField("origen", max_length=10, choices=Source)

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
    uncertain = models.BooleanField("incierta", default=False)
    attempts = models.PositiveSmallIntegerField("intentos", default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField("próximo intento")
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    last_reply = models.TextField(blank=True)
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
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(queue="ready"), name="delivery_due"),
            models.Index(fields=["lease_until"], condition=models.Q(queue="leased"), name="delivery_lease"),
            models.Index(fields=["next_at"], condition=models.Q(queue="waiting"), name="delivery_waiting"),
            models.Index(fields=["queue"], condition=models.Q(queue__in=["hold", "dead"]), name="delivery_stuck"),
            models.Index(fields=["document", "-id"], name="delivery_of_document"),
            models.Index(fields=["company", "address_key", "-created_at", "-id"], name="delivery_of_address"),
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

    def __str__(self) -> str:
        return f"{self.number} {self.outcome or '…'}"


class ChannelHealth(models.Model):
    """The breaker of one channel: while it is open nothing is claimed for the channel, and no try is counted."""

    name = models.CharField(max_length=40, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = "salud de un canal"

    def __str__(self) -> str:
        return self.name


class CustomerAnswer(CompanyModel):
    """What a buyer said with the button of the confirmation page."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(ElectronicDocument, on_delete=models.CASCADE, related_name="answers")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="answers")
    status = models.CharField(max_length=22, choices=ElectronicDocument.CustomerStatus)
    name = models.CharField(max_length=150, blank=True)
    message = models.TextField(blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document"], name="one_answer_per_document")]

    def __str__(self) -> str:
        return f"{self.document} {self.status}"


class HistoryReport(CompanyModel, StatefulModel):
    """A history that a person asked for: made by a worker, mailed, and kept for download."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "En preparación"
        RUNNING = "running", "En preparación"
        READY = "ready", "Listo"
        FAILED = "failed", "No se pudo hacer"
        EXPIRED = "expired", "Vencido"

    STATE = "status"
    MOVES = {
        Status.REQUESTED: frozenset({Status.RUNNING}),
        Status.RUNNING: frozenset({Status.READY, Status.FAILED, Status.REQUESTED}),
        Status.READY: frozenset({Status.EXPIRED}),
        Status.FAILED: frozenset(),
        Status.EXPIRED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    requested_key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    documents = models.ManyToManyField(ElectronicDocument, related_name="+")
    address = models.CharField("correo", max_length=254)
    status = models.CharField("estado", max_length=10, choices=Status, default=Status.REQUESTED)
    requested_at = models.DateTimeField()
    running_since = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    movements = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    pdf = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    workbook = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    notification = models.ForeignKey(Notification, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "informe de historial"
        verbose_name_plural = "informes de historial"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(requested_by=None, requested_key__isnull=False)
                | models.Q(requested_by__isnull=False, requested_key=None),
                name="report_asked_by_one",
            )
        ]
        indexes = [
            models.Index(fields=["company", "requested_by", "-id"], name="report_newest"),
            models.Index(fields=["requested_at"], condition=models.Q(status__in=["requested", "running"]), name="report_due"),
        ]

    def __str__(self) -> str:
        return f"{self.requester} {self.status}"

    @property
    def requester(self) -> Actor:
        """Who asked for it: a person or a program."""
        asked = self.requested_by or self.requested_key
        assert asked is not None
        return asked


class Slot(models.Model):
    """One beat of one schedule; the unique row makes two beats harmless."""

    name = models.CharField(max_length=60)
    slot = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "slot"], name="slot_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.slot}"
