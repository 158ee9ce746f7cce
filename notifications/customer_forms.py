"""What is typed on the pages of *Clientes*; the names are those of the services' arguments, which check it."""

from typing import Any

from django import forms

from invoices.addresses import one_address
from invoices.customers import MAX_REASON, NIT
from invoices.models import BuyerDemand
from invoices.models.sales import IDENTIFICATION_LABELS
from invoices.settings_forms import HouseForm, line
from notifications import doubts
from notifications.doubts import Doubt
from notifications.suppressions import MAX_NOTE

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


class DoubtfulForm(HouseForm):
    """
    A form with an address that may look wrong: the person is asked once, and may take the one that was probably meant.

    ``doubt`` is what was asked; ``sure`` the address that the person was asked about before.
    """

    address: forms.CharField
    doubt: Doubt | None = None

    def accepts(self) -> bool:
        """Whether it may go on: valid, and nothing to ask. Where a suggestion was taken, it stands in the place of what was typed."""
        if not self.is_valid():
            return False
        self.cleaned_data["address"] = str(self.data.get("usar", "")) or self.cleaned_data["address"]
        address, _ = one_address(self.cleaned_data["address"])
        self.doubt = doubts.about([address], sure=[str(self.data.get("seguro", ""))]).get(address) if address else None
        return self.doubt is None


class CustomerForm(DoubtfulForm):
    """A customer that is added by hand."""

    identification_type = forms.CharField(label="Tipo", required=False, widget=forms.Select(choices=TYPES), initial=NIT)
    identification = line("Identificación", 40, "El NIT, con o sin dígito de verificación.", autocomplete="off")
    name = line("Nombre o razón social", 450, autocomplete="off")
    address = line("Correo (opcional)", 254, "Uno; después puedes agregar más.", **ADDRESS)


class AddressForm(DoubtfulForm):
    """An address that is added to a customer."""

    address = line("Correo", 254, **ADDRESS)
    always = forms.BooleanField(label="Siempre", required=False)


class DemandForm(HouseForm):
    """What a buyer's robot asks; what the value must be depends on the kind, and the service says so."""

    demand = forms.CharField(label="Qué pide", required=False, widget=forms.Select(choices=BuyerDemand.Demand.choices))
    value = line(
        "Valor",
        254,
        "Orden de compra: cuántos números, de 1 a 20. Línea de negocio: el texto. Segundo buzón: el correo.",
        autocomplete="off",
    )
    prevents = forms.BooleanField(label="Impide el envío", required=False)


class ReasonForm(HouseForm):
    """Why an address is switched off."""

    reason = line("Motivo", MAX_REASON, autocomplete="off", placeholder="El contacto ya no trabaja allí")


class SuppressForm(HouseForm):
    """An address that is held back by hand, and why."""

    address = line("Correo", 254, **ADDRESS)
    reason = line("Motivo", MAX_NOTE, autocomplete="off", placeholder="El cliente pidió que no le escriban más ahí")


class ReleaseForm(HouseForm):
    """Why an address may be told again."""

    note = line("Por qué ya sirve", MAX_NOTE, autocomplete="off", placeholder="El cliente liberó espacio y probó el buzón")
