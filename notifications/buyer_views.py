"""The buyer's page: shows the document; only its buttons (POST) answer anything."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from invoices import downloads, logos
from invoices.models import DocumentFile, ElectronicDocument
from invoices.scope import company_scope
from invoices.templatetags.traza import day
from notifications import acknowledgements, buyer_links, buyer_words, messages
from notifications.buyer_forms import ClaimForm, ConfirmForm
from notifications.buyer_limit import allowed
from notifications.models import CustomerAnswer, Delivery
from notifications.templatetags.buyer import whole

P = ParamSpec("P")
BuyerView = Callable[Concatenate[HttpRequest, Delivery, str, P], HttpResponse]
PARTS = ("pdf", "xml", "zip")
Status = ElectronicDocument.CustomerStatus


def by_link(view: BuyerView[P]) -> Callable[..., HttpResponse]:
    """
    Open the page for whoever has the link: the token names company and delivery, and both are verified.

    A link whose time is over, or that was revoked, shows the number of the document and nothing else. What the link leads to is
    kept by no cache, found by no search engine, and told to no other site. The referrer is ``same-origin``: under
    ``no-referrer`` a browser sends its form with ``Origin: null`` (Fetch, "append a request Origin header"), and the check
    against forged forms refuses it.
    """
    return _personal(view, expired=False)


def by_expired_link(view: BuyerView[P]) -> Callable[..., HttpResponse]:
    """As ``by_link``, but for a link whose time is over; one that still works leads to its page, and a revoked one stays revoked."""
    return _personal(view, expired=True)


def _personal(view: BuyerView[P], *, expired: bool) -> Callable[..., HttpResponse]:
    @never_cache
    @wraps(view)
    def wrapper(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = _open(view, request, token, *args, expired=expired, **kwargs)
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapper


def _open(view: Any, request: HttpRequest, token: str, *args: Any, expired: bool, **kwargs: Any) -> HttpResponse:
    try:
        link = buyer_links.read(token)
    except BadSignature:
        return _unknown(request)
    with company_scope(link.company_id):
        rows = Delivery.objects.select_related("document__customer", "document__company")
        delivery = rows.filter(pk=link.delivery_id, document__isnull=False).first()
        if delivery is None:
            return _unknown(request)
        if request.method == "POST" and not allowed(request, delivery):
            return _busy(request)
        if delivery.link_revoked_at or (link.expired and not expired):
            return _closed(request, delivery, token)
        if expired and not link.expired:
            return _back(request, token)
        response: HttpResponse = view(request, delivery, token, *args, **kwargs)
        return response


def _language(request: HttpRequest) -> str:
    return "en" if request.GET.get("lang") == "en" else "es"


def _other(language: str) -> str:
    return "es" if language == "en" else "en"


def _unknown(request: HttpRequest) -> HttpResponse:
    language = _language(request)
    other = _other(language)
    context = {"w": buyer_words.words(language), "other_language": other, "other_query": f"?lang={other}"}
    return render(request, "buyer/unknown.html", context, status=404)


def _busy(request: HttpRequest) -> HttpResponse:
    """What was written goes along in the form, to be sent again without a word lost."""
    said = [(name, request.POST[name]) for name in (*ConfirmForm.base_fields, *ClaimForm.base_fields) if name in request.POST]
    return render(request, "buyer/busy.html", {"w": buyer_words.words(_language(request)), "said": said}, status=429)


def _document(delivery: Delivery) -> ElectronicDocument:
    assert delivery.document is not None
    return delivery.document


def _shared(request: HttpRequest, delivery: Delivery, token: str) -> dict[str, Any]:
    """What every page of one link shows: the seller, the words, and the way to the other language."""
    document, language = _document(delivery), _language(request)
    w = buyer_words.words(language)
    seller = document.company.trade_name or document.company.name
    kind = buyer_words.title(language, document.type_code, document.type_title)
    return {
        "w": w,
        "query": "?lang=en" if language == "en" else "",
        "other_query": "" if language == "en" else "?lang=en",
        "other_language": _other(language),
        "document": document,
        "kind": kind,
        "page_title": w["title"].format(type=kind, number=document.number, seller=seller),
        "company": document.company,
        "logo": logos.inline(document.company),
        "seller": seller,
        "delivery": delivery,
        "token": token,
        "reply_address": messages.reply_address(document.company),
        "masked": buyer_words.masked(delivery.address),
    }


def _closed(request: HttpRequest, delivery: Delivery, token: str) -> HttpResponse:
    context = _shared(request, delivery, token)
    why = "revoked" if delivery.link_revoked_at else "expired"
    last = day(buyer_links.until(delivery))
    text = format_html(context["w"][f"{why}_text"], number=whole(_document(delivery).number), day=last)
    context |= {"heading": context["w"][why], "text": text, "renewable": why == "expired"}
    return render(request, "buyer/closed.html", context, status=410)


def _page(request: HttpRequest, delivery: Delivery, token: str, *, status: int = 200, **forms: Any) -> HttpResponse:
    document = _document(delivery)
    answer = CustomerAnswer.latest(document)
    has_pdf = DocumentFile.objects.filter(document=document, role=DocumentFile.Role.PDF).exists()
    context = _shared(request, delivery, token) | {
        "answer": answer,
        "claims": _claims(request),
        "files": [part for part in PARTS if has_pdf or part != "pdf"],
        "payment": buyer_words.payment(_language(request), document.payment_form, messages.payment(document)),
        "until": buyer_links.until(delivery),
        "claim_open": "claim" in forms or request.GET.get("reclamo") == "1",
        "form": forms.get("form", ConfirmForm()),
        "claim": forms.get("claim", ClaimForm()),
    }
    if context["claim_open"]:  # the other language shows the claim as well
        context["other_query"] += ("&" if context["other_query"] else "?") + "reclamo=1"
    if answer is None or (answer.status == Status.CONFIRMED and context["claim_open"]):
        return render(request, "buyer/document.html", context | {"only_claim": answer is not None}, status=status)
    return render(request, "buyer/confirmed.html", context | {"heading": _heading(context["w"], answer, delivery, document)}, status=status)


def _heading(w: Mapping[str, str], answer: CustomerAnswer, delivery: Delivery, document: ElectronicDocument) -> SafeString:
    """What was answered; another address than the one that looks may have done it."""
    own = answer.delivery_id == delivery.pk
    key = ("claimed" if own else "claimed_before") if answer.claim_code else ("thanks" if own else "confirmed_before")
    return format_html(w[key], number=whole(document.number))


def _claims(request: HttpRequest) -> list[tuple[str, str]]:
    w = buyer_words.words(_language(request))
    return [(code, w[f"claim_{code}"]) for code in CustomerAnswer.Claim.values]


def _back(request: HttpRequest, token: str) -> HttpResponse:
    return redirect(reverse("buyer", args=[token]) + ("?lang=en" if _language(request) == "en" else ""))


@require_safe
@by_link
def buyer(request: HttpRequest, delivery: Delivery, token: str) -> HttpResponse:
    """The document, or the answer that was given; looking changes nothing."""
    return _page(request, delivery, token)


@require_POST
@by_link
def buyer_confirm(request: HttpRequest, delivery: Delivery, token: str) -> HttpResponse:
    """*Confirmo que recibí este documento*."""
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, delivery, token, form=form, status=422)
    said: dict[str, str] = form.cleaned_data
    acknowledgements.confirm(delivery=delivery, name=said["nombre"].strip(), message=said["mensaje"].strip(), now=timezone.now())
    return _back(request, token)


@require_POST
@by_link
def buyer_claim(request: HttpRequest, delivery: Delivery, token: str) -> HttpResponse:
    """*Tengo un reclamo*."""
    form = ClaimForm(request.POST)
    if not form.is_valid():
        return _page(request, delivery, token, claim=form, status=422)
    said: dict[str, str] = form.cleaned_data
    acknowledgements.claim(delivery=delivery, code=said["motivo"], name="", message=said["detalle"].strip(), now=timezone.now())
    return _back(request, token)


@require_POST
@by_expired_link
def buyer_new_link(request: HttpRequest, delivery: Delivery, token: str) -> HttpResponse:
    """*Enviarme un enlace nuevo*: to the same address. The page says the same whether it was sent or not."""
    acknowledgements.send_new_link(delivery=delivery, now=timezone.now())
    return render(request, "buyer/new_link.html", _shared(request, delivery, token))


@require_safe
@by_link
def buyer_file(request: HttpRequest, delivery: Delivery, token: str, part: str) -> HttpResponse:
    """A part of the document; a download confirms nothing."""
    found = downloads.part(_document(delivery), part)
    return _unknown(request) if found is None else downloads.attachment(*found)
