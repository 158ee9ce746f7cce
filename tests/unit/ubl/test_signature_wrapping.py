"""
Signature wrapping: a genuine signature beside, above or below content that it does not cover.

Each forgery holds a signature that verifies, and makes the parser read something that was never signed.
"""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from invoices.ubl.attached import read_xml
from invoices.ubl.signatures import check_signature
from invoices.ubl.types import Document
from tests.signing import DS, FROM, PLACEHOLDER, buyer, extended, sign, signature_of, stranger
from tests.ubl_builders import build_event, build_invoice

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
IDENTIFIED = build_event("030").replace(b"<ApplicationResponse ", b'<ApplicationResponse Id="evento" ')
SIGNED = sign(IDENTIFIED)
BARE = SIGNED.replace(signature_of(SIGNED), b"")[SIGNED.index(b"<App") :]
FORGED = build_event("033")
# The same as the genuine one, but for the words that nobody signed.
NOTED = build_event("030", notes=["nota"]).replace(b">nota<", b">" + PLACEHOLDER.encode() + b"<")


def swapped(forged: bytes, signature: bytes) -> bytes:
    """A forged document with a genuine signature in its place."""
    return extended(forged, signature.decode())


def at_the_end(data: bytes, more: bytes) -> bytes:
    return data.replace(b"</ApplicationResponse>", more + b"</ApplicationResponse>")


def in_the_signature(signature: bytes, more: bytes) -> bytes:
    return signature.replace(b"</ds:Signature>", b"<ds:Object>" + more + b"</ds:Object></ds:Signature>")


def forged_with_original_in_an_extension() -> bytes:
    return extended(swapped(FORGED, signature_of(SIGNED)), BARE.decode())


def forged_with_original_in_the_signature() -> bytes:
    return swapped(FORGED, in_the_signature(signature_of(SIGNED), BARE))


def forged_with_original_at_the_end() -> bytes:
    return at_the_end(swapped(FORGED, signature_of(SIGNED)), BARE)


def forged_with_original_in_its_answer() -> bytes:
    return swapped(FORGED, signature_of(SIGNED)).replace(b"<cac:DocumentResponse>", b"<cac:DocumentResponse>" + BARE)


def forged_around_the_whole_signed_original() -> bytes:
    return extended(FORGED, SIGNED[SIGNED.index(b"<App") :].decode())


def forged_around_the_signed_original_at_the_end() -> bytes:
    return at_the_end(FORGED, SIGNED[SIGNED.index(b"<App") :])


def forged_with_the_same_id() -> bytes:
    return forged_with_original_at_the_end().replace(b"<ApplicationResponse ", b'<ApplicationResponse Id="evento" ', 1)


def forged_with_the_same_id_spelt_otherwise() -> bytes:
    return forged_with_original_at_the_end().replace(b"<ApplicationResponse ", b'<ApplicationResponse ID="evento" ', 1)


def forged_and_signed_again_by_a_stranger() -> bytes:
    return sign(at_the_end(extended(FORGED, signature_of(SIGNED)), BARE), by=stranger())


def forged_with_a_second_signature_beside_the_first() -> bytes:
    both = signature_of(SIGNED) + signature_of(sign(FORGED, by=stranger()))
    return at_the_end(swapped(FORGED, both), BARE)


def signed_part_of_a_forgery() -> bytes:
    marked = FORGED.replace(b"<cac:SenderParty>", b'<cac:SenderParty Id="parte">')
    return sign(marked, reference="parte").replace(b">033<", b">031<")


def signature_of_nothing_but_itself() -> bytes:
    def forget_the_document(signature: etree._Element) -> None:
        info = signature.find(f"{{{DS}}}SignedInfo")
        info.remove(info.find(f"{{{DS}}}Reference"))

    return sign(FORGED, edit=forget_the_document).replace(b">033<", b">031<")


def signature_in_a_note_that_says_more() -> bytes:
    signed = sign(NOTED, place=lambda data: data)
    return signed.replace(signature_of(signed), in_the_signature(signature_of(signed), b"Acepto todo"))


def prefix_added_in_the_signature(namespace: str = "dian:gov:co:facturaelectronica:Structures-2-1") -> bytes:
    signed = sign(build_invoice())
    more = f'<Prefix xmlns="{namespace}">F</Prefix>'.encode()
    return signed.replace(signature_of(signed), in_the_signature(signature_of(signed), more))


def prefix_added_in_the_signature_as_if_it_were_part_of_it() -> bytes:
    return prefix_added_in_the_signature("http://uri.etsi.org/01903/v1.3.2#")


def transforming(algorithm: str, content: str = "") -> Callable[[], bytes]:
    """The signer himself leaves something out, and so may say anything there afterwards."""

    def transform(signature: etree._Element) -> None:
        steps = signature.find(f".//{{{DS}}}Transforms")
        steps[1].set("Algorithm", algorithm)
        steps[1].append(etree.fromstring(content) if content else etree.Comment("x"))

    return lambda: sign(FORGED, edit=transform)


def referring(uri: str | None) -> Callable[[], bytes]:
    def refer(signature: etree._Element) -> None:
        reference = signature.find(f".//{{{DS}}}Reference")
        if uri is None:
            del reference.attrib["URI"]
        else:
            reference.set("URI", uri)

    return lambda: sign(FORGED, edit=refer)


def elsewhere() -> bytes:
    return sign(FORGED, place=lambda data: at_the_end(data, PLACEHOLDER.encode()))


def with_an_answer_in_it() -> bytes:
    answer = re.search(rb"<cac:DocumentResponse>.*</cac:DocumentResponse>", FORGED)
    signed = sign(FORGED)
    return signed.replace(signature_of(signed), in_the_signature(signature_of(signed), answer[0]))


XPATH = f'<XPath xmlns="{DS}" xmlns:cac="{CAC}">not(ancestor-or-self::cac:DocumentResponse)</XPath>'
STYLESHEET = '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"/>'
FORGERIES: dict[str, Callable[[], bytes]] = {
    forge.__name__: forge
    for forge in (
        forged_with_original_in_an_extension,
        forged_with_original_in_the_signature,
        forged_with_original_at_the_end,
        forged_with_original_in_its_answer,
        forged_around_the_whole_signed_original,
        forged_around_the_signed_original_at_the_end,
        forged_with_the_same_id,
        forged_with_the_same_id_spelt_otherwise,
        forged_and_signed_again_by_a_stranger,
        forged_with_a_second_signature_beside_the_first,
        signed_part_of_a_forgery,
        signature_of_nothing_but_itself,
        signature_in_a_note_that_says_more,
        prefix_added_in_the_signature,
        prefix_added_in_the_signature_as_if_it_were_part_of_it,
    )
}
ODD: dict[str, tuple[Callable[[], bytes], str]] = {
    "elsewhere in the document": (elsewhere, "no está en su lugar"),
    "with an answer in it": (with_an_answer_in_it, "datos que no son de una firma"),
    "xpath": (transforming("http://www.w3.org/TR/1999/REC-xpath-19991116", XPATH), "transforma"),
    "xslt": (transforming("http://www.w3.org/TR/1999/REC-xslt-19991116", STYLESHEET), "datos que no son de una firma"),
    "base64": (transforming(f"{DS}base64"), "transforma"),
    "decrypt": (transforming("http://www.w3.org/2002/07/decrypt#XML"), "transforma"),
    "file": (referring("file:///etc/passwd"), "no están en el documento"),
    "web": (referring("https://localhost/evento.xml"), "no están en el documento"),
    "relative": (referring("otro.xml"), "no están en el documento"),
    "xpointer": (referring("#xpointer(/)"), "no están en el documento"),
    "xpointer of an id": (referring("#xpointer(id('evento'))"), "no están en el documento"),
    "not said": (referring(None), "no están en el documento"),
    "nowhere": (referring("#nada"), "dañada"),
}
# What a library that is asked whether "the signature verifies" lets pass.
BELIEVED = [
    "forged_with_original_in_an_extension",
    "forged_with_original_at_the_end",
    "forged_with_original_in_its_answer",
    "forged_around_the_whole_signed_original",
    "forged_around_the_signed_original_at_the_end",
    "signed_part_of_a_forgery",
    "signature_of_nothing_but_itself",
    "signature_in_a_note_that_says_more",
    "prefix_added_in_the_signature",
    "prefix_added_in_the_signature_as_if_it_were_part_of_it",
]


def believed(data: bytes, by: object) -> bool:
    """Whether signxml, asked without a further thought, says yes."""
    config = SignatureConfiguration(expect_references=True, verification_time=FROM)
    try:
        XMLVerifier().verify(data, x509_cert=by.certificate, expect_config=config)
    except SignXMLException:
        return False
    return True


def said(data: bytes) -> tuple[object, ...]:
    """What the parser reads, but for the digest of the file itself."""
    (piece,) = read_xml(data).pieces
    content = piece.content
    return (content.number, content.prefix) if isinstance(content, Document) else (content,)


def test_the_genuine_event_is_intact() -> None:
    assert check_signature(SIGNED).status == "intact"
    assert b'URI="#evento"' in SIGNED


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_not_intact(name: str) -> None:
    forged = FORGERIES[name]()

    assert check_signature(forged).status in {"altered", "unverifiable"}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_read_otherwise_than_what_was_signed(name: str) -> None:
    """Else its test would prove nothing: the parser does fall for it."""
    genuine = sign(build_invoice()) if "prefix" in name else SIGNED

    assert said(FORGERIES[name]()) != said(genuine)


@pytest.mark.parametrize("name", BELIEVED)
def test_a_forgery_deceives_whoever_does_not_look_at_what_is_signed(name: str) -> None:
    assert believed(FORGERIES[name](), buyer())


@pytest.mark.parametrize("name", ODD)
def test_a_signature_that_says_its_content_in_an_odd_way_cannot_be_verified(name: str) -> None:
    forge, why = ODD[name]

    found = check_signature(forge())

    assert found.status == "unverifiable"
    assert why in found.why


def test_nothing_outside_the_file_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("builtins.open", lambda name, *_, **__: opened.append(str(name)))
    monkeypatch.setattr("socket.socket.connect", lambda *_: opened.append("socket"))

    check_signature(ODD["file"][0]())
    check_signature(ODD["web"][0]())

    assert opened == []


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_changed_file_gets_one_of_four_answers_and_is_intact_only_where_it_reads_the_same(changes: list[tuple[float, int]]) -> None:
    data = bytearray(SIGNED)
    for place, value in changes:
        data[int(place * len(data))] = value

    found = check_signature(bytes(data))

    assert found.status in {"altered", "absent", "unverifiable"} or read_xml(bytes(data)) == read_xml(SIGNED)
    assert found.why.endswith(".")
    assert len(found.why) <= 300
