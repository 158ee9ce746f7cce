"""What the superuser may look at; services alone change it."""

from django.contrib import admin

from invoices.admin import ReadOnlyAdmin
from notifications.models import Attempt, ChannelHealth, CustomerAnswer, Delivery, HistoryReport, Notification, Package


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Acts of telling somebody."""

    list_display = ("created_at", "kind", "origin", "company", "requested_by")
    list_filter = ("kind", "origin")
    list_select_related = ("company", "requested_by")
    ordering = ("-created_at",)
    fields = ("id", "company", "kind", "origin", "requested_by", "requested_key", "note", "created_at")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """The outbox. Bodies are not shown: they hold links that confirm or set a password."""

    list_display = ("created_at", "address", "state", "queue", "attempts", "next_at", "company")
    list_filter = ("state", "queue", "channel")
    list_select_related = ("company",)
    search_fields = ("address_key__startswith", "message_id")
    ordering = ("-created_at",)
    fields = (
        "id",
        "company",
        "address",
        "source",
        "channel",
        "subject",
        "message_id",
        "queue",
        "state",
        "reason",
        "uncertain",
        "attempts",
        "crashes",
        "next_at",
        "lease_until",
        "sent_at",
        "settled_at",
        "last_reply",
        "created_at",
    )


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    """Tries."""

    list_display = ("started_at", "number", "outcome", "code", "host", "finished_at")
    list_filter = ("outcome",)
    ordering = ("-started_at",)
    exclude = ("delivery",)


@admin.register(HistoryReport)
class HistoryReportAdmin(ReadOnlyAdmin):
    """Reports that people asked for."""

    list_display = ("requested_at", "company", "requested_by", "address", "status")
    list_filter = ("status",)
    list_select_related = ("company", "requested_by")
    ordering = ("-requested_at",)
    fields = (
        "id",
        "company",
        "requested_by",
        "requested_key",
        "address",
        "status",
        "requested_at",
        "finished_at",
        "expires_at",
        "movements",
        "pages",
        "error",
    )


@admin.register(CustomerAnswer)
class CustomerAnswerAdmin(ReadOnlyAdmin):
    """What buyers said with the button."""

    list_display = ("answered_at", "company", "name", "status")
    list_select_related = ("company",)
    ordering = ("-answered_at",)
    fields = ("id", "company", "status", "name", "message", "answered_at")


@admin.register(Package)
class PackageAdmin(ReadOnlyAdmin):
    """The ZIPs that were sent."""

    list_display = ("created_at", "company", "name", "without_pdf")
    list_select_related = ("company",)
    ordering = ("-created_at",)
    fields = ("id", "company", "name", "sources", "without_pdf", "without_annexes", "created_at")


@admin.register(ChannelHealth)
class ChannelHealthAdmin(ReadOnlyAdmin):
    """The breakers."""

    list_display = ("name", "failures", "open_until")
