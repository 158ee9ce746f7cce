"""What is typed to set up a channel: the fields of its kind, and a name to know it by."""

from typing import Any

from django import forms

from invoices.settings_forms import HouseForm, line
from notifications.channel_kinds import MOST, Field, Kind
from notifications.company_channels import MOST_LABEL

KEPT = "Guardado: déjalo vacío para no cambiarlo."


class ChannelForm(HouseForm):
    """One kind of channel; a secret is never written into the page."""

    def __init__(self, data: Any = None, *, kind: Kind, kept: dict[str, str] | None = None, label: str = "") -> None:
        """:param kept: what the channel that is changed holds, by field; of secrets only whether there is one."""
        shown = {item.name: (kept or {}).get(item.name, "") for item in kind.fields if not item.secret}
        super().__init__(data, initial={"label": label} | {name: text for name, text in shown.items() if text})
        self.fields["label"] = line("Nombre del canal", MOST_LABEL, "Para reconocerlo, por ejemplo «Facturación».", autocomplete="off")
        for item in kind.fields:
            self.fields[item.name] = _field(item, saved=bool((kept or {}).get(item.name)))
        for bound in self.fields.values():
            bound.widget.attrs["class"] = "form-select" if type(bound.widget) is forms.Select else "form-control"


def _field(item: Field, *, saved: bool) -> forms.CharField:
    if item.choices:
        widget: forms.Widget = forms.Select(choices=[(choice, choice) for choice in item.choices])
    elif item.secret:
        attrs = {"autocomplete": "new-password", "placeholder": "•••••••• guardado" if saved else ""}
        widget = forms.PasswordInput(attrs=attrs, render_value=False)
    else:
        widget = forms.TextInput(attrs={"maxlength": MOST["text"], "autocomplete": "off", "spellcheck": "false"})
    help_text = " ".join(filter(None, [item.help, KEPT if item.secret and saved else ""]))
    return forms.CharField(label=item.label, required=False, widget=widget, help_text=help_text, strip=not item.secret)
