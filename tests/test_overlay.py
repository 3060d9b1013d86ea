"""Annotated pictures: a frame around each digit, and another kind of frame where it is not accepted."""

import io

import numpy as np
from PIL import Image

from numink import Box, Digit, Number, Page
from numink.export.overlay import (
    ACCEPTED_COLOUR,
    DOUBTFUL_COLOUR,
    FIELD_COLOUR,
    LEFT_OVER_COLOUR,
    draw,
    draw_template,
)
from numink.imaging.decode import open_picture
from numink.structure.template import FieldKind, Template, TemplateField
from pictures import Sheet, blank, write


def page_of(*accepted: bool, size: tuple[int, int] = (300, 200)) -> Page:
    digits = tuple(
        Digit("7", 0.99 if is_accepted else 0.5, is_accepted, Box(40 + 120 * index, 60, 60, 90))
        for index, is_accepted in enumerate(accepted)
    )
    number = Number("7" * len(digits), 1, 0.9, all(accepted), Box.around([digit.box for digit in digits]), digits)
    return Page(*size, (number,), "test", 1.0)


def drawn(page: Page, sheet: Sheet) -> np.ndarray:
    data = draw(open_picture(blank(sheet)), page)
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def has(pixels: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool((np.abs(pixels - np.array(colour)).max(axis=2) < 30).any())


def test_accepted_and_doubtful_digits_have_different_frames() -> None:
    pixels = drawn(page_of(True, False), Sheet(300, 200))
    assert has(pixels[50:160, 35:110], ACCEPTED_COLOUR)
    assert not has(pixels[50:160, 35:110], DOUBTFUL_COLOUR)
    assert has(pixels[50:160, 150:230], DOUBTFUL_COLOUR)
    line = np.abs(pixels[60, 160:220] - np.array(DOUBTFUL_COLOUR)).max(axis=1) < 40
    assert 0.2 < line.mean() < 0.9  # broken, for readers who cannot tell the colours apart


def test_frames_are_visible_on_a_dark_picture() -> None:
    pixels = drawn(page_of(True), Sheet(300, 200, paper=5))
    assert pixels.max() > 230


def test_a_page_without_numbers_leaves_the_picture_unchanged() -> None:
    pixels = write("3", 40, 40, 100, 8)
    data = draw(open_picture(pixels), Page(200, 240, (), "test", 1.0))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data)).convert("L")), pixels)


def test_a_large_picture_is_drawn_smaller_with_its_boxes_in_place() -> None:
    page = page_of(True, size=(3200, 1600))
    pixels = drawn(page, Sheet(3200, 1600))
    assert pixels.shape[:2] == (800, 1600)
    assert has(pixels[25:80, 15:55], ACCEPTED_COLOUR)


def test_unread_handwriting_has_a_dotted_frame_of_its_own_colour() -> None:
    page = Page(300, 200, (), "test", 1.0, left_over=(Box(40, 60, 200, 90),))
    pixels = drawn(page, Sheet(300, 200))
    line = np.abs(pixels[60, 40:240] - np.array(LEFT_OVER_COLOUR)).max(axis=1) < 40

    assert 0.2 < line.mean() < 0.8
    assert np.count_nonzero(np.diff(line.astype(int)) == 1) > 10
    assert not has(pixels, ACCEPTED_COLOUR)
    assert not has(pixels, DOUBTFUL_COLOUR)


def test_a_sign_is_written_above_its_frame() -> None:
    def page(text: str) -> Page:
        digit = Digit(text, 0.99, True, Box(40, 90, 60, 60))
        return Page(300, 200, (Number(text, 1, 0.9, True, digit.box, (digit,)),), "test", 1.0)

    euro, unknown = (drawn(page(text), Sheet(300, 200))[:85] for text in ("€", "\ue000"))
    assert has(euro, ACCEPTED_COLOUR)
    assert not np.array_equal(euro, unknown)


def test_the_fields_of_a_form_have_frames_and_names() -> None:
    fields = [
        TemplateField(name="age", box=(100, 200, 900, 160)),
        TemplateField(name="signed", box=(100, 700, 900, 160), kind=FieldKind.NONE),
    ]
    data = draw_template(Template.of(blank(Sheet(3200, 1600)), "visit", fields))
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)

    assert pixels.shape == (1600, 3200, 3)
    assert has(pixels[198:203, 120:980], FIELD_COLOUR)
    assert has(pixels[205:240, 102:220], FIELD_COLOUR)  # the name
    assert not has(pixels[250:350, 120:980], FIELD_COLOUR)
    line = np.abs(pixels[700, 100:1000] - np.array(LEFT_OVER_COLOUR)).max(axis=1) < 40
    assert 0.2 < line.mean() < 0.8
    assert not has(pixels[600:], FIELD_COLOUR)
