"""The words of the buyer's page, filled in."""

from collections.abc import Mapping
from datetime import datetime

from django import template

from invoices.templatetags.traza import day

register = template.Library()
Words = Mapping[str, str]


@register.filter
def word(words: Words, key: str) -> str:
    """One of the words, by its key."""
    return words[key]


@register.filter
def claim(words: Words, code: str) -> str:
    """What a claim's code means, in the page's language."""
    return words[f"claim_{code}"]


@register.filter
def filled(text: str, address: str) -> str:
    """The text with the address of the link."""
    return text.format(address=address)


@register.filter
def hidden(text: str, masked: str) -> str:
    """The text with an address that is only hinted at."""
    return text.format(masked=masked)


@register.filter
def until(text: str, moment: datetime) -> str:
    """The text with a day of America/Bogota."""
    return text.format(day=day(moment))
