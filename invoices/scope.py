"""The company whose rows a piece of work may see: denied by default, opened by ``company_scope``."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self, TypeVar
from uuid import UUID

from django.db import connection, models, transaction

_current: ContextVar[UUID | None] = ContextVar("company_id", default=None)
M = TypeVar("M", bound=models.Model, covariant=True)


class OutsideCompanyScope(RuntimeError):
    """A company's rows were asked for without saying which company: a programming error, never shown to a user."""


@contextmanager
def company_scope(company_id: UUID) -> Iterator[None]:
    """
    Open the transaction in which one company's rows are visible, to the query layer and to PostgreSQL's policies.

    :raises OutsideCompanyScope: the scope of another company is open already.
    """
    if _current.get() not in {None, company_id}:
        raise OutsideCompanyScope("a company's scope cannot be opened inside another company's")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.company_id', %s, true)", [str(company_id)])
        token = _current.set(company_id)
        try:
            yield
        finally:
            _current.reset(token)


class CompanyManager(models.Manager[M]):
    """Sees the rows of the company in scope, and refuses to answer without one."""

    def get_queryset(self) -> models.QuerySet[M]:
        """Rows of the company in scope."""
        company_id = _current.get()
        if company_id is None:
            raise OutsideCompanyScope(f"{self.model._meta.label} was read outside company_scope")
        return super().get_queryset().filter(company_id=company_id)


class CompanyModel(models.Model):
    """
    A row that belongs to one company.

    ``objects`` sees only the company in scope. ``across`` sees all of them and is for the few functions that must
    (claim, sweep, the superuser's admin); they are named in ``tests/unit/test_scope.py``.
    """

    objects = CompanyManager[Self]()
    across = models.Manager[Self]()

    class Meta:
        abstract = True


def in_scope() -> Any:
    """The id of the company in scope, or None; for messages and logs only."""
    return _current.get()
