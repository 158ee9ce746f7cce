"""What a buyer's robot would say of a package."""

import os

import pytest

from invoices.ubl.conformity import Demand, Grade, Requirement, Review, check, check_demands
from invoices.ubl.conformity.rules import RULES
from tests import signing as keys
from tests import ubl_builders as ubl

PRODUCTION = (b">2</cbc:ProfileExecutionID>", b">1</cbc:ProfileExecutionID>")
OK, WARN, STOP = Grade.COMPLIES, Grade.WARNS, Grade.PREVENTS
INVOICE, ANSWER = ubl.build_invoice(), ubl.build_response()
CONTAINER = ubl.build_attached_document(INVOICE, ANSWER)
NAME = "z08001972680002600000001.zip"
AD, PDF = "ad08001972680002600000001.xml", "ad08001972680002600000001.pdf"


def package(container: bytes = CONTAINER, *, name: str = NAME, members: dict[str, bytes] | None = None) -> Review:
    return check(name, ubl.build_zip({AD: container, PDF: ubl.PDF} if members is None else members))


def grade(review: Review, rule: str) -> Grade | None:
    return next((finding.grade for finding in review.findings if finding.rule == rule), None)


def test_a_good_package_complies_with_every_rule() -> None:
    container = ubl.build_attached_document(keys.sign(INVOICE.replace(*PRODUCTION)), ANSWER).replace(*PRODUCTION)

    review = package(container)

    assert [(finding.rule, finding.sentence) for finding in review.findings if finding.grade != OK] == []
    assert [finding.rule for finding in review.findings] == [rule.code for rule in RULES]
    assert review.grade == OK


CASES = {
    "un-zip": [(check("ad.xml", CONTAINER), WARN), (check("z.zip", CONTAINER), STOP)],
    "leer": [(check(NAME, b"PK\x03\x04 cut off"), STOP), (package(members={AD: CONTAINER, "otro.xml": b"<no"}), WARN)],
    "nombre-zip": [(package(name="factura.zip"), WARN)],
    "nombre-xml": [(package(members={"factura.xml": CONTAINER}), WARN)],
    "carpetas": [(package(members={f"Factura/{AD}": CONTAINER}), WARN)],
    "otros-archivos": [(package(members={AD: CONTAINER, "logo.png": b"x"}), WARN)],
    "un-documento": [
        (package(members={PDF: ubl.PDF}), STOP),
        (package(members={AD: CONTAINER, "ad2.xml": ubl.build_attached_document(ubl.build_credit_note(), None)}), STOP),
    ],
    "contenedor": [(package(INVOICE), STOP)],
    "respuesta-dian": [
        (package(ubl.build_attached_document(INVOICE, None)), STOP),
        (package(ubl.build_attached_document(INVOICE, ubl.build_response(code="04"))), STOP),
        (package(members={AD: ubl.build_attached_document(INVOICE, None), "ar.xml": ANSWER}), WARN),
    ],
    "mismo-numero": [(package(CONTAINER.replace(b"<cbc:ParentDocumentID>", b"<cbc:ParentDocumentID>X")), WARN)],
    "resultado": [(package(CONTAINER.replace(b">02</cbc:ValidationResultCode>", b">00</cbc:ValidationResultCode>")), WARN)],
    "codificacion": [(package(CONTAINER.decode().replace('encoding="UTF-8"', 'encoding="windows-1252"', 1).encode("cp1252")), WARN)],
    "tipo-contenedor": [
        (
            package(
                CONTAINER.replace(b"<cbc:DocumentType>Contenedor", b"<cbc:DocumentTypeCode>Contenedor").replace(
                    b"nica</cbc:DocumentType>", b"nica</cbc:DocumentTypeCode>"
                )
            ),
            WARN,
        )
    ],
    "pdf": [
        (package(members={AD: CONTAINER}), WARN),
        (package(members={AD: CONTAINER, "factura.pdf": ubl.PDF}), WARN),
        (package(members={AD: CONTAINER, PDF: ubl.PDF, "anexo.pdf": ubl.PDF}), WARN),
    ],
}


@pytest.mark.parametrize(("rule", "case"), [(rule, case) for rule, cases in CASES.items() for case in range(len(cases))])
def test_what_breaks_a_rule_is_said(rule: str, case: int) -> None:
    review, expected = CASES[rule][case]

    assert grade(review, rule) == expected


def said_of_signature(invoice: bytes) -> tuple[Grade, str]:
    review = package(ubl.build_attached_document(invoice, ANSWER))
    return next((finding.grade, finding.sentence) for finding in review.findings if finding.rule == "firma")


def test_a_signature_that_is_altered_absent_or_unverifiable_warns_in_its_own_words() -> None:
    signed = keys.sign(INVOICE)
    altered = signed.replace(b">FERRETER", b">XERRETER", 1)
    torn = signed.replace(b"X509Certificate>", b"X509Nothing>")

    assert said_of_signature(signed) == (OK, "La firma del documento está íntegra.")
    assert said_of_signature(INVOICE) == (WARN, "El documento no está firmado.")
    assert said_of_signature(altered)[0] == WARN
    assert "alterado" in said_of_signature(altered)[1]
    assert said_of_signature(torn)[0] == WARN
    assert "no se puede verificar" in said_of_signature(torn)[1]


def test_an_equivalent_may_go_without_an_answer_and_is_warned_about() -> None:
    ticket = INVOICE.replace(b">01</cbc:InvoiceTypeCode>", b">20</cbc:InvoiceTypeCode>")

    review = package(ubl.build_attached_document(ticket, None))

    assert grade(review, "respuesta-dian") == WARN


def test_a_package_over_2_mb_cannot_be_sent() -> None:

    review = package(members={AD: CONTAINER, PDF: ubl.PDF + os.urandom(2_200_000)})

    assert (grade(review, "tamano"), review.grade) == (STOP, STOP)


def test_contingency_goes_without_an_answer() -> None:
    contingency = INVOICE.replace(b">01</cbc:InvoiceTypeCode>", b">04</cbc:InvoiceTypeCode>")

    review = package(ubl.build_attached_document(contingency, None))

    assert grade(review, "respuesta-dian") == OK


def test_every_sentence_says_where_its_rule_comes_from() -> None:
    findings = [finding for cases in CASES.values() for review, _ in cases for finding in review.findings]

    assert len({finding.rule for finding in findings}) == len(RULES)
    assert all(finding.sentence.endswith(".") and finding.source for finding in findings)


SUBJECT = "800197268;Empresa;FE-1;01;Empresa;Bogota"


@pytest.mark.parametrize(
    ("requirement", "xml", "subject", "expected"),
    [
        (Requirement(Demand.ORDER_NUMBER, "10"), INVOICE, SUBJECT, WARN),
        (Requirement(Demand.ORDER_NUMBER, "10", prevents=True), INVOICE, SUBJECT, STOP),
        (Requirement(Demand.BUSINESS_LINE, "Bogota"), INVOICE, SUBJECT, OK),
        (Requirement(Demand.BUSINESS_LINE, "Cali"), INVOICE, SUBJECT, WARN),
        (Requirement(Demand.BUSINESS_LINE, "Cali"), INVOICE, "800197268;Empresa;FE-1;01;Empresa", WARN),
        (Requirement(Demand.NIT_WITHOUT_CHECK_DIGIT), INVOICE, SUBJECT, OK),
        (Requirement(Demand.PDF), INVOICE, SUBJECT, OK),
    ],
)
def test_a_buyer_may_ask_for_more(requirement: Requirement, xml: bytes, subject: str, expected: Grade) -> None:
    data = ubl.build_zip({AD: ubl.build_attached_document(xml, ANSWER), PDF: ubl.PDF})

    [finding] = check_demands(NAME, data, subject=subject, requirements=[requirement])

    assert finding.grade == expected


def test_a_second_mailbox_is_met_by_sending() -> None:
    data = ubl.build_zip({AD: CONTAINER})

    assert check_demands(NAME, data, subject=SUBJECT, requirements=[Requirement(Demand.SECOND_MAILBOX, "b@example.com")]) == []
