"""What people type on the notifications' pages, checked; every error stands at its field and offers the repair."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing

from invoices.addresses import one_address

TICKET_SALT = "resend"
MAX_SELECTED = 200
MAX_NOTE = 500
MAX_FILES = 50
MAX_FILE_BYTES = 20 * 1024 * 1024
NOTIFY = (("auto", "Automático"), ("yes", "Sí"), ("no", "No"))


def ticket(document_id: UUID, seen: UUID | None) -> str:
    """What the form saw: the document and the last notification of it, signed; by it a second press is recognised."""
    return signing.dumps([document_id.hex, seen.hex if seen else ""], salt=TICKET_SALT)


def read_ticket(text: str, *, of: UUID) -> tuple[UUID, UUID | None]:
    """
    Document and last notification of a ticket.

    :param of: the document that it must be of.
    :raises django.core.signing.BadSignature: we did not write it, or it is another document's.
    """
    document_id, seen = signing.loads(text, salt=TICKET_SALT)
    if UUID(document_id) != of:
        raise signing.BadSignature("the ticket of another document")
    return UUID(document_id), UUID(seen) if seen else None


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
