"""The words of the buyer's page, filled in, and what a narrow line may do to them."""

import re
from collections.abc import Mapping
from datetime import datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from invoices.templatetags.traza import day

register = template.Library()
Words = Mapping[str, str]
JOINT = re.compile(r"(?=[@.])")


@register.filter
def word(words: Words, key: str) -> str:
    """One of the words, by its key."""
    return words[key]


@register.filter
def claim(words: Words, code: str) -> str:
    """What a claim's code means, in the page's language."""
    return words[f"claim_{code}"]


@register.filter
def jointed(address: str) -> SafeString:
    """The address, which a narrow line may break before its ``@`` and its dots rather than inside a word."""
    first, *rest = JOINT.split(address)
    return format_html("{}{}", first, format_html_join("", "<wbr>{}", ((part,) for part in rest)))


@register.filter
def whole(number: str) -> SafeString:
    """The number, which goes to the next line rather than break at its hyphen."""
    return format_html('<span class="whole">{}</span>', number)


@register.filter
def filled(text: str, address: str) -> SafeString:
    """The text with the address of the link."""
    return format_html(text, address=jointed(address))


@register.filter
def hidden(text: str, masked: str) -> SafeString:
    """The text with an address that is only hinted at; what is left of its name stays with the ``@``."""
    local, at, domain = masked.partition("@")
    return format_html(text, masked=format_html("{}{}{}", local, at, jointed(domain)))


@register.filter
def until(text: str, moment: datetime) -> str:
    """The text with a day of America/Bogota."""
    return text.format(day=day(moment))
