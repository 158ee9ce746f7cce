"""The ways out for mails: their health, and those that a company keeps in the database."""

from django.db import models

from invoices.identifiers import new_id
from invoices.models import Company, User


class ChannelHealth(models.Model):
    """
    The breaker of one channel: while it is open nothing is claimed for the channel, and no try is counted.

    ``alerted_at``: when its company's administrators were told that it stopped; once until it works again.
    """

    name = models.CharField(max_length=40, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    alerted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "salud de un canal"

    def __str__(self) -> str:
        return self.name


class MailChannel(models.Model):
    """
    A way out for mails that a company set up on the screen; those of the environment have no row.

    ``url_encrypted`` is the channel's URL (``notifications.channels``), encrypted by ``notifications.secret_box``: no secret
    of a channel is readable in the database.
    """

    class Reports(models.TextChoices):
        NONE = "none", "No informa entregas"
        DSN = "dsn", "Informa por correo de devolución"
        WEBHOOK = "webhook", "Informa por el proveedor"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.SlugField("nombre", max_length=40, unique=True)
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.PROTECT, related_name="mail_channels")
    label = models.CharField("descripción", max_length=120)
    url_encrypted = models.TextField()
    hook_token = models.CharField(max_length=64, unique=True)
    reports = models.CharField("qué informa", max_length=8, choices=Reports, default=Reports.NONE)
    active = models.BooleanField("activo", default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    tested_at = models.DateTimeField(null=True, blank=True)
    test_result = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = "canal de correo"
        verbose_name_plural = "canales de correo"
        indexes = [models.Index(fields=["company", "name"], name="channel_of_company")]

    def __str__(self) -> str:
        return self.label or self.name
