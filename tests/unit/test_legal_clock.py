"""The term in which a buyer on credit may claim."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.calendars import business_days_between
from notifications.legal_clock import Clock, Facts, Phase, Start, TermRule, clock, rule_on

BOGOTA = ZoneInfo("America/Bogota")
FRIDAY = datetime(2026, 3, 27, 16, 40, tzinfo=BOGOTA)


def on_credit(*codes, at=FRIDAY, **more):
    return Facts("01", "2", [(code, at + timedelta(minutes=index)) for index, code in enumerate(codes)], **more)


@pytest.mark.parametrize(
    ("today", "phase", "left"),
    [
        (date(2026, 3, 27), Phase.RUNNING, 3),
        (date(2026, 3, 28), Phase.RUNNING, 3),
        (date(2026, 3, 30), Phase.RUNNING, 2),
        (date(2026, 4, 1), Phase.RUNNING, 0),
        (date(2026, 4, 2), Phase.OVER, None),
        (date(2026, 4, 6), Phase.OVER, None),
    ],
)
def test_the_term_over_holy_week(today, phase, left):
    told = clock(on_credit("030", "032"), today=today)

    assert told == Clock(phase, date(2026, 3, 27), date(2026, 4, 1), date(2026, 4, 6), left)


def test_without_the_receipt_of_the_goods_nothing_runs():
    told = clock(on_credit("030"), today=date(2026, 4, 1))

    assert (told.phase, told.missing, told.last_day) == (Phase.NOT_STARTED, "Sin 032 no corre el término.", None)


@pytest.mark.parametrize(("code", "phase"), [("031", Phase.CLAIMED), ("033", Phase.ACCEPTED), ("034", Phase.TACITLY_ACCEPTED)])
def test_an_answer_ends_the_term(code, phase):
    told = clock(on_credit("030", "032", code), today=date(2026, 3, 30))

    assert (told.phase, told.last_day, told.left) == (phase, date(2026, 4, 1), None)


def test_the_first_answer_counts():
    assert clock(on_credit("030", "032", "033", "031"), today=date(2026, 3, 30)).phase == Phase.ACCEPTED


def test_the_earliest_receipt_counts():
    events = [("032", FRIDAY + timedelta(days=5)), ("032", FRIDAY)]

    assert clock(Facts("01", "2", events), today=date(2026, 3, 30)).day_zero == date(2026, 3, 27)


def test_the_day_is_that_of_bogota():
    late = datetime(2026, 3, 28, 2, 0, tzinfo=ZoneInfo("UTC"))

    assert clock(on_credit("032", at=late), today=date(2026, 3, 28)).day_zero == date(2026, 3, 27)


@pytest.mark.parametrize("type_code", ["02", "03", "04", "20", "91", "92"])
def test_other_types_have_no_term(type_code):
    assert clock(Facts(type_code, "2", [("032", FRIDAY)]), today=date(2026, 3, 30)).phase == Phase.NOT_FOR_THIS_TYPE


@pytest.mark.parametrize("form", ["1", ""])
def test_a_cash_sale_needs_no_events_and_is_counted_on_demand(form):
    cash = Facts("01", form, [("032", FRIDAY)])

    assert clock(cash, today=date(2026, 3, 30)).phase == Phase.CASH
    assert clock(cash, today=date(2026, 3, 30), on_demand=True).last_day == date(2026, 4, 1)


def test_another_rule_holds_from_its_day_on():
    rules = (TermRule(date(2020, 8, 20), Start.GOODS_RECEIPT, 3), TermRule(date(2027, 1, 1), Start.INVOICE_DELIVERY, 5))
    delivered = datetime(2027, 2, 1, 9, 0, tzinfo=BOGOTA)

    told = clock(on_credit(delivered_at=delivered), today=date(2027, 2, 2), rules=rules)

    assert rule_on(date(2026, 12, 31), rules).business_days == 3
    assert (told.day_zero, business_days_between(told.day_zero, told.last_day)) == (date(2027, 2, 1), 5)
    assert (
        clock(on_credit("032", at=delivered), today=date(2027, 2, 2), rules=rules).missing
        == "Sin entrega de la factura no corre el término."
    )
