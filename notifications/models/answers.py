"""What a buyer said with the button of the confirmation page."""

from django.db import models

from invoices.identifiers import new_id
from invoices.models import Company, ElectronicDocument
from invoices.scope import CompanyModel
from notifications.models.deliveries import Delivery


class CustomerAnswer(CompanyModel):
    """What a buyer said with the button of the confirmation page."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(ElectronicDocument, on_delete=models.CASCADE, related_name="answers")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="answers")
    status = models.CharField(max_length=22, choices=ElectronicDocument.CustomerStatus)
    name = models.CharField(max_length=150, blank=True)
    message = models.TextField(blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document"], name="one_answer_per_document")]

    def __str__(self) -> str:
        return f"{self.document} {self.status}"
