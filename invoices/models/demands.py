"""What a buyer's robot asks beyond the annex."""

from django.db import models

from invoices.identifiers import new_id
from invoices.models.companies import Company, User
from invoices.models.sales import Customer
from invoices.scope import CompanyModel


class BuyerDemand(CompanyModel):
    """What one buyer's robot asks beyond the annex; an administrator of the company edits it."""

    class Demand(models.TextChoices):
        NIT_WITHOUT_CHECK_DIGIT = "nit_without_check_digit", "NIT sin dígito de verificación"
        ORDER_NUMBER = "order_number", "Orden de compra solo con números"
        BUSINESS_LINE = "business_line", "Línea de negocio en el asunto"
        PDF = "pdf", "PDF obligatorio"
        SECOND_MAILBOX = "second_mailbox", "Segundo buzón"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="demands")
    demand = models.CharField("exigencia", max_length=24, choices=Demand)
    value = models.CharField("valor", max_length=254, blank=True)
    prevents = models.BooleanField("impide el envío", default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "exigencia de un comprador"
        verbose_name_plural = "exigencias de los compradores"
        constraints = [models.UniqueConstraint(fields=["customer", "demand"], name="one_demand_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.get_demand_display()} {self.value}".strip()
