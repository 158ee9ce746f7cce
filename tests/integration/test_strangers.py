"""Nobody reaches another company's row: every address of the product, walked by a stranger, by an auditor, by nobody."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from invoices import api_keys, demands, invitations
from invoices.models import Company, ElectronicDocument, Membership, StoredFile, User
from invoices.scope import company_scope
from invoices.services import store_file
from notifications import batches, buyer_links
from notifications.models import Delivery, HistoryReport, Suppression
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

# Addresses outside the companies, each with the reason why a stranger may see it.
PUBLIC = {
    "account_login": "where one comes in",
    "account_logout": "where one goes out",
    "account_signup": "says that it is closed",
    "account_inactive": "says that the account is switched off",
    "account_change_password": "one's own",
    "account_set_password": "one's own",
    "account_reset_password": "where one asks for the mail",
    "account_reset_password_done": "says to look at the mail",
    "account_reset_password_from_key": "whoever has the mail",
    "account_reset_password_from_key_done": "says that it is done",
    "home": "leads to one's own companies",
    "all_problems": "one's own companies",
    "daily_digest": "one's own",
    "invitation": "whoever has the link; a wrong one is 404",
    "guide": "whoever is logged in: it tells of no company",
    "guide_page": "whoever is logged in: it tells of no company",
    "alive": "says that the process answers, to whoever watches",
    "ready": "says which parts are well, and no more of them",
    "metrics": "404 without METRICS_TOKEN in the environment, 401 without it in the request",
    "orphans": "404 for everybody but the superuser",
    "orphan_match": "404 for everybody but the superuser",
    "orphan_read": "404 for everybody but the superuser",
    "buyer": "whoever has the link; a wrong one is 404",
    "buyer_confirm": "whoever has the link; a wrong one is 404",
    "buyer_claim": "whoever has the link; a wrong one is 404",
    "buyer_new_link": "whoever has the link, and it goes to the same address only; a wrong one is 404",
    "buyer_file": "whoever has the link; a wrong one is 404",
    "hook": "whoever has the token of a channel and its secret; tests/integration/test_hooks.py",
    "hook_mandrill": "likewise",
}
POST_ONLY = {"documents_zip", "company_logo", "invitation_resend", "invitation_withdraw"}
POST_ONLY |= {"customer_address_on", "customer_address_always", "delivery_retry", "channel_choose", "channel_probe"}
POST_ONLY |= {"batch_create", "batch_confirm", "batch_sort", "batch_cancel", "batch_retry"}
POST_ONLY |= {"package_review"}
POST_ONLY |= {"problem_reception", "problem_retry", "directory_decide", "customer_demand_remove"}


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Name and route of every address but the admin's, which Django keeps for the staff."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from patterns(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield str(pattern.name), prefix + str(pattern.pattern)


ALL = dict(patterns(get_resolver()))
# The API has its own walk, with keys.
OF_KEYS = {name for name, route in ALL.items() if route.startswith("api/v1/")}
OF_COMPANIES = sorted(name for name, route in ALL.items() if route.startswith("e/<str:nit>/"))


@pytest.fixture
def company() -> Company:
    return factories.company("900373076")


@pytest.fixture
def addresses(company: Company) -> dict[str, str]:
    """An address of each name that leads to a row that exists."""
    owner = factories.member(company)
    with company_scope(company.pk):
        document = factories.document(company)
        report = HistoryReport.objects.create(company=company, requested_by=owner, address=owner.email, requested_at=NOON)
        key, _ = api_keys.issue(company=company, name="Facturador", scope="read", by=owner, at=NOON)
        invitation = invitations.invite(company=company, email="laura@example.com", role=Membership.Role.AUDITOR, by=owner, at=NOON)
        sales = store_file(company_id=company.pk, name="v.csv", data=b"Fecha;Total;NIT\n1;2;3", kind=StoredFile.Kind.RECEIVED)
        email = factories.email(document.customer, "compras@example.com")
        held = Suppression.objects.create(company=company, address_key="x@example.com", source="person", reason="person", created_at=NOON)
        delivery = factories.delivery(document)
        documents = ElectronicDocument.objects.filter(pk=document.pk)
        event = factories.title_event(document)
        demand = demands.keep(customer=document.customer, demand="pdf", value="", prevents=False, by=owner, at=NOON)
        batch = batches.make(documents=documents, chosen="Marcados en la lista", by=owner, now=NOON)
    settings = {"membership_id": owner.memberships.get().pk, "invitation_id": invitation.pk, "key_id": key.pk}
    settings |= {"file_id": sales.pk, "extension": "csv", "customer_id": email.customer_id, "email_id": email.pk}
    settings |= {"suppression_id": held.pk}
    values = settings | {
        "document_id": document.pk,
        "event_id": event.pk,
        "demand_id": demand.pk,
        "report_id": report.pk,
        "part": "xml",
        "kind": "pdf",
        "nit": company.nit,
        "delivery_id": delivery.pk,
        "channel_id": factories.mail_channel(company).pk,
        "kind_code": "smtp",
        "batch_id": batch.pk,
    }
    return {name: reverse(name, kwargs={key: value for key, value in values.items() if f":{key}>" in ALL[name]}) for name in OF_COMPANIES}


def test_every_address_is_known_to_this_test() -> None:
    assert set(ALL) == set(OF_COMPANIES) | OF_KEYS | set(PUBLIC)
    assert len(OF_COMPANIES) >= 13


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_gets_404_everywhere(client: Client, addresses: dict[str, str], method: str) -> None:
    stranger = factories.member(factories.company())
    client.force_login(stranger)

    answers = {name: getattr(client, method)(address).status_code for name, address in addresses.items()}

    allowed = {404, 405}
    assert {name: code for name, code in answers.items() if code not in allowed} == {}
    assert sum(code == 404 for code in answers.values()) >= 6


def test_nobody_gets_to_the_login_page(client: Client, addresses: dict[str, str]) -> None:
    answers = {name: client.get(address) for name, address in addresses.items() if name not in POST_ONLY}

    assert {response.status_code for response in answers.values()} == {302}
    assert all(response["Location"].startswith("/cuenta/login/") for response in answers.values())


def test_a_row_of_another_company_is_not_reached_through_ones_own(client: Client, addresses: dict[str, str], company: Company) -> None:
    own = factories.company("900111222")
    client.force_login(factories.member(own, role=Membership.Role.ADMINISTRATOR))

    ask = {name: client.post if name in POST_ONLY else client.get for name in addresses}
    answers = {
        name: ask[name](address.replace(company.nit, own.nit)).status_code for name, address in addresses.items() if "<uuid:" in ALL[name]
    }

    assert set(answers.values()) == {404}
    assert len(answers) >= 7


@pytest.mark.parametrize("name", OF_COMPANIES)
def test_an_auditor_changes_nothing(client: Client, addresses: dict[str, str], company: Company, name: str) -> None:
    auditor: User = factories.member(company, role=Membership.Role.AUDITOR)
    client.force_login(auditor)

    response: Any = client.post(addresses[name], {"doc": str(uuid4()), "address": "otro@example.com", "confirmar": "1"})

    assert response.status_code in {400, 403, 404, 405, 422}
    with company_scope(company.pk):
        assert [item.queue for item in Delivery.objects.all()] == ["ready"]
        assert HistoryReport.objects.count() == 1


def test_a_link_of_one_company_opens_nothing_of_another(client: Client, company: Company) -> None:
    with company_scope(company.pk):
        delivery = factories.delivery(factories.document(company))
    wrong = buyer_links.make(company_id=factories.company().pk, delivery_id=delivery.pk)
    right = buyer_links.make(company_id=company.pk, delivery_id=delivery.pk)

    answers = [client.get(reverse("buyer", args=[token])).status_code for token in (right, wrong, right[:-1], "x")]

    assert answers == [200, 404, 404, 404]
