"""Strips of lines, and the ink of each digit on them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from numink.layout import Found, Terms, Told, page_numbers
from numink.results import Box
from numink.segment import Piece, find_lines
from numink.spans import ink_of_digits
from numink.strip import BODY, HEIGHT, MARGIN, to_strip


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
    strip = to_strip(ink, Box(40, 40, 4 * height, height))
    rows = np.flatnonzero(strip.ink.max(axis=1) > 0.5)

    assert strip.ink.shape == (HEIGHT, 4 * BODY + 2 * MARGIN)
    assert abs(len(rows) - BODY) <= 2
    assert strip.column(MARGIN) == pytest.approx(40)
    assert strip.column(MARGIN + 4 * BODY) == pytest.approx(40 + 4 * height)


def test_a_slanted_line_is_levelled() -> None:
    """Six bars that go down by one row in five columns stand side by side on the strip."""
    ink = page(*((60 + 80 * at, 20 + 16 * at, 20, 60) for at in range(6)))
    (line,) = find_lines(ink)
    strip = to_strip(ink, line.box, line.slope)
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
    pieces = [Piece(Box(10, 10, 40, 60), np.ones((60, 40), np.float32))]
    spans = ink_of_digits(pieces, [30, 300], 60)

    assert spans.digits[0].box.w == 40
    assert spans.digits[1].ink.size == 0


def test_the_flag_that_flies_above_a_five_belongs_to_its_line() -> None:
    """Three digits, of the second of which the top third is apart: no line of its own."""
    ink = page((40, 60, 30, 60), (110, 85, 30, 35), (112, 62, 30, 18), (180, 60, 30, 60))
    (line,) = find_lines(ink)

    assert [piece.box.h for piece in line.pieces] == [pytest.approx(60, abs=3)] * 3


def test_a_line_of_low_digits_above_another_stays_a_line() -> None:
    small = [(40 + 60 * at, 20, 20, 30) for at in range(4)]
    tall = [(40 + 60 * at, 58, 30, 60) for at in range(4)]

    assert [len(line.pieces) for line in find_lines(page(*small, *tall))] == [4, 4]


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
