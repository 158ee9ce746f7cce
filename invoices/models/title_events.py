"""The events 030 to 034 about a document, as they came, and what was found about them."""

from datetime import datetime

from django.db import models

from invoices.identifiers import new_id
from invoices.models.companies import Company
from invoices.models.documents import ElectronicDocument
from invoices.models.files import StoredFile
from invoices.scope import CompanyModel
from invoices.title_events import CLAIMS, STATES


class TitleEvent(CompanyModel):
    """A buyer's event (030 to 034) as it came, what the rules of order say of it, and what its signature proves."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", "Cuenta"
        WARNED = "warned", "Cuenta, con advertencia"
        REFUSED = "refused", "No cuenta"
        ORPHAN = "orphan", "Queda aparte"

    class Signature(models.TextChoices):
        INTACT = "intact", "Firma íntegra"
        ALTERED = "altered", "Firma alterada"
        ABSENT = "absent", "Sin firma"
        UNVERIFIABLE = "unverifiable", "No se puede verificar"

    SET_ASIDE = frozenset({Verdict.REFUSED, Verdict.ORPHAN})

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    document = models.ForeignKey(ElectronicDocument, on_delete=models.CASCADE, related_name="title_events")
    code = models.CharField(max_length=3)
    name = models.CharField(max_length=200)
    number = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=96)
    issued_at = models.DateTimeField()
    sender_name = models.CharField(max_length=450)
    sender_identification = models.CharField(max_length=40)
    claim_code = models.CharField(max_length=3, blank=True)
    notes = models.JSONField(default=list)
    verdict = models.CharField("resultado", max_length=10, choices=Verdict, blank=True)
    rule = models.CharField("regla", max_length=10, blank=True)
    sentence = models.CharField("motivo", max_length=300, blank=True)
    signature = models.CharField("firma", max_length=12, choices=Signature, blank=True)
    signer = models.CharField("firmante", max_length=300, blank=True)
    signature_why = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField("firmado", null=True, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    member = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "code", "key"], name="event_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.document}"

    @property
    def counts(self) -> bool:
        """Whether it is part of the state of its document."""
        return self.verdict not in self.SET_ASIDE

    @property
    def label(self) -> str:
        """The short name of its code: the files write all sorts of names."""
        return STATES[self.code][1] if self.code in STATES else self.name

    @property
    def dated_by_signature(self) -> bool:
        """Whether an intact signature says when it happened."""
        return self.signature == self.Signature.INTACT and self.signed_at is not None

    @property
    def happened_at(self) -> datetime:
        """When it was signed, where an intact signature says so; else when it says that it was issued."""
        return self.signed_at if self.signed_at and self.dated_by_signature else self.issued_at

    @property
    def claim_label(self) -> str:
        """What the buyer claims, in words; empty where it is no claim, or of no known concept."""
        return CLAIMS.get(self.claim_code, "")
