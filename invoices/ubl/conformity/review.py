"""The review of one package."""

from collections.abc import Iterable

from invoices.ubl.conformity.buyers import Requirement, check_requirement
from invoices.ubl.conformity.findings import Finding, Review
from invoices.ubl.conformity.parcel import open_parcel
from invoices.ubl.conformity.rules import RULES, apply


def check(name: str, data: bytes) -> Review:
    """
    Check a ZIP or an XML of at most 20 MB by every rule that applies to it. Never raises for what is inside.

    :param name: of the file; the rule for names is checked on it.
    """
    return Review(name, apply(RULES, open_parcel(name, data)))


def check_demands(name: str, data: bytes, *, subject: str, requirements: Iterable[Requirement]) -> list[Finding]:
    """What the buyer of the only document in the package asks beyond the annex, of the package and of the mail's subject."""
    parcel = open_parcel(name, data)
    found = (check_requirement(requirement, parcel, subject=subject) for requirement in requirements)
    return [finding for finding in found if finding]
