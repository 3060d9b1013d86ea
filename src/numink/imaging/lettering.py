"""Text drawn on pictures, in the font that OpenCV carries, which has umlauts and accents, and Cyrillic."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

FONT = "sans"
HAS_FONT = hasattr(cv2, "FontFace")
"""Whether OpenCV carries the font: from version 5 on. Else text is drawn in strokes, and only ASCII."""
REGULAR, BOLD = 400, 700
"""Weights of the font."""
STROKE_HEIGHT = 22
"""Height in pixels of OpenCV's font of strokes at scale 1."""


def draw_text(
    canvas: NDArray[np.uint8], text: str, x: int, y: int, size: int, colour: tuple[int, ...] = (0, 0, 0), *,
    weight: int = REGULAR,
) -> None:  # fmt: skip
    """Draw text on one line.

    Args:
        canvas: The picture, uint8 (H, W) or (H, W, 3); it is changed.
        text: The text.
        x: Column at which it begins.
        y: Row of its baseline.
        size: Size of the font in pixels: capital letters are about 0.7 times as tall.
        colour: Grey value or RGB.
        weight: REGULAR or BOLD.
    """
    if HAS_FONT:
        cv2.putText(canvas, text, (x, y), colour, cv2.FontFace(FONT), size, weight)
    else:
        scale = 0.7 * size / STROKE_HEIGHT
        cv2.putText(canvas, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, colour, max(weight // 300, 1), cv2.LINE_AA)


def text_width(text: str, size: int, *, weight: int = REGULAR) -> int:
    """Return the width in pixels of text that `draw_text` draws."""
    if HAS_FONT:
        box = cv2.getTextSize((0, 0), text, (0, 0), cv2.FontFace(FONT), size, weight)
        return int(box[0] + box[2])
    scale = 0.7 * size / STROKE_HEIGHT
    return int(cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, max(weight // 300, 1))[0][0])
