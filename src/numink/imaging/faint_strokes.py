"""Faint handwriting beside bold print: its contrast is scaled by its own strength instead of the page's.

A pencil in a printed form is a quarter as dark as the print, by which binarization scales all contrast; the page model
still sees its strokes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .page_segmentation import FULL_CONTRAST, HANDWRITING, RULE, PageSegmentation

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class FaintStrokeParameters:
    """Parameters of faint handwriting; all set by eye."""

    joined: int = 9
    """Side of the square, in pixels, by which pixels of handwriting are joined to strokes of one pen."""
    least_pixels: int = 60
    """Handwriting of fewer pixels is no character."""
    percentile: float = 85.0
    """Percentile of the contrast of its pixels that is the strength of a pen."""
    least_strength: float = 0.08
    """Weaker strokes, as a share of the paper's brightness, are its texture."""
    most_foreground: float = 0.6
    """Handwriting with more foreground than this in the mean is not faint."""
    low: float = 0.3
    high: float = 0.75
    """Contrast at which a pixel begins to be foreground, and is all foreground, as shares of the strength."""


PARAMETERS = FaintStrokeParameters()


def strengthen_faint_strokes(foreground: Floats, segmentation: PageSegmentation) -> Floats:
    """Return the foreground with faint handwriting as strong as the rest.

    Args:
        foreground: Mask of binarization, float32 (h, w), 0..1; it is not changed.
        segmentation: The classes of the working picture's pixels, and their contrast.
    """
    classes = segmentation.classes
    written = (classes == HANDWRITING).astype(np.uint8)
    joined = cv2.dilate(written, np.ones((PARAMETERS.joined, PARAMETERS.joined), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    rows, columns = np.nonzero(written)
    owners = labels[rows, columns].astype(np.int32, copy=False)
    contrast = segmentation.contrast
    strength = _percentiles(contrast[rows, columns], owners, count) / FULL_CONTRAST
    pixels = np.bincount(owners, minlength=count)
    covered = np.bincount(owners, foreground[rows, columns], count) / np.maximum(pixels, 1)
    is_faint = (
        (pixels >= PARAMETERS.least_pixels)
        & (strength >= PARAMETERS.least_strength)
        & (covered < PARAMETERS.most_foreground)
    )
    is_faint[0] = False
    if not is_faint.any():
        return foreground
    own = np.where(is_faint, strength, 1.0).astype(np.float32)[labels]
    scaled = (contrast / np.float32(FULL_CONTRAST) / own - PARAMETERS.low) / (PARAMETERS.high - PARAMETERS.low)
    strengthened = np.where(is_faint[labels] & (classes != RULE), np.clip(scaled, 0, 1), 0)
    return np.maximum(foreground, strengthened).astype(np.float32)


def _percentiles(values: NDArray[np.uint8], owners: NDArray[np.int32], count: int) -> NDArray[np.float64]:
    """Return the percentile of the values of each owner, 0 for one without any: (count,)."""
    order = np.lexsort((values, owners))
    sizes = np.bincount(owners, minlength=count)
    ends = np.cumsum(sizes)
    index = ends - sizes + np.minimum((sizes * PARAMETERS.percentile / 100).astype(int), np.maximum(sizes - 1, 0))
    percentiles = np.zeros(count)
    present = sizes > 0
    percentiles[present] = values[order][index[present]]
    return percentiles
