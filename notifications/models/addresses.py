"""The health of an address: whether mail to it is held back, why, and who let it go again."""

from django.db import models
from django.db.models import Q

from invoices.identifiers import new_id
from invoices.models import Company, User
from invoices.scope import CompanyModel
from notifications.models.deliveries import Delivery


class Suppression(CompanyModel):
    """An address to which the company sends nothing, until a person releases it with a note."""

    class Source(models.TextChoices):
        BOUNCE = "bounce", "Devolución"
        COMPLAINT = "complaint", "Marcó como spam"
        PROVIDER = "provider", "El proveedor"
        PERSON = "person", "Una persona"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    address_key = models.CharField("correo", max_length=254)
    reason = models.CharField("motivo", max_length=20)
    source = models.CharField("origen", max_length=10, choices=Source)
    detail = models.TextField("detalle", blank=True)
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("desde")
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    release_note = models.CharField("nota", max_length=300, blank=True)

    class Meta:
        verbose_name = "dirección suprimida"
        verbose_name_plural = "direcciones suprimidas"
        constraints = [
            models.UniqueConstraint(fields=["company", "address_key"], condition=Q(released_at=None), name="suppressed_once"),
            models.CheckConstraint(condition=Q(released_at=None) | ~Q(release_note=""), name="release_says_why"),
        ]
        indexes = [models.Index(fields=["company", "-created_at", "-id"], name="suppression_newest")]

    def __str__(self) -> str:
        return f"{self.address_key} {self.reason}"
