"""The rows and the free field of *Reenviar Notificación*, checked; every error stands at its field and offers the repair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from invoices.addresses import one_address, refusal
from invoices.ubl.addresses import split_addresses
from notifications import doubts, suppressions
from notifications.doubts import Doubt
from notifications.forms import MAX_NOTE
from notifications.models import Suppression
from notifications.selectors import ResendRow
from notifications.services import MAX_RESEND_ADDRESSES, Target

MOST_ROWS = MAX_RESEND_ADDRESSES * 2
TICK = "Marca la casilla para enviarle, o deja la fila como estaba."
SAY_WHY = "Escribe por qué lo reactivas, o corrige el correo."


@dataclass(slots=True)
class Line:
    """One row: what is known of the address, and what was typed; ``release_note`` says why one that is held back may be told."""

    row: ResendRow
    index: int
    on: bool
    address: str
    save: bool = False
    release_note: str = ""
    error: str = ""
    release_error: str = ""
    doubt: Doubt | None = None

    @property
    def corrected(self) -> bool:
        """Whether the address was changed in place."""
        return self.address.lower() != self.row.address

    @property
    def editable(self) -> bool:
        """A failed address is corrected in place; any other one only after a click."""
        return self.row.failed or self.corrected or bool(self.error)

    @property
    def place(self) -> str:
        """The number in the names of its fields."""
        return str(self.index)

    @property
    def releases(self) -> bool:
        """Whether it would be sent to an address that is held back."""
        return self.row.suppression is not None and not self.corrected

    @property
    def from_dian(self) -> bool:
        """Whether DIAN's reception address stands here for another one."""
        return bool(self.row.instead) and self.address.lower() == self.row.instead

    def check(self) -> str:
        """The address to send to, or nothing; the errors are kept where they belong."""
        if not self.on:
            self.error = TICK if self.corrected or self.release_note else ""
            return ""
        address, self.error = one_address(self.address)
        if address and self.releases:
            self.release_error = "" if self.release_note else SAY_WHY
            if len(self.release_note) > suppressions.MAX_NOTE:
                self.release_error = f"El motivo tiene {len(self.release_note)} letras y caben {suppressions.MAX_NOTE}."
        return "" if self.release_error else address


@dataclass(slots=True)
class ResendForm:
    """
    What is shown and what was typed; ``targets`` are ready when ``is_valid``.

    ``sure`` are the doubtful addresses that the person was asked about already; ``replaced`` says that only a suggestion was
    taken over, so that nothing is sent yet.
    """

    lines: list[Line]
    ticket: str
    others: str = ""
    save_others: bool = False
    note: str = ""
    sure: set[str] = field(default_factory=set)
    replaced: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    @classmethod
    def fresh(cls, rows: Sequence[ResendRow], *, ticket: str, chosen: str = "", instead: str = "") -> "ResendForm":
        """As it opens: ``chosen`` is an address that the page before asked to switch on, ``instead`` the one that shall stand for it."""
        lines = [Line(row, index, row.on or row.address == chosen, row.address) for index, row in enumerate(rows)]
        for line in lines:
            if instead and line.row.address == chosen:
                line.address = instead
        return cls(lines, ticket)

    @classmethod
    def posted(cls, data: Mapping[str, Any], rows: Sequence[ResendRow]) -> "ResendForm":
        """As it came back. A row whose address is no longer among the known ones is kept: nothing typed is dropped silently."""
        known = {row.address: row for row in rows}
        given = {name: str(value).strip() for name, value in data.items()}
        lines = [_line(given, index, known) for index in range(MOST_ROWS) if given.get(f"antes_{index}")]
        before, _, meant = given.get("usar_otros", "").partition(" ")
        return cls(
            lines,
            given.get("ficha", ""),
            others=given.get("otros", "").replace(before, meant) if before else given.get("otros", ""),
            save_others="guardar_otros" in given,
            note=given.get("nota", ""),
            sure=set(given.get("seguro", "").split()),
            replaced=any(name.startswith("usar_") for name in given),
        )

    def is_valid(self) -> bool:
        """Check everything, so that all errors are seen at once."""
        found: dict[str, Target] = {}
        for line in self.lines:
            if address := line.check():
                _take(line, address, found)
        self._take_others(found)
        if len(self.note) > MAX_NOTE:
            self.errors["nota"] = f"La nota tiene {len(self.note)} letras y caben {MAX_NOTE}."
        refused = self.errors or any(line.error or line.release_error for line in self.lines)
        if not refused and not found:
            self.errors["form"] = "Elige al menos un correo, o agrega uno."
        if len(found) > MAX_RESEND_ADDRESSES:
            self.errors["form"] = f"Elige como máximo {MAX_RESEND_ADDRESSES} correos."
        self.targets = list(found.values())
        return not (self.errors or refused or self._doubtful(found))

    def _take_others(self, found: dict[str, Target]) -> None:
        read = split_addresses(self.others)
        for address in read.undeliverable[:1]:
            self.errors["otros"] = refusal(address)
        for address in read.deliverable:
            _, error = one_address(address)
            if error:
                self.errors.setdefault("otros", error)
            found.setdefault(address, Target(address, save=self.save_others))
        typed = {target.address for target in found.values() if not target.release_note}
        for row in suppressions.held(typed).values():
            self._say_held(row)

    def _say_held(self, row: Suppression) -> None:
        """An address that was typed is held back: told where it was typed."""
        line = next((line for line in self.lines if line.on and line.address.lower() == row.address_key), None)
        if line is None:
            self.errors.setdefault("otros", suppressions.refusal(row))
        elif not line.release_error:
            line.error = suppressions.refusal(row)

    def _doubtful(self, found: Mapping[str, Target]) -> bool:
        """Whether an address that was typed here looks wrong: asked once, then taken as it is."""
        known = {line.row.address for line in self.lines}
        asked = doubts.about([address for address in found if address not in known], sure=self.sure)
        self.sure |= set(asked)
        for line in self.lines:
            if line.on:
                line.doubt = asked.pop(line.address.lower(), None)
        self.doubts = list(asked.values())
        return bool(self.doubts) or any(line.doubt for line in self.lines)


def _line(given: Mapping[str, str], index: int, known: Mapping[str, ResendRow]) -> Line:
    before = given[f"antes_{index}"]
    used = given.get(f"usar_{index}", "")
    return Line(
        known.get(before) or ResendRow(before),
        index,
        on=f"enviar_{index}" in given or bool(used),
        address=used or given.get(f"correo_{index}", before),
        save=f"guardar_{index}" in given,
        release_note=given.get(f"reactivar_{index}", ""),
    )


def _take(line: Line, address: str, found: dict[str, Target]) -> None:
    if address not in found or line.corrected:
        corrects = line.row.address if address != line.row.address else ""
        found[address] = Target(address, corrects, line.save, line.release_note if line.releases else "")
