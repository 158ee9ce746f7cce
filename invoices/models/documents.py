"""Electronic documents, DIAN's and the buyers' answers to them, and who must be told."""

from django.db import models

from invoices.identifiers import new_id
from invoices.models.companies import Company
from invoices.models.files import StoredFile
from invoices.models.history import HistoryEntry
from invoices.models.sales import Customer, SalesTransaction
from invoices.scope import CompanyModel
from invoices.states import StatefulModel

TYPE_LABELS = {
    "01": "Factura",
    "02": "Exportación",
    "03": "Contingencia",
    "04": "Contingencia DIAN",
    "20": "Documento POS",
    "25": "Boleta de cine",
    "27": "Espectáculo público",
    "32": "Juegos localizados",
    "35": "Transporte de pasajeros",
    "40": "Peaje",
    "45": "Extracto",
    "50": "Tiquete aéreo",
    "55": "Bolsa de valores",
    "60": "Servicios públicos",
    "91": "Nota crédito",
    "92": "Nota débito",
    "93": "Nota de ajuste débito",
    "94": "Nota de ajuste crédito",
}
TYPE_TITLES = TYPE_LABELS | {
    "01": "Factura electrónica de venta",
    "02": "Factura electrónica de exportación",
    "03": "Factura de contingencia del facturador",
    "04": "Factura de contingencia de la DIAN",
    "20": "Documento equivalente POS",
    "91": "Nota crédito electrónica",
    "92": "Nota débito electrónica",
}


class ElectronicDocument(CompanyModel, StatefulModel):
    """
    One document as DIAN knows it: identified by the company and the document's key (CUFE, CUDE or CUDS).

    The columns from ``delivery_status`` on are summaries that the list shows; ``invoices.services`` alone writes them.
    """

    class Dian(models.TextChoices):
        NOT_SENT = "not_sent", "Sin Notificar"
        IN_VALIDATION = "in_validation", "En validación"
        ACCEPTED = "accepted", "Confirmado"
        ACCEPTED_WITH_NOTICES = "accepted_with_notices", "Confirmado con Notificación"
        REJECTED = "rejected", "Rechazado"

    class Delivery(models.TextChoices):
        NONE = "none", "Sin envíos"
        NO_ADDRESS = "no_address", "Sin correo"
        IN_PROGRESS = "in_progress", "En proceso"
        SENT = "sent", "Enviado"
        DELIVERED = "delivered", "Entregado"
        PARTIAL = "partial", "Parcial"
        PROBLEM = "problem", "Con problema"

    class CustomerStatus(models.TextChoices):
        NOT_SENT = "not_sent", "Sin Notificar"
        PENDING = "pending", "Pendiente Confirmación"
        CONFIRMED = "confirmed_by_customer", "Confirmado por el Cliente"
        AUTO_CONFIRMED = "auto_confirmed", "Confirmado Automáticamente"
        REJECTED = "rejected_by_customer", "Rechazado por el Cliente"
        INVALID_ADDRESS = "invalid_address", "Correo incorrecto"

    class TitleStatus(models.TextChoices):
        NONE = "none", "Sin eventos"
        ACKNOWLEDGED = "acknowledged", "Acuse de recibo"
        GOODS_RECEIVED = "goods_received", "Recibo del bien"
        CLAIMED = "claimed", "Reclamo"
        ACCEPTED = "accepted", "Aceptación expresa"
        TACIT = "tacit", "Aceptación tácita"

    STATE = "customer_status"
    MOVES = {
        CustomerStatus.NOT_SENT: frozenset({CustomerStatus.PENDING, CustomerStatus.INVALID_ADDRESS}),
        CustomerStatus.PENDING: frozenset(
            {CustomerStatus.CONFIRMED, CustomerStatus.REJECTED, CustomerStatus.AUTO_CONFIRMED, CustomerStatus.INVALID_ADDRESS}
        ),
        CustomerStatus.AUTO_CONFIRMED: frozenset({CustomerStatus.CONFIRMED, CustomerStatus.REJECTED, CustomerStatus.INVALID_ADDRESS}),
        CustomerStatus.INVALID_ADDRESS: frozenset({CustomerStatus.PENDING}),
        CustomerStatus.CONFIRMED: frozenset({CustomerStatus.REJECTED}),
        CustomerStatus.REJECTED: frozenset(),
    }
    ACCEPTED = frozenset({Dian.ACCEPTED, Dian.ACCEPTED_WITH_NOTICES})

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    sale = models.ForeignKey(SalesTransaction, on_delete=models.PROTECT, related_name="documents")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="documents")
    type_code = models.CharField("tipo", max_length=3)
    number = models.CharField("número", max_length=60)
    number_key = models.CharField(max_length=60)
    key = models.CharField("CUFE o CUDE", max_length=96)
    key_scheme = models.CharField(max_length=40, blank=True)
    content_sha256 = models.CharField(max_length=64)
    environment = models.CharField(max_length=1, blank=True)
    issued_at = models.DateTimeField("expedido")
    issue_date = models.DateField("fecha")
    due_date = models.DateField("vencimiento", null=True, blank=True)
    payment_form = models.CharField("forma de pago", max_length=1, blank=True)
    currency = models.CharField("moneda", max_length=3)
    total = models.DecimalField("total", max_digits=24, decimal_places=6)
    subtotal = models.DecimalField(max_digits=24, decimal_places=6)
    taxes = models.DecimalField(max_digits=24, decimal_places=6)
    issuer_name = models.CharField(max_length=450)
    issuer_trade_name = models.CharField(max_length=450, blank=True)
    undeliverable_addresses = models.JSONField(default=list)

    dian_status = models.CharField("Notificación DIAN", max_length=22, choices=Dian, default=Dian.NOT_SENT)
    dian_description = models.CharField(max_length=500, blank=True)
    dian_rules = models.JSONField(default=list)
    dian_validated_at = models.DateTimeField(null=True, blank=True)
    dian_key = models.CharField(max_length=96, blank=True)
    dian_result_code = models.CharField(max_length=10, blank=True)

    customer_status = models.CharField("Notificación Cliente", max_length=22, choices=CustomerStatus, default=CustomerStatus.NOT_SENT)
    auto_confirm_at = models.DateTimeField(null=True, blank=True)
    auto_confirmed_at = models.DateTimeField(null=True, blank=True)

    title_status = models.CharField("Eventos de Título Valor", max_length=16, choices=TitleStatus, default=TitleStatus.NONE)
    claim_last_day = models.DateField("último día para reclamar", null=True, blank=True)

    delivery_status = models.CharField("Entrega", max_length=12, choices=Delivery, default=Delivery.NONE)
    deliveries_reached = models.PositiveSmallIntegerField(default=0)
    deliveries_total = models.PositiveSmallIntegerField(default=0)
    first_movement_at = models.DateTimeField(null=True, blank=True)
    last_movement_at = models.DateTimeField("último movimiento", null=True, blank=True)
    last_movement = models.CharField(max_length=30, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "documento electrónico"
        verbose_name_plural = "documentos electrónicos"
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="one_document_per_key"),
            models.CheckConstraint(condition=models.Q(key__regex=r"^[0-9a-f]{96}$"), name="key_is_sha384"),
            models.CheckConstraint(
                condition=~models.Q(customer_status="auto_confirmed") | models.Q(auto_confirmed_at__isnull=False),
                name="auto_confirmed_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-issue_date", "-id"], name="document_newest"),
            models.Index(fields=["company", "-last_movement_at", "-id"], name="document_last_moved"),
            models.Index(fields=["company", "delivery_status", "-issue_date", "-id"], name="document_by_delivery"),
            models.Index(fields=["company", "customer", "-issue_date", "-id"], name="document_by_customer"),
            models.Index(fields=["company", "customer_status", "-issue_date", "-id"], name="document_by_answer"),
            models.Index(fields=["company", "dian_status", "-issue_date", "-id"], name="document_by_dian"),
            models.Index(fields=["company", "number_key"], name="document_number", opclasses=["uuid_ops", "varchar_pattern_ops"]),
            models.Index(fields=["company", "key"], name="document_key", opclasses=["uuid_ops", "varchar_pattern_ops"]),
            models.Index(
                fields=["company", "claim_last_day", "id"], condition=models.Q(claim_last_day__isnull=False), name="document_claim_term"
            ),
            models.Index(fields=["company", "title_status", "-issue_date", "-id"], name="document_by_title"),
            models.Index(fields=["auto_confirm_at"], condition=models.Q(customer_status="pending"), name="document_auto_confirm"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def type_label(self) -> str:
        """The short name of the type, for the list."""
        return TYPE_LABELS.get(self.type_code, self.type_code)

    @property
    def type_title(self) -> str:
        """The whole name of the type, for the document's page and the mail."""
        return TYPE_TITLES.get(self.type_code, self.type_code)

    @property
    def key_name(self) -> str:
        """What the key is called: CUFE, CUDE or CUDS, as the document says."""
        return self.key_scheme.split("-")[0].upper() or "CUFE"

    @property
    def dian_url(self) -> str:
        """Where anybody can see the document at DIAN (Anexo Técnico 1.9, section 11.7); test documents live apart."""
        host = "catalogo-vpfe-hab" if self.environment == "2" else "catalogo-vpfe"
        return f"https://{host}.dian.gov.co/document/searchqr?documentkey={self.key}"

    @property
    def last_movement_label(self) -> str:
        """The last movement in words, for the list."""
        return dict(HistoryEntry.Event.choices).get(self.last_movement, "")

    @property
    def accepted_by_dian(self) -> bool:
        """Whether DIAN accepted it, with notices or without."""
        return self.dian_status in self.ACCEPTED


class DocumentFile(CompanyModel):
    """Where a part of a document lies: a stored file, or a member of a stored ZIP."""

    class Role(models.TextChoices):
        XML = "xml", "XML"
        RESPONSE = "response", "Respuesta de la DIAN"
        PDF = "pdf", "PDF"
        ANNEX = "annex", "Anexo"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    document = models.ForeignKey(ElectronicDocument, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=8, choices=Role)
    member = models.CharField(max_length=255, blank=True)
    in_container = models.BooleanField(default=False)
    sole = models.BooleanField(default=False)
    # A PDF that we made from the XML because none came; one that comes later takes its place.
    made = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "file", "role", "member"], name="one_part_once"),
            models.CheckConstraint(condition=models.Q(made=False) | models.Q(role="pdf"), name="only_a_pdf_is_made"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.member}"


class DocumentRecipient(CompanyModel):
    """An address that the document itself names; what the search box looks in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    document = models.ForeignKey(ElectronicDocument, on_delete=models.CASCADE, related_name="recipients")
    address_key = models.CharField(max_length=254)
    source = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "address_key"], name="recipient_once")]
        indexes = [
            models.Index(
                fields=["company", "address_key"], name="document_recipient_address", opclasses=["uuid_ops", "varchar_pattern_ops"]
            )
        ]

    def __str__(self) -> str:
        return self.address_key


class WaitingResponse(CompanyModel):
    """
    An answer or an event whose document has not come yet; tried again at each import.

    ``mailed``: anybody may have sent it, so that whoever settles it takes its events and nothing else.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    document_key = models.CharField(max_length=96)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    member = models.CharField(max_length=255, blank=True)
    mailed = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "document_key", "file", "member"], name="waits_once")]

    def __str__(self) -> str:
        return self.document_key


class DocumentConflict(CompanyModel):
    """The same key with other content: kept for a person to judge; nothing was overwritten."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    document = models.ForeignKey(ElectronicDocument, on_delete=models.CASCADE, related_name="conflicts")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    member = models.CharField(max_length=255, blank=True)
    content_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "content_sha256"], name="conflict_once")]

    def __str__(self) -> str:
        return f"{self.document} ≠ {self.content_sha256[:8]}"
