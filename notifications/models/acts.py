"""One act of telling somebody, and the files that go with it."""

from django.db import models

from invoices.identifiers import new_id
from invoices.models import Actor, ApiKey, Company, ElectronicDocument, StoredFile, User
from invoices.scope import CompanyModel


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


class OwedNotification(CompanyModel):
    """A first notification that a worker will send as soon as it has made the document's PDF; the row goes with the sending."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    document = models.OneToOneField(ElectronicDocument, on_delete=models.CASCADE, related_name="+")
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    requested_key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = "primera notificación pendiente"
        verbose_name_plural = "primeras notificaciones pendientes"
        indexes = [models.Index(fields=["company", "due_at"], name="owed_due")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def requester(self) -> Actor | None:
        """Who brought the document: a person, a program, or nobody but the system."""
        return self.requested_by or self.requested_key


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
    """
    The ZIP of one document, made once from the files there were and for what its buyer asked; when either changes there is another.

    ``used_at`` is when it was last the one to go.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(ElectronicDocument, on_delete=models.CASCADE, related_name="packages")
    sources = models.CharField("huella de los archivos de origen", max_length=64)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    without_pdf = models.BooleanField(default=False)
    without_annexes = models.BooleanField(default=False)
    grade = models.CharField("conformidad", max_length=8, blank=True)
    review = models.JSONField("revisión de conformidad", default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField()

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
