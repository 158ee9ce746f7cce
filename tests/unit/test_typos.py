"""What somebody probably meant to type after the @."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.typos import COMMON, KNOWN, is_one_slip_away, suggest

MISTYPED = {
    "gmial.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmaill.com": "gmail.com",
    "gnail.com": "gmail.com",
    "gmail.co": "gmail.com",
    "gmail.cm": "gmail.com",
    "gmail.con": "gmail.com",
    "gmial.con": "gmail.com",
    "gmailcom": "gmail.com",
    "gmail": "gmail.com",
    "gmail.com.co": "gmail.com",
    "GMIAL.COM": "gmail.com",
    "hotmial.com": "hotmail.com",
    "hotmal.com": "hotmail.com",
    "hotmail.cmo": "hotmail.com",
    "hotmail.comm": "hotmail.com",
    "homtail.es": "hotmail.es",
    "outlok.com": "outlook.com",
    "outloock.com": "outlook.com",
    "outlook.ocm": "outlook.com",
    "yaho.com": "yahoo.com",
    "yahoo.con": "yahoo.com",
    "yahoo.com.c": "yahoo.com.co",
    "yahoo.con.co": "yahoo.com.co",
    "iclod.com": "icloud.com",
    "misena.edu": "misena.edu.co",
    "misena.eud.co": "misena.edu.co",
    "une.net": "une.net.co",
    "telecom.co": "telecom.com.co",
    "yahoo.co": "yahoo.com.co",
    "empresa.con": "empresa.com",
    "ferreteriaelroble.com.c": "ferreteriaelroble.com.co",
    "alcaldia.gob.co": "alcaldia.gov.co",
}
RIGHT = [
    *("empresa.com", "empresa.com.co", "empresa.co", "constructorapiedraalta.com.co", "mail.com", "email.com", "ymail.com"),
    *("hotmail.co.uk", "outlook.fr", "yahoo.com.mx", "me.com", "we.com", "aol.com", "aon.com", "gmx.com", "une.com", "etb.com.co"),
    *("columbia.com", "sinai.com", "email.gmail.empresa.com", "example.com", "x.co"),
]


@pytest.mark.parametrize(("typed", "meant"), MISTYPED.items())
def test_a_mistyped_domain_is_told(typed: str, meant: str) -> None:
    assert suggest(f"Ana.Gil@{typed}") == f"ana.gil@{meant}"


@pytest.mark.parametrize("domain", RIGHT)
def test_nothing_is_said_of_a_domain_that_resembles_none(domain: str) -> None:
    assert suggest(f"ana@{domain}") == ""


@pytest.mark.parametrize("domain", sorted(KNOWN))
def test_nothing_is_said_of_a_domain_that_is_known(domain: str) -> None:
    assert suggest(f"ana@{domain}") == ""


@pytest.mark.parametrize("text", ["", "@", "ana", "ana@", "@gmial.com", "  "])
def test_what_is_no_address_gives_nothing(text: str) -> None:
    assert suggest(text) == ""


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.text(alphabet="abc.@mgilo", max_size=40))
def test_a_suggestion_is_itself_never_mended(text: str) -> None:
    meant = suggest(text)

    assert not meant or suggest(meant) in {"", meant}


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("ab", True),
        ("abcd", True),
        ("acb", True),
        ("xbc", True),
        ("abx", True),
        ("abc", False),
        ("cba", False),
        ("bcd", False),
        ("", False),
    ],
)
def test_one_slip_is_one_letter_or_one_swap(typed: str, near: bool) -> None:
    assert is_one_slip_away(typed, "abc") is near


def test_the_common_domains_are_far_enough_from_each_other() -> None:
    assert not [(a, b) for a in COMMON for b in COMMON if is_one_slip_away(a, b)]
