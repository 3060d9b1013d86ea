"""Grey picture -> ink: how sure we are that a pixel is handwriting, not paper, shadow, rule or grain.

A pen leaves lines: narrow, darker (or lighter) than what is on both their sides. A closing by a square a little wider
than the pen gives the paper as it would be without them, and follows shadows and light as it goes: a shadow's edge
is no line. The square that is wide enough is found first, on a small copy: it is the smallest after which the lines
grow no more. This file does not know digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]
Counts = NDArray[np.int64]
FULL = 255
"""Contrast of the blackest ink on any paper, as it is counted."""

WORKING_SIDE = 1280
"""Larger pictures are read at this size: enough for digits of a fortieth of the page."""
SEARCH_SIDE = 288
"""The copy on which the pen's width and the polarity are looked for."""
SQUARES = (3, 5, 7, 11, 17, 25, 37, 55, 81, 121, 181)
"""Sides of the squares that are tried, in pixels of the small copy."""
STRONG, PRESENT, GROWS = 0.7, 0.35, 1.2
"""A square is wide enough where its strongest lines reach STRONG of the strongest of all, and where the next one
finds less than GROWS times as many pixels above PRESENT of that."""
FAINTEST = 0.07
"""Less contrast than this, in parts of the paper's brightness, is no ink."""
DARKEST_PAPER = 60
"""Contrast is measured against paper of at least this brightness, so that noise in the dark is no ink."""


@dataclass(frozen=True)
class InkPicture:
    """`ink` float32 (h, w) in 0..1 of the picture shrunk by `scale`; `light`: a pen brighter than paper."""

    ink: Floats
    scale: float
    light: bool


def find_ink(grey: Grey) -> InkPicture:
    """The ink of a grey picture (H, W); all 0 where there is no contrast.

    >>> find_ink(np.full((50, 50), 255, np.uint8)).ink.max()
    0.0
    """
    working, scale = _shrunk(grey, WORKING_SIDE)
    if min(working.shape) > 150:
        working = cv2.GaussianBlur(working, (3, 3), 0).astype(np.uint8, copy=False)
    small, smaller = _shrunk(working, SEARCH_SIDE)
    square, light = _search(_inside(small))
    if square == 0:
        return InkPicture(np.zeros(working.shape, np.float32), scale, False)
    surface = 255 - working if light else working
    return InkPicture(_as_ink(_contrast(surface, _odd(square / smaller))), scale, light)


def _shrunk(grey: Grey, side: int) -> tuple[Grey, float]:
    """The picture with its longest side at most `side`, and the factor."""
    scale = min(1.0, side / max(grey.shape))
    if scale == 1.0:
        return grey, scale
    size = (max(round(grey.shape[1] * scale), 1), max(round(grey.shape[0] * scale), 1))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False), scale


def _inside(grey: Grey) -> Grey:
    """The picture without its outermost pixels, where frames and edges of scans are."""
    margin = round(0.02 * min(grey.shape))
    return np.ascontiguousarray(grey[margin:-margin, margin:-margin]) if margin else grey


def _odd(size: float) -> int:
    return max(round(size), 3) | 1


def _search(small: Grey) -> tuple[int, bool]:
    """The side of the square and whether the pen is light; 0 where nothing stands out.

    Of the two polarities the one whose lines differ more from the picture's middle brightness: between white strokes
    on black there are black strokes too, but black is what most of that picture is.
    """
    middle = float(np.median(small))
    best, best_distance, best_light = 0, 0.0, False
    for light in (False, True):
        square, contrast, top = _wide_enough(255 - small if light else small)
        if top < FAINTEST:
            continue
        mean = float(small[contrast > PRESENT * top * FULL].mean())
        distance = mean - middle if light else middle - mean
        if distance > best_distance:
            best, best_distance, best_light = square, distance, light
    return best, best_light


def _wide_enough(surface: Grey) -> tuple[int, Grey, float]:
    """The smallest square that brings out whole strokes, the contrast that it gives, and the strongest of it."""
    squares = [side for side in SQUARES if side < 0.75 * min(surface.shape)] or [3]
    found = [_contrast(surface, side) for side in squares]
    counts = [_histogram(contrast) for contrast in found]
    tops = [_top(count) for count in counts]
    top = max(tops)
    areas = [int(count[int(PRESENT * top * FULL) + 1 :].sum()) for count in counts]
    for at in range(len(squares) - 1):
        if areas[at] and tops[at] > STRONG * top and areas[at + 1] < GROWS * areas[at] + 5:
            return squares[at + 1], found[at + 1], top
    return squares[-1], found[-1], top


def _histogram(contrast: Grey) -> Counts:
    """How many pixels have each contrast 0..255."""
    return np.bincount(contrast.ravel(), minlength=FULL + 1)


def _top(counts: Counts) -> float:
    """The mean contrast, 0..1, of the strongest thousandth of the pixels, at least 12."""
    wanted = min(max(int(counts.sum()) // 1000, 12), int(counts.sum()))
    from_top = np.minimum(np.cumsum(counts[::-1]), wanted)
    taken = np.diff(from_top, prepend=0)
    return float((taken * np.arange(FULL, -1, -1)).sum()) / wanted / FULL


def _contrast(surface: Grey, side: int) -> Grey:
    """How much darker each pixel is than the paper: uint8 (h, w), 255 is all of the paper's brightness."""
    paper = _paper(surface, side)
    darker = cv2.subtract(paper, surface)
    return cv2.divide(darker, np.maximum(paper, DARKEST_PAPER), scale=FULL).astype(np.uint8, copy=False)


def _paper(surface: Grey, side: int) -> Grey:
    """The closing by a square; by a shrunk copy where the square is large, which costs a sixteenth or less."""
    factor = max(side // 12, 1)
    if factor == 1:
        return _closed(surface, side)
    height, width = surface.shape
    size = (max(width // factor, 1), max(height // factor, 1))
    coarse = _closed(cv2.resize(surface, size, interpolation=cv2.INTER_AREA), _odd(side / factor))
    return np.maximum(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), surface).astype(np.uint8)


def _closed(surface: cv2.typing.MatLike, side: int) -> Grey:
    square = np.ones((side, side), np.uint8)
    closed = cv2.morphologyEx(surface, cv2.MORPH_CLOSE, square, borderType=cv2.BORDER_REPLICATE)
    return closed.astype(np.uint8, copy=False)


def _as_ink(contrast: Grey) -> Floats:
    """Contrast as ink: 0 at the grain of the paper, 1 at the body of a stroke."""
    counts = _histogram(contrast)
    top = _top(counts)
    if top < FAINTEST:
        return np.zeros(contrast.shape, np.float32)
    quiet = np.cumsum(counts[: max(int(PRESENT * top * FULL), 1)])
    grain = float(np.searchsorted(quiet, 0.95 * quiet[-1])) / FULL
    low, high = max(0.15 * top, min(grain, 0.3 * top)), 0.6 * top
    levels = np.clip((np.arange(FULL + 1) / FULL - low) / (high - low), 0, 1).astype(np.float32)
    return cv2.LUT(contrast, levels).astype(np.float32, copy=False)
