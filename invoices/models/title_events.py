"""The events 030 to 034 about a document, as they came, and what was found about them."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from invoices.identifiers import new_id
from invoices.models.companies import Company
from invoices.models.documents import ElectronicDocument
from invoices.models.files import StoredFile
from invoices.scope import CompanyModel
from invoices.title_events import CLAIMS, STATES
from invoices.title_proofs import Proof, signed_by


class TitleEvent(CompanyModel):
    """
    A buyer's event (030 to 034) as it came, what the rules of order say of it, and what its signature proves.

    ``mailed``: anybody may have sent it. ``dian_status`` is DIAN's answer about the event itself, where it came in the same container,
    ``dian_signature`` what the signature of that answer proves: intact only where it is DIAN's.
    """

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

    class DianAnswer(models.TextChoices):
        ACCEPTED = "accepted", "Validado por la DIAN"
        ACCEPTED_WITH_NOTICES = "accepted_with_notices", "Validado por la DIAN, con notificación"

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
    dian_status = models.CharField("respuesta de la DIAN", max_length=24, choices=DianAnswer, blank=True)
    dian_validated_at = models.DateTimeField("validado por la DIAN", null=True, blank=True)
    dian_signature = models.CharField("firma de la respuesta", max_length=12, choices=Signature, blank=True)
    mailed = models.BooleanField("llegó por correo", default=False)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    member = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

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
    def validated(self) -> bool:
        """
        Whether DIAN's answer says so and may be believed: nothing was altered, and what came by mail is signed, the answer by DIAN.

        The event's own signature counts too: DIAN's true answer about one event could be put beside an altered copy of it.
        """
        signatures = {self.signature, self.dian_signature}
        believed = signatures == {self.Signature.INTACT} if self.mailed else self.Signature.ALTERED not in signatures
        return bool(self.dian_status) and believed

    @property
    def proof(self) -> Proof:
        """How sure it is that its sender sent it."""
        if self.validated:
            return Proof.VALIDATED
        intact = self.signature == self.Signature.INTACT
        return Proof.SIGNED if intact and signed_by(self.signer, self.sender_identification) else Proof.NONE

    @property
    def standing(self) -> tuple[int, bool, datetime, str, str]:
        """Of two copies of one event the one with the smaller counts, whichever came first: as ``judge_all`` chooses between two events."""
        return -self.proof, self.mailed, self.happened_at, self.sender_identification, self.claim_code

    @property
    def dian_label(self) -> str:
        """What is known of DIAN's answer about it, in words; empty where it came without one."""
        if self.dian_status and not self.validated:
            return "Trae una respuesta de la DIAN que no se pudo comprobar."
        return str(self.get_dian_status_display())

    @property
    def claim_label(self) -> str:
        """What the buyer claims, in words; empty where it is no claim, or of no known concept."""
        return CLAIMS.get(self.claim_code, "")
