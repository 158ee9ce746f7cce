"""Sales, customers and the reception directory by the API."""

from datetime import date
from typing import Any

import pytest

from invoices.models import AuditEntry, Company, Customer, ElectronicDocument, ReceptionDirectory, SalesTransaction
from invoices.scope import company_scope
from notifications import intake
from tests import factories
from tests import ubl_builders as ubl
from tests.api import Api, key_of
from tests.factories import NOON

pytestmark = pytest.mark.django_db
SALE = {
    "type": "01",
    "number": "POS-1",
    "issue_date": "2026-03-09",
    "total": "119000.50",
    "identification": "800.197.268-4",
    "customer_name": "Compradora S.A.S.",
}


@pytest.fixture
def company() -> Company:
    return factories.company(ubl.ISSUER.identification)


@pytest.fixture
def api(company: Company) -> Api:
    return Api(key_of(company))


def test_a_sale_that_is_not_electronic_is_recorded_once(api: Api) -> None:
    first, again = api.post("sales/", SALE), api.post("sales/", SALE)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (first.json()["total"], first.json()["currency"], first.json()["documents"]) == ("119000.5", "COP", [])
    assert first.json()["customer"]["identification"] == "800197268"
    assert api.get(f"sales/{first.json()['id']}/").json() == first.json()


@pytest.mark.parametrize("change", [{"total": "1"}, {"issue_date": "2026-03-08"}, {"identification": "900373076"}])
def test_another_sale_with_its_number_is_a_conflict_and_changes_nothing(api: Api, company: Company, change: dict[str, str]) -> None:
    api.post("sales/", SALE)

    answer = api.post("sales/", SALE | change)

    assert (answer.status_code, answer.json()["title"]) == (409, "Conflict")
    with company_scope(company.pk):
        assert SalesTransaction.objects.get().issue_date == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"identification": "800197268-5"}, "identification"),
        ({"identification": "abc"}, "identification"),
        ({"number": "---"}, "number"),
        ({"issue_date": "2999-01-01"}, "issue_date"),
        ({"total": "-1"}, "total"),
        ({"currency": "pesos"}, "currency"),
    ],
)
def test_a_sale_that_does_not_hold_names_the_field(api: Api, change: dict[str, str], field: str) -> None:
    answer = api.post("sales/", SALE | change)

    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, [field])


def test_a_document_that_comes_later_is_matched_on_type_and_number(api: Api, company: Company) -> None:
    sale = api.post("sales/", SALE | {"number": "FE 1"}).json()

    document = ubl.build_invoice(number="FE1")
    list(intake.receive([("a.xml", document)], companies={company.nit: company}, by=None, notify="no", now=NOON))

    with company_scope(company.pk):
        found = ElectronicDocument.objects.get()
    assert api.get(f"sales/{sale['id']}/").json()["documents"] == [str(found.pk)]
    assert len(api.get("sales/").json()["results"]) == 1


def test_sales_are_found_by_number_date_and_type(api: Api) -> None:
    for number in ("POS-1", "POS-2"):
        api.post("sales/", SALE | {"number": number})

    def hits(**query: Any) -> int:
        return len(api.get("sales/", **query).json()["results"])

    assert [hits(q="POS-1"), hits(q="POS"), hits(since="2026-03-10"), hits(type="91"), hits(type="01")] == [1, 2, 0, 0, 2]


def test_a_customer_is_added_once_and_keeps_its_name(api: Api, company: Company) -> None:
    body = {"identification": "900373076-4", "name": "Cliente S.A."}

    first, again = api.post("customers/", body), api.post("customers/", body | {"name": "Otro nombre"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["name"] == "Cliente S.A."
    with company_scope(company.pk):
        assert AuditEntry.objects.get(action="customer_added").actor_name == "API · ERP"


def test_a_name_whose_letters_become_many_is_kept(api: Api) -> None:
    answer = api.post("customers/", {"identification": "900373076", "name": "ﷺ" * 450})

    assert (answer.status_code, answer.json()["name"]) == (201, "ﷺ" * 450)


def test_what_no_screen_shows_is_left_out_of_a_name(api: Api) -> None:
    answer = api.post("customers/", {"identification": "900373076", "name": "A\x01\x1bB\u202e  C"})

    assert answer.json()["name"] == "A B C"


def test_the_longest_names_can_be_walked_past(api: Api, company: Company) -> None:
    with company_scope(company.pk):
        for letter in "ÁBC":
            factories.customer(company, name=letter * 440)

    first = api.get("customers/", limit=1).json()
    second = api.get(first["next"])

    assert (second.status_code, len(second.json()["results"])) == (200, 1)


@pytest.mark.parametrize(("sent", "kept"), [("-0", "0"), ("0.10", "0.1")])
def test_a_total_comes_back_as_it_is_stored(api: Api, sent: str, kept: str) -> None:
    assert api.post("sales/", SALE | {"total": sent}).json()["total"] == kept


def test_a_number_in_other_digits_is_refused(api: Api) -> None:
    assert api.post("sales/", SALE | {"number": "T١٢"}).status_code == 400


def test_an_address_is_kept_marked_switched_off_with_a_reason_and_on_again(api: Api, company: Company) -> None:
    with company_scope(company.pk):
        customer = factories.customer(company)
    path = f"customers/{customer.pk}/addresses/"

    added = api.post(path, {"address": "Compras@Example.com", "always": True})
    address = f"{path}{added.json()['id']}/"
    silent = api.patch(address, {"active": False})
    off = api.patch(address, {"active": False, "reason": "la persona se fue"})
    on = api.patch(address, {"active": True, "always": False})

    assert (added.status_code, added.json()["address"], added.json()["always"]) == (201, "compras@example.com", True)
    assert (silent.status_code, silent.json()["errors"][0]["field"]) == (400, "reason")
    assert (off.json()["active"], off.json()["deactivated_reason"]) == (False, "la persona se fue")
    assert (on.json()["active"], on.json()["always"], on.json()["deactivated_reason"]) == (True, False, "")
    assert api.post(path, {"address": "compras@example.com"}).status_code == 200
    with company_scope(company.pk):
        actions = list(AuditEntry.objects.filter(subject_id=customer.pk).order_by("pk").values_list("action", flat=True))
    assert sorted(actions) == ["address_added", "address_changed", "address_switched_off", "address_switched_on"]


def test_the_final_consumer_takes_no_address(api: Api, company: Company) -> None:
    with company_scope(company.pk):
        customer = factories.customer(company, identification="222222222222")

    answer = api.post(f"customers/{customer.pk}/addresses/", {"address": "a@example.com"})

    assert answer.status_code == 400


def test_customers_come_by_name_and_are_found_by_name_identification_and_address(api: Api, company: Company) -> None:
    with company_scope(company.pk):
        for name, identification in (("Zapatería Ñ", "900111001"), ("Almacén Ávila", "900222002")):
            factories.email(factories.customer(company, name=name, identification=identification), f"c{identification}@example.com")

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in api.get("customers/", **query).json()["results"]]

    assert names() == ["Almacén Ávila", "Zapatería Ñ"]
    assert names(q="avila") == names(q="900.222.002") == ["Almacén Ávila"]
    assert (names(q="900222"), names(q="c900222002@example.com")) == (["Almacén Ávila"], ["Almacén Ávila"])


def test_the_directory_gives_the_last_address_of_a_nit(api: Api) -> None:
    for address, day in (("viejo@example.com", 1), ("nuevo@example.com", 20)):
        ReceptionDirectory.objects.create(
            nit="900373076", address_key=address, listed_on=None, first_seen=date(2026, 1, day), last_seen=date(2026, 3, day)
        )

    found = api.get("reception-directory/900373076/").json()

    assert (found["nit"], found["address"], [item["address"] for item in found["listed"]]) == (
        "900373076", "nuevo@example.com", ["nuevo@example.com", "viejo@example.com"]
    )  # fmt: skip
    assert api.get("reception-directory/900373077/").status_code == 404


def test_a_customer_of_the_list_is_the_customer_of_its_page(api: Api, company: Company) -> None:
    with company_scope(company.pk):
        customer = factories.customer(company)
        factories.email(customer, "a@example.com", active=False, deactivated_at=NOON, deactivated_reason="rebota")
        assert Customer.objects.count() == 1

    [row] = api.get("customers/").json()["results"]

    assert row == api.get(f"customers/{customer.pk}/").json()
    assert row["addresses"][0]["deactivated_reason"] == "rebota"
