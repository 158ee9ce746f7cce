"""What a review says."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """Only what the annex makes impossible prevents; the habits of vendors and robots warn."""

    COMPLIES = "cumple"
    WARNS = "advierte"
    PREVENTS = "impide"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule applied: its code, what came out, a sentence in Spanish, and the source of the rule."""

    rule: str
    grade: Grade
    sentence: str
    source: str


@dataclass(frozen=True, slots=True)
class Review:
    """Every rule that applies to one package, in the order in which they are read."""

    name: str
    findings: Sequence[Finding]

    @property
    def grade(self) -> Grade:
        """The worst of its findings."""
        found = {finding.grade for finding in self.findings}
        return next((grade for grade in (Grade.PREVENTS, Grade.WARNS) if grade in found), Grade.COMPLIES)

    def of(self, grade: Grade) -> list[Finding]:
        """The findings of one grade."""
        return [finding for finding in self.findings if finding.grade == grade]
