"""What a signature proves: intact, altered, absent, cannot be verified."""

import re
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod

from invoices.ubl.signature_form import _vocabulary
from invoices.ubl.signatures import check_signature
from tests.signing import DS, PLACEHOLDER, SHA1, buyer, certify, ec_key, extended, pem_body, rsa_key, sign, signature_of, stranger
from tests.ubl_builders import ISSUER, build_attached_document, build_event, build_invoice, build_response, fake_key

EVENT = sign(build_event("033"))
KEY = fake_key(("event", "033", fake_key((ISSUER.identification, "FE1001"))))
COLOMBIA = timezone(timedelta(hours=-5))
EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0


def without(name: str, *, where: str = "") -> bytes:
    """The signed event with an element less."""
    return re.sub(rf"<{name}[ >].*?</{name}>".encode(), where.encode(), EVENT, count=1, flags=re.DOTALL)


def with_certificate(data: bytes, body: bytes) -> bytes:
    """A signed file with another certificate in the place of its own."""
    return re.sub(b"(<ds:X509Certificate>).*?(</)", lambda found: found[1] + body + found[2], data, flags=re.DOTALL)


def test_an_intact_signature_says_who_signed_and_when() -> None:
    found = check_signature(EVENT)

    assert (found.status, found.signer) == ("intact", "CONSTRUCCIONES ALTO PÁRAMO LTDA. · 830777042")
    assert found.signed_at == datetime(2026, 3, 11, 4, 0, 5, tzinfo=COLOMBIA)


def test_an_intact_signature_does_not_claim_that_the_issuer_of_the_certificate_is_trusted() -> None:
    assert "No se comprobó quién emitió el certificado" in check_signature(EVENT).why


@pytest.mark.parametrize(
    "how",
    [
        {"xades": False},
        {"xades": False, "c14n": EXCLUSIVE},
        {"c14n": CanonicalizationMethod.CANONICAL_XML_1_1},
        {"c14n": CanonicalizationMethod.CANONICAL_XML_1_0_WITH_COMMENTS},
        {"digest": DigestAlgorithm.SHA384},
        {"algorithm": SignatureMethod.RSA_SHA512, "digest": DigestAlgorithm.SHA512},
        {"algorithm": SignatureMethod.SHA256_RSA_MGF1},
        {"algorithm": SignatureMethod.ECDSA_SHA256, "by": certify(ec_key("buyer"), COMMON_NAME="Comprador")},
    ],
    ids=["plain", "plain, exclusive", "1.1", "with comments", "SHA-384", "RSA with SHA-512", "RSA-PSS", "ECDSA"],
)
def test_what_signers_use_is_verified(how: dict) -> None:
    assert check_signature(sign(build_event(), **how)).status == "intact"


@pytest.mark.parametrize(
    "data",
    [build_event(), build_invoice(), build_response(), build_attached_document(build_invoice())],
    ids=["event", "invoice", "response", "container"],
)
def test_a_file_without_a_signature_is_not_signed(data: bytes) -> None:
    assert check_signature(data).status == "absent"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b">033<", b">031<"),
        (b">EV001<", b">EV002<"),
        (b"2026-03-11</cbc:IssueDate>", b"2026-03-10</cbc:IssueDate>"),
        (b">830777042</cbc:CompanyID>", b">900000001</cbc:CompanyID>"),
        (b"<cbc:ResponseCode>", b'<cbc:ResponseCode listID="01">'),
        (b">033<", b">033<?x y?><"),
        (b"</cac:DocumentResponse>", b"</cac:DocumentResponse> "),
        (b"04:00:05", b"03:00:05"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA"),
    ],
)
def test_a_change_after_signing_is_an_altered_signature(old: bytes, new: bytes) -> None:
    assert old in EVENT

    found = check_signature(EVENT.replace(old, new, 1))

    assert (found.status, found.signer, found.signed_at) == ("altered", "", None)


@pytest.mark.parametrize("signer", [stranger(), certify(rsa_key("buyer"), COMMON_NAME="La DIAN")], ids=["another key", "the same key"])
def test_another_certificate_in_its_place_is_an_altered_signature(signer) -> None:
    assert check_signature(with_certificate(EVENT, pem_body(signer.certificate))).status == "altered"


def test_the_certificate_is_the_one_that_the_signed_properties_name() -> None:
    """Without a reference to ``KeyInfo`` only they bind the name to the signature."""

    def unbind(signature: etree._Element) -> None:
        info = signature.find(f"{{{DS}}}SignedInfo")
        info.remove(info.findall(f"{{{DS}}}Reference")[-1])

    data = sign(build_event(), edit=unbind)

    other = pem_body(certify(rsa_key("buyer"), COMMON_NAME="La DIAN").certificate)

    assert check_signature(data).status == "intact"
    assert check_signature(with_certificate(data, other)).status == "altered"


def test_signed_properties_need_not_name_the_certificate() -> None:
    assert check_signature(sign(build_event(), named=False)).status == "intact"


def test_blanks_around_the_signature_are_part_of_the_document() -> None:
    blanks = (PLACEHOLDER, f"\n  {PLACEHOLDER}\n ")
    data = sign(build_event(), place=lambda xml: extended(xml).replace(*(text.encode() for text in blanks)))

    assert b"\n  <ds:Signature " in data
    assert check_signature(data).status == "intact"
    assert check_signature(data.replace(b"</ds:Signature>\n ", b"</ds:Signature>")).status == "altered"


def test_the_whole_chain_may_come_with_the_certificate() -> None:
    other = b"<ds:X509Certificate>%s</ds:X509Certificate>"
    chain = (other % pem_body(certify(ec_key("authority"), COMMON_NAME="Raíz").certificate)) + (other % pem_body(stranger().certificate))
    data = sign(build_event(), xades=False).replace(b"<ds:X509Data>", b"<ds:X509Data>" + chain)

    assert check_signature(data).signer == "CONSTRUCCIONES ALTO PÁRAMO LTDA. · 830777042"


UNVERIFIABLE = {
    "signed with SHA-1": (sign(build_event(), **SHA1), "SHA-1"),
    "digested with SHA-1": (sign(build_event(), digest=DigestAlgorithm.SHA1), "SHA-1"),
    "masked with SHA-1": (sign(build_event(), algorithm=SignatureMethod.SHA1_RSA_MGF1), "SHA-1"),
    "unknown algorithm": (EVENT.replace(b"xmldsig-more#rsa-sha256", b"xmldsig-more#rsa-md5"), "algoritmo"),
    "shared secret": (EVENT.replace(b"xmldsig-more#rsa-sha256", b"xmldsig-more#hmac-sha256"), "algoritmo"),
    "unknown canonical form": (EVENT.replace(b"REC-xml-c14n-20010315", b"REC-mio", 1), "algoritmo"),
    "no certificate": (without("ds:X509Certificate"), "no trae el certificado"),
    "no key": (without("ds:KeyInfo"), "no trae el certificado"),
    "broken certificate": (with_certificate(EVENT, b"bm8="), "certificado de la firma está dañado"),
    "certificate not in base64": (with_certificate(EVENT, "ñ".encode()), "certificado de la firma está dañado"),
    "many certificates": (with_certificate(EVENT, b"bm8=</ds:X509Certificate><ds:X509Certificate>" * 10), "demasiados"),
    "many references": (EVENT.replace(b"<ds:Reference ", b'<ds:Reference URI="#x"/>' * 10 + b"<ds:Reference ", 1), "demasiadas"),
    "nothing signed": (without("ds:SignedInfo"), "no cubre"),
    "no value": (without("ds:SignatureValue"), "dañada"),
    "two signatures": (sign(EVENT), "varias firmas"),
    "cut": (EVENT[:-30], "no se pudo leer"),
    "empty": (b"", "no se pudo leer"),
    "entities": (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + EVENT[EVENT.index(b"<App") :], "no se pudo leer"),
}


@pytest.mark.parametrize("name", UNVERIFIABLE)
def test_what_cannot_be_verified_says_why(name: str) -> None:
    data, why = UNVERIFIABLE[name]

    found = check_signature(data)

    assert (found.status, found.signer, found.signed_at) == ("unverifiable", "", None)
    assert why in found.why


def test_a_key_of_another_kind_than_the_signature_cannot_verify_it() -> None:
    other = pem_body(certify(ec_key("buyer"), COMMON_NAME="Otro").certificate)

    assert check_signature(with_certificate(EVENT, other)).status == "unverifiable"


def test_among_certificates_of_other_kinds_one_that_does_not_match_tells_an_altered_signature() -> None:
    others = (certify(ec_key("buyer"), COMMON_NAME="Otro"), stranger())
    bodies = b"</ds:X509Certificate><ds:X509Certificate>".join(pem_body(signer.certificate) for signer in others)

    assert check_signature(with_certificate(EVENT, bodies)).status == "altered"


def test_a_certificate_that_ends_before_it_begins_is_broken() -> None:
    """No builder makes one: two dates of the same length change places in its bytes."""
    signer = buyer(since=datetime(2025, 1, 1, tzinfo=UTC), until=datetime(2027, 1, 1, tzinfo=UTC))
    since, until = b"250101000000Z", b"270101000000Z"
    swapped = b64decode(pem_body(signer.certificate)).replace(since, b"?" * 13).replace(until, since).replace(b"?" * 13, until)
    data = sign(build_event(), by=signer, xades=False)

    found = check_signature(with_certificate(data, b64encode(swapped)))

    assert (found.status, found.why) == ("unverifiable", "El certificado de la firma está dañado.")


@pytest.mark.parametrize(
    ("since", "until", "in_force"),
    [((2025, 1), (2027, 1), True), ((2026, 4), (2027, 1), False), ((2025, 1), (2026, 2), False)],
)
def test_a_certificate_out_of_force_when_it_signed_is_told(since: tuple[int, int], until: tuple[int, int], in_force: bool) -> None:
    signer = buyer(since=datetime(*since, 1, tzinfo=UTC), until=datetime(*until, 1, tzinfo=UTC))

    found = check_signature(sign(build_event(), by=signer))

    assert found.status == "intact"
    assert ("no estaba vigente" in found.why) is not in_force


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-11T09:00:00.1234567-05:00", datetime(2026, 3, 11, 9, 0, 0, 123456, tzinfo=COLOMBIA)),
        ("2026-03-11T14:00:00Z", datetime(2026, 3, 11, 9, 0, tzinfo=COLOMBIA)),
        ("\n 2026-03-11T09:00:00 ", datetime(2026, 3, 11, 9, 0, tzinfo=COLOMBIA)),
        ("2026-03-11", None),
        ("2026-02-30T09:00:00", None),
        ("ayer", None),
    ],
)
def test_the_time_of_signing_is_aware_or_not_told(written: str, moment: datetime | None) -> None:
    found = check_signature(sign(build_event(), at=written))

    assert (found.status, found.signed_at) == ("intact", moment)
    assert ("no dice cuándo" in found.why) is (moment is None)


def test_a_time_that_the_signature_does_not_cover_is_not_told() -> None:
    properties = re.search(rb"<ds:Object.*</ds:Object>", EVENT, re.DOTALL)
    data = sign(build_event(), xades=False).replace(b"</ds:Signature>", properties[0] + b"</ds:Signature>")

    assert (check_signature(data).status, check_signature(data).signed_at) == ("intact", None)


def test_two_sets_of_signed_properties_cannot_be_told_apart() -> None:
    others = b'<SignedProperties xmlns="http://uri.etsi.org/01903/v1.3.2#" Id="otras"/>'
    data = build_event().replace(b"<ApplicationResponse ", b'<ApplicationResponse Id="evento" ')

    found = check_signature(sign(extended(data, others.decode()), reference=["evento", "otras"]))

    assert (found.status, found.why) == ("unverifiable", "La firma trae varias fechas o varios firmantes.")


def test_a_comment_is_neither_read_nor_signed() -> None:
    assert check_signature(EVENT.replace(b">033<", b">0<!-- x -->33<")).status == "intact"


def test_a_countersignature_inside_the_signature_is_no_part_of_the_document() -> None:
    around = ("UnsignedProperties", "UnsignedSignatureProperties", "CounterSignature")
    before, after = ("".join(f"<{end}xades:{name}>" for name in names) for end, names in (("", around), ("/", around[::-1])))
    inside = before.encode() + signature_of(sign(build_event("030"))) + after.encode()

    data = EVENT.replace(b"</xades:SignedProperties>", b"</xades:SignedProperties>" + inside)

    assert inside in data
    assert check_signature(data).status == "intact"


def test_no_part_of_a_signature_is_called_like_what_the_parser_looks_for_by_name_alone() -> None:
    looked_for = {"Prefix", "From", "To", "InvoiceControl", "InvoiceAuthorization", "StartDate", "EndDate", "ProviderID", "QRCode"}

    assert not looked_for & {etree.QName(tag).localname for tag in _vocabulary()}


def test_a_file_that_takes_minutes_to_canonicalise_is_not_verified() -> None:
    many = b" ".join(b'xmlns:n%d="urn:n%d"' % (index, index) for index in range(400))
    data = extended(build_event(), signature_of(EVENT).decode()).replace(b"<ApplicationResponse ", b"<ApplicationResponse %s " % many)
    data = data.replace(b"</ApplicationResponse>", b"<a/>" * 5000 + b"</ApplicationResponse>")

    assert "espacios de nombres" in check_signature(data).why


def test_namespaces_that_do_not_add_up_are_no_burden() -> None:
    some = b" ".join(b'xmlns:n%d="urn:n%d"' % (index, index) for index in range(10))
    data = build_event().replace(b"</ApplicationResponse>", b"<a %s/>" % some * 5000 + b"</ApplicationResponse>")

    assert check_signature(sign(data)).status == "intact"


def test_a_subject_without_a_name_is_told_as_it_is() -> None:
    signer = certify(rsa_key("buyer"), LOCALITY_NAME="Bogotá")

    assert check_signature(sign(build_event(), by=signer)).signer == "L=Bogotá"


def test_a_long_subject_is_cut() -> None:
    signer = certify(rsa_key("buyer"), LOCALITY_NAME="L" * 128, STATE_OR_PROVINCE_NAME="S" * 128, STREET_ADDRESS="C" * 128)

    assert len(check_signature(sign(build_event(), by=signer)).signer) == 300


def test_a_subject_is_shown_without_what_cannot_be_shown() -> None:
    signer = certify(rsa_key("buyer"), COMMON_NAME="A\u202eB", ORGANIZATION_NAME="C" * 64, SERIAL_NUMBER="C" * 64)

    assert check_signature(sign(build_event(), by=signer)).signer == "A�B · " + "C" * 64
