"""The colour that a business's paper takes from its logo."""

import base64
import io

import pytest
from PIL import Image, ImageDraw

from invoices.models import Company
from notifications import brand


class Stored:
    """A file that lies nowhere."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self) -> bytes:
        return self.data


def picture(size: tuple[int, int], ground: tuple[int, int, int, int], mark: tuple[int, int, int, int]) -> Image.Image:
    """A ground with a smaller mark on it."""
    image = Image.new("RGBA", size, ground)
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1] // 2), fill=mark)
    return image


def with_logo(image: Image.Image) -> Company:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    company = Company(nit="1")
    company._state.fields_cache["logo"] = Stored(buffer.getvalue())
    return company


def test_the_colour_is_the_one_of_the_mark_not_of_its_ground() -> None:
    assert brand.dominant(picture((80, 80), (255, 255, 255, 255), (29, 107, 79, 255))) == (29, 107, 79)


def test_what_is_transparent_has_no_colour() -> None:
    assert brand.dominant(picture((80, 80), (250, 0, 0, 0), (29, 107, 79, 255))) == (29, 107, 79)


@pytest.mark.parametrize("grey", [(0, 0, 0, 255), (128, 128, 128, 255), (255, 255, 255, 255)])
def test_a_grey_logo_gives_the_sober_blue(grey: tuple[int, int, int, int]) -> None:
    assert brand.dominant(picture((20, 20), grey, grey)) == brand.DEFAULT


@pytest.mark.parametrize("colour", [(255, 230, 0), (120, 255, 120), (0, 200, 255)])
def test_a_pale_colour_is_darkened_until_it_can_be_read(colour: tuple[int, int, int]) -> None:
    assert brand.contrast(colour) < 4.5 <= brand.contrast(brand.readable(colour))


def test_a_dark_colour_stays_as_it_is() -> None:
    assert brand.readable((29, 107, 79)) == (29, 107, 79)


def test_black_on_white_has_the_contrast_of_the_norm() -> None:
    assert brand.contrast((0, 0, 0)) == pytest.approx(21)


@pytest.mark.parametrize(
    ("size", "sides"), [((600, 300), ("34.00mm", "17.00mm")), ((600, 100), ("46.00mm", "7.67mm")), ((50, 200), ("4.25mm", "17.00mm"))]
)
def test_a_logo_keeps_its_proportion_within_its_place(size: tuple[int, int], sides: tuple[str, str]) -> None:
    drawn = brand.of(with_logo(picture(size, (29, 107, 79, 255), (29, 107, 79, 255))))

    assert (drawn.width, drawn.height, drawn.accent) == (*sides, "#1d6b4f")


def test_a_logo_is_no_finer_than_it_is_printed() -> None:
    drawn = brand.of(with_logo(picture((600, 300), (29, 107, 79, 255), (255, 255, 255, 255))))

    with Image.open(io.BytesIO(base64.b64decode(drawn.logo.removeprefix("data:image/png;base64,")))) as image:
        assert image.size == (402, 201)


def test_without_a_logo_there_is_the_sober_blue_alone() -> None:
    assert brand.of(Company(nit="1")) == brand.of(None) == brand.Brand("", "", "", "", "#1f3a5f")
