"""What is typed on the pages of *Clientes*; the names are those of the services' arguments, which check it."""

from typing import Any

from django import forms

from invoices.customers import MAX_REASON, NIT
from invoices.models.sales import IDENTIFICATION_LABELS
from invoices.settings_forms import HouseForm, line

# The two that nearly every customer has come first.
COMMON = (NIT, "13")
TYPES = [(code, IDENTIFICATION_LABELS[code]) for code in (*COMMON, *(code for code in IDENTIFICATION_LABELS if code not in COMMON))]
ADDRESS: dict[str, Any] = {"inputmode": "email", "autocomplete": "off", "placeholder": "compras@cliente.com"}


class CustomerSearch(forms.Form):
    """The box above the list."""

    q = forms.CharField(label="Buscar", required=False, max_length=200)

    def text(self) -> str:
        """What was typed; what cannot be looked for finds everything."""
        return str(self.cleaned_data["q"]) if self.is_valid() else ""


class CustomerForm(HouseForm):
    """A customer that is added by hand."""

    identification_type = forms.CharField(label="Tipo", required=False, widget=forms.Select(choices=TYPES), initial=NIT)
    identification = line("Identificación", 40, "El NIT, con o sin dígito de verificación.", autocomplete="off")
    name = line("Nombre o razón social", 450, autocomplete="off")
    address = line("Correo (opcional)", 254, "Uno; después puedes agregar más.", **ADDRESS)


class AddressForm(HouseForm):
    """An address that is added to a customer."""

    address = line("Correo", 254, **ADDRESS)
    always = forms.BooleanField(label="Siempre", required=False)


class ReasonForm(HouseForm):
    """Why an address is switched off."""

    reason = line("Motivo", MAX_REASON, autocomplete="off", placeholder="El contacto ya no trabaja allí")
