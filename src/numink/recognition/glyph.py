"""The one definition of a glyph: any patch of ink becomes a 28x28 digit as MNIST draws it.

Used for reading and for training alike, so that the network sees in use what it saw in training. After LeCun et al.
1998: ink is bright on 0, the longest side is 20 pixels, the centre of mass is in the middle. What MNIST did not need
and pictures do: pens much thinner than MNIST's are thickened before the patch is shrunk, or they would fade away.
This file knows nothing about where a patch comes from, or what it shows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 28
"""Pixels of a glyph's sides."""
INNER = 20
"""Pixels of the longest side of the ink within it."""
THIN = 1.6
"""A pen narrower than this, in pixels of the glyph, is widened to it."""
HARD, COARSE, SOFTENED = 0.02, 80, 0.8
"""A patch of which less than this share is between ink and paper, and which is smaller than that many pixels, is a
coarse scan in black and white: its stairs are softened by so much (standard deviation of a Gaussian, in pixels)."""

FloatArray = NDArray[np.float32]


def normalise(ink: NDArray[np.uint8] | FloatArray) -> FloatArray:
    """`ink` (h, w), uint8 0..255 or float 0..1, bright ink on 0 -> float32 (28, 28), 0..1; all 0 where there is no ink.

    >>> normalise(np.full((60, 12), 255, np.uint8)).shape
    (28, 28)
    """
    if not ink.size:
        return np.zeros((SIDE, SIDE), np.float32)
    patch: FloatArray = ink.astype(np.float32)
    if ink.dtype == np.uint8:
        patch /= 255
    patch = _softened(patch)
    rows, columns = np.flatnonzero(patch.max(axis=1) > 0.2), np.flatnonzero(patch.max(axis=0) > 0.2)
    if not len(rows) or not len(columns):
        return np.zeros((SIDE, SIDE), np.float32)
    patch = patch[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    patch = _widen(_reduce(patch))
    return centre(_fit(patch))


def normalise_all(patches: Sequence[NDArray[np.uint8] | FloatArray]) -> FloatArray:
    """Every patch as a glyph: float32 (N, 28, 28)."""
    if not patches:
        return np.zeros((0, SIDE, SIDE), np.float32)
    return np.stack([normalise(patch) for patch in patches])


def pen_width(ink: FloatArray) -> float:
    """The mean width of the strokes of `ink` (h, w), in its own pixels; 0 where there is none.

    Across a stroke of width w the distance to its edge is w / 4 in the mean.
    """
    mask = (ink > 0.5).astype(np.uint8)
    if not mask.any():
        return 0.0
    distance = cv2.distanceTransform(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)
    return float(max(4 * distance[distance > 0].mean() - 1, 1))


def centre(glyph: FloatArray) -> FloatArray:
    """`glyph` (h, w), at most 28 a side -> (28, 28) with the centre of mass on the middle, nothing cut off."""
    height, width = glyph.shape
    mass = float(glyph.sum()) or 1.0
    row = float((glyph.sum(axis=1) * np.arange(height)).sum()) / mass
    column = float((glyph.sum(axis=0) * np.arange(width)).sum()) / mass
    top = int(np.clip(round(SIDE / 2 - 0.5 - row), 0, SIDE - height))
    left = int(np.clip(round(SIDE / 2 - 0.5 - column), 0, SIDE - width))
    out = np.zeros((SIDE, SIDE), np.float32)
    out[top : top + height, left : left + width] = glyph
    return out


def _softened(patch: FloatArray) -> FloatArray:
    """A coarse patch in black and white with soft edges, as a pen's are; any other as it is."""
    if max(patch.shape) >= COARSE:
        return patch
    inked = patch > 0.1
    if np.count_nonzero(inked & (patch < 0.9)) >= HARD * np.count_nonzero(inked):
        return patch
    room = cv2.copyMakeBorder(patch, 3, 3, 3, 3, cv2.BORDER_CONSTANT)
    return cv2.GaussianBlur(room, (0, 0), SOFTENED).astype(np.float32)


def _reduce(patch: FloatArray) -> FloatArray:
    """A large patch at most 160 pixels a side, so that widening a pen costs the same for any picture."""
    longest = max(patch.shape)
    if longest <= 160:
        return patch
    scale = 160 / longest
    size = (max(round(patch.shape[1] * scale), 1), max(round(patch.shape[0] * scale), 1))
    shrunk: FloatArray = cv2.resize(patch, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    peak = float(np.percentile(shrunk[shrunk > 0.02], 90)) if (shrunk > 0.02).any() else 1.0
    full: FloatArray = np.minimum(shrunk / max(peak, 0.05), 1.0).astype(np.float32)
    return full


def widened(ink: FloatArray, least: float) -> FloatArray:
    """`ink` (h, w) with a pen at least about `least` of its pixels wide; it needs room around it to grow into."""
    missing = least - pen_width(ink)
    if missing < 1:
        return ink
    reach = round(missing)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach + 1, reach + 1))
    wide: FloatArray = cv2.dilate(ink, kernel).astype(np.float32)
    return wide


def _widen(patch: FloatArray) -> FloatArray:
    """The patch with its pen at least THIN pixels wide once it is shrunk to a glyph."""
    least = THIN * max(patch.shape) / INNER
    if least - pen_width(patch) < 1:
        return patch
    room = math.ceil(least)
    wide = widened(cv2.copyMakeBorder(patch, room, room, room, room, cv2.BORDER_CONSTANT).astype(np.float32), least)
    rows, columns = np.flatnonzero(wide.max(axis=1) > 0.2), np.flatnonzero(wide.max(axis=0) > 0.2)
    return wide[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _fit(patch: FloatArray) -> FloatArray:
    """The patch with its longest side INNER pixels, its aspect kept."""
    scale = INNER / max(patch.shape)
    size = (max(round(patch.shape[1] * scale), 1), max(round(patch.shape[0] * scale), 1))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    glyph: FloatArray = np.clip(cv2.resize(patch, size, interpolation=how), 0, 1).astype(np.float32)
    return glyph
