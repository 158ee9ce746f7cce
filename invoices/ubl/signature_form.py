"""
What a signature must look like before any digest is computed: what is missing or too much here, no digest can tell.

Everything comes from strangers. The form is that of DIAN's Política de firma 2.0: one enveloped signature in ``ext:ExtensionContent``.
"""

from functools import cache
from importlib.resources import files

from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod

from invoices.ubl.xml import UBL, Element

DS = "{http://www.w3.org/2000/09/xmldsig#}"
EXT = f"{{{UBL}CommonExtensionComponents-2}}"
# Nothing reads text there. In any element that is read, the signature would put in what it does not cover.
PLACE = f"./{EXT}UBLExtensions/{EXT}UBLExtension/{EXT}ExtensionContent/"
ENVELOPED = SignatureConstructionMethod.enveloped.value
CANONICAL = frozenset(method.value for method in CanonicalizationMethod)
KNOWN = {
    "CanonicalizationMethod": CANONICAL,
    "SignatureMethod": frozenset(method.value for method in SignatureMethod if not method.name.startswith("HMAC")),
    "DigestMethod": frozenset(method.value for method in DigestAlgorithm),
}
MAX_REFERENCES, MAX_TRANSFORMS = 5, 2
# libxml2's inclusive C14N takes about 10 ns for each element and each square of the namespaces in scope there.
MAX_BURDEN = 100_000_000
NOT_WHOLE = "La firma no cubre todo el documento."


class Unverifiable(Exception):
    """``str()`` is the reason, for the user."""


def the_signature(element: Element) -> Element:
    """
    The one signature, in its place, made of what a signature is made of.

    Two enveloped signatures cannot both cover the whole document, each would have to be made before the other.
    A signature inside the signature countersigns it and is no part of the document.
    """
    outer = [found for found in element.iter(f"{DS}Signature") if next(found.iterancestors(f"{DS}Signature"), None) is None]
    placed = element.findall(f"{PLACE}{DS}Signature")
    if len(outer) > 1:
        raise Unverifiable("Trae varias firmas y no se puede decir cuál vale.")
    if outer != placed:
        raise Unverifiable("La firma no está en su lugar dentro del documento.")
    if not {found.tag for found in placed[0].iter(etree.Element)} <= _vocabulary():
        raise Unverifiable("La firma lleva dentro datos que no son de una firma.")
    _require_methods(placed[0])
    _require_references(placed[0])
    _require_bearable(element)
    return placed[0]


@cache
def _vocabulary() -> frozenset[str]:
    """The elements of XMLDSig and XAdES. With any other in it, a signature could hold what the parser looks for by name alone."""
    names = set()
    for package in ("signxml.schemas", "signxml.xades.schemas"):
        for file in files(package).iterdir():
            if file.name.endswith(".xsd"):
                schema = etree.fromstring(file.read_bytes())
                declared = schema.iter("{http://www.w3.org/2001/XMLSchema}element")
                names |= {f"{{{schema.get('targetNamespace')}}}{element.get('name')}" for element in declared}
    return frozenset(names | {"{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces"})


def _require_methods(signature: Element) -> None:
    """Known algorithms, and none of them SHA-1 or a secret that two share."""
    for name, known in KNOWN.items():
        for found in signature.iterfind(f"{DS}SignedInfo//{DS}{name}"):
            algorithm = found.get("Algorithm", "")
            if algorithm.endswith(("sha1", "sha1-rsa-MGF1")):
                raise Unverifiable("La firma usa SHA-1, que ya no prueba nada.")
            if algorithm not in known:
                raise Unverifiable("La firma usa un algoritmo que no conocemos.")


def _require_references(signature: Element) -> None:
    """All of them within the document, and one to all of it."""
    references = signature.findall(f"{DS}SignedInfo/{DS}Reference")
    if len(references) > MAX_REFERENCES:
        raise Unverifiable("La firma tiene demasiadas referencias.")
    if not all(_is_local(reference.get("URI")) for reference in references):
        raise Unverifiable("La firma se refiere a datos que no están en el documento.")
    transforms = [[found.get("Algorithm", "") for found in reference.iter(f"{DS}Transform")] for reference in references]
    if any(len(steps) > MAX_TRANSFORMS or not {*steps} <= {*CANONICAL, ENVELOPED} for steps in transforms):
        raise Unverifiable("La firma transforma el documento de una manera que no se puede comprobar.")
    if not any(ENVELOPED in steps for steps in transforms):
        raise Unverifiable(NOT_WHOLE)


def _is_local(uri: str | None) -> bool:
    return uri == "" or (uri is not None and uri.startswith("#") and "(" not in uri)


def _require_bearable(element: Element) -> None:
    """A small file can declare so many namespaces that its canonical form takes minutes."""
    scope = burden = 0
    for event, _ in etree.iterwalk(element, events=("start", "start-ns", "end-ns")):
        scope += (event == "start-ns") - (event == "end-ns")
        burden += scope * scope if event == "start" else 0
        if burden > MAX_BURDEN:
            raise Unverifiable("El XML declara demasiados espacios de nombres.")
