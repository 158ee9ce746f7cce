"""What is asked for and typed on the pages of *Lotes*."""

from typing import Any

from django import forms

from invoices.forms import select
from invoices.settings_forms import HouseForm, line
from invoices.templatetags.traza import thousands
from notifications.batch_selectors import Filters
from notifications.batches import MAX_NOTE, TYPED_ABOVE
from notifications.models import ResendBatchItem

STATUSES = [*ResendBatchItem.Status.choices, ("returned", "Devuelto")]


class ItemFilter(forms.Form):
    """Which documents of a batch; the names are those of the address."""

    grupo = select("Grupo", ResendBatchItem.Group.choices, every="Todos")
    estado = select("Resultado", STATUSES, every="Todos")

    def filters(self) -> Filters:
        """What is valid of the filters; what is not narrows nothing."""
        self.is_valid()
        return Filters(group=self.cleaned_data.get("grupo") or "", status=self.cleaned_data.get("estado") or "")


class ConfirmForm(HouseForm):
    """
    The confirmation of a draft.

    ``expected`` is the number of documents that the page showed; above ``TYPED_ABOVE`` it is typed as well.
    """

    again = forms.BooleanField(label="Enviar también a los que ya lo recibieron", required=False)
    note = line("Nota para el historial", MAX_NOTE, placeholder="Por qué se reenvía")
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)
    typed = line("Número", 12, inputmode="numeric", autocomplete="off")

    def clean(self) -> dict[str, Any]:
        """The typed number is the shown one; dots and blanks in it do not matter."""
        found: dict[str, Any] = self.cleaned_data
        shown = found["expected"] = found.get("expected") or 0
        if shown > TYPED_ABOVE and "".join(filter(str.isdecimal, found.get("typed", ""))) != str(shown):
            self.add_error("typed", f"Escribe {thousands(shown)} para confirmar.")
        return found
