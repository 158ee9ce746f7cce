"""
The electronic signature of a document or an event: does it cover exactly what we read, and was anything changed since.

Whether the certificate was issued by somebody to be trusted, and whether it was revoked, is not looked at: nothing here asks
the network. Four answers, and none of them stops anything.

Sources: W3C, XML Signature 1.1; ETSI TS 101 903 (XAdES); DIAN, Política de firma 2.0: one enveloped signature in ``ext:ExtensionContent``.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cryptography import x509
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import DigestAlgorithm
from signxml.exceptions import InvalidCertificate, InvalidDigest, InvalidSignature
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from invoices.ubl.attached import DESCRIPTION
from invoices.ubl.keys import is_key, normalise_key
from invoices.ubl.refusal import Refused
from invoices.ubl.signature_form import DS, NOT_WHOLE, PLACE, Unverifiable, the_signature
from invoices.ubl.values import read_date, read_moment
from invoices.ubl.xml import Element, find_all, is_ubl, local_name, parse_root, parse_text, raw_text, text

Status = Literal["intact", "altered", "absent", "unverifiable"]
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
MAX_CERTIFICATES = 10
MAX_SIGNER = 300
ALTERED = "El documento o su firma cambiaron después de firmar."
BROKEN_CERTIFICATE = "El certificado de la firma está dañado."
INTACT = "La firma cubre todo el documento y nada cambió desde entonces. No se comprobó quién emitió el certificado."
UNSIGNED_TIME = " La firma no dice cuándo se hizo."
OUT_OF_FORCE = " El certificado no estaba vigente en la fecha de la firma."


@dataclass(frozen=True, slots=True)
class Signature:
    """
    What the signature of one document proves.

    :param status: ``intact``: it verifies, with the certificate that it carries, over the whole element that the parser reads;
        ``altered``: a digest or the signature's value does not match; ``absent``; ``unverifiable``: nothing can be said.
    :param signer: the certificate's subject as it names itself, at most ``MAX_SIGNER`` characters; empty unless intact.
    :param signed_at: aware, as the signer's own clock said and only where the signature covers it (``xades:SigningTime``); else nothing.
    :param why: one sentence or more in Spanish, under 300 characters.
    """

    status: Status
    signer: str
    signed_at: datetime | None
    why: str


def check_signature(xml: bytes) -> Signature:
    """
    Check the signature of one XML file: an event, a document, or a container as such, not what it holds.

    :param xml: within the limits of ``parse_root``; what it refuses is unverifiable. Never raises for what is in the file.
    """
    try:
        return _check(parse_root(xml))
    except Refused as refusal:
        return _unverifiable(f"El XML no se pudo leer: {refusal}")


def check_piece(xml: bytes, *, key: str) -> Signature:
    """
    Check the signature of the document or answer with this CUFE or CUDE: of the file itself, or of what a container holds.

    :param key: 96 lower-case hexadecimal digits. Two of the same key in one container are read both, and must say the same.
    """
    try:
        element = parse_root(xml)
    except Refused as refusal:
        return _unverifiable(f"El XML no se pudo leer: {refusal}")
    if not (local_name(element) == "AttachedDocument" and is_ubl(element)):
        return _check(element)
    found = {_check(nested) for nested in _nested(element) if _key(nested) == key}
    if len(found) == 1:
        return found.pop()
    return _unverifiable("El contenedor lo trae varias veces, con firmas distintas." if found else "No está en el archivo.")


def _nested(element: Element) -> list[Element]:
    """Where ``read_xml`` looks into a container."""
    contents = []
    for path in (DESCRIPTION, f"cac:ParentDocumentLineReference/cac:DocumentReference/{DESCRIPTION}"):
        for description in find_all(element, path):
            try:
                contents.append(parse_text(raw_text(description)))
            except Refused:
                continue  # nothing in it was read either
    return contents


def _key(element: Element) -> str:
    written = text(element, "cbc:UUID")
    return normalise_key(written) if is_key(written) else ""


def _check(element: Element) -> Signature:
    if next(element.iter(f"{DS}Signature"), None) is None:
        return Signature("absent", "", None, "No está firmado.")
    try:
        certificate, results = _verify(element, the_signature(element))
        _require_whole(element, results)
        return _intact(certificate, [result.signed_xml for result in results if result.signed_xml is not None])
    except Unverifiable as reason:
        return _unverifiable(str(reason))
    except InvalidCertificate:
        return _unverifiable(BROKEN_CERTIFICATE)
    except InvalidSignature:
        return Signature("altered", "", None, ALTERED)
    except Exception:  # strangers wrote it: whatever the libraries stumble over cannot be verified
        return _unverifiable("La firma está dañada.")


def _unverifiable(why: str) -> Signature:
    return Signature("unverifiable", "", None, why)


def _verify(element: Element, signature: Element) -> tuple[x509.Certificate, Sequence[VerifyResult]]:
    """
    The certificate of those that it carries whose key verifies the signature, and what the signature covers.

    ``XAdESVerifier`` is of no use here: it wants every certificate that the properties name, and real files carry the signer's alone.
    """
    failures: list[Exception] = []
    source = etree.tostring(element)
    for certificate in _certificates(signature):
        try:
            return certificate, _verified(source, certificate)
        except Exception as failure:  # a chain may mix kinds of keys
            failures.append(failure)
    raise next((failure for failure in failures if isinstance(failure, InvalidSignature)), failures[0])


def _certificates(signature: Element) -> list[x509.Certificate]:
    written = signature.findall(f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate")
    if not written:
        raise Unverifiable("La firma no trae el certificado con el que se hizo.")
    if len(written) > MAX_CERTIFICATES:
        raise Unverifiable("La firma trae demasiados certificados.")
    try:
        return [x509.load_der_x509_certificate(base64.b64decode(raw_text(found))) for found in written]
    except (ValueError, binascii.Error):
        raise Unverifiable(BROKEN_CERTIFICATE) from None


def _verified(source: bytes, certificate: x509.Certificate) -> Sequence[VerifyResult]:
    """The validity of the certificate is told apart from that of the signature: hence a day on which it was valid."""
    config = SignatureConfiguration(
        location=PLACE, expect_references=True, verification_time=certificate.not_valid_before_utc, require_x509=True
    )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    results = XMLVerifier().verify(source, x509_cert=certificate, expect_config=config, parser=parser)
    return results if isinstance(results, list) else [results]


def _require_whole(element: Element, results: Sequence[VerifyResult]) -> None:
    """What was signed is, to the byte, the element that the parser reads, less the signature. This is what defeats wrapping."""
    bare = etree.fromstring(etree.tostring(element))
    etree.strip_elements(bare, f"{DS}Signature", with_tail=False)
    covered = {_canonical(result.signed_xml) for result in results if result.signed_xml is not None}
    if _canonical(bare) not in covered:
        raise Unverifiable(NOT_WHOLE)


def _canonical(element: Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True)


def _intact(certificate: x509.Certificate, covered: Sequence[Element]) -> Signature:
    properties = [found for found in covered if found.tag == f"{XADES}SignedProperties"]
    if len(properties) > 1:
        raise Unverifiable("La firma trae varias fechas o varios firmantes.")
    signed_at = _signing_time(properties[0]) if properties else None
    if properties:
        _require_own(certificate, properties[0])
    why = INTACT if signed_at else INTACT + UNSIGNED_TIME
    if signed_at and not certificate.not_valid_before_utc <= signed_at <= certificate.not_valid_after_utc:
        why += OUT_OF_FORCE
    return Signature("intact", _subject(certificate), signed_at, why)


def _require_own(certificate: x509.Certificate, properties: Element) -> None:
    """XAdES: the signature says which certificate it was made with, so that another with the same key cannot take its place."""
    digests = list(properties.iter(f"{XADES}CertDigest"))
    if digests and not any(_is_of(certificate, digest) for digest in digests):
        raise InvalidDigest("another certificate")


def _is_of(certificate: x509.Certificate, digest: Element) -> bool:
    method, value = digest
    algorithm = DigestAlgorithm(method.get("Algorithm", ""))
    return base64.b64decode(raw_text(value)) == certificate.fingerprint(algorithm.implementation())


def _signing_time(properties: Element) -> datetime | None:
    written = "".join(raw_text(found) for found in properties.findall(f"{XADES}SignedSignatureProperties/{XADES}SigningTime")).strip()
    day, _, time = written.partition("T")
    date = read_date(day)
    return read_moment(date, time) if date and time else None


def _subject(certificate: x509.Certificate) -> str:
    """``CN · O · serialNumber``, each once, where it has them: the last is where a NIT or cédula stands."""
    oids = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.SERIAL_NUMBER)
    parts = [str(attribute.value) for oid in oids for attribute in certificate.subject.get_attributes_for_oid(oid)]
    name = " · ".join(dict.fromkeys(" ".join(part.split()) for part in parts)) or certificate.subject.rfc4514_string()
    return "".join(character if character.isprintable() else "�" for character in name)[:MAX_SIGNER]
