"""``recount_terms``: events of before there were rules, a holiday that is added, slices, and going on where it stopped."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from invoices.models import Company, ElectronicDocument, TitleEvent
from invoices.scope import company_scope
from notifications import title_values
from notifications.management.commands import recount_terms
from tests import factories
from tests import signing as keys
from tests import ubl_builders as ubl
from tests.integration.test_title_values import FRIDAY, event, state, take, verdicts

pytestmark = pytest.mark.django_db
RECEIVED = datetime(2026, 3, 27, 15, tzinfo=UTC)  # a Friday; the term ends on Wednesday 1 April
LAST_DAY = date(2026, 4, 1)


def recount(*options: str, at: datetime = RECEIVED + timedelta(days=6)) -> list[str]:
    out = StringIO()
    with time_machine.travel(at, tick=False):
        call_command("recount_terms", *options, stdout=out)
    return out.getvalue().splitlines()


def unjudged(company: Company, **fields: Any) -> ElectronicDocument:
    """An invoice on credit with events, as they stood before there were rules."""
    with company_scope(company.pk):
        document = factories.document(company, payment_form="2", at=RECEIVED, **fields)
        for code in ("030", "032"):
            factories.title_event(document, code, at=RECEIVED, verdict="", signature="")
    return document


def judged(company: Company) -> int:
    with company_scope(company.pk):
        return ElectronicDocument.objects.filter(title_status="goods_received", claim_last_day=LAST_DAY).count()


def test_events_from_before_the_rules_are_judged_and_get_their_term():
    company = factories.company()
    unjudged(company)

    recount()

    assert judged(company) == 1
    with company_scope(company.pk):
        assert set(TitleEvent.objects.values_list("verdict", flat=True)) == {"accepted"}


def test_their_signatures_are_checked():
    company = factories.company(ubl.ISSUER.identification)
    signed = keys.sign(event("032", "2026-03-10"), at=RECEIVED)
    take(company, ubl.build_invoice(), event("030", "2026-03-10"), signed)
    with company_scope(company.pk):
        TitleEvent.objects.update(signature="", signer="", signed_at=None, verdict="")
        ElectronicDocument.objects.update(title_status="none", claim_last_day=None)

    recount()

    assert state(company) == ("goods_received", LAST_DAY)
    with company_scope(company.pk):
        assert list(TitleEvent.objects.order_by("code").values_list("signature", flat=True)) == ["absent", "intact"]


def test_a_term_that_ended_yesterday_may_run_again_for_a_holiday(settings):
    company = factories.company(ubl.ISSUER.identification)
    take(company, ubl.build_invoice(), event("030", "2026-03-10"), event("032", FRIDAY))
    settings.EXTRA_HOLIDAYS = frozenset({date(2026, 3, 31)})

    recount(at=RECEIVED + timedelta(days=6))

    assert state(company) == ("goods_received", date(2026, 4, 6))


def test_a_second_run_changes_nothing():
    company = factories.company(ubl.ISSUER.identification)
    take(company, ubl.build_invoice(), event("030", "2026-03-10"), event("032", FRIDAY), event("033", FRIDAY))
    before = state(company), verdicts(company)

    lines = [recount(), recount()]

    assert lines[0] == lines[1]
    assert (state(company), verdicts(company)) == before


def test_it_goes_in_slices_and_on_from_where_it_stopped(monkeypatch):
    monkeypatch.setattr(recount_terms, "SLICE", 2)
    one, two = factories.company("900000001"), factories.company("900000002")
    for number in range(3):
        unjudged(one, number=f"A{number}")
    unjudged(two)
    refresh, calls = title_values.refresh, []

    def stopped(**given: Any) -> Any:
        calls.append(given)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return refresh(**given)

    monkeypatch.setattr(title_values, "refresh", stopped)
    out = StringIO()
    with pytest.raises(KeyboardInterrupt):
        call_command("recount_terms", stdout=out)
    monkeypatch.setattr(title_values, "refresh", refresh)
    before = judged(one), judged(two)
    [told] = out.getvalue().splitlines()

    lines = recount(*told[told.index("--after") :].split())

    assert (before, judged(one), judged(two)) == ((2, 0), 3, 1)
    assert lines[-1] == "2 documents judged again"


def test_one_broken_document_stops_no_other(monkeypatch):
    company = factories.company()
    broken = unjudged(company, number="A1")
    unjudged(company, number="A2")
    refresh = title_values.refresh
    monkeypatch.setattr(title_values, "refresh", lambda **given: 1 / 0 if given["document"].pk == broken.pk else refresh(**given))

    with pytest.raises(CommandError, match="1 documents"):
        recount()

    assert judged(company) == 1
