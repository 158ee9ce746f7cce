"""How a business looks on its own paper: its logo at the size in which it is printed, and a colour taken from it."""

import base64
import colorsys
import io
from collections import Counter
from dataclasses import dataclass
from math import ceil

from PIL import Image

from invoices.models import Company

# A sober blue, for a business without a logo or with a grey one.
DEFAULT = (0x1F, 0x3A, 0x5F)
WIDEST, HIGHEST, GAP = 46.0, 17.0, 5.0  # millimetres
DOTS = 300 / 25.4  # for a millimetre
MIN_CONTRAST = 4.5  # WCAG 2.2, 1.4.3: text on white
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Brand:
    """``logo`` as a ``data:`` address, empty without one; ``column`` and its sides are lengths of CSS; ``accent`` is ``#rrggbb``."""

    logo: str
    width: str
    height: str
    column: str
    accent: str


def of(company: Company | None) -> Brand:
    """The brand of a company; without a company, or without a logo, the sober one."""
    if company is None or company.logo is None:
        return Brand("", "", "", "", _written(DEFAULT))
    with Image.open(io.BytesIO(company.logo.read()), formats=["PNG"]) as image:
        logo = image.convert("RGBA")
    scale = min(WIDEST / logo.width, HIGHEST / logo.height)
    width, height = logo.width * scale, logo.height * scale
    accent = _written(readable(dominant(logo)))
    return Brand(_inlined(logo, width, height), f"{width:.2f}mm", f"{height:.2f}mm", f"{width + GAP:.2f}mm", accent)


def _inlined(logo: Image.Image, width: float, height: float) -> str:
    """No finer than it is printed: a photograph would weigh as much as the rest of the page ten times over."""
    logo.thumbnail((ceil(width * DOTS), ceil(height * DOTS)))
    buffer = io.BytesIO()
    logo.save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def dominant(image: Image.Image) -> Colour:
    """The most frequent colour that is one: neither transparent nor grey, white or black."""
    raw = image.resize((48, 48), Image.Resampling.BOX).tobytes()
    every = zip(raw[0::4], raw[1::4], raw[2::4], raw[3::4], strict=True)
    pixels = [(red, green, blue) for red, green, blue, alpha in every if alpha > 127 and _is_colour(red, green, blue)]
    if not pixels:
        return DEFAULT
    [(kind, _)] = Counter(_kind(pixel) for pixel in pixels).most_common(1)
    alike = [pixel for pixel in pixels if _kind(pixel) == kind]
    red, green, blue = (sum(channel) // len(alike) for channel in zip(*alike, strict=True))
    return red, green, blue


def readable(colour: Colour) -> Colour:
    """The colour, darkened until text in it can be read on white."""
    while contrast(colour) < MIN_CONTRAST:
        red, green, blue = colour
        colour = red * 9 // 10, green * 9 // 10, blue * 9 // 10
    return colour


def contrast(colour: Colour) -> float:
    """With white, 1 to 21 (WCAG 2.2, contrast ratio)."""
    linear = [value / 12.92 if (value := channel / 255) <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for channel in colour]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def _is_colour(*rgb: int) -> bool:
    _, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in rgb))
    return saturation > 0.3 and value > 0.2


def _kind(pixel: Colour) -> tuple[int, ...]:
    return tuple(channel // 32 for channel in pixel)


def _written(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
