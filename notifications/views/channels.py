"""*Canales de correo*: how the company's mails leave, how each way fares, and a test of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from invoices.access import ADMINISTRATORS, CompanyRequest, company_view
from invoices.invalid import Invalid
from notifications import channel_kinds, channel_probe, channel_selectors, company_channels
from notifications.channel_forms import ChannelForm
from notifications.channel_kinds import Kind
from notifications.company_channels import Saved
from notifications.models import MailChannel


@require_GET
@company_view()
def channels(request: CompanyRequest) -> HttpResponse:
    """Every member sees them, without any secret; whoever writes sees the addresses for a provider's notices."""
    cards = channel_selectors.cards(request.company, now=timezone.now())
    context = {
        "cards": cards,
        "may_change": request.membership.administers,
        "may_see_hooks": request.membership.writes,
        "kinds": [channel_kinds.OWN_SERVER, channel_kinds.MICROSOFT_365, channel_kinds.GOOGLE_WORKSPACE],
        "providers": channel_kinds.PROVIDERS,
        "full": sum(card.row is not None for card in cards) >= company_channels.MOST_CHANNELS,
    }
    return render(request, "notifications/channels.html", context)


@require_http_methods(["GET", "POST"])
@company_view(roles=ADMINISTRATORS)
def channel_add(request: CompanyRequest, kind_code: str) -> HttpResponse:
    """Set a new one up."""
    kind = channel_kinds.KINDS.get(kind_code)
    if kind is None:
        raise Http404
    if request.method == "GET":
        return _form(request, ChannelForm(kind=kind), kind)
    form = ChannelForm(request.POST, kind=kind)
    form.full_clean()
    try:
        typed = {name: request.POST.get(name, "") for name in form.fields}
        saved = company_channels.add(
            company=request.company, kind=kind, label=typed.pop("label"), typed=typed, by=request.user, at=timezone.now()
        )
    except Invalid as exc:
        form.refuse(exc)
        return _form(request, form, kind, status=422)
    return _done(request, saved, kind, f"El canal «{saved.row.label}» quedó guardado. Pruébalo y elígelo cuando quieras usarlo.")


@require_http_methods(["GET", "POST"])
@company_view(roles=ADMINISTRATORS)
def channel_change(request: CompanyRequest, channel_id: UUID) -> HttpResponse:
    """Change one of the company's own; a secret that is left empty stays."""
    row = get_object_or_404(MailChannel, pk=channel_id, company=request.company, active=True)
    channel = company_channels.readable(row)
    kind = channel_kinds.kind_of(channel) if channel else None
    if channel is None or kind is None:
        messages.error(request, "Este canal no se puede cambiar aquí: agrega uno nuevo.")
        return redirect("channels", request.company.nit)
    kept = kind.typed(channel)
    if request.method == "GET":
        return _form(request, ChannelForm(kind=kind, kept=kept, label=row.label), kind, row=row)
    form = ChannelForm(request.POST, kind=kind, kept=kept, label=row.label)
    form.full_clean()
    try:
        typed = {name: request.POST.get(name, "") for name in form.fields}
        renew = "renovar" in request.POST
        saved = company_channels.change(row=row, label=typed.pop("label"), typed=typed, renew=renew, by=request.user, at=timezone.now())
    except Invalid as exc:
        form.refuse(exc)
        return _form(request, form, kind, row=row, status=422)
    return _done(request, saved, kind, f"El canal «{saved.row.label}» quedó guardado.")


@require_POST
@company_view(roles=ADMINISTRATORS)
def channel_choose(request: CompanyRequest) -> HttpResponse:
    """From now on mails leave by it."""
    name = request.POST.get("canal", "")
    try:
        changed = company_channels.choose(company=request.company, name=name, by=request.user, at=timezone.now())
    except Invalid as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, "Desde ahora los correos salen por este canal." if changed else "Ya salían por este canal.")
    return redirect("channels", request.company.nit)


@require_POST
@company_view(roles=ADMINISTRATORS)
def channel_probe_send(request: CompanyRequest) -> HttpResponse:
    """*Probar el canal*."""
    now, name = timezone.now(), request.POST.get("canal", "")
    card = next((card for card in channel_selectors.cards(request.company, now=now) if card.name == name and card.channel), None)
    if card is None:
        messages.error(request, "Ese canal no existe.")
        return redirect("channels", request.company.nit)
    try:
        channel_probe.probe(company=request.company, name=name, label=card.label, by=request.user, now=now)
    except Invalid as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, f"Sale un correo de prueba a {request.user.email}. Mira aquí cómo le fue.")
    return redirect("channels", request.company.nit)


def _done(request: CompanyRequest, saved: Saved, kind: Kind, sentence: str) -> HttpResponse:
    """Back to the list; where a secret was made up, first the only page on which it ever stands."""
    if not saved.hook_secret:
        messages.success(request, sentence)
        return redirect("channels", request.company.nit)
    address = channel_selectors.hook_address(saved.row.hook_token, kind.code, login=saved.hook_secret)
    response = render(request, "notifications/channel_saved.html", {"row": saved.row, "kind": kind, "address": address})
    add_never_cache_headers(response)
    return response


def _form(request: CompanyRequest, form: ChannelForm, kind: Kind, *, row: MailChannel | None = None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "kind": kind, "row": row, "title": f"Cambiar «{row.label}»" if row else kind.title}
    return render(request, "notifications/channel_form.html", context, status=status)
