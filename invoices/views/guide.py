"""*Ayuda*: the guide, for whoever is logged in, with or without a company."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from invoices import guide as book
from invoices.access import CompanyRequest
from invoices.views.lists import last_membership

MAX_TEXT = 200


@login_required
@require_GET
def guide(request: CompanyRequest) -> HttpResponse:
    """The cover, or the pages that hold what was typed."""
    _stay_in_company(request)
    text = request.GET.get("q", "").strip()[:MAX_TEXT]
    context = {"text": text, "cover": book.cover(), "found": book.search(text) if text else None, "most": MAX_TEXT}
    return render(request, "invoices/guide_cover.html", context)


@login_required
@require_GET
def guide_page(request: CompanyRequest, slug: str) -> HttpResponse:
    """One page beside the list of all."""
    opened = book.find(slug)
    if opened is None:
        raise Http404
    _stay_in_company(request)
    return render(request, "invoices/guide.html", {"opened": opened, "pages": book.pages()})


def _stay_in_company(request: CompanyRequest) -> None:
    """The bar above leads back to where one was; nothing of the company is read."""
    membership = last_membership(request)
    if membership:
        request.membership, request.company = membership, membership.company
