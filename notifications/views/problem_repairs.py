"""What writers do about a failed address: correct it, use DIAN's, try again, release it, mark it reviewed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from invoices.access import WRITERS, CompanyRequest, company_view
from invoices.invalid import Invalid
from invoices.models import Customer
from invoices.scope import company_scope
from notifications import problem_repairs, problem_selectors, typos
from notifications.moments import count
from notifications.problem_forms import CorrectForm, NoteForm
from notifications.problem_repairs import MOST, Repaired, Wrong
from notifications.views.customers import customer_of
from notifications.views.problems import wrong_of
from notifications.views.sheets import sheet

NAMED = 5


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS, scope=False)
def problem_correct(request: CompanyRequest, customer_id: UUID) -> HttpResponse:
    """*Corregir y reenviar*, or *Agregar correo*: one address, and all the documents at once."""
    customer, wrong = _asked(request, customer_id)
    form = CorrectForm(_typed(request) if request.method == "POST" else None, initial={"address": _proposed(request, customer, wrong)})
    if request.method == "POST" and form.is_valid() and not form.meant:
        given = {"address": form.cleaned_data["address"], "save": form.cleaned_data["save"]}
        try:
            repaired = problem_repairs.correct(company=request.company, wrong=wrong, **given, by=request.user, now=timezone.now())
        except Invalid as exc:
            form.refuse(exc)
        else:
            return _done(request, repaired, to=form.cleaned_data["address"].strip().lower())
    title = "Corregir y reenviar" if wrong.address else "Agregar correo y reenviar"
    return _sheet(request, "problem_correct", customer, wrong, {"form": form, "title": title})


def _typed(request: CompanyRequest) -> Any:
    """What was posted; the address that was meant, where the person took it."""
    data = request.POST.copy()
    if meant := str(data.get("usar", "")):
        data["address"] = data["confirmed"] = meant
    return data


def _proposed(request: CompanyRequest, customer: Customer, wrong: Wrong) -> str:
    if wrong.address:
        return typos.suggest(wrong.address) or wrong.address
    with company_scope(request.company.pk):
        return problem_selectors.reception_addresses([customer]).get(customer.pk, "")


@require_POST
@company_view(roles=WRITERS, scope=False)
def problem_reception(request: CompanyRequest, customer_id: UUID) -> HttpResponse:
    """*Usar el correo de recepción DIAN*, in one step."""
    _, wrong = _asked(request, customer_id)
    try:
        address, repaired = problem_repairs.use_reception_address(company=request.company, wrong=wrong, by=request.user, now=timezone.now())
    except Invalid as exc:
        messages.error(request, str(exc))
        return redirect("problems", request.company.nit)
    return _done(request, repaired, to=address)


@require_POST
@company_view(roles=WRITERS, scope=False)
def problem_retry(request: CompanyRequest, customer_id: UUID) -> HttpResponse:
    """*Reintentar*: the same address again."""
    _, wrong = _asked(request, customer_id)
    if not wrong.address:
        raise BadRequest("No hay un correo al que reintentar.")
    repaired = problem_repairs.retry(company=request.company, wrong=wrong, by=request.user, now=timezone.now())
    return _done(request, repaired, to=wrong.address)


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS, scope=False)
def problem_release(request: CompanyRequest, customer_id: UUID) -> HttpResponse:
    """*Reactivar y reenviar*, with the reason."""
    customer, wrong = _asked(request, customer_id)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and wrong.address:
        try:
            repaired = problem_repairs.release(
                company=request.company, wrong=wrong, note=form.cleaned_data["note"], by=request.user, now=timezone.now()
            )
        except Invalid as exc:
            form.refuse(exc)
        else:
            return _done(request, repaired, to=wrong.address)
    return _sheet(request, "problem_release", customer, wrong, {"form": form, "title": "Reactivar y reenviar"})


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS, scope=False)
def problem_review(request: CompanyRequest, customer_id: UUID) -> HttpResponse:
    """*Marcar revisado*: all documents of the row, or the one of ``?envio=``."""
    customer, wrong = _asked(request, customer_id)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and wrong.address:
        given = {"note": form.cleaned_data["note"], "delivery_id": _delivery(request)}
        try:
            closed = problem_repairs.review(company=request.company, wrong=wrong, **given, by=request.user, now=timezone.now())
        except Invalid as exc:
            form.refuse(exc)
        else:
            messages.success(request, _reviewed(closed))
            return redirect("problems", request.company.nit)
    return _sheet(request, "problem_review", customer, wrong, {"form": form, "title": "Marcar revisado", "only": _delivery(request)})


def _reviewed(closed: int) -> str:
    return f"{count(closed, 'problema queda revisado', 'problemas quedan revisados')}." if closed else "Ya no quedaba ninguno abierto."


def _delivery(request: CompanyRequest) -> UUID | None:
    text = request.GET.get("envio", "")
    try:
        return UUID(text) if text else None
    except ValueError as exc:
        raise BadRequest("El envío no es válido.") from exc


def _asked(request: CompanyRequest, customer_id: UUID) -> tuple[Customer, Wrong]:
    with company_scope(request.company.pk):
        customer = customer_of(customer_id)
    return customer, wrong_of(request, customer)


def _sheet(request: CompanyRequest, name: str, customer: Customer, wrong: Wrong, more: dict[str, Any]) -> HttpResponse:
    with company_scope(request.company.pk):
        documents = problem_repairs.documents_of(wrong, only=more.get("only"))
    if not documents:
        messages.info(request, "Ese problema ya no está abierto.")
        return redirect("problems", request.company.nit)
    context = {
        "customer": customer,
        "wrong": wrong,
        "documents": documents[:MOST],
        "most": MOST if len(documents) > MOST else 0,
        "until": wrong.until.isoformat(),
        "trail": [("Problemas de entrega", reverse("problems", args=[request.company.nit]))],
        "back": reverse("problems", args=[request.company.nit]),
        "small": True,
        **more,
    }
    return sheet(request, name, context, status=422 if request.method == "POST" else 200)


def _done(request: CompanyRequest, repaired: Repaired, *, to: str) -> HttpResponse:
    """Say what became of it, and go back to what is left."""
    for level, text in told(repaired, to):
        messages.add_message(request, level, text)
    return redirect("problems", request.company.nit)


def told(repaired: Repaired, to: str) -> list[tuple[int, str]]:
    """What became of it, in sentences with their level."""
    said = []
    if repaired.sent:
        said.append((messages.SUCCESS, f"{count(len(repaired.sent), 'documento se reenvía', 'documentos se reenvían')} a {to}."))
    if repaired.underway:
        said.append((messages.SUCCESS, f"{_numbers(repaired.underway)}: ya iba a {to}, así que no se envía otra vez."))
    said += [(messages.WARNING, f"{_numbers(numbers)}: {reason}") for reason, numbers in repaired.left.items()]
    if repaired.more:
        said.append((messages.INFO, f"Se reenvían {MOST} a la vez y quedan más: pulsa otra vez para seguir."))
    return said or [(messages.INFO, "Ya estaba arreglado: no se envió nada otra vez.")]


def _numbers(numbers: list[str]) -> str:
    named, more = ", ".join(numbers[:NAMED]), len(numbers[NAMED:])
    return f"{named} y {count(more, 'más', 'más')}" if more else named
