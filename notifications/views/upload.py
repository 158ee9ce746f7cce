"""*Cargar documentos*: many files at once, and a result for each thing that was in them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from invoices.access import WRITERS, CompanyRequest, company_view, writable_companies
from invoices.services import Outcome
from notifications import intake
from notifications.forms import MAX_FILE_BYTES, MAX_FILES, UploadForm
from notifications.intake import Line
from notifications.services import RECENT

# What a person must look at comes first.
ORDER = (Outcome.REFUSED, Outcome.CONFLICT, Outcome.WAITING, Outcome.NEW, Outcome.ALREADY)


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
    return {
        "lines": sorted(lines, key=lambda line: ORDER.index(line.outcome)),
        "files": files,
        "counts": {outcome.name: counted[outcome] for outcome in ORDER},
    }
