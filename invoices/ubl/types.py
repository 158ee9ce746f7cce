"""What DIAN's documents say, as plain values: every text stripped, every moment aware, every amount exact."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Root = Literal["Invoice", "CreditNote", "DebitNote"]


@dataclass(frozen=True, slots=True)
class Party:
    """
    An issuer, a buyer, or who sent or received an answer; all fields empty where the XML names nobody.

    :param identification_type: DIAN's code (``31`` NIT, ``13`` cédula …); empty where the XML gives none.
    :param identification: without dots, blanks and check digit.
    :param check_digit: of a NIT (``31``), as printed in the XML, right or wrong; otherwise empty.
    :param name: legal name.
    :param trade_name: empty where there is none.
    """

    identification_type: str
    identification: str
    check_digit: str
    name: str
    trade_name: str


@dataclass(frozen=True, slots=True)
class EmailList:
    """Addresses in lower case, in the order in which they were written, none twice; what cannot be mailed is kept apart."""

    deliverable: tuple[str, ...]
    undeliverable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """
    A sales document: invoice, note or equivalent document.

    :param key: CUFE, CUDE or CUDS: 96 lower-case hexadecimal digits; ``key_scheme`` is the scheme as printed (``CUFE-SHA384``).
    :param issued_at: with the offset printed, America/Bogota where none is; ``issue_date`` is the date as printed.
    :param total: what is to be paid, in ``currency`` (ISO 4217); ``subtotal`` before taxes; ``taxes`` their sum.
    :param payment_form: ``1`` contado, ``2`` crédito, empty where unknown.
    :param environment: ``1`` production, ``2`` tests, empty where unknown.
    :param referenced_keys: keys of the documents that it refers to.
    :param content_sha256: hexadecimal SHA-256 over the C14N 1.0 form of the document's element: the same wherever it travels.
    """

    root: Root
    type_code: str
    number: str
    prefix: str
    key: str
    key_scheme: str
    issued_at: datetime
    issue_date: date
    due_date: date | None
    currency: str
    total: Decimal
    subtotal: Decimal
    taxes: Decimal
    payment_form: str
    environment: str
    issuer: Party
    customer: Party
    customer_emails: EmailList
    referenced_keys: tuple[str, ...]
    content_sha256: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One notice or error of DIAN: the code of the rule (``FAJ43b``) and its message."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    DIAN's answer about one document.

    :param code: ``02`` validated, ``04`` rejected.
    :param key: the answer's own CUDE; empty where the answer has none.
    :param result_code: the container's ``ValidationResultCode``, only to be shown; it decides nothing.
    """

    code: Literal["02", "04"]
    description: str
    document_key: str
    document_number: str
    key: str
    validated_at: datetime | None
    rules: tuple[Rule, ...]
    sender: Party
    receiver: Party
    result_code: str = ""

    @property
    def accepted(self) -> bool:
        """DIAN validated the document, with notices or without."""
        return self.code == "02"

    @property
    def accepted_with_notices(self) -> bool:
        """DIAN validated the document and remarked on it."""
        return self.accepted and bool(self.rules)

    @property
    def rejected(self) -> bool:
        """DIAN refused the document."""
        return self.code == "04"


@dataclass(frozen=True, slots=True)
class BuyerEvent:
    """
    An event about an invoice: 030 to 033 of the buyer, 034 of the issuer.

    :param number: the event's own number; two senders may use the same.
    :param key: the event's own CUDE; several events of one answer share it.
    :param document_type: type code of the document as printed, empty where it is not.
    :param claim_code: why the buyer claims (031): ``01`` to ``04``; otherwise empty.
    """

    code: str
    name: str
    number: str
    key: str
    issued_at: datetime
    document_key: str
    document_number: str
    document_type: str
    sender: Party
    receiver: Party
    claim_code: str
    notes: tuple[str, ...]


Content = Document | Verdict | BuyerEvent


@dataclass(frozen=True, slots=True)
class Piece:
    """
    One thing that was read.

    :param member: path inside the ZIP, empty for a bare file.
    :param name: for the screen: the file, and inside a ZIP the member too.
    :param in_container: it came inside an ``AttachedDocument``.
    :param verdict: DIAN's answer about the document or the event that came in the same container.
    :param pdf: the member that is its PDF, empty where there is none or where more than one document could claim it.
    :param annexes: members beside the document and its PDF, at most 20, where the ZIP holds this one document.
    :param sole: the only XML of the ZIP is one ``AttachedDocument`` of exactly this document and nothing was refused:
        the ZIP may be sent on as it came.
    """

    member: str
    name: str
    content: Content
    in_container: bool = False
    verdict: Verdict | None = None
    pdf: str = ""
    annexes: tuple[str, ...] = ()
    sole: bool = False

    @property
    def verdict_in_container(self) -> bool:
        """DIAN's answer is part of the file that holds the document."""
        return self.in_container and self.verdict is not None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What could not be read, and why, in one sentence for the user."""

    name: str
    sentence: str
    code: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in: what was read in it, what was not, and the PDFs of the ZIP (member paths)."""

    name: str
    data: bytes
    sha256: str
    pieces: tuple[Piece, ...]
    refusals: tuple[Refusal, ...]
    pdfs: tuple[str, ...]
