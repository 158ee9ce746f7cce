"""Who comes in from outside: programs with a key, people with an invitation, and what a program was answered."""

from datetime import datetime

from django.db import models

from invoices.identifiers import new_id
from invoices.models.companies import Company, Membership, User
from invoices.scope import CompanyModel


class ApiKey(CompanyModel):
    """
    A program's way into one company.

    Only the SHA-256 of the key is kept: it holds 256 random bits, so nothing slower is needed against guessing.
    """

    class Scope(models.TextChoices):
        READ = "read", "Solo consulta"
        WRITE = "write", "Consulta y envía"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("nombre", max_length=80)
    scope = models.CharField("alcance", max_length=5, choices=Scope)
    sha256 = models.CharField(max_length=64, unique=True)
    hint = models.CharField("termina en", max_length=6)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "llave de la API"
        verbose_name_plural = "llaves de la API"
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], condition=models.Q(revoked_at=None), name="one_live_key_per_name"),
        ]

    def __str__(self) -> str:
        return f"API · {self.name}"

    @property
    def writes(self) -> bool:
        """Whether the key may change or send anything."""
        return self.scope == self.Scope.WRITE

    # What the REST framework's own permissions ask of whoever comes in.
    is_authenticated = True
    is_active = True


# Whoever acts inside a company: a person, or a program.
Actor = User | ApiKey


class Invitation(CompanyModel):
    """An administrator asked somebody into the company, by mail; accepted once, within its days."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField("correo", max_length=254)
    role = models.CharField("rol", max_length=15, choices=Membership.Role)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "invitación"
        verbose_name_plural = "invitaciones"
        constraints = [
            models.UniqueConstraint(
                fields=["company", "email"], condition=models.Q(accepted_at=None, withdrawn_at=None), name="one_open_invitation"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None, accepted_by=None) | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="accepted_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be accepted."""
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at


class IdempotentAnswer(CompanyModel):
    """What a POST with an ``Idempotency-Key`` was answered; kept for 24 hours and given again to the same request."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField("SHA-256 del pedido", max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="one_answer_per_idempotency_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotent_answer_age")]

    def __str__(self) -> str:
        return self.key
