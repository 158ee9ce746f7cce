"""What DNS says of a mail domain, asked of a real server on loopback."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import dns.resolver
import pytest

from notifications import mail_dns
from notifications.mail_dns import Answer, mail_hosts, sender_checks
from tests.dns_server import SILENT, Zone, running_dns

Dns = Callable[[Zone], dns.resolver.Resolver]


@pytest.fixture
def resolver() -> Iterator[Dns]:
    with ExitStack() as stack:
        yield lambda zone: stack.enter_context(running_dns(zone))


@pytest.mark.parametrize(
    ("zone", "answer"),
    [
        ({("a.example", "MX"): ["10 mail.a.example."]}, Answer.YES),
        ({("a.example", "MX"): ["0 ."]}, Answer.NO),  # RFC 7505: it takes none
        ({("a.example", "A"): ["192.0.2.1"]}, Answer.YES),
        ({("a.example", "AAAA"): ["2001:db8::1"]}, Answer.YES),
        ({("a.example", "TXT"): ['"nothing of mail"']}, Answer.NO),
        ({}, Answer.NO),
        ({("a.example", "MX"): [SILENT]}, Answer.UNKNOWN),
        ({("a.example", "TXT"): ['"x"'], ("a.example", "A"): [SILENT]}, Answer.UNKNOWN),
    ],
)
def test_a_domain_takes_mail_by_its_mx_or_its_address(resolver: Dns, zone: Zone, answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_dns, "BUDGET_SECONDS", 0.3)

    assert mail_hosts("a.example", resolver=resolver(zone)) == answer


@pytest.mark.parametrize("domain", ["", "a..example", "x" * 300, "ñandú" * 60, "\x00", "."])
def test_a_domain_that_cannot_be_asked_for_raises_nothing(resolver: Dns, domain: str) -> None:
    assert mail_hosts(domain, resolver=resolver({})) in Answer


def test_an_international_domain_is_asked_for_in_its_ascii_form(resolver: Dns) -> None:
    known = resolver({("xn--caf-dma.example", "MX"): ["10 mail.example."]})

    assert mail_hosts("café.example", resolver=known) == Answer.YES


def test_all_questions_share_one_budget(resolver: Dns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_dns, "BUDGET_SECONDS", 0.3)
    silent = resolver({(f"{name}._domainkey.a.example", "TXT"): [SILENT] for name in mail_dns.SELECTORS} | {("a.example", "TXT"): [SILENT]})

    lookups = mail_dns.Lookups(silent)
    answers = [lookups.ask("a.example", "TXT"), lookups.ask("s1._domainkey.a.example", "TXT")]

    assert answers == [(Answer.UNKNOWN, []), (Answer.UNKNOWN, [])]
    assert lookups.deadline - mail_dns.time.monotonic() <= 0


def test_what_proves_the_sender_is_found(resolver: Dns) -> None:
    zone = {
        ("a.example", "TXT"): ['"google-site=1"', '"v=spf1 include:_spf.example" " -all"'],
        ("_dmarc.a.example", "TXT"): ['"v=DMARC1; p=reject"'],
        ("google._domainkey.a.example", "TXT"): ['"v=DKIM1; k=rsa; p=MIIB"'],
    }

    found = {check.name: check for check in sender_checks("a.example", resolver=resolver(zone))}

    assert {name: (check.answer, check.record) for name, check in found.items()} == {
        "SPF": (Answer.YES, "v=spf1 include:_spf.example -all"),
        "DMARC": (Answer.YES, "v=DMARC1; p=reject"),
        "DKIM": (Answer.YES, "google: v=DKIM1; k=rsa; p=MIIB"),
    }


def test_a_domain_below_another_takes_its_dmarc(resolver: Dns) -> None:
    zone = {("_dmarc.example.co", "TXT"): ['"v=DMARC1; p=none"'], ("mail.example.co", "A"): ["192.0.2.1"]}

    dmarc = sender_checks("mail.example.co", resolver=resolver(zone))[1]

    assert (dmarc.answer, dmarc.record) == (Answer.YES, "v=DMARC1; p=none")


def test_what_is_missing_comes_with_what_to_do(resolver: Dns) -> None:
    spf, dmarc, dkim = sender_checks("a.example", selector="s9", resolver=resolver({("a.example", "A"): ["192.0.2.1"]}))

    assert [check.answer for check in (spf, dmarc, dkim)] == [Answer.NO] * 3
    assert "v=spf1" in spf.advice
    assert "_dmarc.a.example" in dmarc.advice
    assert "s9" in dkim.says


def test_a_key_under_another_name_is_not_called_missing(resolver: Dns) -> None:
    dkim = sender_checks("a.example", resolver=resolver({("a.example", "A"): ["192.0.2.1"]}))[2]

    assert dkim.answer == Answer.UNKNOWN


def test_a_sender_that_everybody_may_use_is_told_so(resolver: Dns) -> None:
    spf = sender_checks("a.example", resolver=resolver({("a.example", "TXT"): ['"v=spf1 +all"']}))[0]

    assert "cualquiera" in spf.advice


def test_a_machine_without_a_name_server_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> dns.resolver.Resolver:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "Resolver", missing)

    assert mail_hosts("a.example") == Answer.UNKNOWN
