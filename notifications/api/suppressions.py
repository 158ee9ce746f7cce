"""*Correos suprimidos* for a program: which addresses are held back, and letting one go."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoices.api.base import CompanyAPI, in_scope
from invoices.api.idempotency import idempotent
from invoices.api.pages import PageQuery, page_of, paged, read
from invoices.api.problems import Conflict
from invoices.invalid import Invalid
from notifications import suppression_selectors, suppressions
from notifications.models import Suppression
from notifications.suppression_selectors import LAST_RELEASED, NEWEST
from notifications.suppressions import MAX_NOTE

Row = serializers.Serializer[Any]


class SuppressionQuery(PageQuery):
    """Which of the addresses that are held back, or were."""

    released = serializers.BooleanField(required=False, default=False, help_text="Those of before, the last released one first.")
    address = serializers.CharField(required=False, default="", max_length=254, help_text="The beginning of the address.")


class SuppressionOut(Row):
    """One address to which the company sends nothing, or did not for a time."""

    id = serializers.UUIDField()
    address = serializers.CharField(source="address_key")
    reason = serializers.CharField(help_text="A code; `person`: by hand.")
    sentence = serializers.SerializerMethodField(help_text="The reason in Spanish, for a user.")
    source = serializers.ChoiceField(Suppression.Source.choices)
    detail = serializers.CharField(help_text="What the server said, or a person wrote.")
    document = serializers.UUIDField(source="delivery.document_id", allow_null=True, default=None, help_text="Whose message proves it.")
    created_at = serializers.DateTimeField()
    released_at = serializers.DateTimeField(allow_null=True)
    release_note = serializers.CharField()

    def get_sentence(self, row: Suppression) -> str:
        """Why it is held back."""
        return suppressions.why(row)


class ReleaseIn(Row):
    """Why an address may be told again."""

    note = serializers.CharField(max_length=MAX_NOTE)


class SuppressionsAPI(CompanyAPI):
    """*Correos suprimidos*."""

    @extend_schema(operation_id="suppressions", parameters=[SuppressionQuery], responses=page_of(SuppressionOut, "Suppression"))
    @in_scope
    def get(self, request: Request) -> Response:
        """Addresses to which nothing is sent now, newest first."""
        query = read(SuppressionQuery, request.query_params)
        rows = suppression_selectors.rows(query["address"], released=query["released"])
        order = LAST_RELEASED if query["released"] else NEWEST
        return paged(request, rows, order=order, query=query, present=lambda found: SuppressionOut(found, many=True).data)


class ReleaseAPI(CompanyAPI):
    """*Reactivar*."""

    @extend_schema(operation_id="release_suppression", request=ReleaseIn, responses=SuppressionOut)
    @idempotent()
    def post(self, request: Request, suppression_id: UUID) -> Response:
        """Send to the address again from now on; nothing is sent by it. 409 when it is released already."""
        note = read(ReleaseIn, request.data)["note"]
        row = get_object_or_404(Suppression.objects.all(), pk=suppression_id)
        try:
            row = suppressions.release(suppression_id=row.pk, note=note, by=self.key, at=timezone.now())
        except Invalid as exc:
            raise Conflict(str(exc)) from exc
        return Response(SuppressionOut(row).data)
