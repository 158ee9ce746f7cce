"""DIAN's public list of the addresses that receive e-invoices."""

from django.db import models

from invoices.identifiers import new_id
from invoices.models.companies import Company, User
from invoices.models.sales import Customer, RecipientEmail
from invoices.scope import CompanyModel


class ReceptionDirectory(models.Model):
    """One address that DIAN's list gave for a NIT, and between which dates we saw it there."""

    # Whether the company in scope ignores it: set by ``directory.in_use``, no column.
    ignored: bool = False

    nit = models.CharField(max_length=20)
    address_key = models.CharField(max_length=254)
    listed_on = models.DateField("fecha en la lista", null=True)
    first_seen = models.DateField("visto por primera vez")
    last_seen = models.DateField("visto por última vez")

    class Meta:
        verbose_name = "correo de recepción DIAN"
        verbose_name_plural = "correos de recepción DIAN"
        constraints = [models.UniqueConstraint(fields=["nit", "address_key"], name="directory_entry_once")]
        indexes = [models.Index(fields=["last_seen"], name="directory_age")]

    def __str__(self) -> str:
        return f"{self.nit} {self.address_key}"


class DirectoryDecision(CompanyModel):
    """What a person decided of one address that DIAN's list gives for a customer: use it, or leave the customer's own as they are."""

    class Choice(models.TextChoices):
        USE = "use", "Usar"
        IGNORE = "ignore", "Ignorar"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="directory_decisions")
    address_key = models.CharField("correo", max_length=254)
    choice = models.CharField("decisión", max_length=6, choices=Choice)
    # The customer's address that *Usar* made; empty where it was there already, so that *Deshacer* leaves it.
    added = models.OneToOneField(RecipientEmail, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField("cuándo")
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "decisión sobre un correo de recepción"
        verbose_name_plural = "decisiones sobre correos de recepción"
        constraints = [models.UniqueConstraint(fields=["customer", "address_key"], name="decided_once")]

    def __str__(self) -> str:
        return f"{self.address_key} {self.choice}"
