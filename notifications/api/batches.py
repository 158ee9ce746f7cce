"""*Lotes* for a program: resend many documents, and see what became of each."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from invoices.api.base import CompanyAPI, in_scope
from invoices.api.idempotency import idempotent
from invoices.api.pages import PageQuery, page_of, paged, read
from invoices.api.problems import Conflict
from invoices.invalid import Invalid
from invoices.models import ElectronicDocument
from notifications import batch_selectors, batches
from notifications.api.serializers import DeliveryOut, DocumentBrief, Row
from notifications.models import ResendBatch, ResendBatchItem


class BatchIn(Row):
    """Which documents are sent again, and to whom."""

    documents = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=batches.MAX_DOCUMENTS)
    again = serializers.BooleanField(required=False, default=False, help_text="Also to the addresses that have it already.")
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=batches.MAX_NOTE)


class BatchOut(Row):
    """One batch and how far it is."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(ResendBatch.Status.choices)
    label = serializers.CharField(source="get_status_display")  # type: ignore[assignment] # taken out of the class by its metaclass
    chosen = serializers.CharField(help_text="How the documents were chosen, in Spanish.")
    requested_by = serializers.CharField(source="requester")
    again = serializers.BooleanField()
    note = serializers.CharField()
    total = serializers.IntegerField()
    counts = serializers.SerializerMethodField(help_text="How many documents are waiting, sent, skipped, failed, canceled.")
    summary = serializers.SerializerMethodField(help_text="The same in Spanish, with why documents were left out.")
    created_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_counts(self, batch: ResendBatch) -> dict[str, int]:
        """Every status, zeros included."""
        found = batch_selectors.tally(batch)
        return {status: found.of(status=status) for status in ResendBatchItem.Status.values}

    def get_summary(self, batch: ResendBatch) -> str:
        """As the page says it."""
        return batch_selectors.tally(batch).sentence


class BatchItemOut(Row):
    """One document of a batch, and its messages."""

    position = serializers.IntegerField()
    document = DocumentBrief()
    group = serializers.ChoiceField(ResendBatchItem.Group.choices, help_text="How it was sorted before anything was sent.")
    status = serializers.ChoiceField(ResendBatchItem.Status.choices)
    reason = serializers.CharField(help_text="Why it was left out or failed, in Spanish; or empty.")
    settled_at = serializers.DateTimeField(allow_null=True)
    deliveries = serializers.SerializerMethodField(help_text="What was sent; empty until it was.")

    def get_deliveries(self, item: ResendBatchItem) -> list[dict[str, Any]]:
        """The messages of its notification."""
        return [dict(row) for row in DeliveryOut(batch_selectors.Row(item).messages, many=True).data]


class ItemQuery(PageQuery):
    """Which documents of the batch."""

    status = serializers.ChoiceField(ResendBatchItem.Status.choices, required=False, default="")


def batch_of(batch_id: UUID) -> ResendBatch:
    """The batch of the company in scope. :raises Http404: there is none."""
    return get_object_or_404(batch_selectors.batches(), pk=batch_id)


class BatchesAPI(CompanyAPI):
    """*Lotes*."""

    @extend_schema(operation_id="resend_batches", parameters=[PageQuery], responses=page_of(BatchOut, "Batch"))
    @in_scope
    def get(self, request: Request) -> Response:
        """The company's batches, newest first."""
        query = read(PageQuery, request.query_params)
        rows = batch_selectors.batches()
        return paged(request, rows, order=batch_selectors.NEWEST, query=query, present=lambda found: BatchOut(found, many=True).data)

    @extend_schema(operation_id="resend_batch", request=BatchIn, responses={202: BatchOut})
    @idempotent()
    def post(self, request: Request) -> Response:
        """
        Send the documents again, each to the addresses that lack it; a worker does it, and nobody confirms it.

        Unknown documents are refused; those that cannot be sent are left out with a reason. 409 when none can.
        """
        given, now = read(BatchIn, request.data), timezone.now()
        documents = ElectronicDocument.objects.filter(pk__in=given["documents"]).order_by("-issue_date", "-id")
        unknown = set(given["documents"]) - set(documents.values_list("pk", flat=True))
        if unknown:
            raise ValidationError({"documents": [f"No existe: {min(unknown)}"]})
        batch = batches.make(documents=documents, chosen="Elegidos por la API", by=self.key, now=now)
        expected = batch_selectors.tally(batch).documents(again=given["again"])
        try:
            batches.confirm(batch_id=batch.pk, again=given["again"], note=given["note"], expected=expected, by=self.key, now=now)
        except Invalid as exc:
            raise Conflict(str(exc)) from exc
        return Response(BatchOut(batch_of(batch.pk)).data, status=202)


class BatchAPI(CompanyAPI):
    """One batch."""

    @extend_schema(operation_id="resend_batch_status", responses=BatchOut)
    @in_scope
    def get(self, request: Request, batch_id: UUID) -> Response:
        """How far it is."""
        return Response(BatchOut(batch_of(batch_id)).data)


class BatchItemsAPI(CompanyAPI):
    """The documents of one batch."""

    @extend_schema(operation_id="resend_batch_items", parameters=[ItemQuery], responses=page_of(BatchItemOut, "BatchItem"))
    @in_scope
    def get(self, request: Request, batch_id: UUID) -> Response:
        """Each document with its result and its messages, in the order in which they are sent."""
        query = read(ItemQuery, request.query_params)
        rows = batch_selectors.rows(batch_of(batch_id), batch_selectors.Filters(status=query["status"]))
        return paged(
            request, rows, order=batch_selectors.BY_POSITION, query=query, present=lambda found: BatchItemOut(found, many=True).data
        )
