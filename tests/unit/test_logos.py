"""Pictures that people upload: what is taken, what is left of it, what is refused."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageFile
from PIL.PngImagePlugin import PngInfo

from invoices import logos
from invoices.invalid import Invalid


@pytest.fixture(autouse=True)
def _as_weasyprint_leaves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)


def picture(size: tuple[int, int] = (40, 20), mode: str = "RGB", kind: str = "PNG", **how: Any) -> bytes:
    """A file with one colour."""
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind, **how)
    return buffer.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def claiming(width: int, height: int) -> bytes:
    """A PNG of some bytes whose header claims such sides."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def opened(data: bytes) -> Image.Image:
    """What was drawn."""
    return Image.open(io.BytesIO(logos.draw(data)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_both_kinds_become_a_png(kind: str) -> None:
    drawn = opened(picture(kind=kind))

    assert (drawn.format, drawn.size) == ("PNG", (40, 20))


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")] + [("JPEG", "CMYK"), ("JPEG", "L")]
)
def test_every_kind_of_colour_is_read(kind: str, mode: str) -> None:
    assert opened(picture(mode=mode, kind=kind)).mode == "RGBA"


def test_a_large_picture_is_made_smaller_in_its_proportion() -> None:
    assert opened(picture((2000, 1000))).size == (600, 300)


def test_what_was_transparent_stays_so() -> None:
    assert opened(picture(mode="RGBA")).getpixel((0, 0)) == (0, 0, 0, 0)


def test_nothing_but_the_picture_is_kept() -> None:
    told = PngInfo()
    told.add_text("Author", "Mariana")
    exif = Image.Exif()
    exif[0x013B] = "Mariana"

    for data in (picture(pnginfo=told, exif=exif, icc_profile=b"Mariana"), picture(kind="JPEG", exif=exif, comment=b"Mariana")):
        assert b"Mariana" in data
        assert opened(data).info == {}
        assert b"Mariana" not in logos.draw(data)


def test_a_second_frame_and_what_follows_the_end_are_left_out() -> None:
    data = picture(save_all=True, append_images=[Image.new("RGB", (40, 20), "red")]) + b"<script>"

    drawn = opened(data)

    assert getattr(drawn, "n_frames", 1) == 1
    assert b"<script>" not in logos.draw(data)


def test_a_photo_stands_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6

    assert opened(picture((40, 20), kind="JPEG", exif=turned)).size == (20, 40)


def test_the_same_file_is_drawn_the_same() -> None:
    assert logos.draw(picture()) == logos.draw(picture())


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", logos.NO_IMAGE),
        (b"\x89PNG\r\n\x1a\n", logos.NO_IMAGE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", logos.NO_IMAGE),
        (picture(kind="GIF"), logos.NO_IMAGE),
        (picture(kind="WEBP"), logos.NO_IMAGE),
        (picture(kind="TIFF"), logos.NO_IMAGE),
        (picture((400, 400), kind="JPEG")[:-200], logos.NO_IMAGE),
        (picture((2001, 1)), "El logo mide 2001 por 1 píxeles y caben 2000 por lado."),
        (claiming(50_000, 50_000), logos.NO_IMAGE),
        (claiming(9_000, 9_999), logos.NO_IMAGE),
        (claiming(2_000, 2_000), logos.NO_IMAGE),
        (picture() + b"\0" * logos.MAX_BYTES, "El logo pesa más de 1 MB."),
    ],
    ids=["nothing", "head", "svg", "gif", "webp", "tiff", "torn", "wide", "bomb", "warned bomb", "lie", "heavy"],
)
def test_what_is_no_logo_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        logos.draw(data)

    assert (str(refused.value), refused.value.field) == (sentence, "logo")


def test_a_text_that_unpacks_to_gigabytes_is_refused() -> None:
    bomb = picture()
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 20_000_000, 9))

    with pytest.raises(Invalid):
        logos.draw(bomb[:33] + text + bomb[33:])
