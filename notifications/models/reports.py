"""Histories that were asked for, and the beats of the schedules."""

from django.db import models

from invoices.identifiers import new_id
from invoices.models import Actor, ApiKey, Company, ElectronicDocument, StoredFile, User
from invoices.scope import CompanyModel
from invoices.states import StatefulModel
from notifications.models.acts import Notification


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
