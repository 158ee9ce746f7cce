"""
Bytes from strangers → an element, or a refusal.

UTF-8 checks itself: what decodes as UTF-8 is UTF-8 whatever the declaration says, what has a BOM is what the BOM says, and
the rest is read as Windows-1252. The declaration is then dropped, so that libxml2 sees one encoding only.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, TypedDict

from lxml import etree

from invoices.ubl.refusal import Refused

Element: TypeAlias = etree._Element  # noqa: SLF001  lxml has no public name for the type
MAX_XML_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 200_000
NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
# Real files begin or end with blanks, BOMs, NULs, or a BOM that was itself read as Windows-1252 and written again.
JUNK = " \t\r\n\f\v\x85\xa0\ufeff\u200b\x00\x1a"
MOJIBAKE_BOM = "\u00ef\u00bb\u00bf"
DECLARATION = re.compile(r"<\?xml\s[^>]*\?>")
WIDE = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def parse_root(data: bytes) -> Element:
    """
    Parse one XML file.

    :param data: the whole file, at most ``MAX_XML_BYTES``, without a DTD.
    :raises Refused: empty, too big, a DOCTYPE, not XML, cut off, deeper than ``MAX_DEPTH`` or more than ``MAX_NODES`` nodes.
    """
    if len(data) > MAX_XML_BYTES:
        raise Refused("too_big", "El XML pasa de 5 MB.")
    return parse_text(decode(data))


def parse_text(text: str) -> Element:
    """Parse XML that is already text, such as what a container holds; raises ``Refused`` as ``parse_root`` does."""
    body = trimmed(text)
    if not body:
        raise Refused("empty", "El archivo está vacío.")
    if not body.startswith("<"):
        raise Refused("not_xml", "No es un XML.")
    declaration = DECLARATION.match(body)
    return _parsed(body[declaration.end() if declaration else 0 :].encode())


def decode(data: bytes) -> str:
    """The text of a file, by its bytes and not by its declaration. Bytes that no encoding explains are refused."""
    encoding = next((name for bom, name in BOMS.items() if data.startswith(bom)), WIDE.get(data[:2]))
    try:
        return data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding:
            raise Refused("encoding", "El XML está dañado: sus caracteres no se pueden leer.") from None
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def trimmed(text: str) -> str:
    """Without blanks, BOMs and NULs around it."""
    return text.strip(JUNK).removeprefix(MOJIBAKE_BOM).strip(JUNK)


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return etree.QName(element).localname


def is_ubl(element: Element) -> bool:
    """Whether an element is a root of UBL 2.x: its namespace is OASIS's for its own name."""
    name = etree.QName(element)
    return name.namespace == f"{UBL}{name.localname}-2"


def find(element: Element, path: str) -> Element | None:
    """The first element at ``path``; ``cac:`` and ``cbc:`` mean OASIS's namespaces, whatever the file calls them."""
    return element.find(path, NAMESPACES)


def find_all(element: Element, path: str) -> list[Element]:
    """Every element at ``path``, in the order of the document."""
    return element.findall(path, NAMESPACES)


def raw_text(element: Element) -> str:
    """All text below an element, as it is."""
    return str(element.xpath("string()"))


def text(element: Element, path: str) -> str:
    """The first text at ``path`` that is not blank, each run of blanks and line breaks one blank; empty where there is none."""
    return next(texts(element, path), "")


def texts(element: Element, path: str) -> Iterator[str]:
    """Every text at ``path`` that is not blank, written as ``text`` writes it."""
    for found in find_all(element, path):
        clean = " ".join(raw_text(found).split())
        if clean:
            yield clean


class _Guard:
    """Reads a file before a tree is built: the DOCTYPE is refused before its declarations are read, and sizes are counted."""

    def __init__(self) -> None:
        self.depth = 0
        self.nodes = 0

    def doctype(self, _name: str | None, _public: str | None, _system: str | None) -> None:
        raise Refused("doctype", "El XML declara un DOCTYPE, que no se admite por seguridad.")

    def start(self, _tag: str, _attributes: Mapping[str, str]) -> None:
        self.depth += 1
        self._count()
        if self.depth > MAX_DEPTH:
            raise Refused("too_deep", "El XML tiene demasiados niveles.")

    def end(self, _tag: str) -> None:
        self.depth -= 1

    def comment(self, _text: str) -> None:
        self._count()

    def pi(self, _target: str, _data: str | None = None) -> None:
        self._count()

    def close(self) -> None:
        pass

    def _count(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Refused("too_many_nodes", "El XML tiene demasiados elementos.")


class _Options(TypedDict):
    encoding: str
    resolve_entities: bool
    no_network: bool
    load_dtd: bool
    huge_tree: bool


def _parsed(source: bytes) -> Element:
    guard: Any = _Guard()  # lxml calls what it defines; its stubs ask for every method that there could be
    hardened: _Options = {"encoding": "utf-8", "resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    try:
        etree.fromstring(source, etree.XMLParser(target=guard, **hardened))
        return etree.fromstring(source, etree.XMLParser(remove_comments=True, **hardened))
    except etree.XMLSyntaxError as error:
        raise Refused("malformed", f"El XML está dañado o incompleto (línea {error.lineno or 1}).") from None
