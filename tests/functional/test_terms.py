"""The legal clock as an accountant sees it: *Por vencer*, the panel of a document, the number among the problems."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from invoices.models import Company, ElectronicDocument, Membership, TitleEvent, User
from invoices.scope import company_scope
from notifications import digest
from notifications.calendars import business_day_after
from notifications.models import Delivery
from notifications.moments import BOGOTA
from tests import factories
from tests.functional.conftest import DESK, PHONE, serious, shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[BrowserContext, User], None]
BUYERS = (
    "Constructora Piedra Alta S.A.S.",
    "Hotel Mirador del Cocora S.A.S.",
    "Droguería Salud Vital 24 S.A.S.",
    "Transportes Río Claro S.A.",
)


def received(company: Company, number: str, buyer: str, left: int) -> ElectronicDocument:
    """An invoice on credit whose term ends so many business days from today."""
    today = timezone.localdate()
    document = factories.document(
        company,
        number=number,
        customer=factories.customer(company, name=buyer),
        payment_form="2",
        at=timezone.now() - timedelta(days=9),
        title_status=ElectronicDocument.TitleStatus.GOODS_RECEIVED,
        claim_last_day=business_day_after(today, left),
        customer_status="pending",
        delivery_status="delivered",
    )
    for code, name in (("030", "Acuse de recibo"), ("032", "Recibo del bien y/o prestación del servicio")):
        at = datetime.combine(today - timedelta(days=1), time(9), tzinfo=BOGOTA)
        TitleEvent.objects.create(
            company=company,
            document=document,
            code=code,
            name=name,
            key=document.key,
            issued_at=at,
            sender_name=buyer,
            sender_identification=document.customer.identification,
            file=document.files.get().file,
            verdict="accepted",
            signature="intact",
        )
    return document


@pytest.fixture
def company() -> Company:
    return factories.company(nit="909482675", name="Ferretería El Roble S.A.S.")


@pytest.fixture
def several(company: Company) -> list[ElectronicDocument]:
    with company_scope(company.pk):
        return [received(company, f"FER-{12860 + left}", buyer, left) for left, buyer in enumerate(BUYERS)]


@pytest.fixture
def open_page(page: Page, context: BrowserContext, live_server: Any, sign_in: SignIn, company: Company) -> Any:
    sign_in(context, factories.member(company))

    def go(name: str, *args: object, query: str = "", size: Any = DESK) -> Page:
        page.set_viewport_size(size)
        within = [] if name == "all_problems" else [company.nit]
        page.goto(live_server.url + reverse(name, args=[*within, *args]) + query)
        return page

    return go


def test_from_the_problems_to_the_terms_to_the_document(open_page: Any, several: list[ElectronicDocument]) -> None:
    page = open_page("problems")
    page.get_by_role("link", name="Plazos legales por vencer").click()
    expect(page.get_by_role("row").filter(has_text="FER-")).to_have_count(2)

    page.get_by_role("link", name="Por vencer 4").click()
    expect(page.get_by_role("row").filter(has_text="FER-")).to_have_count(4)
    expect(page.get_by_role("row").nth(1)).to_contain_text("Vence hoy")
    page.get_by_role("link", name="FER-12860").click()

    expect(page.get_by_role("heading", name="Plazo legal (estimado)")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])
@pytest.mark.parametrize("filled", [True, False], ids=["filled", "empty"])
def test_the_tab_fits(open_page: Any, size: Any, filled: bool, request: pytest.FixtureRequest) -> None:
    if filled:
        request.getfixturevalue("several")

    page = open_page("documents", query="?plazo=corre", size=size)
    shoot(page, f"terms-{'filled' if filled else 'empty'}-{size['width']}", whole=True)

    assert sideways(page) == 0
    assert serious(page) == []


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])
@pytest.mark.parametrize("name", ["problems", "all_problems"])
def test_the_numbers_of_the_problems_fit(open_page: Any, name: str, size: Any) -> None:
    page = open_page(name, size=size)
    shoot(page, f"terms-{name}-{size['width']}")

    assert sideways(page) == 0
    assert serious(page) == []


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("width", [640, 360])
@pytest.mark.parametrize("companies", [1, 2])
def test_the_digest_fits(page: Page, company: Company, width: int, companies: int) -> None:
    person = factories.member(company)
    for _ in range(companies - 1):
        Membership.objects.create(company=factories.company(), user=person, role=Membership.Role.AUDITOR)
    digest.send_due(now=timezone.now())

    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(Delivery.across.get().html_body)
    shoot(page, f"terms-digest-{companies}-{width}", whole=True)

    assert sideways(page) == 0


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])
@pytest.mark.parametrize("state", ["running", "none", "cash", "claimed"])
def test_the_panel_fits(open_page: Any, company: Company, size: Any, state: str) -> None:
    with company_scope(company.pk):
        document = received(company, "FER-12860", BUYERS[0], 2)
        if state == "none":
            document.title_events.filter(code="032").delete()
        if state == "cash":
            ElectronicDocument.objects.update(payment_form="1")
        if state == "claimed":
            document.title_events.filter(code="030").update(code="031", issued_at=timezone.now(), claim_code="02")

    page = open_page("document", document.pk, size=size)
    shoot(page, f"terms-panel-{state}-{size['width']}", whole=True)

    assert sideways(page) == 0
    assert serious(page) == []
