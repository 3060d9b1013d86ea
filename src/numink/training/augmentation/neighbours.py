"""Augmentation with remains of neighbours, as segmentation leaves them: part of a digit, a ruled line, a speck."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...recognition.glyph import normalise
from ..synthesis.non_digit_glyphs import cropped

Glyphs = NDArray[np.uint8]
NEIGHBOUR_MARGIN = 10
"""Margin around a glyph for the additions, in pixels."""


def add_neighbours(digits: Glyphs, share: float, rng: Generator) -> Glyphs:
    """Return digits uint8 (N, 28, 28), a `share` of them with remains of their surroundings; the labels stay."""
    out = digits.copy()
    for index in np.flatnonzero(rng.random(len(digits)) < share):
        add = (_add_sliver, _add_ruled_line, _add_speck)[int(rng.integers(3))]
        canvas = np.pad(digits[index], NEIGHBOUR_MARGIN)
        out[index] = np.round(normalise(add(canvas, digits, rng)) * 255).astype(np.uint8)
    return out


def _first_and_last_column(canvas: NDArray[np.uint8]) -> tuple[int, int]:
    filled = np.flatnonzero(canvas.max(axis=0) > 40)
    return (int(filled[0]), int(filled[-1])) if len(filled) else (20, 28)


def _add_sliver(canvas: NDArray[np.uint8], digits: Glyphs, rng: Generator) -> NDArray[np.uint8]:
    """Add one to three columns of another digit beside the digit or on its edge."""
    other = cropped(digits[int(rng.integers(len(digits)))])
    left, right = _first_and_last_column(canvas)
    width = min(int(rng.integers(1, 4)), other.shape[1])
    top = 24 - min(other.shape[0], 28) // 2 + int(rng.integers(-2, 3))
    if rng.random() < 0.5:
        sliver, column = other[:28, :width], right + int(rng.integers(0, 2))
    else:
        sliver, column = other[:28, -width:], max(left - width + 1 - int(rng.integers(0, 2)), 0)
    area = canvas[top : top + len(sliver), column : column + width]
    np.maximum(area, sliver[: area.shape[0], : area.shape[1]], out=area)
    return canvas


def _add_ruled_line(canvas: NDArray[np.uint8], _: Glyphs, rng: Generator) -> NDArray[np.uint8]:
    """Add the rest of a ruled line that runs below or through the digit."""
    left, right = _first_and_last_column(canvas)
    y = 34 + rng.normal(0, 3)
    reach = rng.integers(-3, 3, 2)
    ends = (int(left - reach[0]), round(y)), (int(right + reach[1]), round(y + rng.normal(0, 0.7)))
    level = int(rng.integers(60, 256))
    line = np.zeros_like(canvas)
    cv2.line(line, *ends, level, 1, cv2.LINE_AA)
    return np.maximum(canvas, line)


def _add_speck(canvas: NDArray[np.uint8], _: Glyphs, rng: Generator) -> NDArray[np.uint8]:
    """Add a dot near the digit."""
    left, right = _first_and_last_column(canvas)
    centre = (int(rng.integers(left - 2, right + 3)), int(rng.integers(12, 37)))
    cv2.circle(canvas, centre, int(rng.integers(0, 2)), int(rng.integers(100, 256)), -1, cv2.LINE_AA)
    return canvas
