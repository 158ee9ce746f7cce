"""The shapes of documents, sales, customers and the reception directory; serializers shape data, they never save."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from invoices import shown_events
from invoices.api.pages import PageQuery
from invoices.models import Customer, ElectronicDocument, RecipientEmail, SalesTransaction, TitleEvent
from invoices.models.documents import TYPE_LABELS
from invoices.models.sales import IDENTIFICATION_LABELS

Row = serializers.Serializer[Any]
TYPE_CODES = sorted(TYPE_LABELS)
TYPE_HELP = "DIAN's code: 01 invoice, 91 credit note, 92 debit note, 20 POS …"


class Amount(serializers.DecimalField):
    """An exact amount as a string: ``"1785000.5"``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 24, "decimal_places": 6, "normalize_output": True} | kwargs)


@extend_schema_field({"type": "string", "format": "email", "maxLength": 254})
class MailAddress(serializers.CharField):
    """One address; whether it can receive mail is for the service to say, in a sentence."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 254} | kwargs)


class CustomerBrief(Row):
    """Who bought."""

    id = serializers.UUIDField()
    identification_type = serializers.CharField(help_text="DIAN's code: 31 NIT, 13 cédula …")
    identification = serializers.CharField(help_text="Without dots and check digit.")
    name = serializers.CharField()


class Rule(Row):
    """One notice or error of DIAN's validation."""

    code = serializers.CharField()
    message = serializers.CharField()


class Dian(Row):
    """What DIAN answered."""

    status = serializers.ChoiceField(ElectronicDocument.Dian.choices, source="dian_status")
    label = serializers.CharField(source="get_dian_status_display", help_text="As the screen says it.")
    description = serializers.CharField(source="dian_description")
    rules = Rule(many=True, source="dian_rules")
    validated_at = serializers.DateTimeField(source="dian_validated_at", allow_null=True)


class DeliverySummary(Row):
    """The roll-up over the addresses: ``reached`` of ``total`` left our hands and did not come back."""

    status = serializers.ChoiceField(ElectronicDocument.Delivery.choices, source="delivery_status")
    label = serializers.CharField(source="get_delivery_status_display")
    reached = serializers.IntegerField(source="deliveries_reached")
    total = serializers.IntegerField(source="deliveries_total")


class CustomerAnswered(Row):
    """What the buyer answered; never the legal acceptance, which are DIAN's events 033 and 034."""

    status = serializers.ChoiceField(ElectronicDocument.CustomerStatus.choices, source="customer_status")
    label = serializers.CharField(source="get_customer_status_display")
    auto_confirm_at = serializers.DateTimeField(allow_null=True)
    auto_confirmed_at = serializers.DateTimeField(allow_null=True)


class TitleValue(Row):
    """What the events 030 to 034 amount to, as far as they came to us; `claim_last_day` is an estimate."""

    status = serializers.ChoiceField(ElectronicDocument.TitleStatus.choices, source="title_status")
    label = serializers.CharField(source="get_title_status_display")
    claim_last_day = serializers.DateField(
        allow_null=True, help_text="Last day to claim (031); null unless the term of a sale on credit began and nobody answered."
    )


class TitleEventOut(Row):
    """An event about an invoice (030 to 034): what it says, whether it counts, and what its signature proves."""

    code = serializers.CharField()
    name = serializers.CharField()
    key = serializers.CharField(help_text="Its own CUDE.")
    issued_at = serializers.DateTimeField()
    sender_name = serializers.CharField()
    sender_identification = serializers.CharField()
    claim_code = serializers.CharField(help_text="Of a 031: 01 to 04; otherwise empty.")
    claim = serializers.CharField(source="claim_label", help_text="In Spanish.")
    notes = serializers.ListField(child=serializers.CharField())
    verdict = serializers.ChoiceField(TitleEvent.Verdict.choices, help_text="Only accepted and warned count.")
    rule = serializers.CharField(help_text="The first rule broken; empty where none is.")
    sentence = serializers.CharField(help_text="Why, in Spanish.")
    signature = serializers.ChoiceField(TitleEvent.Signature.choices)
    signature_sentence = serializers.CharField(source="signature_why", help_text="In Spanish.")
    signer = serializers.CharField(help_text="The certificate's subject; empty unless intact.")
    signed_at = serializers.DateTimeField(allow_null=True, help_text="As an intact signature says.")


class Document(Row):
    """One electronic document."""

    id = serializers.UUIDField()
    type = serializers.CharField(source="type_code", help_text=TYPE_HELP)
    number = serializers.CharField()
    key = serializers.CharField(help_text="CUFE, CUDE or CUDS: 96 hexadecimal digits.")
    sale = serializers.UUIDField(source="sale_id")
    customer = CustomerBrief()
    issue_date = serializers.DateField()
    issued_at = serializers.DateTimeField()
    due_date = serializers.DateField(allow_null=True)
    payment_form = serializers.CharField(help_text="1 cash, 2 credit, or empty.")
    currency = serializers.CharField()
    total = Amount()
    subtotal = Amount()
    taxes = Amount()
    dian = Dian(source="*")
    delivery = DeliverySummary(source="*")
    answer = CustomerAnswered(source="*")
    title_value = TitleValue(source="*")
    last_movement = serializers.CharField(help_text="Kind of the last movement of the history.")
    last_movement_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class DocumentDetail(Document):
    """One electronic document, with the events about it, in the order in which they happened."""

    title_events = serializers.SerializerMethodField()
    more_title_events = serializers.SerializerMethodField(help_text="How many are not among them.")

    @extend_schema_field(TitleEventOut(many=True))
    def get_title_events(self, document: ElectronicDocument) -> Any:
        """Those that count and those that do not, at most a hundred; those that count and the newest come first into the hundred."""
        return TitleEventOut(events_of(document)[0], many=True).data

    def get_more_title_events(self, document: ElectronicDocument) -> int:
        """Nought, unless somebody floods it."""
        return max(0, TitleEvent.objects.filter(document=document).count() - shown_events.MOST_IN_API)


def events_of(document: ElectronicDocument) -> tuple[list[TitleEvent], int]:
    """The events about a document, at most a hundred, in the order in which they happened; and how many more there are."""
    rows = TitleEvent.objects.filter(document=document).order_by("issued_at", "pk")
    return shown_events.shortened(list(rows), most=shown_events.MOST_IN_API)


class DocumentQuery(PageQuery):
    """The filters of *Facturación Electrónica*."""

    q = serializers.CharField(
        required=False, max_length=200, help_text="Number, CUFE, NIT or address (each by its beginning), or a part of the customer's name."
    )
    since = serializers.DateField(required=False, help_text="Issued on this day or later.")
    until = serializers.DateField(required=False, help_text="Issued on this day or earlier.")
    dian = serializers.ChoiceField(ElectronicDocument.Dian.choices, required=False)
    delivery = serializers.ChoiceField(ElectronicDocument.Delivery.choices, required=False)
    answer = serializers.ChoiceField(ElectronicDocument.CustomerStatus.choices, required=False)
    title_value = serializers.ChoiceField(ElectronicDocument.TitleStatus.choices, required=False)
    type = serializers.ChoiceField(TYPE_CODES, required=False)
    term = serializers.ChoiceField(
        [("running", "Runs"), ("due_soon", "Ends today or on the next business day")],
        required=False,
        help_text="The legal term to claim, an estimate. What ends first stands first, whatever `order` says.",
    )
    order = serializers.ChoiceField(["date", "movement"], required=False, default="date", help_text="Newest first, by either.")


class HistoryQuery(PageQuery):
    """Which part of a history: without ``from`` and ``to`` the current and the previous month."""

    to = serializers.DateField(required=False, help_text="Last day, America/Bogota; without it, until now.")

    def get_fields(self) -> dict[str, Any]:
        """``from`` is a word of Python's."""
        help_text = "First day, America/Bogota; without it, from the beginning."
        return super().get_fields() | {"from": serializers.DateField(required=False, help_text=help_text)}


class SaleQuery(PageQuery):
    """The filters of *Transacciones*."""

    q = serializers.CharField(required=False, max_length=200, help_text="As for documents.")
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    type = serializers.ChoiceField(TYPE_CODES, required=False)


class Sale(Row):
    """One sale, with the electronic documents that belong to it, newest first; without any it is not electronic."""

    id = serializers.UUIDField()
    type = serializers.CharField(source="type_code", help_text=TYPE_HELP)
    number = serializers.CharField()
    customer = CustomerBrief()
    issue_date = serializers.DateField()
    currency = serializers.CharField()
    total = Amount()
    documents = serializers.SerializerMethodField()

    def get_documents(self, sale: SalesTransaction) -> list[str]:
        """Their ids; the caller has prefetched them."""
        return [str(document.pk) for document in sale.documents.all()]


class SaleIn(Row):
    """A sale to record; a document of the same type and number is matched with it, before or after."""

    type = serializers.ChoiceField(TYPE_CODES, help_text=TYPE_HELP)
    number = serializers.CharField(max_length=60, help_text="With its prefix.")
    issue_date = serializers.DateField()
    currency = serializers.RegexField("^[A-Z]{3}$", default="COP")
    total = Amount(min_value=0)
    identification_type = serializers.ChoiceField(sorted(IDENTIFICATION_LABELS), default="31")
    identification = serializers.CharField(max_length=40, help_text="With or without check digit, which is compared.")
    customer_name = serializers.CharField(max_length=450)


class CustomerQuery(PageQuery):
    """Which customers."""

    q = serializers.CharField(required=False, max_length=200, help_text="A part of the name, or the beginning of the identification.")


class Address(Row):
    """One address of a customer."""

    id = serializers.UUIDField()
    address = serializers.CharField(source="address_key")
    source = serializers.ChoiceField(RecipientEmail.Source.choices)
    always = serializers.BooleanField(help_text="Told also when the document names other addresses.")
    active = serializers.BooleanField()
    deactivated_at = serializers.DateTimeField(allow_null=True)
    deactivated_reason = serializers.CharField()


class CustomerOut(CustomerBrief):
    """A customer with every address that is kept."""

    addresses = Address(many=True, source="emails")


class CustomerIn(Row):
    """A customer to add."""

    identification_type = serializers.ChoiceField(sorted(IDENTIFICATION_LABELS), default="31")
    identification = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=450)


class AddressIn(Row):
    """An address to keep."""

    address = MailAddress()
    always = serializers.BooleanField(default=False)


class AddressChange(Row):
    """What to change of an address; ``reason`` is needed to switch it off."""

    always = serializers.BooleanField(required=False)
    active = serializers.BooleanField(required=False)
    reason = serializers.CharField(required=False, max_length=300)


class ListedAddress(Row):
    """One address that DIAN's list gave for a NIT."""

    address = serializers.CharField(source="address_key")
    listed_on = serializers.DateField(allow_null=True, help_text="The date in the list.")
    first_seen = serializers.DateField()
    last_seen = serializers.DateField()


class Listed(Row):
    """What DIAN's reception list says of a NIT; ``address`` is the one that is told."""

    nit = serializers.CharField()
    address = serializers.CharField()
    listed = ListedAddress(many=True)


def customer_rows(customers: list[Customer]) -> Any:
    """Rows → JSON."""
    return CustomerOut(customers, many=True).data
