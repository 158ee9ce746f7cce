"""What is typed on the pages of *Problemas de entrega*; the services check it."""

from typing import Any

from django import forms

from invoices.settings_forms import HouseForm, line
from notifications import typos
from notifications.problems import MAX_NOTE


class CorrectForm(HouseForm):
    """Another address; one that looks mistyped is asked about once, and ``confirmed`` is the one that was meant all the same."""

    address = line("Correo nuevo", 254, inputmode="email", autocomplete="off", placeholder="compras@cliente.com")
    save = forms.BooleanField(label="Guardar para el cliente", required=False, initial=True)
    confirmed = forms.CharField(required=False, max_length=254, widget=forms.HiddenInput)
    meant = ""

    def clean(self) -> dict[str, Any]:
        """``meant`` is what was probably meant, as long as nobody has said that it was not."""
        address = self.cleaned_data.get("address", "")
        if address != self.cleaned_data.get("confirmed"):
            self.meant = typos.suggest(address)
        return self.cleaned_data


class NoteForm(HouseForm):
    """Why it is left so, or why the address is told again."""

    note = line("Nota", MAX_NOTE, autocomplete="off")
