"""Binarization: polarity, and a working scale at which fine strokes can still be read."""

from __future__ import annotations

import numpy as np
import pytest

from numink.imaging.binarization import BinarizationParameters, binarize
from numink.imaging.contrast import stroke_width
from pictures import Grey, Sheet, blank, write


def form(width: int = 2000, height: int = 1400) -> Grey:
    """Return a page with a thick heading and many small numbers."""
    page = blank(Sheet(width, height))
    write("20260719", 200, 40, 220, 40, page)  # a thick heading, which the search on a small copy takes for the writing
    for row in range(12):
        for column in range(6):
            write("4071", 120 + 310 * column, 330 + 85 * row, 34, 2, page)
    return page


def test_fine_strokes_beside_thick_ones_stay_wide_enough() -> None:
    result = binarize(form())

    assert result.scale > 0.5  # 0.24 by the heading
    assert stroke_width((result.foreground > 0.5).astype(np.uint8), 6, 5) >= 1.5
    assert max(result.foreground.shape) <= BinarizationParameters().max_fine_side


def test_thick_strokes_are_read_small() -> None:
    result = binarize(write("5", 500, 300, 1500, 120, blank(Sheet(2000, 2200))))

    assert max(result.foreground.shape) <= 640


def test_a_page_of_fine_grain_is_not_taken_for_fine_strokes() -> None:
    page = write("38", 500, 300, 1200, 110, blank(Sheet(2400, 1800))).astype(float)
    page += np.random.default_rng(2).normal(0, 6, page.shape)

    assert max(binarize(page.clip(0, 255).astype(np.uint8)).foreground.shape) <= 800


@pytest.mark.parametrize("light_on_dark", [False, True])
def test_the_polarity_is_that_of_the_strokes(*, light_on_dark: bool) -> None:
    page = form()

    assert binarize(255 - page if light_on_dark else page).is_light_on_dark is light_on_dark


def test_an_empty_page_has_no_foreground() -> None:
    assert not binarize(np.full((900, 1200), 200, np.uint8)).foreground.any()
