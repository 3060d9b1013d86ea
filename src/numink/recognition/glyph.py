"""The one definition of a glyph: any patch of foreground becomes a 28x28 digit as MNIST draws it.

It is used in reading and in training, so that the network sees in use the same as in training. After LeCun et al.
1998: bright foreground on 0, the longest side 20 pixels, the centre of mass in the middle. Pictures need one thing that
MNIST did not: pens much thinner than MNIST's are thickened before the patch is shrunk, or they would fade away.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .types import FloatImage

GLYPH_SIDE = 28
"""Side of a glyph in pixels, as in MNIST."""
GLYPH_DIGIT_SIDE = 20
"""Longest side of the digit within a glyph in pixels, as in MNIST."""


@dataclass(frozen=True)
class GlyphParameters:
    """Parameters of glyphs.

    E107 chose `scan_blur`, E108 the rule of `most_scan_grey` and `greatest_scan_side`; the others were set by eye.
    """

    least_pen_width: float = 1.6
    """A thinner pen, in pixels of the glyph, is widened to it."""
    edge_threshold: float = 0.2
    """Rows and columns without brighter foreground than this are cut off around a patch."""
    pen_threshold: float = 0.5
    """Foreground above this counts when the pen's width is measured."""
    greatest_reach: int = 16
    """A pen that is widened by twice this many pixels, or more, is widened on a reduced copy."""
    greatest_side: int = 160
    """A larger patch is shrunk to this side first, so that widening a pen costs the same for any picture."""
    most_scan_grey: float = 0.02
    """A patch with a smaller share of foreground between black and white may be a coarse black-and-white scan."""
    greatest_scan_side: int = 80
    """A patch this large is no coarse scan."""
    scan_blur: float = 0.8
    """Deviation in pixels of the blur that softens the stairs of a coarse scan."""


PARAMETERS = GlyphParameters()


def normalise(foreground: NDArray[np.uint8] | FloatImage) -> FloatImage:
    """Return the glyph of a patch.

    Args:
        foreground: (h, w), uint8 in 0..255 or float32 in 0..1, bright foreground on 0.

    Returns:
        float32 (28, 28) in 0..1; all 0 where there is no foreground.

    >>> normalise(np.full((60, 12), 255, np.uint8)).shape
    (28, 28)
    """
    if not foreground.size:
        return np.zeros((GLYPH_SIDE, GLYPH_SIDE), np.float32)
    patch: FloatImage = foreground.astype(np.float32)
    if foreground.dtype == np.uint8:
        patch /= 255
    patch = _trim(_soften(patch))
    if not patch.size:
        return np.zeros((GLYPH_SIDE, GLYPH_SIDE), np.float32)
    return centre(_fit(_widen(_reduce(patch))))


def normalise_all(patches: Sequence[NDArray[np.uint8] | FloatImage]) -> FloatImage:
    """Return the glyphs of N patches: float32 (N, 28, 28)."""
    if not patches:
        return np.zeros((0, GLYPH_SIDE, GLYPH_SIDE), np.float32)
    return np.stack([normalise(patch) for patch in patches])


def pen_width(foreground: FloatImage) -> float:
    """Return the mean width of the strokes of `foreground` (h, w) in pixels; 0 where there are none.

    Across a stroke of width w the mean distance to its edge is w / 4.
    """
    mask = (foreground > PARAMETERS.pen_threshold).astype(np.uint8)
    if not mask.any():
        return 0.0
    distance = cv2.distanceTransform(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)
    return float(max(4 * distance[distance > 0].mean() - 1, 1))


def centre(glyph: FloatImage) -> FloatImage:
    """Return `glyph` (h, w), at most 28 a side, as (28, 28) with its centre of mass in the middle, uncropped."""
    height, width = glyph.shape
    mass = float(glyph.sum()) or 1.0
    row = float((glyph.sum(axis=1) * np.arange(height)).sum()) / mass
    column = float((glyph.sum(axis=0) * np.arange(width)).sum()) / mass
    top = int(np.clip(round(GLYPH_SIDE / 2 - 0.5 - row), 0, GLYPH_SIDE - height))
    left = int(np.clip(round(GLYPH_SIDE / 2 - 0.5 - column), 0, GLYPH_SIDE - width))
    centred = np.zeros((GLYPH_SIDE, GLYPH_SIDE), np.float32)
    centred[top : top + height, left : left + width] = glyph
    return centred


def widened(foreground: FloatImage, least: float) -> FloatImage:
    """Return `foreground` (h, w) with a pen at least about `least` pixels wide; it grows into the margin around it."""
    missing = least - pen_width(foreground)
    if missing < 1:
        return foreground
    reach = round(missing)
    factor = max(reach // PARAMETERS.greatest_reach, 1)
    # A very thin pen grows on a copy that is reduced to the brightest of each `factor` x `factor` pixels.
    reduced = cv2.dilate(foreground, np.ones((factor, factor), np.uint8), anchor=(0, 0))[::factor, ::factor]
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach // factor + 1,) * 2)
    wide = cv2.resize(cv2.dilate(reduced, kernel), foreground.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return wide.astype(np.float32)


def _soften(patch: FloatImage) -> FloatImage:
    """Return a coarse black-and-white scan with soft edges as a pen's are, and any other patch unchanged."""
    if max(patch.shape) >= PARAMETERS.greatest_scan_side:
        return patch
    mask = patch > 0.1
    if np.count_nonzero(mask & (patch < 0.9)) >= PARAMETERS.most_scan_grey * np.count_nonzero(mask):
        return patch
    return cv2.GaussianBlur(_pad(patch, 3), (0, 0), PARAMETERS.scan_blur).astype(np.float32)


def _trim(patch: FloatImage) -> FloatImage:
    """Return the patch without empty rows and columns around it; of size 0 where all are empty."""
    rows = np.flatnonzero(patch.max(axis=1) > PARAMETERS.edge_threshold)
    columns = np.flatnonzero(patch.max(axis=0) > PARAMETERS.edge_threshold)
    if not len(rows) or not len(columns):
        return patch[:0]
    return patch[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _pad(patch: FloatImage, margin: int) -> FloatImage:
    return cv2.copyMakeBorder(patch, margin, margin, margin, margin, cv2.BORDER_CONSTANT).astype(np.float32)


def _scaled_size(patch: FloatImage, scale: float) -> tuple[int, int]:
    return max(round(patch.shape[1] * scale), 1), max(round(patch.shape[0] * scale), 1)


def _reduce(patch: FloatImage) -> FloatImage:
    """Return a large patch shrunk, its strokes as bright as before."""
    longest = max(patch.shape)
    if longest <= PARAMETERS.greatest_side:
        return patch
    size = _scaled_size(patch, PARAMETERS.greatest_side / longest)
    shrunk: FloatImage = cv2.resize(patch, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    peak = float(np.percentile(shrunk[shrunk > 0.02], 90)) if (shrunk > 0.02).any() else 1.0
    full: FloatImage = np.minimum(shrunk / max(peak, 0.05), 1.0).astype(np.float32)
    return full


def _widen(patch: FloatImage) -> FloatImage:
    """Return the patch with a pen of at least `least_pen_width` once it is shrunk to a glyph."""
    least = PARAMETERS.least_pen_width * max(patch.shape) / GLYPH_DIGIT_SIDE
    if least - pen_width(patch) < 1:
        return patch
    return _trim(widened(_pad(patch, math.ceil(least)), least))


def _fit(patch: FloatImage) -> FloatImage:
    """Return the patch with its longest side GLYPH_DIGIT_SIDE pixels, its aspect unchanged."""
    scale = GLYPH_DIGIT_SIDE / max(patch.shape)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(patch, _scaled_size(patch, scale), interpolation=interpolation)
    glyph: FloatImage = np.clip(resized, 0, 1).astype(np.float32)
    return glyph
