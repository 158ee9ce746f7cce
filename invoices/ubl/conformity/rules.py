"""The rules, one function each, in one table; a rule that does not apply to a parcel says nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from invoices.ubl.conformity.findings import Finding, Grade
from invoices.ubl.conformity.parcel import Parcel
from invoices.ubl.names import comparable_stem, is_rule_name
from invoices.ubl.signatures import check_piece

# Anexo Técnico 1.9, section 9.1: 2 MB per send.
MAX_BYTES = 2 * 1024 * 1024
CONTINGENCY = "04"
# Outside Anexo 1.9: the buyer who asks for one may get it before DIAN answers.
EQUIVALENTS = frozenset({"20", "25", "27", "32", "35", "40", "45", "50", "55", "60", "93", "94"})
MAIL, NAMES, CONTAINER, KEYS = "Anexo 1.9, § 9.1", "Anexo 1.9, §§ 6.5.7 y 6.5.8", "Anexo 1.9, AttachedDocument", "Anexo 1.9, § 11.2"
PRACTICE, SIGNED = "Práctica de los receptores", "Anexo 1.9, firma XAdES"
Said = tuple[Grade, str] | None
OK, WARN, STOP = Grade.COMPLIES, Grade.WARNS, Grade.PREVENTS


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code, where it comes from, and what it says of a parcel."""

    code: str
    source: str
    check: Callable[[Parcel], Said]


def apply(rules: Sequence[Rule], parcel: Parcel) -> list[Finding]:
    """What each rule that applies says, in the order of the table."""
    said = ((rule, rule.check(parcel)) for rule in rules)
    return [Finding(rule.code, told[0], told[1], rule.source) for rule, told in said if told]


def _readable(parcel: Parcel) -> Said:
    if parcel.upload.refusals:
        return STOP if not parcel.documents else WARN, " ".join(dict.fromkeys(item.sentence for item in parcel.upload.refusals))
    return OK, "Todo lo que trae se puede leer."


def _one_zip(parcel: Parcel) -> Said:
    if not parcel.zipped and parcel.name.lower().endswith(".zip"):
        return STOP, "Se llama como un ZIP y no lo es: quien lo reciba no lo puede abrir."
    if not parcel.zipped:
        return WARN, "Es un XML suelto: al cliente se le envía dentro de un solo archivo ZIP."
    return OK, "Es un solo archivo ZIP."


def _size(parcel: Parcel) -> Said:
    if parcel.size > MAX_BYTES:
        return STOP, f"Pesa {parcel.size / 1024 / 1024:.1f} MB y el máximo por envío es 2 MB.".replace(".", ",", 1)
    return OK, "Pesa menos de 2 MB."


def _zip_name(parcel: Parcel) -> Said:
    if not parcel.zipped:
        return None
    if is_rule_name(parcel.name.rpartition("/")[2]):
        return OK, "El nombre del ZIP sigue la regla."
    return WARN, "El nombre del ZIP no sigue la regla (z + NIT + 000 + año + consecutivo)."


def _member_names(parcel: Parcel) -> Said:
    odd = [name for name in parcel.members if name.lower().endswith(".xml") and not is_rule_name(name)]
    if not parcel.members:
        return None
    return (WARN, f"El nombre de «{odd[0][:80]}» no sigue la regla.") if odd else (OK, "Los nombres de los XML siguen la regla.")


def _folders(parcel: Parcel) -> Said:
    if any("/" in name for name in parcel.members):
        return WARN, "El ZIP trae carpetas: hay receptores que no miran dentro de ellas."
    return (OK, "Los archivos están en la raíz del ZIP.") if parcel.members else None


def _one_document(parcel: Parcel) -> Said:
    if not parcel.documents:
        return STOP, "No trae ningún documento de venta que se pueda leer."
    if len(parcel.documents) > 1:
        return STOP, f"Trae {len(parcel.documents)} documentos: cada correo lleva uno solo."
    return OK, "Trae un solo documento."


def _in_container(parcel: Parcel) -> Said:
    if parcel.document is None:
        return None
    if parcel.container is None:
        return STOP, "El documento va suelto: tiene que ir dentro del contenedor (AttachedDocument)."
    return OK, "El documento va dentro del contenedor (AttachedDocument)."


def _answer(parcel: Parcel) -> Said:
    if parcel.document is None:
        return None
    if parcel.verdict is None:
        if parcel.document.type_code == CONTINGENCY:
            return OK, "Es de contingencia de la DIAN (04): va sin su respuesta."
        if parcel.document.type_code in EQUIVALENTS:
            return WARN, "Es un documento equivalente y va sin la respuesta de la DIAN."
        return STOP, "No trae la respuesta de la DIAN (ApplicationResponse)."
    if parcel.verdict.rejected:
        return STOP, "La DIAN rechazó el documento: no se envía al cliente."
    if not parcel.documents[0].verdict_in_container:
        return WARN, "La respuesta de la DIAN va aparte: tiene que ir dentro del contenedor."
    return OK, "Trae la respuesta de la DIAN: documento validado."


def _same_key(parcel: Parcel) -> Said:
    if parcel.document is None or parcel.container is None:
        return None
    if parcel.container.reference_key not in {"", parcel.document.key}:
        return WARN, "El CUFE que nombra el contenedor no es el del documento."
    return OK, "El CUFE del documento, el de la respuesta y el del contenedor son el mismo."


def _same_number(parcel: Parcel) -> Said:
    if parcel.document is None or parcel.container is None:
        return None
    named, number = parcel.container.parent_number, parcel.document.number
    if named != number:
        return WARN, f"El contenedor dice que es el documento «{named[:40]}» y adentro va {number}."
    return OK, "El número que dice el contenedor es el del documento."


def _same_parties(parcel: Parcel) -> Said:
    if parcel.document is None or parcel.container is None:
        return None
    if parcel.container.sender != parcel.document.issuer.identification:
        return WARN, "Quien envía el contenedor no es quien expidió el documento."
    if parcel.container.receiver != parcel.document.customer.identification:
        return WARN, "El destinatario del contenedor no es el comprador del documento."
    return OK, "El emisor y el comprador del contenedor son los del documento."


def _result_code(parcel: Parcel) -> Said:
    if parcel.container is None or parcel.verdict is None:
        return None
    named, code = parcel.container.result_code, parcel.verdict.code
    if named.lstrip("0") != code.lstrip("0"):
        return WARN, f"El contenedor dice resultado «{named[:10]}» y la respuesta de la DIAN dice {code}."
    return OK, "El resultado que dice el contenedor es el de la respuesta."


def _cdata(parcel: Parcel) -> Said:
    if parcel.container is None:
        return None
    if parcel.container.escaped:
        return WARN, "El documento va con caracteres escapados y no en CDATA: hay receptores que no lo leen."
    if parcel.container.nested_bom:
        return WARN, "El documento de adentro empieza con una marca de orden de bytes: hay receptores que no lo leen."
    return OK, "El documento va en CDATA."


def _encoding(parcel: Parcel) -> Said:
    if parcel.container is None:
        return None
    if parcel.container.encoding.upper() not in {"", "UTF-8"}:
        return WARN, f"El contenedor declara {parcel.container.encoding[:20]} y la regla es UTF-8."
    return OK, "El contenedor está en UTF-8."


def _document_type(parcel: Parcel) -> Said:
    if parcel.container is None:
        return None
    if parcel.container.type_code_for_type:
        return WARN, "El contenedor usa DocumentTypeCode donde la regla es DocumentType."
    return OK, "El contenedor dice su tipo como manda la regla."


SIGNATURES = {
    "intact": (OK, "La firma del documento está íntegra."),
    "altered": (WARN, "La firma del documento no corresponde con su contenido: fue alterado después de firmarse."),
    "absent": (WARN, "El documento no está firmado."),
    "unverifiable": (WARN, "La firma del documento no se puede verificar."),
}


def _signature(parcel: Parcel) -> Said:
    if parcel.document is None:
        return None
    found = check_piece(parcel.xml, key=parcel.document.key)
    grade, sentence = SIGNATURES[found.status]
    return grade, f"{sentence} {found.why}" if found.status == "unverifiable" else sentence


def _environment(parcel: Parcel) -> Said:
    if parcel.document is None:
        return None
    if parcel.document.environment == "2":
        return WARN, "Es del ambiente de pruebas: no tiene validez."
    return OK, "Es del ambiente de producción."


def _key_name(parcel: Parcel) -> Said:
    if parcel.document is None:
        return None
    if parcel.document.key_scheme.upper() not in {"CUFE-SHA384", "CUDE-SHA384", "CUDS-SHA384"}:
        return WARN, f"La clave dice «{parcel.document.key_scheme[:40]}» y la regla es CUFE-SHA384 o CUDE-SHA384."
    return OK, "La clave tiene la forma de la regla (96 dígitos, SHA-384)."


def _pdf(parcel: Parcel) -> Said:
    if parcel.document is None or not parcel.zipped:
        return None
    if not parcel.upload.pdfs:
        return WARN, "No trae representación gráfica en PDF: el comprador la espera."
    if len(parcel.upload.pdfs) > 1:
        return WARN, "Trae más de un PDF: los anexos van en otro ZIP dentro de este."
    if comparable_stem(parcel.upload.pdfs[0]) != comparable_stem(parcel.documents[0].member):
        return WARN, "El PDF no se llama como el XML: hay receptores que no lo emparejan."
    return OK, "Trae su representación gráfica en PDF."


def _foreign_files(parcel: Parcel) -> Said:
    known = (".xml", ".pdf", ".zip")
    odd = [name for name in parcel.members if not name.lower().endswith(known)]
    if not parcel.members:
        return None
    return (WARN, f"Trae archivos de otra clase («{odd[0][:80]}»).") if odd else (OK, "No trae archivos de otra clase.")


RULES = (
    Rule("leer", MAIL, _readable),
    Rule("un-zip", MAIL, _one_zip),
    Rule("tamano", MAIL, _size),
    Rule("nombre-zip", NAMES, _zip_name),
    Rule("nombre-xml", NAMES, _member_names),
    Rule("carpetas", PRACTICE, _folders),
    Rule("otros-archivos", MAIL, _foreign_files),
    Rule("un-documento", MAIL, _one_document),
    Rule("contenedor", CONTAINER, _in_container),
    Rule("respuesta-dian", CONTAINER, _answer),
    Rule("misma-clave", KEYS, _same_key),
    Rule("mismo-numero", CONTAINER, _same_number),
    Rule("mismas-partes", CONTAINER, _same_parties),
    Rule("resultado", CONTAINER, _result_code),
    Rule("cdata", PRACTICE, _cdata),
    Rule("codificacion", CONTAINER, _encoding),
    Rule("tipo-contenedor", CONTAINER, _document_type),
    Rule("forma-clave", KEYS, _key_name),
    Rule("firma", SIGNED, _signature),
    Rule("ambiente", CONTAINER, _environment),
    Rule("pdf", PRACTICE, _pdf),
)
