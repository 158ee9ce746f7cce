"""*Problemas de entrega* for a program: the messages that failed and that nobody has settled yet."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoices.api.base import CompanyAPI, in_scope
from invoices.api.pages import PageQuery, page_of, paged, read
from invoices.api.serializers import CustomerBrief
from notifications import problem_selectors
from notifications.api.serializers import DocumentBrief, Row
from notifications.causes import Remedy
from notifications.lives import DeliveryState
from notifications.models import Delivery
from notifications.presenters import since
from notifications.problem_kinds import reason_of


class Problem(Row):
    """One message that failed: why, and what can be done about it."""

    delivery = serializers.UUIDField(source="pk")
    document = DocumentBrief()
    customer = CustomerBrief(source="document.customer")
    address = serializers.CharField(source="address_key")
    state = serializers.ChoiceField(DeliveryState.choices)
    cause = serializers.CharField(help_text="Code of the reason, or the state where nobody gave one.")
    sentence = serializers.SerializerMethodField(help_text="The cause in Spanish, for a user.")
    advice = serializers.SerializerMethodField(help_text="What to do, in Spanish.")
    remedy = serializers.SerializerMethodField(help_text="`correct` the address, `retry`, `release` it … `read`: a person must look.")
    reply = serializers.CharField(source="last_reply", help_text="What the server said, or empty.")
    since = serializers.SerializerMethodField()

    def get_sentence(self, delivery: Delivery) -> str:
        """As the page says it."""
        return reason_of(_cause(delivery)).sentence

    def get_advice(self, delivery: Delivery) -> str:
        """As the page says it."""
        return reason_of(_cause(delivery)).advice

    def get_remedy(self, delivery: Delivery) -> Remedy:
        """One word."""
        return reason_of(_cause(delivery)).remedy

    def get_since(self, delivery: Delivery) -> str | None:
        """ISO 8601."""
        return serializers.DateTimeField().to_representation(since(delivery))


def _cause(delivery: Delivery) -> str:
    return str(getattr(delivery, "cause", ""))


class ProblemsAPI(CompanyAPI):
    """*Problemas de entrega*."""

    @extend_schema(operation_id="problems", parameters=[PageQuery], responses=page_of(Problem, "Problem"))
    @in_scope
    def get(self, request: Request) -> Response:
        """
        The open problems, newest first: messages that failed and that neither a later message nor a person settled.

        Documents without any address are in `documents/` with `delivery=no_address`.
        """
        query, order = read(PageQuery, request.query_params), problem_selectors.NEWEST
        rows = problem_selectors.detailed()
        return paged(request, rows, order=order, query=query, present=lambda page: Problem(page, many=True).data)
