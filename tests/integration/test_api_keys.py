"""Keys of the API: given out once, found by what they say, revoked for good."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from invoices import api_keys
from invoices.invalid import Invalid
from invoices.models import ApiKey, AuditEntry, Company, Membership, User
from invoices.scope import company_scope
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def company() -> Company:
    return factories.company("909482675")


@pytest.fixture
def admin(company: Company, client: Client) -> User:
    person = factories.member(company, role=Role.ADMINISTRATOR)
    client.force_login(person)
    return person


def issued(company: Company, name: str = "Facturador", **fields: Any) -> tuple[ApiKey, str]:
    with company_scope(company.pk):
        return api_keys.issue(company=company, **{"name": name, "scope": "read", "by": None, "at": NOON, **fields})


def kept(company: Company) -> list[ApiKey]:
    with company_scope(company.pk):
        return list(ApiKey.objects.order_by("created_at"))


def trail(company: Company) -> list[tuple[str, Any]]:
    with company_scope(company.pk):
        return [(entry.action, entry.data) for entry in AuditEntry.objects.order_by("recorded_at", "id")]


def test_a_key_opens_its_company(company: Company) -> None:
    key, text = issued(company)

    found = api_keys.find(text, now=NOON)

    assert found is not None
    assert (found.pk, found.company) == (key.pk, company)


def test_of_the_key_only_a_digest_and_its_end_are_kept(company: Company) -> None:
    key, text = issued(company)

    secret = text.split("_", 2)[2]
    assert all(secret not in str(value) for value in ApiKey._base_manager.filter(pk=key.pk).values()[0].values())
    assert key.hint == text[-6:]
    assert trail(company) == [("key_created", {"name": "Facturador", "scope": "read"})]


def test_the_secret_of_one_company_opens_nothing_of_another(company: Company) -> None:
    _, text = issued(company)
    other = factories.company()

    _, _, secret = text.split("_", 2)

    assert api_keys.find(f"traza_{other.pk.hex}_{secret}", now=NOON) is None


@pytest.mark.parametrize(
    "mangle",
    [
        lambda text: "",
        lambda text: text[:-1],
        lambda text: text + "x",
        lambda text: text.swapcase(),
        lambda text: text.replace("traza_", "otra_"),
        lambda text: "traza_no-es-un-id_secreto",
        lambda text: "traza_" + "0" * 32 + "_" + text.split("_", 2)[2],
        lambda text: text.replace("_", "-"),
        lambda text: "á" * 90,
        lambda text: text + "\x00",
    ],
)
def test_a_mangled_key_opens_nothing(company: Company, mangle: Any) -> None:
    _, text = issued(company)

    assert api_keys.find(mangle(text), now=NOON) is None


def test_a_revoked_key_opens_nothing_and_is_revoked_once(company: Company) -> None:
    key, text = issued(company)

    with company_scope(company.pk):
        api_keys.revoke(key=key, by=None, at=NOON + timedelta(days=1))
        api_keys.revoke(key=key, by=None, at=NOON + timedelta(days=2))

    assert api_keys.find(text, now=NOON) is None
    assert kept(company)[0].revoked_at == NOON + timedelta(days=1)
    assert [action for action, _ in trail(company)] == ["key_created", "key_revoked"]


@pytest.mark.parametrize(("seconds", "written"), [(0, 0), (59, 0), (60, 0), (61, 61)])
def test_the_last_use_is_written_once_a_minute(company: Company, seconds: int, written: int) -> None:
    _, text = issued(company)
    api_keys.find(text, now=NOON)

    api_keys.find(text, now=NOON + timedelta(seconds=seconds))

    assert kept(company)[0].last_used_at == NOON + timedelta(seconds=written)


def test_a_use_within_the_minute_writes_nothing(company: Company, django_assert_max_num_queries: Any) -> None:
    _, text = issued(company)
    api_keys.find(text, now=NOON)

    with django_assert_max_num_queries(4) as asked:
        api_keys.find(text, now=NOON + timedelta(seconds=30))

    assert not any(query["sql"].startswith("UPDATE") for query in asked.captured_queries)


def test_two_live_keys_have_two_names_and_a_revoked_one_gives_its_name_back(company: Company) -> None:
    key, _ = issued(company)
    with pytest.raises(Invalid, match="Ya hay una llave que se llama «Facturador»") as refused:
        issued(company, "  Facturador ")
    with company_scope(company.pk):
        api_keys.revoke(key=key, by=None, at=NOON)

    issued(company)

    assert refused.value.field == "name"
    assert len(kept(company)) == 2


@pytest.mark.parametrize(("fields", "field"), [({"name": " "}, "name"), ({"name": "x" * 81}, "name"), ({"scope": "root"}, "scope")])
def test_what_does_not_hold_is_named(company: Company, fields: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        issued(company, **fields)

    assert refused.value.field == field


def test_there_is_an_end_to_keys(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "MOST_KEYS", 1)
    issued(company)

    with pytest.raises(Invalid, match="Ya hay 1 llaves"):
        issued(company, "Otra")


def create(client: Client, company: Company, **form: str) -> Any:
    return client.post(reverse("api_key_create", args=[company.nit]), {"name": "Facturador", "scope": "write", **form})


def test_the_page_that_answers_shows_the_key_and_no_cache_keeps_it(client: Client, company: Company, admin: User) -> None:
    response = create(client, company)

    text = response.context["text"]
    found = api_keys.find(text, now=NOON)
    assert found is not None
    assert (found.scope, found.created_by_id) == ("write", admin.pk)
    assert response.content.decode().count(text) == 1
    assert "no-store" in response["Cache-Control"]


def test_the_key_is_shown_nowhere_else(client: Client, company: Company, admin: User, caplog: pytest.LogCaptureFixture) -> None:
    text = create(client, company).context["text"]

    pages = [client.get(reverse(name, args=[company.nit])).content.decode() for name in ("api_keys", "audit_trail")]

    assert all(text not in page for page in [*pages, caplog.text, str(dict(client.session)), str(client.cookies)])


def test_sending_the_form_again_makes_no_second_key(client: Client, company: Company, admin: User) -> None:
    create(client, company)

    response = create(client, company)

    assert (response.status_code, len(kept(company))) == (422, 1)


def test_a_key_is_revoked_after_asking(client: Client, company: Company, admin: User) -> None:
    key, text = issued(company)
    address = reverse("api_key_revoke", args=[company.nit, key.pk])

    asked = client.get(address)
    before = api_keys.find(text, now=NOON)
    client.post(address)

    assert "deja de entrar de inmediato" in asked.content.decode()
    assert before is not None
    assert api_keys.find(text, now=NOON) is None
    assert kept(company)[0].revoked_by_id == admin.pk


def test_a_key_of_another_company_is_not_revoked(client: Client, company: Company, admin: User) -> None:
    key, text = issued(factories.company())

    response = client.post(reverse("api_key_revoke", args=[company.nit, key.pk]))

    assert response.status_code == 404
    assert api_keys.find(text, now=NOON) is not None


def test_the_list_tells_live_from_revoked(client: Client, company: Company, admin: User) -> None:
    live, _ = issued(company, "Viva")
    gone, _ = issued(company, "Anulada")
    with company_scope(company.pk):
        api_keys.revoke(key=gone, by=admin, at=NOON)

    response: Any = client.get(reverse("api_keys", args=[company.nit]))

    assert (response.context["keys"], response.context["revoked"]) == ([live], [gone])


def test_the_list_asks_as_much_for_many_keys_as_for_one(
    client: Client, company: Company, admin: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        issued(company, f"Llave {number}", by=admin)

    with django_assert_max_num_queries(10):
        client.get(reverse("api_keys", args=[company.nit]))


def test_the_back_office_shows_a_key_without_its_digest_and_changes_nothing(client: Client, company: Company) -> None:
    key, _ = issued(company)
    client.force_login(User.objects.create_superuser("root@example.com", "secreto-123"))
    address = reverse("admin:invoices_apikey_change", args=[key.pk])

    shown, changed = client.get(address), client.post(address, {"name": "otra"})

    assert (shown.status_code, changed.status_code) == (200, 403)
    assert key.hint in shown.content.decode()
    assert key.sha256 not in shown.content.decode()


def test_the_command_prints_the_key_alone(company: Company) -> None:
    out, err = StringIO(), StringIO()

    call_command("create_api_key", company=company.nit, name="Facturador", scope="write", stdout=out, stderr=err)

    found = api_keys.find(out.getvalue().strip(), now=NOON)
    assert found is not None
    assert (found.scope, found.company) == ("write", company)
    assert out.getvalue().strip() not in err.getvalue()


@pytest.mark.parametrize(("nit", "name", "words"), [("900999999", "x", "no hay una empresa"), ("909482675", " ", "Ponle un nombre")])
def test_the_command_says_what_is_wrong(company: Company, nit: str, name: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("create_api_key", company=nit, name=name, scope="read", stdout=StringIO(), stderr=StringIO())
