"""*Lotes*: what would happen, the confirmation, the progress, and the batches of the past."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_POST

from invoices import selectors
from invoices.access import WRITERS, CompanyRequest, company_view
from invoices.forms import DocumentFilter, in_force, read_cursor, write_cursor
from invoices.invalid import Invalid
from invoices.models import ElectronicDocument
from invoices.views.exports import download
from notifications import batch_selectors, batch_tables
from notifications import batches as services
from notifications.batch_forms import ConfirmForm, ItemFilter
from notifications.forms import MAX_SELECTED, selected_ids
from notifications.models import ResendBatch, ResendBatchItem
from notifications.presenters import count

Status, Item = ResendBatch.Status, ResendBatchItem.Status


@require_GET
@company_view()
def batches(request: CompanyRequest) -> HttpResponse:
    """The company's batches, newest first."""
    order, rows = batch_selectors.NEWEST, batch_selectors.batches()
    page = selectors.page(rows, order=order, cursor=read_cursor(request.GET.get("pagina", ""), order))
    tallies = batch_selectors.tallies(page.rows)
    context = {"page": page, "rows": [(row, tallies[row.pk]) for row in page.rows], "total": selectors.count(rows)}
    return _partial(request, "batches", context | _neighbours(page))


@require_POST
@company_view(roles=WRITERS)
def batch_create(request: CompanyRequest) -> HttpResponse:
    """A draft of the ticked documents, or of all that the list's filter finds."""
    try:
        documents, chosen = _chosen(request)
        made = services.make(documents=documents, chosen=chosen, by=request.user, now=timezone.now())
    except Invalid as exc:
        messages.error(request, str(exc))
        return redirect("documents", request.company.nit)
    return redirect("batch", request.company.nit, made.pk)


def _chosen(request: CompanyRequest) -> tuple[QuerySet[ElectronicDocument], str]:
    """
    The documents, newest first, and how they were chosen.

    :raises Invalid: too many were ticked, or a filter is not valid: the batch would hold more than was asked for.
    """
    if "todos" in request.POST:
        form = DocumentFilter(QueryDict(request.POST.get("filtro", "").removeprefix("?")))
        found = selectors.matching_documents(form.filters(today=timezone.localdate()))
        for name, errors in form.errors.items():
            raise Invalid(f"{form.fields[name].label}: {errors[0]}")
        chosen = " · ".join(words for _, words in in_force(form)) or "Todos los documentos"
    else:
        ids = selected_ids(request.POST.getlist("doc"))
        if len(ids) > MAX_SELECTED:
            raise Invalid(f"Marca hasta {MAX_SELECTED} documentos, o elige todos los resultados.")
        found, chosen = ElectronicDocument.objects.filter(pk__in=ids), "Marcados en la lista"
    return found.order_by(*selectors.BY_DATE.fields()), chosen


def batch_of(batch_id: UUID) -> ResendBatch:
    """The batch of the company in scope. :raises Http404: there is none."""
    return get_object_or_404(batch_selectors.batches(), pk=batch_id)


@require_GET
@company_view()
def batch(request: CompanyRequest, batch_id: UUID) -> HttpResponse:
    """A draft with its groups, or how a confirmed batch gets on."""
    found = batch_of(batch_id)
    if found.status == Status.DRAFT:
        return _draft(request, found, ConfirmForm(initial={"again": "again" in request.GET, "note": request.GET.get("note", "")}))
    progress = batch_selectors.progress(found)
    watching = found.status == Status.RUNNING or progress.moving
    shown = _rows(request, found)
    pills = _pills(progress)
    total = next((number for name, _, number in pills if name == shown["filter"].status), 0)
    context = {
        "batch": found,
        "progress": progress,
        "watching": watching,
        "pills": pills,
        "total": total,
        "what": _documents(total),
    } | shown
    return _partial(request, "batch", context)


def _pills(progress: batch_selectors.Progress) -> list[tuple[str, str, int]]:
    """The views of the rows: the filter's value, its words, and how many it finds."""
    tally = progress.tally
    return [
        ("", "Todos", tally.of()),
        (Item.WAITING, "Por enviar", tally.waiting),
        (Item.SENT, "Reenviados", tally.sent),
        ("returned", "Devueltos", progress.returned),
        (Item.FAILED, "No se pudo", tally.failed),
        (Item.SKIPPED, "No se envían", tally.skipped),
        (Item.CANCELED, "Cancelados", tally.canceled),
    ]


def _draft(request: CompanyRequest, found: ResendBatch, form: ConfirmForm, *, status: int = 200) -> HttpResponse:
    tally = batch_selectors.tally(found)
    again = bool(form["again"].value())
    context = {
        "batch": found,
        "form": form,
        "again": again,
        "tally": tally,
        "documents": tally.documents(again=again),
        "mails": tally.mails(again=again),
        "typed_above": services.TYPED_ABOVE,
        "cards": batch_selectors.cards(found, tally),
    }
    return _partial(request, "batch_draft", context, status=status)


@require_GET
@company_view()
def batch_documents(request: CompanyRequest, batch_id: UUID) -> HttpResponse:
    """All documents of a batch, or of one group of it."""
    found = batch_of(batch_id)
    form = ItemFilter(request.GET)
    total = batch_selectors.tally(found).of(group=form.filters().group)
    return _partial(request, "batch_documents", {"batch": found, "total": total, "what": _documents(total)} | _rows(request, found))


def _rows(request: CompanyRequest, found: ResendBatch) -> dict[str, Any]:
    """One page of the batch's documents, and the addresses of its neighbours."""
    form, order = ItemFilter(request.GET), batch_selectors.BY_POSITION
    rows = batch_selectors.rows(found, form.filters())
    page = selectors.page(rows, order=order, cursor=read_cursor(request.GET.get("pagina", ""), order))
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    query = f"?{urlencode(chosen)}" if chosen else ""
    shown = {"page": page, "rows": [batch_selectors.Row(item) for item in page.rows], "filter": form.filters(), "query": query}
    return shown | {"here": request.get_full_path()} | _neighbours(page, **chosen)


@require_GET
@company_view()
def batch_export(request: CompanyRequest, batch_id: UUID, extension: str) -> HttpResponseBase:
    """The documents of a batch with what became of each, as a file."""
    found, form = batch_of(batch_id), ItemFilter(request.GET)
    rows = batch_selectors.rows(found, form.filters()).order_by("position")
    return download(request, extension, table=batch_tables.table(found), rows=rows, form=form)


@require_POST
@company_view(roles=WRITERS)
def batch_sort(request: CompanyRequest, batch_id: UUID) -> HttpResponse:
    """*Revisar de nuevo*: after an address was added or released."""
    services.sort_again(batch_id=batch_of(batch_id).pk)
    return redirect("batch", request.company.nit, batch_id)


@require_POST
@company_view(roles=WRITERS)
def batch_confirm(request: CompanyRequest, batch_id: UUID) -> HttpResponse:
    """Start; a second press shows the same page and changes nothing."""
    found, form = batch_of(batch_id), ConfirmForm(request.POST)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("again", "note", "expected")}
        try:
            services.confirm(batch_id=found.pk, **given, by=request.user, now=timezone.now())
        except Invalid as exc:
            form.refuse(exc)
        else:
            return redirect("batch", request.company.nit, found.pk)
    if found.status != Status.DRAFT:
        return redirect("batch", request.company.nit, found.pk)
    return _draft(request, found, form, status=422)


@require_POST
@company_view(roles=WRITERS)
def batch_cancel(request: CompanyRequest, batch_id: UUID) -> HttpResponse:
    """*Cancelar lo que falta*; a draft is discarded."""
    found = batch_of(batch_id)
    left = services.cancel(batch_id=found.pk, now=timezone.now())
    if found.status == Status.DRAFT:
        messages.success(request, "El lote se descartó: no se envió nada.")
        return redirect("documents", request.company.nit)
    if left:
        messages.success(request, f"Se canceló lo que faltaba: {count(left, 'documento', 'documentos')}.")
    return redirect("batch", request.company.nit, found.pk)


@require_POST
@company_view(roles=WRITERS)
def batch_retry(request: CompanyRequest, batch_id: UUID) -> HttpResponse:
    """*Reintentar los que fallaron*."""
    services.retry(batch_id=batch_of(batch_id).pk, now=timezone.now())
    return redirect("batch", request.company.nit, batch_id)


def _documents(number: int) -> str:
    return "documento" if number == 1 else "documentos"


def _neighbours(page: selectors.Page[Any], **query: str) -> dict[str, str]:
    """The addresses of the pages before and after, or nothing where there is none."""
    found = {"newer": page.newer, "older": page.older}
    return {name: f"?{urlencode(query | {'pagina': write_cursor(cursor)})}" if cursor else "" for name, cursor in found.items()}


def _partial(request: CompanyRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page, or only what changes of it where HTMX asks."""
    partial = request.headers.get("HX-Request") == "true"
    response = render(
        request, f"notifications/_{name}.html" if partial else f"notifications/{name}.html", {**context, "partial": partial}, status=status
    )
    patch_vary_headers(response, ["HX-Request"])
    return response
