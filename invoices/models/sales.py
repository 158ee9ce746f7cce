"""What was sold, to whom, and where that customer reads its mail."""

from django.db import models

from invoices.identifiers import new_id
from invoices.models.companies import Company, User
from invoices.scope import CompanyModel
from invoices.ubl.nit import format_nit

IDENTIFICATION_LABELS = {
    "11": "R.C.",
    "12": "T.I.",
    "13": "C.C.",
    "21": "T.E.",
    "22": "C.E.",
    "31": "NIT",
    "41": "Pasaporte",
    "42": "Doc. extranjero",
    "47": "PEP",
    "48": "PPT",
    "50": "NIT extranjero",
    "91": "NUIP",
}
# DIAN's number for the buyer who does not identify himself.
FINAL_CONSUMER = "222222222222"


class Customer(CompanyModel):
    """A buyer of one company."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    identification_type = models.CharField(max_length=3)
    identification = models.CharField(max_length=40)
    check_digit = models.CharField(max_length=2, blank=True)
    name = models.CharField(max_length=450)
    name_key = models.CharField(max_length=450)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "cliente"
        constraints = [
            models.UniqueConstraint(fields=["company", "identification_type", "identification"], name="one_customer_per_identification")
        ]
        indexes = [
            models.Index(
                fields=["company", "identification"], name="customer_identification", opclasses=["uuid_ops", "varchar_pattern_ops"]
            ),
            models.Index(fields=["company", "name_key", "id"], name="customer_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def formatted_identification(self) -> str:
        """``NIT 900.373.076-4``, ``C.C. 1.020.304.050``: as screens show it."""
        label = IDENTIFICATION_LABELS.get(self.identification_type, "Id.")
        if self.identification_type == "31":
            return f"{label} {format_nit(self.identification)}"
        dotted = f"{int(self.identification):,}".replace(",", ".") if self.identification.isdecimal() else self.identification
        return f"{label} {dotted}"

    @property
    def is_final_consumer(self) -> bool:
        """Whether the buyer did not identify himself: no address is expected."""
        return self.identification == FINAL_CONSUMER


class RecipientEmail(CompanyModel):
    """One address of a customer, where it came from, and whether it is used."""

    class Source(models.TextChoices):
        DOCUMENT = "document", "Documento"
        MANUAL = "manual", "Manual"
        RESEND = "resend", "Agregado al reenviar"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="emails")
    address = models.CharField("correo", max_length=254)
    address_key = models.CharField(max_length=254)
    source = models.CharField("origen", max_length=10, choices=Source)
    always = models.BooleanField("siempre", default=False)
    active = models.BooleanField("activo", default=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    deactivated_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    deactivated_reason = models.CharField("motivo", max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "correo de cliente"
        verbose_name_plural = "correos de clientes"
        constraints = [
            models.UniqueConstraint(fields=["customer", "address_key"], name="address_once_per_customer"),
            models.CheckConstraint(
                condition=models.Q(active=True, deactivated_at=None) | models.Q(active=False, deactivated_at__isnull=False),
                name="switched_off_says_when",
            ),
        ]
        indexes = [models.Index(fields=["company", "address_key"], name="recipient_email_address")]

    def __str__(self) -> str:
        return self.address


class SalesTransaction(CompanyModel):
    """A sale; what DIAN rejected comes again with the same number, so one sale may have several documents."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="sales")
    type_code = models.CharField(max_length=3)
    number = models.CharField(max_length=60)
    number_key = models.CharField(max_length=60)
    issue_date = models.DateField()
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=24, decimal_places=6)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "transacción de venta"
        verbose_name_plural = "transacciones de venta"
        constraints = [models.UniqueConstraint(fields=["company", "type_code", "number_key"], name="one_sale_per_number")]
        indexes = [
            models.Index(fields=["company", "-issue_date", "-id"], name="sale_newest"),
            models.Index(fields=["company", "customer", "-issue_date", "-id"], name="sale_by_customer"),
            models.Index(fields=["company", "number_key"], name="sale_number", opclasses=["uuid_ops", "varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.number
