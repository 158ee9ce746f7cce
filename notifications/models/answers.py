"""What a buyer said with the button of the confirmation page."""

from django.db import models

from invoices.identifiers import new_id
from invoices.models import Company, ElectronicDocument
from invoices.scope import CompanyModel
from notifications.models.deliveries import Delivery


class CustomerAnswer(CompanyModel):
    """What a buyer said with the button of the confirmation page."""

    class Claim(models.TextChoices):
        INCONSISTENT = "01", "Documento con inconsistencias"
        NOT_DELIVERED = "02", "Mercancía no entregada"
        PARTLY_DELIVERED = "03", "Mercancía entregada parcialmente"
        NOT_RENDERED = "04", "Servicio no prestado"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(ElectronicDocument, on_delete=models.CASCADE, related_name="answers")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="answers")
    status = models.CharField(max_length=22, choices=ElectronicDocument.CustomerStatus)
    name = models.CharField(max_length=150, blank=True)
    message = models.TextField(blank=True)
    claim_code = models.CharField("motivo del reclamo", max_length=2, choices=Claim, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "status"], name="one_answer_of_a_kind"),
            models.CheckConstraint(
                condition=models.Q(status="rejected_by_customer") | models.Q(claim_code=""), name="only_a_claim_has_a_code"
            ),
        ]

    @classmethod
    def of(cls, document: ElectronicDocument) -> "models.QuerySet[CustomerAnswer]":
        """Everything that the buyer said, the newest first: a claim may follow a confirmation, and both are kept."""
        return cls.objects.filter(document=document).select_related("delivery").order_by("-answered_at", "-pk")

    @classmethod
    def latest(cls, document: ElectronicDocument) -> "CustomerAnswer | None":
        """What the buyer last said; it is what counts."""
        return cls.of(document).first()

    def __str__(self) -> str:
        return f"{self.document} {self.status}"
