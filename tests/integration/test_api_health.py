"""The API tells what the screen tells of an address, and refuses what the screen refuses."""

from datetime import timedelta

import pytest

from invoices.models import Company, ElectronicDocument
from invoices.scope import company_scope
from notifications import facts
from notifications.facts import NewFact
from notifications.lives import ReportKind
from notifications.models import Delivery, Suppression
from tests import factories
from tests.api import Api, key_of
from tests.factories import NOON

pytestmark = pytest.mark.django_db
BAD = "ana@gmial.com"


@pytest.fixture
def company() -> Company:
    return factories.company()


@pytest.fixture
def api(company: Company) -> Api:
    return Api(key_of(company, scope="write"))


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    """A document whose only message came back for good after it had been accepted."""
    with company_scope(company.pk):
        made = factories.document(company, addresses=(BAD,))
        sent = factories.delivery(made, BAD, state="sent", queue="done", sent_at=NOON)
        for kind, hours in ((ReportKind.DELIVERED, 1), (ReportKind.BOUNCED, 2)):
            at = NOON + timedelta(hours=hours)
            told = NewFact(kind, "postmark", at, "default", token=sent.token, reason="bad_domain", text="550 5.1.2 no such domain")
            facts.record(told, inbound=None, now=at)
    return made


def test_a_recipient_is_told_with_flags_reason_remedy_and_the_fact_that_decided(api: Api, document: ElectronicDocument) -> None:
    [told] = api.get(f"documents/{document.pk}/acknowledgements/").json()["recipients"]

    assert told["state"] == "bounced"
    assert (told["reason"], told["remedy"], told["flags"], told["engagement"]) == ("bad_domain", "correct", ["returned"], "none")
    assert told["decided_by"].startswith("event:")
    assert told["ruling"][1] == "Antes lo había recibido el servidor del cliente, que lo devolvió."
    assert (told["suppressed"], told["meant"], told["next_at"]) == (True, "ana@gmail.com", None)
    assert told["since"].startswith("2026-07-15T14:00:00")


def test_a_message_is_told_likewise(api: Api, document: ElectronicDocument) -> None:
    [act] = api.get(f"documents/{document.pk}/notifications/").json()["results"]

    [told] = act["deliveries"]
    assert (told["remedy"], told["flags"], told["engagement"]) == ("correct", ["returned"], "none")


def test_a_resend_to_a_held_address_is_a_conflict_with_the_reason(api: Api, document: ElectronicDocument) -> None:
    answer = api.post(f"documents/{document.pk}/notifications/", {"addresses": [{"address": BAD}]})

    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("ana@gmial.com está suprimido desde el 15/07/2026. El dominio no recibe correo.")
    assert Delivery.across.count() == 1


def test_held_addresses_are_listed_with_reason_proof_and_document(api: Api, document: ElectronicDocument) -> None:
    [told] = api.get("suppressions/", address="ana@").json()["results"]

    assert (told["address"], told["source"], told["sentence"]) == (BAD, "bounce", "El dominio no recibe correo.")
    assert (told["detail"], told["document"]) == ("550 5.1.2 no such domain", str(document.pk))
    assert api.get("suppressions/", released="true").json()["results"] == []


def test_one_is_released_with_a_note_and_then_takes_a_resend(api: Api, document: ElectronicDocument) -> None:
    held = Suppression.across.get()

    released = api.post(f"suppressions/{held.pk}/release/", {"note": "El dominio ya está"})
    again = api.post(f"suppressions/{held.pk}/release/", {"note": "El dominio ya está"})
    sent = api.post(f"documents/{document.pk}/notifications/", {"addresses": [{"address": BAD}]})

    assert (released.status_code, again.status_code, sent.status_code) == (200, 409, 202)
    assert released.json()["release_note"] == "El dominio ya está"
    assert Suppression.across.get().released_by is None


@pytest.mark.parametrize("note", ["", " ", "x" * 301])
def test_a_release_without_a_note_is_refused(api: Api, document: ElectronicDocument, note: str) -> None:
    assert api.post(f"suppressions/{Suppression.across.get().pk}/release/", {"note": note}).status_code == 400


def test_a_key_that_only_reads_releases_nothing(company: Company, document: ElectronicDocument) -> None:
    reader = Api(key_of(company, scope="read"))

    assert reader.post(f"suppressions/{Suppression.across.get().pk}/release/", {"note": "x"}).status_code == 403
    assert reader.get("suppressions/").status_code == 200
