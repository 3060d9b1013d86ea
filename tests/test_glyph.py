"""A glyph is as MNIST draws it, from any patch of foreground."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numink.recognition.glyph import GLYPH_DIGIT_SIDE, GLYPH_SIDE, normalise, normalise_all, pen_width
from pictures import one_digit


def foreground(digit: str, pen: float = 12) -> np.ndarray:
    return 255 - one_digit(digit, pen)


@pytest.mark.parametrize("digit", "0123456789")
def test_the_longest_side_is_20_pixels_and_the_centre_of_mass_in_the_middle(digit: str) -> None:
    glyph = normalise(foreground(digit))
    rows, columns = np.nonzero(glyph > 0.2)
    assert GLYPH_DIGIT_SIDE - 2 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= GLYPH_DIGIT_SIDE
    positions = np.arange(GLYPH_SIDE)
    assert abs((glyph.sum(1) * positions).sum() / glyph.sum() - 13.5) <= 0.6
    assert abs((glyph.sum(0) * positions).sum() / glyph.sum() - 13.5) <= 0.6


@given(top=st.integers(0, 90), left=st.integers(0, 90))
@settings(max_examples=40, deadline=None)
def test_the_position_of_the_foreground_does_not_matter(top: int, left: int) -> None:
    patch = foreground("5")
    moved = np.pad(patch, ((top, 3), (left, 7)))
    assert np.array_equal(normalise(patch), normalise(moved))


def test_bytes_and_floats_give_the_same_glyph() -> None:
    patch = foreground("3")
    assert np.allclose(normalise(patch), normalise(patch.astype(np.float32) / 255), atol=1e-6)


def test_no_foreground_gives_an_empty_glyph() -> None:
    assert normalise(np.zeros((40, 30), np.uint8)).sum() == 0


@pytest.mark.parametrize("pen", [1, 2, 3, 5])
def test_a_hair_thin_pen_is_widened_so_that_it_does_not_fade_away(pen: int) -> None:
    glyph = normalise(foreground("2", pen))
    assert glyph.max() > 0.6
    assert 0.6 < glyph.sum() / normalise(foreground("2", 12)).sum() < 1.4


def test_the_pen_of_a_bar_is_measured_to_a_pixel() -> None:
    stroke = np.zeros((60, 60), np.float32)
    stroke[5:55, 20:30] = 1
    assert abs(pen_width(stroke) - 10) < 1.5
    assert pen_width(np.zeros((5, 5), np.float32)) == 0


def test_a_single_pixel_and_a_very_long_line_are_glyphs_too() -> None:
    for patch in (np.full((1, 1), 255, np.uint8), np.full((1, 900), 255, np.uint8), np.full((900, 1), 255, np.uint8)):
        glyph = normalise(patch)
        assert glyph.shape == (GLYPH_SIDE, GLYPH_SIDE)
        assert glyph.sum() > 0


def test_all_patches_come_back_in_order() -> None:
    patches = [foreground("1"), foreground("8")]
    both = normalise_all(patches)
    assert both.shape == (2, GLYPH_SIDE, GLYPH_SIDE)
    assert np.array_equal(both[1], normalise(patches[1]))
    assert normalise_all([]).shape == (0, GLYPH_SIDE, GLYPH_SIDE)


def test_a_coarse_scan_in_black_and_white_gets_soft_edges() -> None:
    """A fine drawing of the same is left as it is."""
    coarse = np.zeros((32, 32), np.uint8)
    cv2.line(coarse, (6, 28), (25, 3), 255, 5)
    fine = cv2.resize(coarse, (320, 320), interpolation=cv2.INTER_NEAREST)
    soft = normalise(cv2.GaussianBlur(coarse, (0, 0), 0.8))

    assert np.abs(normalise(coarse) - soft).mean() < 0.5 * np.abs(normalise(fine) - soft).mean()
