"""The buyer's page: shows the document; only the button (a POST) confirms anything."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from invoices import downloads, logos
from invoices.models import DocumentFile, ElectronicDocument
from invoices.scope import company_scope
from notifications import acknowledgements, messages
from notifications.models import CustomerAnswer, Delivery

P = ParamSpec("P")
BuyerView = Callable[Concatenate[HttpRequest, Delivery, str, P], HttpResponse]
PARTS = (("pdf", "Representación gráfica", "PDF"), ("xml", "Documento electrónico", "XML"), ("zip", "Paquete completo", "ZIP"))


class ConfirmForm(forms.Form):
    """What a buyer may say with the button."""

    nombre = forms.CharField(required=False, max_length=150)
    mensaje = forms.CharField(
        required=False,
        max_length=acknowledgements.MAX_MESSAGE,
        error_messages={"max_length": "El mensaje puede tener hasta 1.000 caracteres."},
    )


def by_link(view: BuyerView[P]) -> Callable[..., HttpResponse]:
    """
    Open the page for whoever has the link: the token names company and delivery, and both are verified.

    What the link leads to is kept by no cache, found by no search engine, and told to no other site. The referrer is
    ``same-origin``: under ``no-referrer`` a browser sends its form with ``Origin: null`` (Fetch, "append a request Origin
    header"), and the check against forged forms refuses it.
    """

    @never_cache
    @wraps(view)
    def wrapper(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = _open(view, request, token, *args, **kwargs)
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapper


def _open(view: BuyerView[P], request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
    try:
        company_id, delivery_id = acknowledgements.read_buyer_token(token)
    except BadSignature:
        return _unknown(request)
    with company_scope(company_id):
        rows = Delivery.objects.select_related("document__customer", "document__company").filter(pk=delivery_id, document__isnull=False)
        delivery = rows.first()
        return _unknown(request) if delivery is None else view(request, delivery, token, *args, **kwargs)


def _unknown(request: HttpRequest) -> HttpResponse:
    return render(request, "buyer/unknown.html", status=404)


def _document(delivery: Delivery) -> ElectronicDocument:
    assert delivery.document is not None
    return delivery.document


def _page(request: HttpRequest, delivery: Delivery, token: str, form: ConfirmForm, *, status: int = 200) -> HttpResponse:
    document = _document(delivery)
    answer = CustomerAnswer.objects.filter(document=document).select_related("delivery").first()
    has_pdf = DocumentFile.objects.filter(document=document, role=DocumentFile.Role.PDF).exists()
    context: dict[str, Any] = {
        "document": document,
        "company": document.company,
        "logo": logos.inline(document.company),
        "seller": document.company.trade_name or document.company.name,
        "delivery": delivery,
        "token": token,
        "answer": answer,
        "form": form,
        "files": [part for part in PARTS if has_pdf or part[0] != "pdf"],
        "payment": messages.payment(document),
        "reply_address": messages.reply_address(document.company),
    }
    return render(request, "buyer/confirmed.html" if answer else "buyer/document.html", context, status=status)


@require_safe
@by_link
def buyer(request: HttpRequest, delivery: Delivery, token: str) -> HttpResponse:
    """The document, or the answer that was given; looking changes nothing."""
    return _page(request, delivery, token, ConfirmForm())


@require_POST
@by_link
def buyer_confirm(request: HttpRequest, delivery: Delivery, token: str) -> HttpResponse:
    """*Confirmo que recibí este documento*."""
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, delivery, token, form, status=422)
    said: dict[str, str] = form.cleaned_data
    acknowledgements.confirm(delivery=delivery, name=said["nombre"].strip(), message=said["mensaje"].strip(), now=timezone.now())
    return redirect("buyer", token)


@require_safe
@by_link
def buyer_file(request: HttpRequest, delivery: Delivery, token: str, part: str) -> HttpResponse:
    """A part of the document; a download confirms nothing."""
    found = downloads.part(_document(delivery), part)
    return _unknown(request) if found is None else downloads.attachment(*found)
