"""How often the buyer's buttons may be pressed, and who counts as one."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client, RequestFactory
from django.urls import reverse

from invoices.models import ElectronicDocument
from invoices.scope import company_scope
from notifications import buyer_limit, buyer_links
from notifications.models import Delivery
from tests import factories

pytestmark = pytest.mark.django_db
PROXY = "10.0.0.1"


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buyer_limit, "MOST_BY_LINK", 2)
    monkeypatch.setattr(buyer_limit, "MOST_BY_ADDRESS", 3)


@pytest.fixture
def document() -> ElectronicDocument:
    company = factories.company()
    with company_scope(company.pk):
        return factories.document(company)


def link(document: ElectronicDocument, address: str = "compras@example.com") -> str:
    with company_scope(document.company_id):
        delivery: Delivery = factories.delivery(document, address)
    return buyer_links.make(company_id=document.company_id, delivery_id=delivery.pk)


def press(client: Client, token: str, *, forwarded: str = "", times: int = 1) -> list[int]:
    """The statuses; an incomplete claim is 422 where it is let through."""
    headers: Any = {"X-Forwarded-For": forwarded} if forwarded else {}
    url = reverse("buyer_claim", args=[token])
    return [client.post(url, headers=headers, REMOTE_ADDR=PROXY).status_code for _ in range(times)]


def test_one_link_is_pressed_so_often_a_minute_and_stops_no_other(client: Client, document: ElectronicDocument) -> None:
    one, other = link(document), link(document, "tesoreria@example.com")

    assert press(client, one, times=9) == [422, 422, *[429] * 7]
    assert press(client, other) == [422]


def test_one_address_presses_so_often_a_minute_however_many_links_it_has(client: Client, document: ElectronicDocument) -> None:
    links = [link(document, f"c{number}@example.com") for number in range(4)]

    assert [press(client, token)[0] for token in links] == [422, 422, 422, 429]


def test_a_stranger_without_a_link_stops_nobody(client: Client, document: ElectronicDocument) -> None:
    strange = press(client, "nada", times=30)

    assert set(strange) == {404}
    assert press(client, link(document)) == [422]


def test_people_behind_one_trusted_proxy_are_told_apart(client: Client, document: ElectronicDocument, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    links = [link(document, f"c{number}@example.com") for number in range(5)]

    first = [press(client, token, forwarded="190.1.2.3")[0] for token in links[:4]]

    assert first == [422, 422, 422, 429]
    assert press(client, links[4], forwarded="190.9.9.9") == [422]


def address(forwarded: str) -> str:
    return buyer_limit.client_address(RequestFactory().post("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR=PROXY))


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, "6.6.6.6", PROXY),
        (1, "6.6.6.6, 190.1.2.3", "190.1.2.3"),
        (2, "6.6.6.6, 190.1.2.3, 10.0.0.2", "190.1.2.3"),
        (2, "190.1.2.3", PROXY),
        (1, "no es una dirección", PROXY),
    ],
)
def test_only_what_our_own_proxies_saw_is_believed(settings: Any, hops: int, forwarded: str, expected: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = hops

    assert address(forwarded) == expected


def test_out_of_the_box_nobody_is_believed() -> None:
    assert configured.ALLAUTH_TRUSTED_PROXY_COUNT == 0
