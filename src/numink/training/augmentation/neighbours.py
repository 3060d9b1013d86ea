"""Digits as a cutter leaves them: with a sliver of the neighbour, a piece of a rule, a speck. Still that digit."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...recognition.glyph import normalise
from ..synthesis.non_digit_glyphs import cropped

Glyphs = NDArray[np.uint8]
MARGIN = 10
"""Room around a glyph for what is added, in pixels."""


def disturb(digits: Glyphs, share: float, rng: Generator) -> Glyphs:
    """The same digits (N, 28, 28), `share` of them with something of their surroundings on them."""
    out = digits.copy()
    for index in np.flatnonzero(rng.random(len(digits)) < share):
        kind = (_sliver, _rule, _speck)[int(rng.integers(3))]
        canvas = np.pad(digits[index], MARGIN)
        out[index] = np.round(normalise(kind(canvas, digits, rng)) * 255).astype(np.uint8)
    return out


def _columns(canvas: NDArray[np.uint8]) -> tuple[int, int]:
    filled = np.flatnonzero(canvas.max(axis=0) > 40)
    return (int(filled[0]), int(filled[-1])) if len(filled) else (20, 28)


def _sliver(canvas: NDArray[np.uint8], digits: Glyphs, rng: Generator) -> NDArray[np.uint8]:
    """One to three columns of another digit, beside or on the edge."""
    other = cropped(digits[int(rng.integers(len(digits)))])
    left, right = _columns(canvas)
    width = min(int(rng.integers(1, 4)), other.shape[1])
    top = 24 - min(other.shape[0], 28) // 2 + int(rng.integers(-2, 3))
    if rng.random() < 0.5:
        piece, at = other[:28, :width], right + int(rng.integers(0, 2))
    else:
        piece, at = other[:28, -width:], max(left - width + 1 - int(rng.integers(0, 2)), 0)
    area = canvas[top : top + len(piece), at : at + width]
    np.maximum(area, piece[: area.shape[0], : area.shape[1]], out=area)
    return canvas


def _rule(canvas: NDArray[np.uint8], _: Glyphs, rng: Generator) -> NDArray[np.uint8]:
    """What is left of a ruled line that the digit stands on or that goes through it."""
    left, right = _columns(canvas)
    y = 34 + rng.normal(0, 3)
    reach = rng.integers(-3, 3, 2)
    ends = (int(left - reach[0]), round(y)), (int(right + reach[1]), round(y + rng.normal(0, 0.7)))
    level = int(rng.integers(60, 256))
    line = np.zeros_like(canvas)
    cv2.line(line, *ends, level, 1, cv2.LINE_AA)
    return np.maximum(canvas, line)


def _speck(canvas: NDArray[np.uint8], _: Glyphs, rng: Generator) -> NDArray[np.uint8]:
    """A dot near the digit."""
    left, right = _columns(canvas)
    at = (int(rng.integers(left - 2, right + 3)), int(rng.integers(12, 37)))
    cv2.circle(canvas, at, int(rng.integers(0, 2)), int(rng.integers(100, 256)), -1, cv2.LINE_AA)
    return canvas
