"""The signature of what a container holds."""

import pytest

from invoices.ubl.attached import nested_document
from invoices.ubl.signatures import check_piece, check_signature
from tests.signing import sign
from tests.ubl_builders import CUSTOMER, ISSUER, build_attached_document, build_event, build_invoice, build_response, fake_key

EVENT = sign(build_event("033"))
KEY = fake_key(("event", "033", fake_key((ISSUER.identification, "FE1001"))))


def test_a_document_in_a_container_is_checked_by_its_own_bytes() -> None:
    container = build_attached_document(sign(build_invoice()), build_response())

    assert check_signature(container).status == "absent"
    assert check_signature(nested_document(container) or b"").status == "intact"


@pytest.mark.parametrize("how", [{}, {"escaped": True}, {"bom": True}, {"split": True}])
def test_an_event_in_a_container_is_found_by_its_key(how: dict) -> None:
    container = build_attached_document(EVENT, build_response(), sender=CUSTOMER, receiver=ISSUER, **how)

    assert check_piece(container, key=KEY).status == "intact"


def test_an_event_among_the_answers_of_a_container_is_found_by_its_key() -> None:
    container = build_attached_document(build_invoice(), b"<x/>", events=[build_event("030"), EVENT])

    assert check_piece(container, key=KEY).status == "intact"


def test_a_bare_event_is_checked_as_it_is() -> None:
    assert check_piece(EVENT, key=KEY).status == "intact"


AMBIGUOUS = {
    "not in it": (build_attached_document(build_invoice()), "No está en el archivo."),
    "signed and altered": (build_attached_document(EVENT, events=[EVENT.replace(b">033<", b">031<")]), "varias veces"),
    "signed and not signed": (build_attached_document(EVENT, b"<cut", events=[build_event("033")]), "varias veces"),
    "no container": (b"no", "no se pudo leer"),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_a_container_does_not_tell_apart_cannot_be_verified(name: str) -> None:
    data, why = AMBIGUOUS[name]

    found = check_piece(data, key=KEY)

    assert found.status == "unverifiable"
    assert why in found.why
