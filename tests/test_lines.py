"""Strips of lines, and the ink of each digit on them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from numink.recognition.character_segmentation import ink_of_digits
from numink.recognition.components import Component
from numink.recognition.layout import Found, Terms, Told, page_numbers
from numink.recognition.line_image import BODY, HEIGHT, MARGIN, to_line_image
from numink.recognition.line_segmentation import find_lines
from numink.recognition.page_orientation import upright
from numink.results import Box


def page(*boxes: tuple[int, int, int, int], shape: tuple[int, int] = (200, 600)) -> np.ndarray:
    ink = np.zeros(shape, np.float32)
    for x, y, w, h in boxes:
        ink[y : y + h, x : x + w] = 1
    return ink


def ring(ink: np.ndarray, x: int, y: int, radius: int = 30) -> None:
    cv2.circle(ink, (x, y), radius, 1.0, 8, cv2.LINE_AA)


@pytest.mark.parametrize("height", [20, 56, 300])
def test_a_line_of_any_size_becomes_a_strip_of_one_height(height: int) -> None:
    ink = page((40, 40, 4 * height, height), shape=(600, 1600))
    strip = to_line_image(ink, Box(40, 40, 4 * height, height))
    rows = np.flatnonzero(strip.ink.max(axis=1) > 0.5)

    assert strip.ink.shape == (HEIGHT, 4 * BODY + 2 * MARGIN)
    assert abs(len(rows) - BODY) <= 2
    assert strip.column(MARGIN) == pytest.approx(40)
    assert strip.column(MARGIN + 4 * BODY) == pytest.approx(40 + 4 * height)


def test_a_slanted_line_is_levelled() -> None:
    """Six bars that go down by one row in five columns stand side by side on the strip."""
    ink = page(*((60 + 80 * at, 20 + 16 * at, 20, 60) for at in range(6)))
    (line,) = find_lines(ink)
    strip = to_line_image(ink, line.box, line.slope)
    tops = [int(np.argmax(strip.ink[:, column] > 0.5)) for column in np.flatnonzero(strip.ink.max(axis=0) > 0.9)]

    assert line.slope == pytest.approx(0.2, abs=0.02)
    assert max(tops) - min(tops) <= 3


def test_digits_that_touch_are_cut_where_they_touch() -> None:
    ink = np.zeros((120, 400), np.float32)
    for x in (60, 126, 192):
        ring(ink, x, 60)
    (line,) = find_lines(ink)
    spans = ink_of_digits(line.pieces, [60, 126, 192], line.height)

    assert len(line.pieces) == 1
    assert not spans.left
    for digit, x in zip(spans.digits, (60, 126, 192), strict=True):
        assert abs(digit.middle - x) < 8
        assert 50 < digit.box.w < 90


def test_a_digit_of_two_pieces_stays_whole_and_a_point_is_left_out() -> None:
    """A stem with its bar apart, a point, a ring."""
    ink = page((40, 30, 10, 60), (54, 30, 30, 9), (100, 84, 6, 6))
    ring(ink, 160, 60)
    (line,) = find_lines(ink)
    spans = ink_of_digits(line.pieces, [60, 160], line.height)

    assert spans.digits[0].box.w >= 44
    assert abs(spans.digits[1].middle - 160) < 3
    assert [piece.box.h < 12 for piece in spans.left] == [True]


def test_a_digit_without_ink_of_its_own_gets_a_slice_of_the_line() -> None:
    pieces = [Component(Box(10, 10, 40, 60), np.ones((60, 40), np.float32))]
    spans = ink_of_digits(pieces, [30, 300], 60)

    assert spans.digits[0].box.w == 40
    assert spans.digits[1].ink.size == 0


def test_the_flag_that_flies_above_a_five_belongs_to_its_line() -> None:
    """Three digits, of the second of which the top third is apart: no line of its own."""
    ink = page((40, 60, 30, 60), (110, 85, 30, 35), (112, 62, 30, 18), (180, 60, 30, 60))
    (line,) = find_lines(ink)

    assert [piece.box.h for piece in line.pieces] == [pytest.approx(60, abs=3)] * 3


def test_a_flying_top_takes_no_digit_beside_it_along() -> None:
    """The 4 in 3124 stands as high as the 3's top that broke off, and as the digits before it: it is theirs."""
    ink = page((40, 85, 40, 35), (62, 62, 24, 18), (110, 58, 30, 62), (170, 60, 40, 60), (240, 56, 40, 56))
    (line,) = find_lines(ink)

    assert len(line.pieces) == 4


def test_a_line_of_low_digits_above_another_stays_a_line() -> None:
    small = [(40 + 60 * at, 20, 20, 30) for at in range(4)]
    tall = [(40 + 60 * at, 58, 30, 60) for at in range(4)]

    assert [len(line.pieces) for line in find_lines(page(*small, *tall))] == [4, 4]


def test_the_comma_after_an_amount_that_rises_is_no_line_of_its_own() -> None:
    """The comma begins below the foot of the digits beside it, and above that of the first."""
    rising = [(40 + 60 * at, 50 - 10 * at, 30, 50) for at in range(4)]
    (line,) = find_lines(page(*rising, (252, 76, 8, 18)))

    assert [piece.box.h for piece in line.pieces] == [pytest.approx(50, abs=3)] * 4 + [pytest.approx(18, abs=3)]


def test_a_digit_as_tall_as_others_below_a_line_that_rises_is_not_theirs() -> None:
    rising = [(40 + 60 * at, 50 - 10 * at, 30, 50) for at in range(4)]

    assert len(find_lines(page(*rising, (252, 78, 30, 50)))) == 2


@pytest.mark.parametrize(("mark", "numbers"), [((132, 108, 10, 10), 1), ((132, 84, 10, 6), 2), (None, 2)])
def test_a_point_on_the_line_holds_a_number_together_over_a_wide_gap(
    mark: tuple[int, int, int, int] | None, numbers: int
) -> None:
    """Two digits 1.3 of their height apart, with a point at their feet, a speck half-way up, or nothing between."""
    sure = np.full(10, 0.001)
    sure[7] = 0.991
    told = [Told(Box(80, 60, 40, 60), sure), Told(Box(198, 60, 40, 60), sure)]
    if mark is not None:
        told.insert(1, Told(Box(*mark), None))

    assert len(page_numbers([Found(told, 60.0)], Terms(alone=0.5, in_row=0.5))) == numbers


def seen(text: str, box: Box, step: int = 60) -> Found:
    """A line's digits, all of them sure, `step` columns from one to the next."""
    chances = np.where(np.eye(10)[[int(digit) for digit in text]] > 0, 0.991, 0.001)
    told = [Told(Box(box.x + at * step, *box[1:]), row) for at, row in enumerate(chances)]
    return Found(told, float(box.h))


@pytest.mark.parametrize(("beside", "turned"), [((60, 4, 2, 3), 0), ((30, 4, 60, 8), 270)])
def test_one_digit_is_not_turned_unless_there_is_other_ink(beside: tuple[int, int, int, int], turned: int) -> None:
    """A speck over a 0, or a stroke that is a 1 where the page is turned."""
    ink = page((40, 40, 40, 60), beside, shape=(120, 120))
    looks = [ink, *(np.rot90(ink, -quarters) for quarters in (1, 2, 3))]

    def read(shown: np.ndarray) -> list[Found]:
        at = next(at for at, look in enumerate(looks) if np.array_equal(look, shown))
        return [seen("10", Box(0, 30, 60, 40)) if at == 3 else seen("0", Box(40, 40, 40, 60))]

    assert upright(ink, read)[0] == turned


def test_digits_that_stand_apart_turn_a_page_too() -> None:
    """Twelve numbers of one digit on two lines, read only where the page lies on its side."""
    ink = page((40, 40, 40, 60), (200, 90, 20, 60), shape=(300, 300))

    def read(shown: np.ndarray) -> list[Found]:
        if np.array_equal(shown, np.rot90(ink, -1)):
            return [seen("123456", Box(0, top, 15, 20)) for top in (20, 80)]
        return [Found([Told(Box(40, 40, 40, 60), None)] * 6, 60.0, fit=-5.0)]

    assert upright(ink, read)[0] == 90


@pytest.mark.parametrize(("as_it_lies", "turned"), [("5000", 0), ("4190", 180)])
def test_a_number_that_begins_with_noughts_is_rather_upside_down(as_it_lies: str, turned: int) -> None:
    ink = page((40, 40, 40, 60), (100, 80, 40, 20), shape=(160, 160))

    def read(shown: np.ndarray) -> list[Found]:
        found = seen(as_it_lies, Box(0, 40, 30, 60))
        if np.array_equal(shown, ink):
            return [Found(found.told, 60.0, fit=-7.0)]
        if np.array_equal(shown, np.rot90(ink, 2)):
            return [seen("0005" if as_it_lies == "5000" else "6193", Box(0, 40, 30, 60))]
        return []

    assert upright(ink, read)[0] == turned
