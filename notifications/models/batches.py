"""Resending many documents: what was chosen, how it was sorted, and what became of each."""

from django.db import models
from django.db.models import Q

from invoices.identifiers import new_id
from invoices.models import Actor, ApiKey, Company, ElectronicDocument, User
from invoices.scope import CompanyModel
from invoices.states import StatefulModel
from notifications.models.acts import Notification


class ResendBatch(CompanyModel, StatefulModel):
    """A bulk resend: sorted when it is made, sent when a person confirms it, by a worker."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Por confirmar"
        RUNNING = "running", "Enviando"
        DONE = "done", "Terminado"
        CANCELED = "canceled", "Cancelado"

    STATE = "status"
    MOVES = {
        Status.DRAFT: frozenset({Status.RUNNING, Status.CANCELED}),
        Status.RUNNING: frozenset({Status.DONE, Status.CANCELED}),
        Status.DONE: frozenset({Status.RUNNING}),
        Status.CANCELED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    requested_key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField("estado", max_length=10, choices=Status, default=Status.DRAFT)
    chosen = models.CharField("qué se eligió", max_length=300, blank=True)
    again = models.BooleanField("también a los que ya lo recibieron", default=False)
    note = models.CharField("nota", max_length=500, blank=True)
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField("creado")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "lote de reenvíos"
        verbose_name_plural = "lotes de reenvíos"
        constraints = [
            models.CheckConstraint(
                condition=Q(requested_by=None, requested_key__isnull=False) | Q(requested_by__isnull=False, requested_key=None),
                name="batch_asked_by_one",
            )
        ]
        indexes = [
            models.Index(fields=["company", "-created_at", "-id"], name="batch_newest"),
            models.Index(fields=["confirmed_at"], condition=Q(status="running"), name="batch_running"),
        ]

    def __str__(self) -> str:
        return f"{self.chosen} {self.status}"

    @property
    def requester(self) -> Actor:
        """Who asked for it: a person or a program."""
        asked = self.requested_by or self.requested_key
        assert asked is not None
        return asked


class ResendBatchItem(CompanyModel):
    """One document of a batch; ``group`` is how the dry run sorted it, ``status`` what became of it."""

    class Group(models.TextChoices):
        SEND = "send", "Se enviarán"
        ALREADY = "already", "Ya entregados"
        NO_ADDRESS = "no_address", "Sin correo"
        NOT_ACCEPTED = "not_accepted", "No aceptados por la DIAN"
        SUPPRESSED = "suppressed", "Suprimidos"
        ON_ITS_WAY = "on_its_way", "Ya van en camino"

    class Status(models.TextChoices):
        WAITING = "waiting", "Por enviar"
        SENT = "sent", "Reenviado"
        SKIPPED = "skipped", "No se envía"
        FAILED = "failed", "No se pudo"
        CANCELED = "canceled", "Cancelado"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(ResendBatch, on_delete=models.CASCADE, related_name="items")
    document = models.ForeignKey(ElectronicDocument, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    group = models.CharField(max_length=12, choices=Group)
    status = models.CharField("resultado", max_length=8, choices=Status, default=Status.WAITING)
    reason = models.CharField("motivo", max_length=300, blank=True)
    addresses = models.JSONField(default=list)
    seen = models.UUIDField(null=True, blank=True)
    notification = models.ForeignKey(Notification, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "document"], name="batch_holds_once"),
            models.UniqueConstraint(fields=["batch", "position"], name="batch_position_once"),
        ]
        indexes = [
            models.Index(fields=["batch", "position"], condition=Q(status="waiting"), name="batch_item_waiting"),
            models.Index(fields=["batch", "group", "position"], name="batch_item_by_group"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.group} {self.status}"
