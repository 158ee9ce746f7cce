"""The shapes of notifications, acknowledgements, histories and reports."""

from typing import Any, Literal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from invoices.api.serializers import MailAddress
from invoices.models import ElectronicDocument, HistoryEntry, TitleEvent
from invoices.services import Outcome
from notifications import presenters
from notifications.forms import MAX_NOTE
from notifications.intake import Line
from notifications.lives import DeliveryState
from notifications.models import Delivery, HistoryReport, Notification
from notifications.selectors import RecipientCard
from notifications.services import MAX_RESEND_ADDRESSES

Row = serializers.Serializer[Any]
OUTCOMES: dict[Outcome, Literal["new", "already", "conflict", "waiting", "refused"]] = {
    Outcome.NEW: "new",
    Outcome.ALREADY: "already",
    Outcome.CONFLICT: "conflict",
    Outcome.WAITING: "waiting",
    Outcome.REFUSED: "refused",
}


class DocumentBrief(Row):
    """The document that something belongs to."""

    id = serializers.UUIDField()
    type = serializers.CharField(source="type_code")
    number = serializers.CharField()
    key = serializers.CharField()


class UploadQuery(Row):
    """Whether the buyers are told."""

    notify = serializers.ChoiceField(
        ["auto", "yes", "no"], required=False, default="auto", help_text="auto: only of documents issued in the last five days."
    )


class UploadLine(Row):
    """What became of one thing that came in."""

    file = serializers.CharField(source="name", help_text="The file, or the member of the ZIP.")
    outcome = serializers.SerializerMethodField(help_text="new, already there, conflict (same key, other content), waiting, refused.")
    document = DocumentBrief(allow_null=True)
    reason = serializers.CharField(help_text="In Spanish, for a user; empty when there is nothing to say.")

    def get_outcome(self, line: Line) -> Literal["new", "already", "conflict", "waiting", "refused"]:
        """One of five words."""
        return OUTCOMES[line.outcome]


class Uploaded(Row):
    """What became of everything that came in."""

    results = UploadLine(many=True)


class Files(Row):
    """XML files and ZIPs, as multipart form data."""

    files = serializers.ListField(child=serializers.FileField())


class DeliveryOut(Row):
    """One message owed to one address, and what is known of it."""

    id = serializers.UUIDField()
    address = serializers.CharField(source="address_key")
    source = serializers.ChoiceField(Delivery.Source.choices, help_text="Why this address is told.")
    state = serializers.ChoiceField(DeliveryState.choices, help_text="`sent`: our relay accepted it. That is not delivered, and not read.")
    label = serializers.CharField(source="get_state_display", help_text="As the screen says it.")
    reason = serializers.CharField(help_text="Code of the reason of a failure, or empty.")
    sentence = serializers.SerializerMethodField(help_text="The reason in Spanish, for a user, or empty.")
    uncertain = serializers.BooleanField(help_text="Nobody knows whether it left; it may arrive twice.")
    attempts = serializers.IntegerField()
    next_at = serializers.SerializerMethodField(help_text="The next try, while one is due.")
    sent_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)
    message_id = serializers.CharField()
    replaced_by = serializers.UUIDField(source="replaced_by_id", allow_null=True, help_text="The later message that stands in for it.")

    def get_sentence(self, delivery: Delivery) -> str:
        """Why it failed or waits."""
        return presenters.why(delivery)

    def get_next_at(self, delivery: Delivery) -> str | None:
        """ISO 8601, or null."""
        due = delivery.queue in {"ready", "waiting"}
        return serializers.DateTimeField().to_representation(delivery.next_at) if due else None


class NotificationOut(Row):
    """One act of telling: the first send, or a resend."""

    id = serializers.UUIDField()
    origin = serializers.ChoiceField(Notification.Origin.choices)
    requested_by = serializers.SerializerMethodField(help_text="A person, a key of the API, or empty for the system.")
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    deliveries = DeliveryOut(many=True)

    def get_requested_by(self, notification: Notification) -> str:
        """Who asked."""
        return str(notification.requester or "")


class Notifications(Row):
    """Every act of telling about one document, the last one first."""

    results = NotificationOut(many=True)


class TargetIn(Row):
    """One address to send to."""

    address = MailAddress()
    corrects = serializers.CharField(
        max_length=254, required=False, default="", allow_blank=True, help_text="The address that this one stands in for."
    )
    save = serializers.BooleanField(required=False, default=False, help_text="Keep it for the customer.")


class ResendIn(Row):
    """To whom a document is sent again."""

    addresses = serializers.ListField(child=TargetIn(), min_length=1, max_length=MAX_RESEND_ADDRESSES)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=MAX_NOTE)


class RecipientOut(Row):
    """One address and how its latest message fares."""

    address = serializers.CharField(source="delivery.address_key")
    source = serializers.CharField(source="delivery.source")
    state = serializers.ChoiceField(DeliveryState.choices, source="delivery.state")
    label = serializers.CharField(source="delivery.get_state_display")
    sentence = serializers.CharField(source="why", help_text="What the state means or why it failed, in Spanish.")
    since = serializers.DateTimeField()
    sends = serializers.IntegerField(help_text="How many messages were ever owed to this address.")
    confirmed = serializers.SerializerMethodField(help_text="Whether the buyer confirmed from this address.")
    delivery = serializers.UUIDField(source="delivery.pk")

    def get_confirmed(self, card: RecipientCard) -> bool:
        """By the button of the mail's link."""
        return card.answer is not None


class AnswerOut(Row):
    """What the buyer said with the button: received, never the legal acceptance."""

    status = serializers.CharField()
    name = serializers.CharField()
    message = serializers.CharField()
    address = serializers.CharField(source="delivery.address_key")
    answered_at = serializers.DateTimeField()


class TitleEventOut(Row):
    """An event of the buyer at DIAN (030 to 034)."""

    code = serializers.CharField()
    name = serializers.CharField()
    issued_at = serializers.DateTimeField()
    sender_name = serializers.CharField()
    sender_identification = serializers.CharField()
    claim_code = serializers.CharField()


class Acknowledgements(Row):
    """*Ver Acuses de Recibo Cliente*: the state, each address, the buyer's words and events."""

    status = serializers.ChoiceField(ElectronicDocument.CustomerStatus.choices)
    label = serializers.CharField()
    auto_confirm_at = serializers.DateTimeField(allow_null=True)
    auto_confirmed_at = serializers.DateTimeField(allow_null=True)
    recipients = RecipientOut(many=True)
    answer = AnswerOut(allow_null=True)
    events = TitleEventOut(many=True)


class Movement(Row):
    """One line of the history; `hash` covers every field and `previous_hash`."""

    id = serializers.UUIDField()
    seq = serializers.IntegerField(help_text="1 is the first line of the document.")
    event = serializers.ChoiceField(HistoryEntry.Event.choices)
    sentence = serializers.SerializerMethodField(help_text="The movement in Spanish.")
    details = serializers.SerializerMethodField(help_text="What explains it, line by line.")
    recorded_at = serializers.DateTimeField()
    occurred_at = serializers.DateTimeField()
    actor = serializers.CharField(source="actor_name")
    address = serializers.CharField()
    data = serializers.DictField(help_text="What belongs to this kind of event.")
    previous_hash = serializers.CharField()
    hash = serializers.CharField()

    def get_sentence(self, entry: HistoryEntry) -> str:
        """Without who did it."""
        return presenters.sentence(entry)

    def get_details(self, entry: HistoryEntry) -> list[str]:
        """Addresses, reasons, the note, the buyer's words, the servers' words."""
        return presenters.detail(entry)


class HistoryPage(Row):
    """Part of a history, newest first."""

    since = serializers.DateTimeField(allow_null=True, help_text="Where the part begins; null: at the beginning.")
    results = Movement(many=True)
    next = serializers.CharField(allow_null=True)


class ReportIn(Row):
    """Where the report is mailed."""

    email = MailAddress()


class ReportOut(Row):
    """A history that was asked for: made by a worker, mailed, and kept for thirty days."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(HistoryReport.Status.choices)
    label = serializers.CharField(source="get_status_display")
    email = serializers.CharField(source="address")
    requested_by = serializers.CharField(source="requester")
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    documents = serializers.SerializerMethodField(help_text="Their ids.")
    movements = serializers.IntegerField()
    pages = serializers.IntegerField()
    sha256 = serializers.SerializerMethodField(help_text="Of the PDF, in hexadecimal; empty until it is ready.")
    delivery = serializers.SerializerMethodField(help_text="How its mail fares; null until there is one.")
    error = serializers.CharField()

    def get_documents(self, report: HistoryReport) -> list[str]:
        """In the order in which they were made."""
        return [str(pk) for pk in report.documents.order_by("pk").values_list("pk", flat=True)]

    def get_sha256(self, report: HistoryReport) -> str:
        """The PDF's digest."""
        return report.pdf.sha256 if report.pdf else ""

    @extend_schema_field(DeliveryOut(allow_null=True))
    def get_delivery(self, report: HistoryReport) -> Any:
        """The one message that carries the report."""
        delivery = report.notification.deliveries.first() if report.notification else None
        return DeliveryOut(delivery).data if delivery else None


class FileQuery(Row):
    """Which file of a report."""

    kind = serializers.ChoiceField(["pdf", "xlsx"], required=False, default="pdf", help_text="xlsx: all rows of a long report.")


def events_of(document: ElectronicDocument) -> list[TitleEvent]:
    """The buyer's events, in the order in which they happened."""
    return list(TitleEvent.objects.filter(document=document).order_by("issued_at", "pk")[:100])
