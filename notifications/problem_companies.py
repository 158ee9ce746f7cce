"""The open problems over all companies of a user; each company is read in its own scope, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from invoices.models import Company, Membership, User
from invoices.scope import company_scope
from notifications import problem_selectors
from notifications.problem_selectors import Group, Numbers, Overview

MOST = 200


@dataclass(frozen=True, slots=True)
class CompanyLine:
    """One company: its four numbers, its causes (without rows), the worst first."""

    company: Company
    numbers: Numbers
    causes: Sequence[Group]

    @property
    def worst(self) -> Group | None:
        """The cause with most documents."""
        return next(iter(self.causes), None)


@dataclass(frozen=True, slots=True)
class Companies:
    """The companies of a user, the one with most problems first; ``more`` of them were too many to read."""

    lines: Sequence[CompanyLine]
    more: int = 0

    @property
    def open(self) -> int:
        """Open problems of all of them."""
        return sum(line.numbers.open for line in self.lines)


def members(user: User) -> list[Company]:
    """The companies of which the user is a member at this moment, by name."""
    rows = Membership.objects.filter(user=user).select_related("company").order_by("company__name", "company__pk")
    return [row.company for row in rows]


def read(company: Company, *, today: date, most: int = 0) -> Overview:
    """One company, in a scope of its own. :param today: in America/Bogota. :param most: rows per cause."""
    with company_scope(company.pk):
        return problem_selectors.overview(company, today=today, most=most)


def of(user: User, *, today: date) -> Companies:
    """The user's companies, at most ``MOST`` of them; a few questions for each. :param today: in America/Bogota."""
    companies = members(user)
    found = [(company, read(company, today=today)) for company in companies[:MOST]]
    lines = [CompanyLine(company, overview.numbers, overview.groups) for company, overview in found]
    lines.sort(key=lambda line: (-line.numbers.open, -line.numbers.due_soon))
    return Companies(lines, len(companies[MOST:]))
