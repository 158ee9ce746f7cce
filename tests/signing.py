"""Files signed for tests, by people whom a throw-away authority knows: XAdES as DIAN asks for it, or with whatever a test wants wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner
from signxml.xades import XAdESSigner

DS = "http://www.w3.org/2000/09/xmldsig#"
EXT = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
PLACEHOLDER = f'<ds:Signature xmlns:ds="{DS}" Id="placeholder"/>'
EXTENSION = (
    f'<ext:UBLExtensions xmlns:ext="{EXT}"><ext:UBLExtension><ext:ExtensionContent>%s</ext:ExtensionContent>'
    "</ext:UBLExtension></ext:UBLExtensions>"
)
SIGNED_AT = datetime(2026, 3, 11, 9, 0, 5, tzinfo=UTC)
FROM, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
SHA1 = {"algorithm": SignatureMethod.RSA_SHA1, "digest": DigestAlgorithm.SHA1}
Edit = Callable[[etree._Element], None]


@dataclass(frozen=True)
class Signer:
    """A key, and the certificate that the authority gave for it."""

    key: Any
    certificate: x509.Certificate


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """One key per name and run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certify(key: Any, *, since: datetime = FROM, until: datetime = UNTIL, **subject: str) -> Signer:
    """The authority's certificate for a key; the subject by the names of its OIDs: ``COMMON_NAME="…"``."""
    names = [x509.NameAttribute(getattr(NameOID, oid), value) for oid, value in subject.items()]
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Entidad de Certificación de Mentiras")])
    builder = x509.CertificateBuilder().subject_name(x509.Name(names)).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(since).not_valid_after(until)
    return Signer(key, builder.sign(ec_key("authority"), hashes.SHA256()))


def buyer(**validity: datetime) -> Signer:
    """The buyer of the default invoice."""
    name = {"COMMON_NAME": "CONSTRUCCIONES ALTO PÁRAMO LTDA.", "SERIAL_NUMBER": "830777042"}
    return certify(rsa_key("buyer"), **validity, **name)


def seller() -> Signer:
    """The issuer of the default invoice."""
    return certify(rsa_key("seller"), COMMON_NAME="FERRETERÍA LA TUERCA S.A.S.", SERIAL_NUMBER="NIT 901555013")


def dian() -> Signer:
    """The authority, its NIT with the check digit."""
    return certify(rsa_key("dian"), COMMON_NAME="U.A.E. DIRECCION DE IMPUESTOS Y ADUANAS NACIONALES", SERIAL_NUMBER="8001972684")


def stranger() -> Signer:
    """Somebody who has nothing to do with the invoice."""
    return certify(rsa_key("stranger"), COMMON_NAME="OTRA EMPRESA S.A.S.", SERIAL_NUMBER="900000001")


def extended(xml: bytes, content: str = PLACEHOLDER) -> bytes:
    """With an extension of this content first in the document element."""
    start = xml.index(b">", xml.index(b"<", xml.index(b"?>"))) + 1
    return xml[:start] + (EXTENSION % content).encode() + xml[start:]


def sign(
    xml: bytes,
    *,
    by: Signer | None = None,
    xades: bool = True,
    named: bool = True,
    at: datetime | str = SIGNED_AT,
    edit: Edit | None = None,
    place: Callable[[bytes], bytes] = extended,
    algorithm: SignatureMethod = SignatureMethod.RSA_SHA256,
    digest: DigestAlgorithm = DigestAlgorithm.SHA256,
    c14n: CanonicalizationMethod = CanonicalizationMethod.CANONICAL_XML_1_0,
    reference: str | list[str] | None = None,
) -> bytes:
    """
    The file with its signature.

    :param named: the signed properties name the certificate.
    :param edit: changes the signature before its value is computed: what it does is signed.
    :param place: puts ``PLACEHOLDER`` where the signature is to be.
    :param reference: the ``Id`` of what to sign; the whole document where none is given, by its ``Id`` if it has one.
    """
    by = by or buyer()
    signer = (_XAdES if xades else _XMLDSig)(signature_algorithm=algorithm, digest_algorithm=digest, c14n_algorithm=c14n)
    if xades:
        annotators = signer.signed_signature_properties_annotators
        annotators[:] = [lambda properties, **_: _set_time(properties, at), *(annotators[1:] if named else [])]
    if edit:
        signer.signature_annotators.append(lambda signature, **_: edit(signature))
    root = etree.fromstring(place(xml))
    chosen = {"always_add_key_value": False, "reference_uri": reference}
    return etree.tostring(signer.sign(root, key=by.key, cert=[by.certificate], **chosen), xml_declaration=True, encoding="UTF-8")


def signature_of(signed: bytes) -> bytes:
    """The signature as it stands in a file."""
    return signed[signed.index(b"<ds:Signature ") : signed.index(b"</ds:Signature>") + len(b"</ds:Signature>")]


def pem_body(certificate: x509.Certificate) -> bytes:
    """A certificate as ``X509Certificate`` holds it, in one line."""
    return b"".join(certificate.public_bytes(Encoding.PEM).splitlines()[1:-1])


def _set_time(properties: etree._Element, at: datetime | str) -> None:
    time = etree.SubElement(properties, "{http://uri.etsi.org/01903/v1.3.2#}SigningTime")
    time.text = at if isinstance(at, str) else (at - timedelta(hours=5)).replace(tzinfo=None).isoformat() + "-05:00"


class _AnyAlgorithm:
    """Old files are signed with what nobody should sign with any more."""

    def check_deprecated_methods(self) -> None:
        pass


class _XAdES(_AnyAlgorithm, XAdESSigner):
    pass


class _XMLDSig(_AnyAlgorithm, XMLSigner):
    pass
