"""What a stranger's mails may leave behind at most, and how the page and the API show many events."""

import pytest
from django.test import Client
from django.urls import reverse

from invoices import shown_events
from invoices.models import Company, ElectronicDocument, HistoryEntry, TitleEvent, WaitingResponse
from invoices.scope import company_scope
from notifications import intake, mail_bounds
from tests import factories
from tests import ubl_builders as ubl
from tests.api import Api, key_of
from tests.integration.test_replies import NOON, arrive
from tests.reply_mails import File, mail

pytestmark = pytest.mark.django_db
STRANGER = ubl.Who("900000001", "OTRA EMPRESA S.A.S.")


@pytest.fixture
def company() -> Company:
    return factories.company(ubl.ISSUER.identification)


@pytest.fixture
def document(company: Company) -> ElectronicDocument:
    upload(company, ubl.build_invoice())
    return ElectronicDocument.across.get()


def upload(company: Company, data: bytes) -> None:
    list(intake.receive([("archivo", data)], companies={company.nit: company}, by=None, notify="no", now=NOON))


def events(*numbers: int, **options: object) -> bytes:
    """A ZIP with an event 030 of each number, each another one."""
    return ubl.build_zip({f"{number}.xml": ubl.build_event("030", key=ubl.fake_key(number), **options) for number in numbers})  # type: ignore[arg-type]


def kept() -> tuple[int, int]:
    """Events, and lines of the history about them."""
    return TitleEvent.across.count(), HistoryEntry.across.filter(event="title_event").count()


def test_of_one_mail_so_many_events_are_taken(document, monkeypatch):
    monkeypatch.setattr(mail_bounds, "MOST_EVENTS", 3)

    message = arrive(mail(File("a.zip", events(1, 2)), File("b.zip", events(3, 4)), File("c.zip", events(5))))

    assert sorted(TitleEvent.across.values_list("key", flat=True)) == sorted(ubl.fake_key(number) for number in (1, 2, 5))
    assert f"b.zip: {mail_bounds.TOO_MANY_EVENTS}" in message.error


def test_no_more_wait_than_one_mail_may_bring(company, monkeypatch):
    monkeypatch.setattr(mail_bounds, "MOST_EVENTS", 3)
    waiting = [ubl.build_zip({f"{number}.xml": ubl.build_event("030", document_key=ubl.fake_key(number))}) for number in range(5)]

    arrive(mail(*[File(f"{number}.zip", data) for number, data in enumerate(waiting)]))

    assert WaitingResponse.across.count() == 3


def test_one_file_that_answers_a_hundred_times_over_brings_nothing(company):
    event = ubl.build_event("030").decode()
    start, end = event.index("<cac:DocumentResponse>"), event.index("</cac:DocumentResponse>") + len("</cac:DocumentResponse>")
    many = [event[start:end].replace(ubl.fake_key((ubl.ISSUER.identification, "FE1001")), ubl.fake_key(number)) for number in range(101)]

    message = arrive(mail(File("a.xml", (event[:start] + "".join(many) + event[end:]).encode(), "text/xml")))

    assert message.error == "a.xml: Responde más de 100 veces en un solo XML: no se leyó."
    assert WaitingResponse.across.count() == 0


def test_events_of_strangers_stop_to_write_the_history(document, monkeypatch):
    monkeypatch.setattr(mail_bounds, "MOST_LINES", 3)

    message = arrive(mail(File("a.zip", events(*range(5), sender=STRANGER))))

    document.refresh_from_db()
    assert kept() == (3, 3)
    assert message.error.endswith(f"Evento 030 de FE1001: Acuse de recibo. {mail_bounds.CROWDED}")
    with company_scope(document.company_id):
        assert document.last_movement_at == HistoryEntry.objects.order_by("-seq")[0].recorded_at


def test_one_that_counts_is_kept_then_too_up_to_a_bound_of_its_own(document, monkeypatch):
    monkeypatch.setattr(mail_bounds, "MOST_LINES", 1)
    monkeypatch.setattr(mail_bounds, "MOST_LINES_THAT_COUNT", 2)
    arrive(mail(File("a.zip", events(1, 2, sender=STRANGER))))

    arrive(mail(File("a.xml", ubl.build_event("030"), "text/xml")))
    arrive(mail(File("b.xml", ubl.build_event("032"), "text/xml")))

    assert list(TitleEvent.across.order_by("pk").values_list("code", "verdict")) == [("030", "orphan"), ("030", "accepted")]


def test_what_waited_for_the_invoice_is_bounded_too_and_what_a_person_brings_is_not(company, monkeypatch):
    monkeypatch.setattr(mail_bounds, "MOST_LINES", 1)
    arrive(mail(File("a.zip", events(1, 2, 3, sender=STRANGER))))

    upload(company, ubl.build_invoice())
    mailed = kept()
    upload(company, events(4, 5, sender=STRANGER))

    assert (mailed, kept(), WaitingResponse.across.count()) == ((1, 1), (3, 3), 0)


@pytest.fixture
def flooded(document: ElectronicDocument, monkeypatch: pytest.MonkeyPatch) -> ElectronicDocument:
    """One event that counts, the oldest, and four that do not; two fit."""
    monkeypatch.setattr(shown_events, "MOST_SHOWN", 2)
    monkeypatch.setattr(shown_events, "MOST_IN_API", 2)
    upload(Company.objects.get(pk=document.company_id), events(1))
    upload(Company.objects.get(pk=document.company_id), events(2, 3, 4, 5, sender=STRANGER))
    return document


@pytest.mark.parametrize("name", ["document", "acknowledgements"])
def test_the_screen_shows_those_that_count_and_the_newest_and_says_how_many_more(flooded, client: Client, name):
    company = Company.objects.get(pk=flooded.company_id)
    client.force_login(factories.member(company))

    text = client.get(reverse(name, args=[company.nit, flooded.pk])).content.decode()

    events = dict(TitleEvent.across.values_list("key", "pk"))
    shown = {key for key, event in events.items() if reverse("event_file", args=[company.nit, flooded.pk, event]) in text}
    assert shown == {ubl.fake_key(1), ubl.fake_key(5)}
    assert "y 3 más: aquí están" in text


def test_the_api_does_so_too(flooded):
    api = Api(key_of(Company.objects.get(pk=flooded.company_id)))

    found = api.get(f"documents/{flooded.pk}/").json()
    answers = api.get(f"documents/{flooded.pk}/acknowledgements/").json()

    assert {event["key"] for event in found["title_events"]} == {ubl.fake_key(1), ubl.fake_key(5)}
    assert (found["more_title_events"], answers["more_events"], answers["events"]) == (3, 3, found["title_events"])
