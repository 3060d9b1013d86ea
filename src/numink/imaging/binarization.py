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

WORKING_SIDE, LEAST_SIDE = 1280, 480
"""Pictures are read at most at the first size, which is enough for digits of a fortieth of the page."""
WORKING_SQUARE = 37
"""And no larger than that the square is this wide, in pixels, so that thick pens are not read at needless cost."""
SEARCH_SIDE = 192
"""The copy on which the pen's width and the polarity are looked for."""
SQUARES = (3, 5, 7, 11, 17, 25, 37, 55, 81, 121, 181)
"""Sides of the squares that are tried, in pixels of the small copy."""
STRONG, PRESENT, GROWS = 0.7, 0.35, 1.2
"""A square is wide enough where its strongest lines reach STRONG of the strongest of all, and where the next one
finds less than GROWS times as many pixels above PRESENT of that."""
ABOUT = 0.5
"""How far about a line its surroundings' brightness is taken, in parts of the picture's shorter side."""
COARSE = 12
"""Squares wider than this are tried on a copy that is smaller still, on which they are about as wide as this."""
FAINTEST = 0.07
"""Less contrast than this, in parts of the paper's brightness, is no ink."""
DARKEST_PAPER = 60
"""Contrast is measured against paper of at least this brightness, so that noise in the dark is no ink."""


@dataclass(frozen=True)
class Binarization:
    """`ink` float32 (h, w) in 0..1 of the picture shrunk by `scale`; `light`: a pen brighter than paper."""

    ink: Floats
    scale: float
    light: bool


def binarize(grey: Grey) -> Binarization:
    """The ink of a grey picture (H, W); all 0 where there is no contrast.

    >>> find_ink(np.full((50, 50), 255, np.uint8)).ink.max()
    0.0
    """
    # What is shrunk by less than blocks keeps the grain of dithered pictures, which the search would take for strokes.
    small, smaller = _shrunk(_smoothed(grey) if max(grey.shape) < 2 * SEARCH_SIDE else grey, SEARCH_SIDE)
    square, light = _search(_inside(small))
    if square == 0:
        return Binarization(np.zeros(small.shape, np.float32), smaller, False)
    side = np.clip(max(grey.shape) * WORKING_SQUARE / (square / smaller), LEAST_SIDE, WORKING_SIDE)
    working, scale = _shrunk(grey, round(float(side)))
    working = _smoothed(working)
    surface = 255 - working if light else working
    return Binarization(_as_ink(_contrast(surface, _odd(square * scale / smaller))), scale, light)


def _shrunk(grey: Grey, side: int) -> tuple[Grey, float]:
    """The picture with its longest side at most `side`, and the factor.

    By whole means of blocks first, then by less than a half between neighbours: a tenth of the time of OpenCV's mean
    over parts of pixels.
    """
    scale = min(1.0, side / max(grey.shape))
    if scale == 1.0:
        return grey, scale
    reduced = _blocks(grey, int(1 / scale))
    longest = max(reduced.shape)
    size = (max(round(reduced.shape[1] * side / longest), 1), max(round(reduced.shape[0] * side / longest), 1))
    return cv2.resize(reduced, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False), scale


def _blocks(grey: Grey, block: int) -> Grey:
    """The means of whole blocks of `block` x `block` pixels; what is left over at the right and below is left out."""
    if block == 1:
        return grey
    rows, columns = (max(size // block, 1) for size in grey.shape)
    whole = grey[: rows * block, : columns * block]
    return cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _smoothed(grey: Grey) -> Grey:
    """Without the finest grain; as it is where a pen may be a pixel wide."""
    if min(grey.shape) <= 150:
        return grey
    return cv2.GaussianBlur(grey, (3, 3), 0).astype(np.uint8, copy=False)


def _inside(grey: Grey) -> Grey:
    """The picture without its outermost pixels, where frames and edges of scans are."""
    margin = round(0.02 * min(grey.shape))
    return np.ascontiguousarray(grey[margin:-margin, margin:-margin]) if margin else grey


def _odd(size: float) -> int:
    return max(round(size), 3) | 1


def _search(small: Grey) -> tuple[int, bool]:
    """The side of the square and whether the pen is light; 0 where nothing stands out.

    Of the two polarities the one whose lines differ more from the middle brightness about them: between white strokes
    on black there are black strokes too, but black is what most of that picture is. About them, not of the whole
    picture, half of which may lie in shadow.
    """
    middle = cv2.medianBlur(small, _odd(ABOUT * min(small.shape))).astype(np.int16)
    best, best_distance, best_light = 0, 0.0, False
    for light in (False, True):
        square, contrast, top = _wide_enough(255 - small if light else small)
        if top < FAINTEST:
            continue
        lines = contrast > PRESENT * top * FULL
        distance = float((small - middle)[lines].mean()) * (1 if light else -1)
        if distance > best_distance:
            best, best_distance, best_light = square, distance, light
    return best, best_light


def _wide_enough(surface: Grey) -> tuple[int, Grey, float]:
    """The smallest square that brings out whole strokes, the contrast that it gives, and the strongest of any."""
    squares = [side for side in SQUARES if side < 0.75 * min(surface.shape)] or [3]
    factors = [max(side // COARSE, 1) for side in squares]
    coarser = {factor: _shrunk(surface, max(surface.shape) // factor)[0] for factor in set(factors)}
    counts = [
        _histogram(_contrast(coarser[factor], _odd(side / factor)))
        for side, factor in zip(squares, factors, strict=True)
    ]
    tops = [_top(count) for count in counts]
    top = max(tops)
    areas = [
        int(count[int(PRESENT * top * FULL) + 1 :].sum()) * factor**2
        for count, factor in zip(counts, factors, strict=True)
    ]
    chosen = squares[-1]
    for at in range(len(squares) - 1):
        if areas[at] and tops[at] > STRONG * top and areas[at + 1] < GROWS * areas[at] + 5:
            chosen = squares[at + 1]
            break
    return chosen, _contrast(surface, chosen), top


def _histogram(contrast: Grey) -> Counts:
    """How many pixels have each contrast 0..255."""
    return cv2.calcHist([contrast], [0], None, [FULL + 1], [0, FULL + 1]).ravel().astype(np.int64)


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
    factor = max(side // COARSE, 1)
    if factor == 1:
        return _closed(surface, side)
    height, width = surface.shape
    coarse = _closed(_blocks(surface, factor), _odd(side / factor))
    fine = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.max(fine, surface).astype(np.uint8, copy=False)


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
