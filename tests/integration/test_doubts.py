"""An address that looks wrong is asked about once, and never refused."""

import pytest

from notifications import doubts
from tests.dns_server import SILENT, running_dns

ZONE = {
    ("bueno.com.co", "MX"): ["10 mx.bueno.com.co."],
    ("nulo.com.co", "MX"): ["0 ."],
    ("mudo.com.co", "MX"): [SILENT],
}


def test_a_slip_is_told_with_what_was_meant_and_dns_is_not_asked() -> None:
    found = doubts.about(["ana@gmial.com"])

    assert [(item.says, item.meant) for item in found.values()] == [("gmial.com parece mal escrito.", "ana@gmail.com")]


def test_a_domain_without_a_mail_server_is_told() -> None:
    with running_dns(ZONE) as resolver:
        found = doubts.about(["a@bueno.com.co", "b@nulo.com.co", "c@noexiste.com.co"], resolver=resolver)

    assert {address: item.says for address, item in found.items()} == {
        "b@nulo.com.co": "El dominio nulo.com.co no tiene un servidor de correo.",
        "c@noexiste.com.co": "El dominio noexiste.com.co no tiene un servidor de correo.",
    }


def test_where_dns_does_not_answer_nothing_is_said_and_it_is_asked_no_more() -> None:
    with running_dns(ZONE) as resolver:
        found = doubts.about(["a@mudo.com.co", "c@noexiste.com.co"], resolver=resolver)

    assert list(found) == []


def test_whoever_is_sure_is_not_asked_again() -> None:
    assert doubts.about(["ana@gmial.com"], sure=["ana@gmial.com"]) == {}


@pytest.mark.parametrize("address", ["ana@gmail.com", "ana@empresa.com.co"])
def test_nothing_is_said_of_what_looks_right(address: str) -> None:
    assert doubts.about([address]) == {}
