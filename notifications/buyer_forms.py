"""What a buyer may say. The errors are keys of ``buyer_words``: the page says them in its language."""

from typing import Any

from django import forms

from notifications.acknowledgements import MAX_MESSAGE
from notifications.models import CustomerAnswer


class Said(forms.CharField):
    """
    What somebody typed, as the page counts it.

    A browser counts the end of a line as one character and sends two; what has no place in a text (NUL) is left out.
    """

    def to_python(self, value: Any) -> str:
        """The text with the ends of lines that the page counted."""
        text = super().to_python(value)
        return "" if text is None else text.replace("\r\n", "\n").replace("\0", "")


class ConfirmForm(forms.Form):
    """With *Confirmo que recibí este documento*."""

    nombre = Said(required=False, max_length=150, error_messages={"max_length": "too_long_name"})
    mensaje = Said(required=False, max_length=MAX_MESSAGE, error_messages={"max_length": "too_long"})


class ClaimForm(forms.Form):
    """With *Tengo un reclamo*."""

    motivo = forms.ChoiceField(choices=CustomerAnswer.Claim.choices, error_messages={"required": "choose", "invalid_choice": "choose"})
    detalle = Said(max_length=MAX_MESSAGE, error_messages={"required": "say_more", "max_length": "too_long"})
