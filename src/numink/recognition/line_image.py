"""The one definition of a strip: the ink of a line of writing, levelled, at one height, as the line network sees it.

Used for reading and for training alike. Knows nothing about where lines come from, or what they say.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..results import Box
from .glyph import widened

Floats = NDArray[np.float32]
HEIGHT = 40
"""Pixels of a strip from top to bottom."""
BODY = 28
"""Pixels of these that the line's tall ink takes up; the rest is room for what rises or hangs out."""
MARGIN = 8
"""Empty pixels before and after."""
PEN = 2.0
"""A pen narrower than this, in pixels of the strip, is widened to it."""
LONGEST = 1600
"""A strip is no longer than this: what is longer is shrunk in its length."""


@dataclass(frozen=True)
class LineImage:
    """`ink` float32 (HEIGHT, W) in 0..1; `scale`: strip pixels to one of the picture; `left`: the picture's column
    at the strip's first one."""

    ink: Floats
    scale: float
    left: float

    def column(self, x: float) -> float:
        """The picture's column at the strip's `x`."""
        return self.left + x / self.scale


def to_line_image(ink: Floats, box: Box, slope: float = 0.0) -> LineImage:
    """The line within `box` of `ink` (H, W), which rises by `slope` (rows down to a column) about the box's middle.

    `box` is as tall as the line's digits are in the mean; what rises above or hangs below it is kept where there is
    room.
    """
    scale = BODY / max(box.h, 1)
    across = min(scale, (LONGEST - 2 * MARGIN) / max(box.w, 1))
    width = max(round(box.w * across), 1) + 2 * MARGIN
    ink = widened(ink, PEN / scale)
    if scale < 1:
        ink = cv2.GaussianBlur(ink, (0, 0), 0.35 / scale).astype(np.float32)
    left, top = box.x - MARGIN / across, box.y - (HEIGHT - BODY) / 2 / scale
    middle = box.x + box.w / 2
    # From the strip to the picture: x = left + u / across, y = top + v / scale + slope * (x - middle).
    back = np.array([
        [1 / across, 0.0, left + 0.5 / across - 0.5],
        [slope / across, 1 / scale, top + 0.5 / scale - 0.5 + slope * (left - middle)],
    ])  # fmt: skip
    strip = cv2.warpAffine(
        ink, back, (width, HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT
    )
    regained = 1.15 if scale < 1 else 1.0  # what the blur took from thin strokes
    return LineImage(np.clip(strip * regained, 0, 1).astype(np.float32), across, left)
