"""Breaks: gaps of a line image at which a number may end, the wider the sooner."""

from __future__ import annotations

import numpy as np
import pytest

from numink.recognition.breaks import PARAMETERS, find_breaks
from numink.recognition.line_image import BODY_HEIGHT, LINE_IMAGE_HEIGHT, LineImage
from numink.recognition.line_model import FRAME_WIDTH


def image_with(*bars: tuple[int, int], width: int = 200, brightness: float = 1.0) -> LineImage:
    """A line image with foreground in the given ranges of columns."""
    pixels = np.zeros((LINE_IMAGE_HEIGHT, width), np.float32)
    for first, last in bars:
        pixels[10:30, first:last] = brightness
    return LineImage(pixels, 1.0, 0.0)


def test_breaks_lie_in_the_middle_of_the_gaps() -> None:
    breaks = find_breaks(image_with((10, 40), (60, 90), (130, 180)))

    assert [place.frame for place in breaks] == [50 // FRAME_WIDTH, 110 // FRAME_WIDTH]


def test_margins_are_no_gaps() -> None:
    assert find_breaks(image_with((60, 90))) == []
    assert find_breaks(image_with((0, 200))) == []


def test_an_empty_image_has_no_breaks() -> None:
    assert find_breaks(image_with()) == []


@pytest.mark.parametrize(("gap", "count"), [(7, 1), (6, 0), (0, 0)])
def test_a_gap_narrower_than_a_quarter_of_the_height_is_none(gap: int, count: int) -> None:
    assert BODY_HEIGHT / 4 == 7
    assert len(find_breaks(image_with((10, 60), (60 + gap, 110)))) == count


@pytest.mark.parametrize(("gap", "probability"), [(0.5, 0.18), (0.8, 0.5), (1.1, 0.82), (3.0, 0.99999)])
def test_a_number_ends_the_sooner_the_wider_the_gap(gap: float, probability: float) -> None:
    (place,) = find_breaks(image_with((10, 60), (60 + round(gap * BODY_HEIGHT), 180)))

    assert place.probability == pytest.approx(probability, abs=0.03)


@pytest.mark.parametrize(("brightness", "count"), [(0.25, 1), (0.35, 0)])
def test_faint_columns_are_empty(brightness: float, count: int) -> None:
    image = image_with((10, 60), (100, 150))
    image.pixels[20, 60:100] = brightness

    assert len(find_breaks(image)) == count
    assert 0.25 < PARAMETERS.least_foreground < 0.35


def test_a_mark_in_a_gap_divides_it() -> None:
    breaks = find_breaks(image_with((10, 60), (80, 86), (110, 150)))

    assert [place.frame for place in breaks] == [70 // FRAME_WIDTH, 98 // FRAME_WIDTH]
