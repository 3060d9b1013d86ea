"""The layers of a composed paper page: handwriting, print, rules and what is none of them, each to the pixel."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Layer = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class PaperCanvas:
    """Layers of one page, each uint8 (h, w) with 255 for full coverage by its kind of mark; blocks draw into them."""

    handwriting: Layer
    printed: Layer
    rules: Layer
    shade: Floats
    """Light that the paper reflects, float32 (h, w), 1 for white: pictures, tints, stains, patterns."""

    @classmethod
    def empty(cls, side: int) -> PaperCanvas:
        """Return white paper of `side` x `side` pixels."""
        handwriting, printed, rules = (np.zeros((side, side), np.uint8) for _ in range(3))
        return cls(handwriting, printed, rules, np.ones((side, side), np.float32))

    @property
    def side(self) -> int:
        """Side of the square page in pixels."""
        return int(self.shade.shape[0])

    def clear(self, left: int, top: int, right: int, bottom: int) -> None:
        """Remove print and rules from a rectangle, as where a picture is printed."""
        for layer in (self.printed, self.rules):
            layer[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = 0


def put(layer: Layer, patch: Layer, left: float, top: float) -> None:
    """Draw `patch` onto `layer` with its upper left corner at a place that may lie outside of it; the darker wins."""
    x, y = round(left), round(top)
    first_row, first_column = max(-y, 0), max(-x, 0)
    rows, columns = min(patch.shape[0], layer.shape[0] - y), min(patch.shape[1], layer.shape[1] - x)
    if rows > first_row and columns > first_column:
        area = layer[y + first_row : y + rows, x + first_column : x + columns]
        np.maximum(area, patch[first_row:rows, first_column:columns], out=area)


def line(layer: Layer, start: tuple[float, float], end: tuple[float, float], level: int, thickness: float) -> None:
    """Draw a straight line between two points (x, y), placed to an eighth of a pixel."""
    ends = [(round(x * 8), round(y * 8)) for x, y in (start, end)]
    cv2.line(layer, ends[0], ends[1], level, max(round(thickness), 1), cv2.LINE_AA, shift=3)


def frame(layer: Layer, box: tuple[float, float, float, float], level: int, thickness: float) -> None:
    """Draw the outline of `box` (left, top, right, bottom)."""
    left, top, right, bottom = (round(value) for value in box)
    cv2.rectangle(layer, (left, top), (right, bottom), level, max(round(thickness), 1))
