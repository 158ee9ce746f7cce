"""What people type on the notifications' pages, checked; every error stands at its field and offers the repair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing

from invoices.addresses import one_address
from invoices.ubl.addresses import split_addresses
from notifications.selectors import ResendRow
from notifications.services import MAX_RESEND_ADDRESSES, Target

TICKET_SALT = "resend"
MAX_SELECTED = 200
MAX_NOTE = 500
MAX_FILES = 50
MAX_FILE_BYTES = 20 * 1024 * 1024
NOTIFY = (("auto", "Automático"), ("yes", "Sí"), ("no", "No"))


def ticket(document_id: UUID, seen: UUID | None) -> str:
    """What the form saw: the document and the last notification of it, signed; by it a second press is recognised."""
    return signing.dumps([document_id.hex, seen.hex if seen else ""], salt=TICKET_SALT)


def read_ticket(text: str, *, of: UUID | None = None) -> tuple[UUID, UUID | None]:
    """
    Document and last notification of a ticket.

    :param of: the document that it must be of.
    :raises django.core.signing.BadSignature: we did not write it, or it is another document's.
    """
    document_id, seen = signing.loads(text, salt=TICKET_SALT)
    if of is not None and UUID(document_id) != of:
        raise signing.BadSignature("the ticket of another document")
    return UUID(document_id), UUID(seen) if seen else None


@dataclass(slots=True)
class Line:
    """One row of the resend form: what is known of the address, and what was typed."""

    row: ResendRow
    index: int
    on: bool
    address: str
    save: bool
    error: str = ""

    @property
    def corrected(self) -> bool:
        """Whether the address was changed in place."""
        return self.address != self.row.address

    @property
    def editable(self) -> bool:
        """A failed address is corrected in place; any other one only after a click."""
        return self.row.failed or self.corrected or bool(self.error)


@dataclass(slots=True)
class ResendForm:
    """The rows and the free field of *Reenviar Notificación*; ``targets`` are ready when ``is_valid``."""

    lines: list[Line]
    ticket: str
    others: str = ""
    save_others: bool = False
    note: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)

    @classmethod
    def fresh(cls, rows: Sequence[ResendRow], *, ticket: str, chosen: str = "") -> "ResendForm":
        """As it opens: ``chosen`` is an address that the page before asked to switch on."""
        lines = [Line(row, index, row.on or row.address == chosen, row.address, save=False) for index, row in enumerate(rows)]
        return cls(lines, ticket)

    @classmethod
    def posted(cls, data: Mapping[str, Any], rows: Sequence[ResendRow]) -> "ResendForm":
        """As it came back. A row whose address is no longer among the known ones is kept: nothing typed is dropped silently."""
        known = {row.address: row for row in rows}
        lines = []
        for index in range(MAX_RESEND_ADDRESSES * 2):
            before = str(data.get(f"antes_{index}", ""))
            if before:
                typed = str(data.get(f"correo_{index}", before)).strip()
                row = known.get(before) or ResendRow(before)
                lines.append(Line(row, index, f"enviar_{index}" in data, typed, save=f"guardar_{index}" in data))
        return cls(
            lines,
            str(data.get("ficha", "")),
            others=str(data.get("otros", "")).strip(),
            save_others="guardar_otros" in data,
            note=str(data.get("nota", "")).strip(),
        )

    def is_valid(self) -> bool:
        """Check everything, so that all errors are seen at once."""
        found: dict[str, Target] = {}
        for line in self.lines:
            if line.on:
                self._take_line(line, found)
        self._take_others(found)
        if len(self.note) > MAX_NOTE:
            self.errors["nota"] = f"La nota tiene {len(self.note)} letras y caben {MAX_NOTE}."
        refused = self.errors or any(line.error for line in self.lines)
        if not refused and not found:
            self.errors["form"] = "Elige al menos un correo, o agrega uno."
        if len(found) > MAX_RESEND_ADDRESSES:
            self.errors["form"] = f"Elige como máximo {MAX_RESEND_ADDRESSES} correos."
        self.targets = list(found.values())
        return not self.errors and not refused

    def _take_line(self, line: Line, found: dict[str, Target]) -> None:
        address, line.error = one_address(line.address)
        if address and (address not in found or line.corrected):
            found[address] = Target(address, corrects=line.row.address if address != line.row.address else "", save=line.save)

    def _take_others(self, found: dict[str, Target]) -> None:
        read = split_addresses(self.others)
        if read.undeliverable:
            self.errors["otros"] = f"«{read.undeliverable[0]}» no puede recibir correo: revisa tildes, espacios y el dominio."
        for address in read.deliverable:
            found.setdefault(address, Target(address, save=self.save_others))


class ReportForm(forms.Form):
    """Where the history goes: the user's own address, or another one for those who may."""

    correo = forms.CharField(max_length=254, required=False)
    otro = forms.CharField(max_length=254, required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, own: str, may_choose: bool) -> None:
        super().__init__(data)
        self.own, self.may_choose = own, may_choose

    def clean(self) -> dict[str, Any]:
        """``address`` is where it goes."""
        typed = str(self.cleaned_data.get("otro", "")).strip()
        if self.cleaned_data.get("correo") != "otro" or not self.may_choose:
            return {"address": self.own}
        address, error = one_address(typed)
        if error:
            self.add_error("otro", error)
        return {"address": address}


class UploadForm(forms.Form):
    """Whether the buyers of what is uploaded are told; the files are read by the view, one by one."""

    notificar = forms.ChoiceField(choices=NOTIFY, initial="auto", required=False)

    def clean_notificar(self) -> str:
        """Unless somebody chose, only what is recent."""
        return str(self.cleaned_data["notificar"] or "auto")


def selected_ids(values: Sequence[str]) -> list[UUID]:
    """The documents that were ticked in the list, none twice; what is not an id is left out."""
    found: dict[UUID, None] = {}
    for value in values:
        try:
            found[UUID(value)] = None
        except ValueError:
            continue
    return list(found)
