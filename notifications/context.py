"""What every page of a company needs: the number beside *Problemas de entrega*."""

from typing import Any

from django.http import HttpRequest

from invoices.scope import company_scope, in_scope
from notifications import problem_selectors


def open_problems(request: HttpRequest) -> dict[str, Any]:
    """How many problems are open in the company of the page; asked for only when a template reads it."""
    company = getattr(request, "company", None)
    if company is None:
        return {}

    def count() -> int:
        if in_scope() == company.pk:
            return problem_selectors.open_count()
        with company_scope(company.pk):
            return problem_selectors.open_count()

    return {"open_problems": count}
