"""What came in and what went out, byte by byte."""

from django.core.files.storage import default_storage
from django.db import models

from invoices.identifiers import new_id
from invoices.models.companies import Company
from invoices.scope import CompanyModel


class StoredFile(CompanyModel):
    """A file, once per company and content; it is never changed."""

    class Kind(models.TextChoices):
        RECEIVED = "received", "Recibido"
        PACKAGE = "package", "Paquete enviado"
        REPORT = "report", "Informe"
        GRAPHIC = "graphic", "Representación gráfica"
        LOGO = "logo", "Logo"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=255)
    size = models.PositiveIntegerField()
    path = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "archivo"
        constraints = [models.UniqueConstraint(fields=["company", "sha256"], name="one_file_per_content")]

    def __str__(self) -> str:
        return self.name

    def read(self) -> bytes:
        """The bytes."""
        with default_storage.open(self.path, "rb") as file:
            return bytes(file.read())
