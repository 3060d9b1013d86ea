"""The picture with what was read drawn on it: a box around each digit, the digit above it.

Digits that are not accepted have a broken frame and another colour, so that no one needs to tell colours apart.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..imaging.decode import Picture, encode_png
from ..recognition.explanation import Explanation
from ..results import Box, Digit, Page

SURE, DOUBTFUL, HALO = (16, 122, 72), (200, 90, 0), (255, 255, 255)
"""RGB. The halo keeps the drawing legible on dark pictures."""
LARGEST = 1600
"""Longest side of what is drawn, in pixels."""
EXPLAINED = 168
"""Side of the picture of an explanation, in pixels."""
LEAST_CHANGE = 0.02
"""Changes of the probability below this are shown faint, not as if they decided anything."""


def draw(picture: Picture, page: Page) -> bytes:
    """A PNG of `picture`, at most LARGEST pixels a side, with the digits of `page`, whose boxes are of full size."""
    scale = min(1.0, LARGEST / max(picture.width, picture.height))
    size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
    canvas = cv2.resize(picture.rgb, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=scale == 1.0)
    pen = max(round(max(size) / 500), 1)
    for number in page.numbers:
        for digit in number.digits:
            _draw_digit(canvas, digit, scale, pen)
    return encode_png(canvas)


def draw_explanation(explanation: Explanation) -> bytes:
    """A PNG of the glyph, dark on light, with what counted for the digit in SURE's colour, against it in DOUBTFUL's."""
    size = (EXPLAINED, EXPLAINED)
    ink = cv2.resize(explanation.glyph, size, interpolation=cv2.INTER_CUBIC).clip(0, 1)[:, :, None]
    counts = cv2.resize(explanation.counts, size, interpolation=cv2.INTER_CUBIC)[:, :, None]
    strength = counts / max(float(np.abs(counts).max()), LEAST_CHANGE)
    tint = np.where(strength > 0, np.array(SURE), np.array(DOUBTFUL))
    paper = 255 + (tint - 255) * np.abs(strength) * 0.75
    return encode_png(np.clip(paper * (1 - 0.8 * ink), 0, 255).astype(np.uint8))


def _draw_digit(canvas: NDArray[np.uint8], digit: Digit, scale: float, pen: int) -> None:
    box = Box(*(round(value * scale) for value in digit.box))
    for colour, width in ((HALO, 3 * pen), (SURE if digit.accepted else DOUBTFUL, pen)):
        _draw_frame(canvas, box, colour, width, broken=not digit.accepted)
        size = max(box.h / 60, 0.4)
        place = (box.x, max(box.y - 2 * pen, round(22 * size)))
        text = digit.text if digit.accepted else f"{digit.text}?"
        cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, colour, width, cv2.LINE_AA)


def _draw_frame(canvas: NDArray[np.uint8], box: Box, colour: tuple[int, int, int], width: int, *, broken: bool) -> None:
    corners = [(box.x, box.y), (box.x + box.w, box.y), (box.x + box.w, box.y + box.h), (box.x, box.y + box.h)]
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        if not broken:
            cv2.line(canvas, start, end, colour, width, cv2.LINE_AA)
            continue
        for part in range(0, 10, 2):  # five dashes a side
            ends = [
                (round(start[0] + (end[0] - start[0]) * at / 9), round(start[1] + (end[1] - start[1]) * at / 9))
                for at in (part, part + 1)
            ]
            cv2.line(canvas, ends[0], ends[1], colour, width, cv2.LINE_AA)
