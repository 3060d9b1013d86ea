"""Skew of the writing: estimated where lines are plain, and 0 where a single digit or nothing is on the picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from numink.imaging.skew import estimate_skew
from pictures import Grey, Sheet, blank, write


def turned(picture: Grey, degrees: float) -> Grey:
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    out = cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=(245,))
    return out.astype(np.uint8)


def lines(*texts: str) -> Grey:
    page = blank(Sheet(320, 320))
    for row, text in enumerate(texts):
        write(text, 70, 110 + 50 * row, 26, 2, page)
    return page


@pytest.mark.parametrize("degrees", [-20, -12, 8, 15, 25])
def test_the_skew_of_rows_of_numbers_is_estimated(degrees: float) -> None:
    assert abs(estimate_skew(turned(lines("4071 52".replace(" ", ""), "382917", "605428"), degrees)) - degrees) < 1.5


def test_the_skew_of_a_grid_is_estimated() -> None:
    page = blank(Sheet(320, 320))
    page[60:262:40, 60:262] = 20
    page[60:262, 60:262:40] = 20

    assert abs(estimate_skew(turned(page, -14)) + 14) < 1.0


@pytest.mark.parametrize("degrees", [-3, 0, 2])
def test_a_slight_skew_is_left(degrees: float) -> None:
    assert estimate_skew(turned(lines("407152", "382917", "605428"), degrees)) == 0.0


@pytest.mark.parametrize("digit", "0123456789")
@pytest.mark.parametrize("degrees", [0, 20])
def test_a_single_digit_is_not_turned(digit: str, degrees: float) -> None:
    assert estimate_skew(turned(write(digit, 60, 50, 200, 12, blank(Sheet(320, 320))), degrees)) == 0.0


@pytest.mark.parametrize("noise", [0.0, 4.0])
def test_empty_paper_has_no_skew(noise: float) -> None:
    paper = np.random.default_rng(5).normal(220, noise, (240, 320)).astype(np.uint8)

    assert estimate_skew(paper) == 0.0
