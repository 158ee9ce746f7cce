"""What a buyer may say. The errors are keys of ``buyer_words``: the page says them in its language."""

from django import forms

from notifications.acknowledgements import MAX_MESSAGE
from notifications.models import CustomerAnswer


class ConfirmForm(forms.Form):
    """With *Confirmo que recibí este documento*."""

    nombre = forms.CharField(required=False, max_length=150)
    mensaje = forms.CharField(required=False, max_length=MAX_MESSAGE, error_messages={"max_length": "too_long"})


class ClaimForm(forms.Form):
    """With *Tengo un reclamo*."""

    motivo = forms.ChoiceField(choices=CustomerAnswer.Claim.choices, error_messages={"required": "choose", "invalid_choice": "choose"})
    detalle = forms.CharField(max_length=MAX_MESSAGE, error_messages={"required": "say_more", "max_length": "too_long"})
