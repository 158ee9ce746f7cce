"""Pictures that people upload: opened with care, and drawn anew."""

import base64
import io

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from invoices.invalid import Invalid
from invoices.models import Company

MAX_BYTES = 1024 * 1024
MAX_SIDE = 2000
# As large as it is printed at 300 dpi, or shown on a dense screen.
KEPT = (600, 300)
BAD = (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning)
NO_IMAGE = "No pudimos leer la imagen: sube un PNG o un JPEG."


def draw(data: bytes) -> bytes:
    """
    The picture as a PNG of at most ``KEPT`` pixels, with nothing else of what was in the file: no metadata, no second image.

    The sides stand in the header and are compared before a pixel is unpacked.

    :raises Invalid: too heavy, too large, or no PNG nor JPEG.
    """
    if len(data) > MAX_BYTES:
        raise Invalid("El logo pesa más de 1 MB.", field="logo")
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, once imported, lets Pillow invent what a torn file lacks
    try:
        with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as image:
            if max(image.size) > MAX_SIDE:
                raise Invalid(f"El logo mide {image.width} por {image.height} píxeles y caben {MAX_SIDE} por lado.", field="logo")
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except BAD as exc:
        raise Invalid(NO_IMAGE, field="logo") from exc
    upright.thumbnail(KEPT)
    clean = Image.new("RGBA", upright.size)
    clean.paste(upright)
    buffer = io.BytesIO()
    clean.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def inline(company: Company) -> str:
    """The company's logo as a ``data:`` address, so that no page of a buyer and no printed report fetches it; empty without one."""
    return f"data:image/png;base64,{base64.b64encode(company.logo.read()).decode()}" if company.logo else ""
