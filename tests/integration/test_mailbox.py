"""Returned mails out of a mailbox: a real IMAP server on loopback, raw first, never deleted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from notifications import mailbox, oauth
from notifications.mailbox_connections import Connections
from notifications.mailbox_url import Mailbox
from notifications.models import ChannelHealth, InboundMessage, SecurityEvent
from tests.dsn_samples import sample
from tests.factories import NOON
from tests.imap_server import Box, running_imap

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=20)


@pytest.fixture
def box() -> Iterator[Box]:
    with running_imap() as running:
        yield running


@pytest.fixture
def account(box: Box, settings) -> Mailbox:
    found = Mailbox("default", "127.0.0.1", box.port, "rebotes@example.com", tls="no", password=box.password)
    settings.MAILBOXES = {"default": found}
    return found


def look(account: Mailbox, at=LATER) -> mailbox.Round:
    with Connections() as connections:
        return mailbox.read_mailbox(account, connections, clock=lambda: at)


def kept() -> list[bytes]:
    return [bytes(row.body) for row in InboundMessage.across.order_by("pk")]


def test_what_is_unseen_is_kept_as_it_came_and_marked_as_seen(box, account):
    raws = [sample("postfix: user unknown").raw.replace(b"\n", b"\r\n"), b"Subject: \xff\xfe\r\n\r\nhola \x00"]
    box.add(b"Subject: viejo\r\n\r\n", r"\Seen")
    for raw in raws:
        box.add(raw)

    found = look(account)

    assert found == mailbox.Round("default", stored=2)
    assert sorted(kept()) == sorted(raws)
    assert box.unseen == []
    assert set(InboundMessage.across.values_list("channel", "provider", "kind")) == {("default", "imap", "mailbox")}


def test_nothing_is_deleted_not_even_what_a_person_marked_for_it(box, account):
    box.add(b"Subject: uno\r\n\r\n")
    box.add(b"Subject: marcado\r\n\r\n", r"\Deleted", r"\Seen")

    look(account)

    assert len(box.mails) == 2
    assert not [line for line in box.asked if "EXPUNGE" in line or "Deleted" in line or "CLOSE" in line]


def test_a_mail_is_kept_before_it_is_marked(box, account):
    box.add(b"Subject: uno\r\n\r\n")
    box.drop_at = "STORE"

    broken = look(account)
    box.drop_at = ""
    again = look(account, LATER + timedelta(hours=1))

    assert (broken.error != "", again.known, again.error, len(kept()), box.unseen) == (True, 1, "", 1, [])


def test_one_that_is_too_large_is_noted_and_left(box, account):
    large, small = box.add(b"Subject: grande\r\n\r\n"), box.add(b"Subject: chico\r\n\r\n")
    box.sizes[large] = mailbox.MAX_BYTES + 1

    found = look(account)

    assert (found.stored, found.too_large, box.unseen, len(box.mails)) == (1, 1, [], 2)
    assert kept() == [box.mails[small][0]]
    assert SecurityEvent.objects.get().kind == "too_large"


def test_a_server_that_lies_about_the_size_is_cut_off(box, account, monkeypatch):
    monkeypatch.setattr(mailbox, "MAX_BYTES", 100)
    lying = box.add(b"Subject: grande\r\n\r\n" + b"x" * 500)
    box.sizes[lying] = 50

    look(account)

    assert [len(raw) for raw in kept()] == [100]


def test_a_round_is_bounded(box, account, monkeypatch):
    monkeypatch.setattr(mailbox, "MAX_MAILS", 3)
    for number in range(5):
        box.add(b"Subject: %d\r\n\r\n" % number)

    found = look(account)

    assert (found.stored, len(box.unseen)) == (3, 2)


def test_a_round_ends_with_its_minute(box, account, monkeypatch):
    monkeypatch.setattr(mailbox, "ROUND_SECONDS", -1)
    box.add(b"Subject: uno\r\n\r\n")

    assert look(account) == mailbox.Round("default")
    assert box.unseen == [1]


def test_an_empty_mailbox_brings_nothing(account):
    assert look(account) == mailbox.Round("default")


def test_a_wrong_password_is_said_without_it_and_the_mailbox_rests(box, account):
    wrong = replace(account, password="otra-clave")

    found = look(wrong)

    health = ChannelHealth.objects.get(name="buzon:default")
    assert "AUTHENTICATIONFAILED" in found.error
    assert "otra-clave" not in found.error + health.last_error
    assert (health.failures, health.open_until > LATER) == (1, True)
    assert look(wrong) == mailbox.Round("default")


def test_a_mailbox_that_works_again_is_well(box, account):
    look(replace(account, password="otra-clave"))
    box.add(b"Subject: uno\r\n\r\n")

    found = look(account, LATER + timedelta(hours=1))

    assert (found.stored, ChannelHealth.objects.get(name="buzon:default").failures) == (1, 0)


def test_a_server_that_is_away_is_said_and_raises_nothing(account):
    found = look(replace(account, port=1))

    assert found.error.startswith("ConnectionRefusedError")


def test_a_folder_that_is_not_there_is_said(account):
    assert "NONEXISTENT" in look(replace(account, folder="OTRA")).error


def test_a_password_with_other_letters_is_taken_too(box, account):
    box.password = "clavé"
    box.add(b"Subject: uno\r\n\r\n")

    assert look(replace(account, password="clavé")).stored == 1


def test_an_account_is_opened_by_a_token(box, account, monkeypatch):
    box.token = "permiso"
    box.add(b"Subject: uno\r\n\r\n")
    monkeypatch.setattr(oauth, "access_token", lambda channel, *, keep: "permiso" if channel.user == account.user else "")

    found = look(replace(account, password="", oauth={"token_url": "https://x", "client_id": "c", "client_secret": "s"}))

    assert (found.stored, found.error) == (1, "")


def test_an_empty_mailbox_costs_two_commands_and_no_login(box, account):
    with Connections() as connections:
        mailbox.poll(connections, clock=lambda: LATER)
        before = len(box.asked)
        mailbox.poll(connections, clock=lambda: LATER)

        assert [line.split()[:2] for line in box.asked[before:]] == [["NOOP"], ["UID", "SEARCH"]]


def test_a_mail_that_comes_between_two_looks_is_found_by_the_second(box, account):
    with Connections() as connections:
        mailbox.poll(connections, clock=lambda: LATER)
        box.add(b"Subject: uno\r\n\r\n")

        [found] = mailbox.poll(connections, clock=lambda: LATER)

    assert (found.stored, box.unseen) == (1, [])


def test_a_connection_that_the_server_closed_in_between_is_no_failure(box, account):
    with Connections() as connections:
        mailbox.poll(connections, clock=lambda: LATER)
        box.add(b"Subject: uno\r\n\r\n")
        box.drop_at = "NOOP"

        [found] = mailbox.poll(connections, clock=lambda: LATER)

    assert (found.stored, found.error, ChannelHealth.objects.count()) == (1, "", 0)


def test_an_account_that_changed_is_opened_anew(box, account):
    with Connections() as connections:
        mailbox.read_mailbox(account, connections, clock=lambda: LATER)

        found = mailbox.read_mailbox(replace(account, password="otra"), connections, clock=lambda: LATER)

    assert "AUTHENTICATIONFAILED" in found.error


def test_what_is_kept_open_is_closed_at_the_end(box, account):
    with Connections() as connections:
        mailbox.poll(connections, clock=lambda: LATER)

    assert box.asked[-1] == "LOGOUT"


def test_a_mailbox_that_fails_rests_longer_each_time_and_every_failure_is_logged(box, account, caplog):
    wrong = replace(account, password="otra")
    tries = [LATER + timedelta(seconds=seconds) for seconds in (0, 10, 20, 30, 60, 90)]

    errors = [bool(look(wrong, at).error) for at in tries]

    assert errors == [True, False, True, False, False, True]
    assert caplog.text.count("buzon:default rests until") == 3


def test_without_mailboxes_nobody_looks(settings):
    settings.MAILBOXES = {}

    assert mailbox.poll(Connections(), clock=lambda: LATER) == []
    with pytest.raises(CommandError, match="MAILBOX_URL"):
        call_command("read_mailbox")


def test_the_command_reads_and_applies(box, account):
    box.add(sample("null mx").raw)
    out = StringIO()

    call_command("read_mailbox", stdout=out)

    assert out.getvalue() == "default: 1 nuevos, 0 ya leídos, 0 demasiado grandes\n"
    assert InboundMessage.across.get().status == "done"


def test_the_command_ends_with_an_error_when_a_mailbox_cannot_be_read(box, account):
    box.password = "otra"

    with pytest.raises(CommandError, match="default: "):
        call_command("read_mailbox", stdout=StringIO())
