"""
Real reports, where they lie beside the checkout: recipient, status and action of each row of their catalogue.

The catalogue copies what the file says; this product makes it one word and one code. So an ``Action`` counts as its first word, with
``failure`` and ``expired`` as ``failed``; a ``Status`` counts as its code, empty where it holds none (then it is the diagnostic); a
recipient counts without its address type. No row is left out.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifications.causes import enhanced, status_cause
from notifications.returned import Kind, read

pytestmark = pytest.mark.corpus
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "testdata" / "dsn"
ALSO_FAILED = {"failure": "failed", "expired": "failed"}
# What the reports that are not in the RFC's form say; their rows of the catalogue are empty.
EXTRA = {
    "extra/soe-arf-01.eml": (Kind.ARF, [("redacted@example.net", "", "abuse")]),
    "extra/soe-arf-11.eml": (Kind.ARF, [("", "", "abuse")]),
    "extra/soe-arf-26.eml": (Kind.AUTOREPLY, []),
    "extra/soe-lhost-dragonfly-03.eml": (Kind.BOUNCE, [("pseudo-local-part@yahoo-inc.example.com", "5.7.9", "failed")]),
    "extra/soe-lhost-dragonfly-21.eml": (Kind.BOUNCE, [("suspend@libsisimai.net", "5.7.13", "failed")]),
}
REASONS = {
    "flufl-data-dsn_02.eml": ["expired"],
    "flufl-data-dsn_03.eml": ["too_large"],
    "flufl-data-dsn_05.eml": ["temporary"],
    "flufl-data-dsn_12.eml": ["no_mailbox"],
    "flufl-data-dsn_17.eml": ["temporary"],
    "soe-bsd-lhost-amazonses-07.eml": ["policy_spam"],
    "soe-bsd-lhost-bigfoot-02.eml": ["no_mailbox"],
    "soe-bsd-lhost-exchange2007-03.eml": ["too_large"],
    "soe-bsd-lhost-office365-03.eml": ["auth"],
    "soe-bsd-lhost-outlook-04.eml": ["no_mailbox", "mailbox_full"],
    "soe-bsd-lhost-powermta-01.eml": ["disabled"],
    "soe-bsd-lhost-sendgrid-03.eml": ["expired"],
    "soe-bsd-lhost-sendmail-31.eml": ["policy_spam", "policy_spam"],
    "soe-bsd-rfc3464-07.eml": ["temporary"],
    "soe-bsd-rhost-apple-01.eml": ["address_change"],
    "soe-bsd-rhost-franceptt-02.eml": ["no_mailbox"],
    "soe-bsd-rhost-google-03.eml": ["auth"],
    "soe-bsd-rhost-kddi-01.eml": ["no_mailbox"],
    "soe-bsd-rhost-microsoft-01.eml": ["policy_spam"],
    "soe-bsd-rhost-zoho-02.eml": ["policy_spam"],
}


def catalogue() -> Iterator[dict[str, str]]:
    if (CORPUS / "catalogue.csv").exists():
        with (CORPUS / "catalogue.csv").open(encoding="utf-8", newline="") as rows:
            yield from csv.DictReader(rows)


ROWS = list(catalogue())
REPORTS = [row for row in ROWS if row["kind"] == "RFC 3464 DSN"]


def expected(row: dict[str, str]) -> list[tuple[str, str, str]]:
    people = [re.sub(r"^[a-z0-9]+;\s*", "", name) for name in row["expected recipient(s)"].split(" | ")]
    words = [text.split()[0].lower() for text in row["action(s)"].split(" | ")]
    codes = [enhanced(text) for text in row["status code(s)"].split(" | ")]
    return list(zip(people, codes, [ALSO_FAILED.get(word, word) for word in words], strict=True))


@pytest.mark.parametrize("row", REPORTS, ids=lambda row: row["file"])
def test_a_real_report_says_what_its_catalogue_says(row: dict[str, str]) -> None:
    mail = read((CORPUS / row["file"]).read_bytes())

    assert [(one.address, one.status, one.action) for one in mail.recipients] == expected(row)
    assert mail.kind == Kind.DSN
    assert not row["original Message-ID"] or mail.original_message_id == row["original Message-ID"]
    assert not row["diagnostic"] or mail.recipients[0].diagnostic.startswith(" ".join(row["diagnostic"].split())[:60])


@pytest.mark.parametrize("row", REPORTS, ids=lambda row: row["file"])
def test_a_real_report_has_a_reason(row: dict[str, str]) -> None:
    mail = read((CORPUS / row["file"]).read_bytes())

    found = [status_cause(one.status, text=one.diagnostic, action=one.action).reason for one in mail.recipients]
    assert found == REASONS[row["file"]]


@pytest.mark.parametrize("name", [row["file"] for row in ROWS if row["file"] in EXTRA])
def test_a_real_mail_of_another_form_is_read_too(name: str) -> None:
    mail = read((CORPUS / name).read_bytes())

    assert (mail.kind, [(one.address, one.status, one.action) for one in mail.recipients]) == EXTRA[name]


def test_every_file_of_the_catalogue_is_asserted() -> None:
    assert {row["file"] for row in ROWS} in (set(), {*REASONS, *EXTRA})
