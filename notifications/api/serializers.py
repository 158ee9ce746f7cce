"""The shapes of notifications, acknowledgements, histories and reports."""

from typing import Any, Literal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from invoices.api.serializers import MailAddress, TitleEventOut
from invoices.models import ElectronicDocument, HistoryEntry
from invoices.services import Outcome
from notifications import presenters
from notifications.api.delivery_shapes import DeliveryOut as DeliveryOut
from notifications.api.delivery_shapes import RecipientOut
from notifications.forms import MAX_NOTE
from notifications.intake import Line
from notifications.models import HistoryReport, Notification
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


class AnswerOut(Row):
    """What the buyer said with the button: received, never the legal acceptance."""

    status = serializers.CharField()
    name = serializers.CharField()
    message = serializers.CharField()
    address = serializers.CharField(source="delivery.address_key")
    answered_at = serializers.DateTimeField()


class Acknowledgements(Row):
    """*Ver Acuses de Recibo Cliente*: the state, each address, the buyer's words and events."""

    status = serializers.ChoiceField(ElectronicDocument.CustomerStatus.choices)
    label = serializers.CharField()
    auto_confirm_at = serializers.DateTimeField(allow_null=True)
    auto_confirmed_at = serializers.DateTimeField(allow_null=True)
    recipients = RecipientOut(many=True)
    answer = AnswerOut(allow_null=True)
    events = TitleEventOut(many=True, help_text="At most a hundred, as in the document.")
    more_events = serializers.IntegerField(help_text="How many are not among them.")


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
