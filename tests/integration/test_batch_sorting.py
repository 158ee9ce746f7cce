"""The dry run of a bulk resend: each document by how its messages fare."""

from collections.abc import Iterator

import pytest

from invoices import customers
from invoices.models import Company, User
from invoices.scope import company_scope
from notifications import suppressions
from notifications.batch_sorting import sort
from notifications.models import Delivery
from tests import factories
from tests.factories import NOON
from tests.integration.batch_rows import held, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Iterator[Company]:
    made = factories.company()
    with company_scope(made.pk):
        yield made


@pytest.fixture
def accountant(company: Company) -> User:
    return factories.member(company, name="Marcela Ríos")


@pytest.mark.parametrize(
    ("states", "group", "missing", "reached"),
    [
        ({"ana": "soft_bounced"}, "send", ["ana@example.com"], []),
        ({"ana": "soft_bounced", "luis": "delivered"}, "send", ["ana@example.com"], ["luis@example.com"]),
        ({"ana": "rejected", "luis": "queued"}, "send", ["ana@example.com"], []),
        ({"ana": "canceled"}, "send", ["ana@example.com"], []),
        ({"ana": "sent", "luis": "delivered"}, "already", [], ["ana@example.com", "luis@example.com"]),
        ({"ana": "unconfirmed"}, "already", [], ["ana@example.com"]),
        ({"ana": "deferred"}, "on_its_way", [], []),
        ({"ana": "queued", "luis": "sent"}, "on_its_way", [], []),
    ],
)
def test_a_document_is_sorted_by_how_its_messages_fare(
    company: Company, states: dict[str, str], group: str, missing: list[str], reached: list[str]
) -> None:
    document = told(company, **states)

    found = sort([document])[0]

    assert (found.group, list(found.missing)) == (group, missing)
    assert list(found.reached) == reached


def test_what_was_never_told_goes_to_whom_a_first_notification_would(company: Company) -> None:
    document = factories.document(company, addresses=())
    factories.email(document.customer, "compras@example.com")

    assert sort([document])[0].addresses(again=False) == ["compras@example.com"]


def test_a_corrected_address_of_the_customer_makes_a_bounced_document_sendable(company: Company) -> None:
    document = told(company, ana="bounced")
    held(company, "ana@example.com")
    before = sort([document])[0]
    factories.email(document.customer, "nueva@example.com", always=True)

    after = sort([document])[0]

    assert (before.group, before.reason) == ("suppressed", "ana@example.com: El buzón no existe.")
    assert (after.group, list(after.missing)) == ("send", ["nueva@example.com"])


def test_nobody_to_tell_says_why(company: Company, accountant: User) -> None:
    nobody = factories.document(company, addresses=())
    off = factories.document(company, addresses=("ana@example.com",))
    email = factories.email(off.customer, "ana@example.com")
    customers.switch_off(email=email, reason="Ya no trabaja allí", by=accountant, at=NOON)
    wrong = told(company, luis="bounced")
    Delivery.objects.filter(document=wrong).update(reason="bad_syntax")

    found = sort([nobody, off, wrong])

    assert {item.group for item in found} == {"no_address"}
    assert [item.reason.split()[0] for item in found] == ["Ni", "Sus", "luis@example.com:"]


def test_a_released_address_is_sent_to_again(company: Company, accountant: User) -> None:
    document = told(company, ana="bounced")
    Delivery.objects.filter(document=document).update(reason="no_mailbox")
    row = held(company, "ana@example.com")
    suppressions.release(suppression_id=row.pk, note="El cliente lo arregló", by=accountant, at=NOON)

    assert sort([document])[0].addresses(again=False) == ["ana@example.com"]


def test_a_failure_that_another_address_made_good_is_not_missing(company: Company) -> None:
    document = told(company, ana="soft_bounced", luis="delivered")
    good = Delivery.objects.get(document=document, address="luis@example.com")
    Delivery.objects.filter(document=document, address="ana@example.com").update(resolved_by=good)

    assert sort([document])[0].group == "already"
