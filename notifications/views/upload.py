"""*Cargar documentos*: many files at once, and a result for each thing that was in them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from invoices.access import WRITERS, CompanyRequest, company_view, writable_companies
from invoices.models import ElectronicDocument
from invoices.scope import company_scope
from invoices.services import Outcome
from notifications import intake
from notifications.forms import MAX_FILE_BYTES, MAX_FILES, UploadForm
from notifications.intake import Line
from notifications.services import RECENT

# What a person must look at comes first.
ORDER = (Outcome.REFUSED, Outcome.CONFLICT, Outcome.WAITING, Outcome.NEW, Outcome.ALREADY)
WORDS = {
    Outcome.REFUSED: ("rechazado", "rechazados"),
    Outcome.CONFLICT: ("en conflicto", "en conflicto"),
    Outcome.WAITING: ("en espera", "en espera"),
    Outcome.NEW: ("importado", "importados"),
    Outcome.ALREADY: ("ya estaba", "ya estaban"),
}


@require_http_methods(["GET", "POST"])
@company_view(roles=WRITERS, scope=False)
def upload(request: CompanyRequest) -> HttpResponse:
    """Take the files in; one that is bad undoes nothing else."""
    now = timezone.now()
    context: dict[str, Any] = {"form": UploadForm(), "recent_since": now - timedelta(days=RECENT.days), "max_files": MAX_FILES}
    if request.method == "POST":
        form = UploadForm(request.POST)
        files = request.FILES.getlist("archivos")
        context |= {"form": form, "error": _refusal(files)}
        if form.is_valid() and not context["error"]:
            context |= _results(_receive(request, files, form.cleaned_data["notificar"]), len(files))
    status = 422 if context.get("error") else 200
    return render(request, "notifications/upload.html", context, status=status)


def _refusal(files: Sequence["UploadedFile[Any]"]) -> str:
    if not files:
        return "Elige al menos un archivo XML o ZIP."
    if len(files) > MAX_FILES:
        return f"Elegiste {len(files)} archivos y caben {MAX_FILES} a la vez: cárgalos en varias tandas, o dentro de un ZIP."
    return ""


def _receive(request: CompanyRequest, files: Sequence["UploadedFile[Any]"], notify: str) -> list[Line]:
    fitting = [file for file in files if (file.size or 0) <= MAX_FILE_BYTES]
    too_big = [
        Line(file.name or "", Outcome.REFUSED, f"Pesa {(file.size or 0) / 1_048_576:.1f} MB y caben 20 MB.".replace(".", ",", 1))
        for file in files
        if file not in fitting
    ]
    received = intake.receive(
        _read(fitting), companies=writable_companies(request.user), by=request.user, notify=_notify(notify), now=timezone.now()
    )
    return [*too_big, *received]


def _read(files: Sequence["UploadedFile[Any]"]) -> Iterator[tuple[str, bytes]]:
    for file in files:
        yield file.name or "archivo", file.read()


def _notify(text: str) -> intake.Notify:
    choices: dict[str, intake.Notify] = {"auto": "auto", "yes": "yes", "no": "no"}
    return choices[text]


def _results(lines: Sequence[Line], files: int) -> dict[str, Any]:
    counted = Counter(line.outcome for line in lines)
    documents = _as_they_are(lines)
    shown = [replace(line, document=documents.get(line.document.pk) if line.document else None) for line in lines]
    return {
        "lines": sorted(shown, key=lambda line: ORDER.index(line.outcome)),
        "files": files,
        "counts": [(counted[outcome], WORDS[outcome][counted[outcome] != 1]) for outcome in ORDER if counted[outcome]],
    }


def _as_they_are(lines: Sequence[Line]) -> dict[UUID, ElectronicDocument]:
    """The documents after everything that the upload did to them."""
    wanted: dict[UUID, set[UUID]] = defaultdict(set)
    for line in lines:
        if line.document and line.company:
            wanted[line.company.pk].add(line.document.pk)
    found: dict[UUID, ElectronicDocument] = {}
    for company_id, ids in wanted.items():
        with company_scope(company_id):
            found |= {item.pk: item for item in ElectronicDocument.objects.filter(pk__in=ids).select_related("customer")}
    return found
