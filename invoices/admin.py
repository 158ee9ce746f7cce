"""The superuser's back office: companies and people can be edited, what services write can only be read."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from invoices.models import (
    ApiKey,
    AuditEntry,
    Company,
    Customer,
    ElectronicDocument,
    HistoryEntry,
    Invitation,
    Membership,
    ReceptionDirectory,
    RecipientEmail,
    SalesTransaction,
    User,
    WaitingResponse,
)


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Looks, across companies; changes nothing."""

    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """All companies' rows: the superuser's admin is one of the few places that may."""
        rows: QuerySet[Any] = self.model._base_manager.order_by(*self.get_ordering(request))
        return rows

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Every column, unless fewer are named. A form that nobody fills in must not look for choices: that needs a company's scope."""
        return list(self.fields or [column.name for column in self.opts.fields])

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """All that is shown."""
        return self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]  # not subscriptable at run time
    """Who may do what in the company."""

    model = Membership
    extra = 0


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """The tenants."""

    list_display = ["name", "nit", "channel", "auto_confirm_days", "auto_confirm_calendar"]
    search_fields = ["name", "nit"]
    inlines = [MembershipInline]
    exclude = ["logo", "sales_columns"]

    def has_delete_permission(self, request: HttpRequest, obj: Company | None = None) -> bool:
        """A company with documents is kept; there is no button for it."""
        return False


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """The people."""

    ordering = ["email"]
    list_display = ["email", "name", "is_active", "is_staff"]
    search_fields = ["email", "name"]
    fieldsets = [(None, {"fields": ["email", "password", "name"]}), ("Permisos", {"fields": ["is_active", "is_staff", "is_superuser"]})]
    add_fieldsets = [(None, {"fields": ["email", "name", "password1", "password2"]})]
    filter_horizontal = ()
    list_filter = ["is_active", "is_staff"]


@admin.register(ElectronicDocument)
class DocumentAdmin(ReadOnlyAdmin):
    """What came in."""

    list_display = ["number", "type_code", "company", "issue_date", "dian_status", "delivery_status", "customer_status"]
    list_filter = ["dian_status", "delivery_status", "customer_status"]
    list_select_related = ["company"]
    search_fields = ["number_key__startswith", "key__startswith"]


@admin.register(HistoryEntry)
class HistoryAdmin(ReadOnlyAdmin):
    """The chain."""

    list_display = ["document_id", "seq", "event", "recorded_at", "actor_name", "address"]
    list_filter = ["event"]


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """The programs' ways in; a digest is nothing to look at."""

    list_display = ["name", "company", "scope", "hint", "created_at", "last_used_at", "revoked_at"]
    list_filter = ["scope"]
    list_select_related = ["company"]
    fields = ["company", "name", "scope", "hint", "created_by", "created_at", "last_used_at", "revoked_at", "revoked_by"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was asked in."""

    list_display = ["email", "company", "role", "invited_at", "expires_at", "accepted_at", "withdrawn_at"]
    list_filter = ["role"]
    list_select_related = ["company"]
    search_fields = ["email__startswith"]


@admin.register(AuditEntry)
class AuditAdmin(ReadOnlyAdmin):
    """What people and programs did."""

    list_display = ["recorded_at", "company", "actor_name", "action"]
    list_filter = ["action"]
    list_select_related = ["company"]
    ordering = ["-recorded_at", "-id"]


@admin.register(WaitingResponse)
class WaitingResponseAdmin(ReadOnlyAdmin):
    """Answers and events whose document has not come."""

    list_display = ["created_at", "company", "document_key", "member"]
    list_select_related = ["company"]
    ordering = ["created_at"]


admin.site.register([Customer, RecipientEmail, SalesTransaction, ReceptionDirectory], ReadOnlyAdmin)
