"""Statistics of contrast images, uint8 (h, w): how strong strokes are, and how wide."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Counts = NDArray[np.int64]
FULL_CONTRAST = 255
"""Value of a pixel that is black on paper of any brightness, in a contrast image (uint8)."""


def contrast_histogram(contrast: Grey) -> Counts:
    counts = cv2.calcHist([contrast], [0], None, [FULL_CONTRAST + 1], [0, FULL_CONTRAST + 1])
    return counts.ravel().astype(np.int64)


def strongest_contrast(histogram: Counts) -> float:
    """Return the mean contrast, 0..1, of the strongest thousandth of the pixels, at least 12 of them."""
    pixels = int(histogram.sum())
    wanted = min(max(pixels // 1000, 12), pixels)
    from_top = np.minimum(np.cumsum(histogram[::-1]), wanted)
    taken = np.diff(from_top, prepend=0)
    return float((taken * np.arange(FULL_CONTRAST, -1, -1)).sum()) / wanted / FULL_CONTRAST


def stroke_width(mask: Grey, least_height: int, least_count: int) -> float:
    """Return the mean width in pixels of the strokes of a mask, 0 or 1, without specks; 0.0 where they are too few."""
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    counted = statistics[:, cv2.CC_STAT_HEIGHT] >= least_height
    counted[0] = False
    if np.count_nonzero(counted) < least_count:
        return 0.0
    strokes = counted[labels]
    across = np.count_nonzero(strokes[:, 1:] != strokes[:, :-1])
    along = np.count_nonzero(strokes[1:] != strokes[:-1])
    return 2 * np.count_nonzero(strokes) / max(float(np.hypot(across, along)), 1.0)
