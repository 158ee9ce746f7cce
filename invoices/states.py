"""Legal moves: a table per model, one method that makes them by compare-and-set."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models


class IllegalMove(Exception):
    """The table of moves does not know this move."""


class LostRace(Exception):
    """Somebody else moved the row first."""


class StatefulModel(models.Model):
    """A model whose ``STATE`` field moves only along ``MOVES``; ``docs/states.md`` is generated from both."""

    STATE: ClassVar[str]
    MOVES: ClassVar[Mapping[Any, frozenset[Any]]]

    class Meta:
        abstract = True

    def move_to(self, target: str, **changes: Any) -> None:
        """
        Move the row and write the changes with it, if nobody else moved it first.

        :raises IllegalMove: the table does not allow it.
        :raises LostRace: the row is no longer in the state that this object holds.
        """
        here = getattr(self, self.STATE)
        if target not in self.MOVES[here]:
            raise IllegalMove(f"{self._meta.label}: {here} → {target}")
        changes[self.STATE] = target
        if type(self)._base_manager.filter(pk=self.pk, **{self.STATE: here}).update(**changes) != 1:
            raise LostRace(f"{self._meta.label} {self.pk} is no longer {here}")
        for name, value in changes.items():
            setattr(self, name, value)
