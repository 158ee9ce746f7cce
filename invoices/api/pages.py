"""Lists in pages, by cursor: as fast on the thousandth page as on the first."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.encoding import iri_to_uri
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from invoices import selectors
from invoices.forms import read_cursor, write_cursor

PAGE_SIZE, MAX_PAGE_SIZE = 50, 200


class PageQuery(serializers.Serializer[Any]):
    """Which page of a list."""

    cursor = serializers.CharField(required=False, max_length=3000, help_text="From `next` or `previous` of another page.")
    limit = serializers.IntegerField(required=False, default=PAGE_SIZE, min_value=1, max_value=MAX_PAGE_SIZE, help_text="Rows per page.")


def page_of(results: type[serializers.Serializer[Any]], name: str) -> type[serializers.Serializer[Any]]:
    """The shape of one page, for the schema."""
    beyond, before = (
        serializers.CharField(allow_null=True, help_text=f"Address of the {side} page, or null.") for side in ("next", "previous")
    )
    fields = {"results": results(many=True), "next": beyond, "previous": before}
    return type(f"{name}Page", (serializers.Serializer,), fields | {"__doc__": "One page."})


def paged(
    request: Request,
    rows: QuerySet[Any],
    *,
    order: selectors.Order,
    query: dict[str, Any],
    present: Callable[[list[Any]], Any],
) -> Response:
    """
    Answer with one page of the rows.

    :param query: the valid values of a ``PageQuery``. :param present: rows → JSON.
    :raises ValidationError: a cursor that is none, or of a list in another order.
    """
    cursor = None
    if query.get("cursor"):
        cursor = read_cursor(query["cursor"], order)
        if cursor is None:
            raise ValidationError({"cursor": ["No es un cursor de esta lista: empieza sin él."]})
    page = selectors.page(rows, order=order, cursor=cursor, size=query["limit"])
    return Response(
        {
            "results": present(list(page.rows)),
            "next": page.older and beside(request, write_cursor(page.older)),
            "previous": page.newer and beside(request, write_cursor(page.newer)),
        }
    )


def beside(request: Request, cursor: str) -> str:
    """The address of the list with another cursor."""
    return replace_query_param(iri_to_uri(request.build_absolute_uri()), "cursor", cursor)


def read(serializer: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """What was sent, checked. :raises ValidationError: it does not hold."""
    found = serializer(data=data)
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)
