"""DIAN's public list of the addresses that receive e-invoices."""

from django.db import models


class ReceptionDirectory(models.Model):
    """One address that DIAN's list gave for a NIT, and between which dates we saw it there."""

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
