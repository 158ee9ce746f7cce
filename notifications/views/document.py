"""*Ver Detalle Historial*, which is the document's page, and *Ver Acuses de Recibo Cliente*."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from invoices import history, shown_events
from invoices.access import CompanyRequest, company_view
from invoices.actions import row_actions
from invoices.models import ElectronicDocument
from invoices.policies import why_no_history, why_not_resent
from notifications import cards, conformity, presenters, selectors, terms, title_values
from notifications.cards import RecipientCard
from notifications.causes import Remedy
from notifications.lives import DeliveryState
from notifications.models import CustomerAnswer
from notifications.views.sheets import document_of, sheet


@require_GET
@company_view()
def document(request: CompanyRequest, document_id: UUID) -> HttpResponse:
    """Who was told and how it went; what happened in the current and the previous month."""
    now = timezone.now()
    found = document_of(document_id)
    recipients = cards.recipient_cards(found)
    reason = why_no_history(found, now)
    address = request.GET.get("correo", "").strip().lower()
    events = list(found.title_events.order_by("-issued_at", "-code"))
    shown, more = shown_events.shortened(events, most=shown_events.MOST_SHOWN)
    package = selectors.latest_package(found)
    context = {
        "document": found,
        "actions": row_actions(found, request.membership, now),
        "may_resend": not why_not_resent(found, request.membership),
        "cards": recipients,
        **_totals(recipients),
        "reception_address": selectors.other_reception_address(found, [card.delivery.address_key for card in recipients]),
        "reason": reason,
        "timeline": None if reason else selectors.timeline(found, now=now, address=address),
        "address": address,
        "older": history.moved_before_window(found, now),
        "window": history.window_start(now),
        "months": presenters.two_months(history.window_start(now), now),
        "conflicts": list(found.conflicts.select_related("file").order_by("pk")),
        "events": shown,
        "more_events": more,
        "title_words": title_values.words(found, events),
        "term": terms.panel(found, events, now=now, on_demand="contar" in request.GET),
        "package": package,
        **conformity.shown(package),
        "now": now,
    }
    return render(request, "notifications/document.html", context)


def _totals(found: Sequence[RecipientCard]) -> dict[str, Any]:
    """How the addresses fare together, counted as the list counts them; and at which of them DIAN's address is offered."""
    active = [card for card in found if (card.lost or not card.failed) and card.delivery.state != DeliveryState.CANCELED]
    counted = [card for card in active if not card.switched_off] or active
    delivered = sum(card.delivered for card in counted)
    lost = [card for card in counted if card.lost]
    to_correct = [card for card in lost if card.remedy == Remedy.CORRECT] or lost
    return {
        "total": len(counted),
        "delivered": delivered,
        "merely_sent": sum(card.reached for card in counted) - delivered,
        "lost": len(lost),
        "blind": cards.is_blind(found),
        "offered": to_correct[0].delivery.pk if to_correct else None,
    }


@require_GET
@company_view()
def acknowledgements(request: CompanyRequest, document_id: UUID) -> HttpResponse:
    """To which addresses the last notification went, what became of each, and what the buyer answered."""
    found = document_of(document_id)
    told = selectors.sent_notifications(found)
    rows = list(found.title_events.order_by("-issued_at", "-code"))
    events, more = shown_events.shortened(rows, most=shown_events.MOST_SHOWN)
    automatic = found.customer_status == ElectronicDocument.CustomerStatus.AUTO_CONFIRMED
    context = {
        "document": found,
        "last": told[0] if told else None,
        "earlier": told[1:],
        "answers": CustomerAnswer.of(found),
        "automatic": presenters.auto_confirmed_sentence(found) if automatic else "",
        "events": events,
        "more_events": more,
        "why_not": why_not_resent(found, request.membership),
        "title": "Ver Acuses de Recibo Cliente",
    }
    return sheet(request, "acknowledgements", context)
