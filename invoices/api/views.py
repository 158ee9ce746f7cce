"""Documents, sales, customers and the reception directory: each endpoint maps one call to HTTP."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from invoices import customers, directory, sales, selectors
from invoices.api import serializers as shapes
from invoices.api.base import CompanyAPI, in_scope
from invoices.api.idempotency import idempotent
from invoices.api.pages import page_of, paged, read
from invoices.api.problems import Conflict
from invoices.models import Customer, ElectronicDocument, RecipientEmail, SalesTransaction
from invoices.services import Outcome

ORDERS = {"date": selectors.BY_DATE, "movement": selectors.BY_MOVEMENT}
TERMS = {"running": selectors.RUNNING, "due_soon": selectors.DUE_SOON}


def document_of(document_id: UUID) -> ElectronicDocument:
    """The document of the company in scope. :raises Http404: there is none."""
    return get_object_or_404(ElectronicDocument.objects.select_related("customer", "company"), pk=document_id)


class DocumentAPI(CompanyAPI):
    """One document."""

    @extend_schema(operation_id="document", responses=shapes.DocumentDetail)
    @in_scope
    def get(self, request: Request, document_id: UUID) -> Response:
        """One document, where it stands, and the events 030 to 034 about it."""
        return Response(shapes.DocumentDetail(document_of(document_id)).data)


def document_page(request: Request) -> Response:
    """One page of the documents under the filters of *Facturación Electrónica*."""
    query = read(shapes.DocumentQuery, request.query_params)
    filters = selectors.Filters(
        q=query.get("q", ""),
        since=query.get("since"),
        until=query.get("until"),
        dian=query.get("dian", ""),
        delivery=query.get("delivery", ""),
        customer_status=query.get("answer", ""),
        title_status=query.get("title_value", ""),
        type_code=query.get("type", ""),
        term=TERMS.get(query.get("term", ""), ""),
        today=timezone.localdate(),
    )
    rows = selectors.matching_documents(filters)
    order = selectors.BY_TERM if filters.term else ORDERS[query["order"]]
    return paged(request, rows, order=order, query=query, present=lambda page: shapes.Document(page, many=True).data)


class SalesAPI(CompanyAPI):
    """Sales, electronic or not."""

    @extend_schema(operation_id="sales", parameters=[shapes.SaleQuery], responses=page_of(shapes.Sale, "Sale"))
    @in_scope
    def get(self, request: Request) -> Response:
        """Sales, newest first."""
        query = read(shapes.SaleQuery, request.query_params)
        filters = selectors.Filters(
            q=query.get("q", ""), since=query.get("since"), until=query.get("until"), type_code=query.get("type", "")
        )
        return paged(
            request,
            selectors.sales(filters),
            order=selectors.BY_DATE,
            query=query,
            present=lambda page: shapes.Sale(page, many=True).data,
        )

    @extend_schema(operation_id="record_sale", request=shapes.SaleIn, responses={200: shapes.Sale, 201: shapes.Sale})
    @idempotent()
    def post(self, request: Request) -> Response:
        """
        Record a sale: 201 when it is new, 200 when the same was there, 409 when another one has its type and number.

        It appears in *Transacciones* only, until an electronic document of the same type and number comes.
        """
        given = read(shapes.SaleIn, request.data)
        given["type_code"] = given.pop("type")
        recorded = sales.record_sale(company=self.company, given=sales.Sale(**given), today=timezone.localdate())
        if recorded.outcome == Outcome.CONFLICT:
            raise Conflict(f"Ya hay una venta {given['type_code']} {given['number']} con otra fecha, otro total u otro cliente.")
        return Response(shapes.Sale(recorded.sale).data, status=201 if recorded.outcome == Outcome.NEW else 200)


class SaleAPI(CompanyAPI):
    """One sale."""

    @extend_schema(operation_id="sale", responses=shapes.Sale)
    @in_scope
    def get(self, request: Request, sale_id: UUID) -> Response:
        """One sale and its documents."""
        return Response(shapes.Sale(get_object_or_404(SalesTransaction.objects.select_related("customer"), pk=sale_id)).data)


class CustomersAPI(CompanyAPI):
    """Customers."""

    @extend_schema(operation_id="customers", parameters=[shapes.CustomerQuery], responses=page_of(shapes.CustomerOut, "Customer"))
    @in_scope
    def get(self, request: Request) -> Response:
        """Customers with their addresses, by name."""
        query = read(shapes.CustomerQuery, request.query_params)
        rows = _with_addresses(selectors.customers(query.get("q", "")))
        return paged(request, rows, order=selectors.BY_NAME, query=query, present=shapes.customer_rows)

    @extend_schema(operation_id="add_customer", request=shapes.CustomerIn, responses={200: shapes.CustomerOut, 201: shapes.CustomerOut})
    @idempotent()
    def post(self, request: Request) -> Response:
        """Add a customer: 201 when it is new, 200 when it was there (and stays as it is)."""
        given = read(shapes.CustomerIn, request.data)
        customer, created = customers.add_customer(company=self.company, **given, by=self.key, at=timezone.now())
        return Response(shapes.CustomerOut(customer_of(customer.pk)).data, status=201 if created else 200)


def _with_addresses(rows: QuerySet[Customer]) -> QuerySet[Customer]:
    return rows.prefetch_related(Prefetch("emails", RecipientEmail.objects.order_by("pk")))


def customer_of(customer_id: UUID) -> Customer:
    """The customer of the company in scope, with its addresses. :raises Http404: there is none."""
    return get_object_or_404(_with_addresses(Customer.objects.all()), pk=customer_id)


class CustomerAPI(CompanyAPI):
    """One customer."""

    @extend_schema(operation_id="customer", responses=shapes.CustomerOut)
    @in_scope
    def get(self, request: Request, customer_id: UUID) -> Response:
        """One customer with its addresses."""
        return Response(shapes.CustomerOut(customer_of(customer_id)).data)


class AddressesAPI(CompanyAPI):
    """The addresses of one customer."""

    @extend_schema(operation_id="add_address", request=shapes.AddressIn, responses={200: shapes.Address, 201: shapes.Address})
    @idempotent()
    def post(self, request: Request, customer_id: UUID) -> Response:
        """Keep an address: 201 when it is new, 200 when it was there (and stays as it is)."""
        given = read(shapes.AddressIn, request.data)
        email, created = customers.add_address(customer=customer_of(customer_id), **given, by=self.key, at=timezone.now())
        return Response(shapes.Address(email).data, status=201 if created else 200)


class AddressAPI(CompanyAPI):
    """One address of one customer."""

    @extend_schema(operation_id="change_address", request=shapes.AddressChange, responses=shapes.Address)
    @in_scope
    def patch(self, request: Request, customer_id: UUID, address_id: UUID) -> Response:
        """Mark the address *siempre*, switch it off with a reason, or on again; what is not given stays."""
        given: dict[str, Any] = read(shapes.AddressChange, request.data)
        email = get_object_or_404(RecipientEmail.objects.select_related("customer"), pk=address_id, customer_id=customer_id)
        now = timezone.now()
        if "always" in given:
            customers.set_always(email=email, always=given["always"], by=self.key, at=now)
        if given.get("active") is False:
            customers.switch_off(email=email, reason=given.get("reason", ""), by=self.key, at=now)
        if given.get("active") is True:
            customers.switch_on(email=email, by=self.key, at=now)
        return Response(shapes.Address(email).data)


class ReceptionDirectoryAPI(CompanyAPI):
    """DIAN's public list of the addresses that receive e-invoices, as of its last upload here."""

    @extend_schema(operation_id="reception_directory", responses=shapes.Listed)
    @in_scope
    def get(self, request: Request, nit: str) -> Response:
        """The addresses that the list gave for a NIT (without check digit), the last one first."""
        rows = directory.listed(nit)
        if not rows:
            raise Http404
        return Response(shapes.Listed({"nit": nit, "address": rows[0].address_key, "listed": rows}).data)
